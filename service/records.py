"""A list of consents with their evidence, as JSON lines: what `fb0110` sends and `fb0420` looks evidence up in.

One object a line. The identity of a consent and its evidence::

    {"applied_on": "2026-11-02", "holder_id_type": "0", "holder_id": "800101", "institution_code": "9912345678",
     "payer_number": "A-1029", "bank_code": "004", "account_number": "12345678901234", "evidence_kind": "2",
     "extension": "der", "evidence": "consents/A-1029.der"}

`evidence` is a path, relative to the list. `"cancelled": true` stands in place of `extension` and `evidence` where a
registration is to be cancelled. `trace_number` may be given, and `received_at`: when the evidence came in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from consent import strict_json
from consent.kinds import KINDS
from evidence import EvidenceNotVouched, RecordError
from service.inputs import PLAUSIBLE_YEARS, is_file, read, reading, time_with_offset
from service.record_faults import DoubleRecord, LineKeyWrong, LineNotJson, LineValueWrong

LONGEST_LINE: Final = 16_384
_REQUIRED: Final = (
    "applied_on",
    "holder_id_type",
    "holder_id",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "evidence_kind",
)
_EVIDENCE: Final = ("extension", "evidence")  # of a registration, not of a cancellation
_NEEDED: Final = {False: (*_REQUIRED, *_EVIDENCE), True: _REQUIRED}
_KNOWN: Final = frozenset({*_REQUIRED, *_EVIDENCE, "cancelled", "trace_number", "received_at"})
_LARGEST: Final = max(kind.max_bytes for kind in KINDS.values())


@dataclass(frozen=True)
class Listed:
    """One line. `texts` are its values by name, without those that have a place of their own."""

    line: int
    applied_on: date
    texts: dict[str, str] = field(repr=False)
    evidence: Path | None
    received_at: datetime | None
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
    """Every line of a list, one at a time. A registration and a cancellation of one consent may both be there.

    Raises:
        InputUnreadable: the list cannot be read.
        BadRecordLine: a line is not such an object; nothing is passed over.
        DoubleRecord: two lines are about the same consent: which of them counts is not ours to guess.
    """
    lines: dict[tuple[bool, tuple[str, str, str, str]], int] = {}
    for record in _lines(file):
        first = lines.setdefault((record.cancelled, record.identity), record.line)
        if first != record.line:
            raise DoubleRecord(file, record.line, first)
        yield record


def _lines(file: str) -> Iterator[Listed]:
    folder = Path(file).parent if is_file(file) else Path()
    with reading(file) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE + 1), b""), 1):
            if line.strip() or len(line) > LONGEST_LINE:
                yield _parse(line, _At(file, number), folder)


def registrations(file: str) -> dict[tuple[str, str, str, str], Listed]:
    """The registrations of a list by identity, for looking evidence up. Raises as `listed`."""
    return {record.identity: record for record in listed(file) if not record.cancelled}


@contextmanager
def about_lines_of(file: str) -> Iterator[None]:
    """Note on errors that name a line which list it is of."""
    try:
        yield
    except (RecordError, EvidenceNotVouched) as error:
        if error.details["line"]:
            error.add_note(file)
        raise


@dataclass(frozen=True)
class _At:
    """A line of a list, to be named in what is refused."""

    file: str
    line: int

    def not_json(self) -> LineNotJson:
        return LineNotJson(self.file, self.line)

    def key(self, key: str) -> LineKeyWrong:
        return LineKeyWrong(self.file, self.line, key)

    def value(self, key: str) -> LineValueWrong:
        return LineValueWrong(self.file, self.line, key)


def _parse(line: bytes, at: _At, folder: Path) -> Listed:
    record = _object(line, at)
    for key in sorted(record.keys() - _KNOWN):
        raise at.key(ascii(key[:40]))
    cancelled = record.pop("cancelled", False)
    if not isinstance(cancelled, bool):
        raise at.value("cancelled")
    for key in _NEEDED[cancelled]:
        if key not in record:
            raise at.key(key)
    for key in (*_EVIDENCE, "received_at"):
        if cancelled and key in record:
            raise at.key(key)
    applied_on = _day(record.pop("applied_on"), at)
    received_at = _time(record.pop("received_at"), at) if "received_at" in record else None
    texts: dict[str, str] = {}
    for key, value in record.items():
        if not isinstance(value, str) or "\0" in value:
            raise at.value(key)
        texts[key] = value
    evidence = texts.pop("evidence", None)
    file = None if evidence is None else folder / evidence
    return Listed(at.line, applied_on, texts, file, received_at, cancelled)


def _object(line: bytes, at: _At) -> dict[str, object]:
    if len(line) > LONGEST_LINE:
        raise at.not_json()
    try:
        record = strict_json.parse(line)
    except ValueError:
        raise at.not_json() from None
    if not isinstance(record, dict):
        raise at.not_json()
    return record


def _day(value: object, at: _At) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise at.value("applied_on")


def _time(value: object, at: _At) -> datetime:
    time = time_with_offset(value) if isinstance(value, str) else None
    if time is None or time.year not in PLAUSIBLE_YEARS:
        raise at.value("received_at")
    return time
