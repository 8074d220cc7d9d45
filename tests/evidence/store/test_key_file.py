"""KeyFile: keys in a file that changes while it is in use."""

from __future__ import annotations

from pathlib import Path

from service.commands.store_init import make_keys
from service.stores import key_file


def test_keys_that_somebody_was_killed_over_do_not_lie_about(tmp_path: Path) -> None:
    make_keys(str(tmp_path / "store.keys"))
    file = key_file(str(tmp_path / "store.keys"))
    (tmp_path / ".keys-0123456789abcdef.part").write_text("secret", encoding="ascii")
    (tmp_path / ".0123456789abcdef.part").write_text("what somebody else is writing", encoding="ascii")
    with file.locked():
        file.replace(file.ring.rotated("2"))
    assert sorted(one.name for one in tmp_path.iterdir()) == [".0123456789abcdef.part", "store.keys"]
    assert key_file(str(tmp_path / "store.keys")).current == "2"
