"""Under which code a file goes to or comes from HYPHEN (설계서 V3.8 chapter 5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final


class Direction(StrEnum):
    """송수신방향, as the institution sees it."""

    SEND = "send"
    RECEIVE = "receive"


@dataclass(frozen=True)
class Transmission:
    """One file's way.

    Attributes:
        file: file code, or R00 for the registration that partly exempt institutions send.
        code: 파일구분코드 of a file for one bank.
        integrated: that of a file of all banks in one (통합처리); None where there is none.
        direction: who sends it.
        over_internet: over the internet zone, with HYPHEN's own module; else as every file before it.
        receiver: 수신자코드; "" where none is named.
        clause: of the specification.
        note: in Korean; "" where there is none.
        note_en: the same in English.
    """

    file: str
    code: str
    integrated: str | None
    direction: Direction
    over_internet: bool
    receiver: str
    clause: str
    note: str = ""
    note_en: str = ""


def _row(row: dict[str, Any]) -> Transmission:
    return Transmission(
        row["file"],
        row["code"],
        row["integrated"] or None,
        Direction(row["direction"]),
        row["way"] == "internet",
        row.get("receiver", ""),
        row["clause"],
        row.get("note", ""),
        row.get("note_en", ""),
    )


TRANSMISSIONS: Final = tuple(
    _row(row) for row in json.loads(Path(__file__).with_name("transmissions.json").read_text(encoding="utf-8"))
)


def transmissions(code: str) -> Iterator[Transmission]:
    """Find by file code, or by either code of transmission; one such code can stand for two files, one each way."""
    return (row for row in TRANSMISSIONS if code in (row.file, row.code, row.integrated))
