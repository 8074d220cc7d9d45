"""One very short run of everything, and one on a machine that lacks what the C part needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import __main__ as run
from bench import compiled


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_run_leaves_figures_a_table_and_drawings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run.main(["--form", "smoke", "--out", str(tmp_path)])
    said = capsys.readouterr().out
    assert (tmp_path / "results.md").read_text(encoding="utf-8") in said
    read = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    for kind in ("rsa", "p256"):
        judges = {"dongui", "dongui-no-crl", "pyhanko"}
        judges |= set() if read["left_out"] else {"floor", "cms", "cms-crl"}
        judges |= {"openssl"} if shutil.which("openssl") else set()
        assert set(read["judging"][kind]) == judges
        assert all(0 < time < 1e7 for times in read["judging"][kind].values() for time in times)
        assert set(read["signing"][kind]) == {"raw", "unchecked", "sign_consent"}
    assert set(read["records"]) == {"copy", "write", "write-undigested", "write-uncounted", "read", "check"}
    assert 1e7 < read["records_peak_bytes"] < 1.5e8
    assert set(read["sizes"]) == {"2", "4"}
    assert 1e7 < read["opening"]["peak_bytes"] < 1e9
    assert str(tmp_path.parent) not in json.dumps(read)
    for name in ("chart.svg", "chart.ko.svg"):
        ET.parse(tmp_path / name)


def test_without_a_compiler_the_c_part_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compiled.build(tmp_path) is None


def test_without_headers_the_c_part_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "floor.c"
    broken.write_text("#include <openssl/no_such_header.h>\n", encoding="ascii")
    monkeypatch.setattr(compiled, "SOURCE", broken)
    assert compiled.build(tmp_path) is None


def test_an_openssl_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        run.main(["--form", "smoke", "--out", str(tmp_path / "out"), "--openssl", str(tmp_path)])
    assert not (tmp_path / "out").exists()
