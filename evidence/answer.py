"""Answering an audit: FB0410 in, FB0420 out (설계서 V3.8 4.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, BinaryIO, cast

from consent.kinds import KINDS
from consent.wording import Detail
from evidence.field import date_of, date_text
from evidence.file_faults import WrongFile
from evidence.layouts import LAYOUTS
from evidence.notices import NOT_SUBMITTED, NearLimit, Notice
from evidence.outfile import SPOOL, refusals, spooling
from evidence.reader import DataRecord, Header, read_file
from evidence.vouching import require_vouched
from evidence.writer import Written, write_file
from verifier.verdict import Verdict

HEADER_COPIED = ("van_code", "institution_code", "process_date", "van_id", "bank_code")  # 3 to 7
DATA_COPIED = (  # 3 to 9
    "request_type",
    "business_number",
    "institution_code",
    "reserved_1",
    "payer_number",
    "bank_code",
    "account_number",
)


@dataclass(frozen=True, kw_only=True)
class AuditRequest:
    """One consent whose evidence is asked for: a data record of FB0410."""

    sequence: int
    request_type: str  # "1" audit, "2" the payer wants to see it
    business_number: str
    institution_code: str
    payer_number: str = field(repr=False)
    bank_code: str
    account_number: str = field(repr=False)
    applied_on: date
    evidence_kind: str  # as the institute knows it; "0" or "" where it knows none


@dataclass(frozen=True, kw_only=True)
class FoundEvidence:
    """The evidence that the institution holds: its real date of application and kind, whatever was asked for.

    Attributes:
        applied_on: real day of application (신청일).
        evidence_kind: real kind, "1" to "7".
        extension: of the file, without a dot; written in lower case.
        evidence: the file.
        verdict: on these bytes; checked where given, for kinds 2 and 7.
        line: of the list it comes from, counted from 1, for errors; 0 where there is none.
    """

    applied_on: date
    evidence_kind: str
    extension: str
    evidence: bytes = field(repr=False)
    verdict: Verdict | None = field(default=None, repr=False)
    line: int = 0


@dataclass(frozen=True)
class AuditAnswer:
    """What `answer_fb0410` made.

    Attributes:
        found: records answered with 'Y'.
        missing: sequence numbers of the records answered with 'N'.
        notices: what an 'N' costs, and evidence close to its limit.
    """

    written: Written
    found: int
    missing: tuple[int, ...]
    notices: tuple[Notice, ...]


def answer_fb0410(
    request: BinaryIO,
    lookup: Callable[[AuditRequest], FoundEvidence | None],
    out: BinaryIO,
    *,
    spool_folder: Path | None = None,
) -> AuditAnswer:
    """Answer FB0410 with FB0420, record by record in the same order.

    The whole request is read first; nothing is looked up before all of it has proved sound, and nothing is written
    to `out` before every answer has.

    Args:
        request: FB0410; it need not be seekable.
        lookup: finds the evidence of one request; None answers 'N'.
        out: where FB0420 goes; it need not be seekable.
        spool_folder: for temporary files as large as request and answer.

    Raises:
        RecordError: the request is not sound, or an answer does not fit its record.
        WrongFile: the request is another file of the specification.
        EvidenceNotVouched: a verdict was given that does not let the evidence pass.
    """
    with spooling(spool_folder) as spool:
        header = _require_sound(request, spool)
        answers = _Answers(lookup)
        texts = {name: header[name] for name in HEADER_COPIED}
        layout = LAYOUTS["FB0420"]
        with refusals(SPOOL):
            spool.seek(0)
        records = answers.records(spool)
        written = write_file(out, layout, texts, records, line=lambda: answers.line, spool_folder=spool_folder)
    return AuditAnswer(written, written.records - len(answers.missing), tuple(answers.missing), answers.notices())


class _Tee:
    """Hands out what a stream holds and keeps a copy."""

    def __init__(self, stream: BinaryIO, copy: IO[bytes]) -> None:
        self.stream = stream
        self.copy = copy

    def read(self, size: int) -> bytes:
        piece = self.stream.read(size)
        with refusals(SPOOL):
            self.copy.write(piece)
        return piece


def _require_sound(request: BinaryIO, spool: IO[bytes]) -> dict[str, str]:
    header: dict[str, str] = {}
    for item in read_file(cast(BinaryIO, _Tee(request, spool))):
        if item.layout.code != "FB0410":
            raise WrongFile("FB0410", item.layout.code)
        if isinstance(item, Header):
            header = item.fields
    return header


class _Answers:
    def __init__(self, lookup: Callable[[AuditRequest], FoundEvidence | None]) -> None:
        self.lookup = lookup
        self.missing: list[int] = []
        self.near_limit = NearLimit()
        self.line = 0

    def records(self, spool: IO[bytes]) -> Iterator[tuple[dict[str, str], bytes]]:
        for item in read_file(cast(BinaryIO, spool)):
            if isinstance(item, DataRecord):
                copied = {name: item.fields[name] for name in DATA_COPIED}
                yield self._answer(item, copied)

    def _answer(self, item: DataRecord, copied: dict[str, str]) -> tuple[dict[str, str], bytes]:
        found = self.lookup(_request(item))
        self.line = 0 if found is None else found.line
        if found is None:
            self.missing.append(item.sequence)
            return copied | answer_texts(item.fields["applied_on"], item.fields["evidence_type"], None, 0), b""
        self._check(found, item.sequence)
        day, size = date_text(found.applied_on), len(found.evidence)
        return copied | answer_texts(day, found.evidence_kind, found.extension.lower(), size), found.evidence

    def _check(self, found: FoundEvidence, number: int) -> None:
        kind = KINDS.get(found.evidence_kind)
        if kind is None or not found.evidence:  # the table and the rules say what is wrong
            return
        if found.verdict is not None:
            require_vouched(kind, found.evidence, found.verdict, number, line=found.line)
        self.near_limit.look_at(kind, found.evidence, number)

    def notices(self) -> tuple[Notice, ...]:
        if not self.missing:
            return self.near_limit.notices()
        details: dict[str, Detail] = {"missing": len(self.missing), "first": self.missing[0]}
        return (Notice(NOT_SUBMITTED, details), *self.near_limit.notices())


def answer_texts(applied_on: str, kind: str, extension: str | None, size: int) -> dict[str, str]:
    """Fields 10 to 14 of an answer; without an extension it says that there is no evidence ('N')."""
    return {
        "applied_on": applied_on,
        "evidence_type": kind,
        "evidence_present": "N" if extension is None else "Y",
        "extension": extension or "",
        "evidence_size": str(size),
    }


def _request(item: DataRecord) -> AuditRequest:
    return AuditRequest(
        sequence=item.sequence,
        request_type=item.fields["request_type"],
        business_number=item.fields["business_number"],
        institution_code=item.fields["institution_code"],
        payer_number=item.fields["payer_number"],
        bank_code=item.fields["bank_code"],
        account_number=item.fields["account_number"],
        applied_on=date_of(item.fields["applied_on"]),
        evidence_kind=item.fields["evidence_type"],
    )
