"""Where NPKI programs keep certificates on each system, and on what is plugged into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_OF_A_PERSON: Final = (
    "NPKI",
    "Documents/NPKI",
    "Library/Preferences/NPKI",  # macOS
    "AppData/LocalLow/NPKI",  # Windows
    "AppData/Roaming/NPKI",
)
_OF_A_MACHINE: Final = ("C:/Program Files/NPKI", "C:/Program Files (x86)/NPKI", "/sdcard/NPKI")
_PLUGGED_IN: Final = ("/media/*/NPKI", "/media/*/*/NPKI", "/run/media/*/*/NPKI", "/mnt/*/NPKI", "/Volumes/*/NPKI")
_DRIVES: Final = "DEFGHIJKLMNOPQRSTUVWXYZ"


def usual_places() -> list[Path]:
    """Every NPKI folder that is there, the person's own first."""
    return [place for place in dict.fromkeys(_places()) if os.access(place, os.R_OK | os.X_OK) and place.is_dir()]


def _places() -> Iterator[Path]:
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    yield from (home / place for place in _OF_A_PERSON)
    yield from map(Path, _OF_A_MACHINE)
    for pattern in _PLUGGED_IN:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")))
    if os.name == "nt":
        yield from (Path(f"{drive}:/NPKI") for drive in _DRIVES)
