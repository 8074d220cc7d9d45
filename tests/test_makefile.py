"""What `make` must not do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_what_a_linked_environment_leads_to_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine").write_bytes(b"")
    (tmp_path / "venv").symlink_to("elsewhere")
    words = ["make", f"VENV={tmp_path / 'venv'}", "PYTHON=false", "dev"]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert b"is a link" in ran.stderr
    assert (tmp_path / "elsewhere" / "mine").exists()
