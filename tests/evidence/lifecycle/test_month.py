"""A month in short; `make month` runs it at full size."""

from __future__ import annotations

import random
from pathlib import Path

from tests.month import run

CONSENTS = 600


def test_after_a_month_store_files_and_log_agree_to_the_last_count(address: str, tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    came_to = run(address, outbox, CONSENTS, random.randrange(2**32))
    assert came_to["files"] > 60
