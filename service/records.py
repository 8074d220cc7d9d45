"""A list of consents with their evidence, as JSON lines: what `fb0110` sends and `fb0420` looks evidence up in.

One object a line. The identity of a consent and its evidence::

    {"applied_on": "2026-11-02", "holder_id_type": "0", "holder_id": "800101", "institution_code": "9912345678",
     "payer_number": "A-1029", "bank_code": "004", "account_number": "12345678901234", "evidence_kind": "2",
     "extension": "der", "evidence": "consents/A-1029.der"}

`evidence` is a path, relative to the list. `"cancelled": true` stands in place of `extension` and `evidence` where a
registration is to be cancelled. `trace_number` may be given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from consent.kinds import KINDS
from service.errors import BadRecordLine, DoubleRecord
from service.inputs import STDIN, read, reading, without_doubles

LONGEST_LINE: Final = 16_384
_REQUIRED: Final = (
    "holder_id_type",
    "holder_id",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "evidence_kind",
)
_KNOWN: Final = frozenset({*_REQUIRED, "applied_on", "extension", "evidence", "cancelled", "trace_number"})
_LARGEST: Final = max(kind.max_bytes for kind in KINDS.values())


@dataclass(frozen=True)
class Listed:
    """One line. `texts` are its values by name, without `applied_on`, `evidence` and `cancelled`."""

    line: int
    applied_on: date
    texts: dict[str, str] = field(repr=False)
    evidence: Path | None
    cancelled: bool

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What tells one consent from another (설계서 V3.8 4.7.1: 대사키)."""
        texts = self.texts
        return texts["institution_code"], texts["payer_number"], texts["bank_code"], texts["account_number"]

    def read_evidence(self) -> bytes:
        """The evidence's bytes; one byte more than any kind may have is enough to be refused.

        Raises:
            InputUnreadable, InputTooLarge.
        """
        return b"" if self.evidence is None else read(self.evidence, _LARGEST + 1)


def listed(file: str) -> Iterator[Listed]:
    """Every line of a list, one at a time.

    Raises:
        InputUnreadable: the list cannot be read.
        BadRecordLine: a line is not such an object; nothing is passed over.
    """
    folder = Path() if file == STDIN else Path(file).parent
    with reading(file) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE + 1), b""), 1):
            if line.strip():
                yield _parse(line, number, folder)


def by_identity(records: Iterator[Listed]) -> dict[tuple[str, str, str, str], Listed]:
    """Registrations by identity, for looking evidence up.

    Raises:
        DoubleRecord: two lines are about the same consent: which of them counts is not ours to guess.
    """
    found: dict[tuple[str, str, str, str], Listed] = {}
    for record in records:
        if record.cancelled:
            continue
        first = found.setdefault(record.identity, record)
        if first is not record:
            raise DoubleRecord(record.line, first.line)
    return found


def _parse(line: bytes, number: int, folder: Path) -> Listed:
    try:
        record = json.loads(line, object_pairs_hook=without_doubles)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise BadRecordLine(number, "JSON")
    for key in sorted(record.keys() - _KNOWN):
        raise BadRecordLine(number, ascii(key[:40]))
    cancelled = record.pop("cancelled", False)
    if not isinstance(cancelled, bool):
        raise BadRecordLine(number, "cancelled")
    needed = _REQUIRED if cancelled else (*_REQUIRED, "extension", "evidence")
    for key in needed:
        if key not in record:
            raise BadRecordLine(number, key)
    if cancelled and ("evidence" in record or "extension" in record):
        raise BadRecordLine(number, "evidence")
    applied_on = _day(record.pop("applied_on", None), number)
    for key, value in record.items():
        if not isinstance(value, str) or "\0" in value:
            raise BadRecordLine(number, key)
    evidence = record.pop("evidence", None)
    return Listed(number, applied_on, record, None if evidence is None else folder / evidence, cancelled)


def _day(value: object, number: int) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadRecordLine(number, "applied_on")
