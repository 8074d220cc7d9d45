"""A file that comes in: read whole before anything is done, and entered with what came of each record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import BinaryIO, Final, cast

from evidence.field import date_of
from evidence.identity import Identity
from evidence.layouts import FileLayout
from evidence.lifecycle.errors import FileChanged
from evidence.lifecycle.files import FileState, NewFile, NewRecord, add_file, add_records
from evidence.reader import DataRecord, Header, Trailer, read_file
from evidence.store.store import Writing

_NOTHING: Final[Mapping[str, str | int]] = MappingProxyType({})


@dataclass(frozen=True)
class Survey:
    """A file as a whole, found sound."""

    layout: FileLayout
    header: Mapping[str, str] = field(repr=False)
    trailer: Mapping[str, str] = field(repr=False)
    records: int
    size: int
    sha256: bytes


def survey(stream: BinaryIO) -> Survey:
    """Read a file to its end.

    Raises:
        RecordError: it is not sound; the first thing wrong.
    """
    counted = _Counted(stream)
    header: Header | None = None
    trailer: Trailer | None = None
    records = 0
    for item in read_file(cast("BinaryIO", counted)):
        if isinstance(item, Header):
            header = item
        elif isinstance(item, Trailer):
            trailer = item
        else:
            records += 1
    assert header is not None and trailer is not None, "a sound file has both"  # noqa: S101, PT018
    return Survey(header.layout, header.fields, trailer.fields, records, counted.size, counted.digest.digest())


class _Counted:
    """Hands out what a stream holds, counting and digesting it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.size = 0
        self.digest = sha256()

    def read(self, size: int) -> bytes:
        piece = self.stream.read(size)
        self.size += len(piece)
        self.digest.update(piece)
        return piece


@dataclass(frozen=True)
class Remark:
    """Something about a record of a file taken in that somebody has to look at; its wording is in the catalogue.

    Attributes:
        code: of the wording.
        number: of the record; 0 where it is about the file.
        consent_id: number of the consent it is about.
        said: what else the wording says: codes and numbers, nothing personal.
    """

    code: str
    number: int
    consent_id: int | None
    said: Mapping[str, str | int] = field(default_factory=lambda: _NOTHING)

    @property
    def details(self) -> dict[str, str | int]:
        """Everything that the wording may say."""
        return {"number": self.number, "consent": self.consent_id or "-", **self.said}


@dataclass
class Taking:
    """A file in the middle of being taken in.

    Attributes:
        answers: name of the file it answers, where the operator says so.
        remarks: what somebody has to look at: a code, and the number of the record.
    """

    writing: Writing
    file_id: int
    survey: Survey
    stream: BinaryIO
    name: str
    answers: str | None = None
    remarks: list[Remark] = field(default_factory=list)

    @property
    def process_date(self) -> date:
        return date_of(self.survey.header["process_date"])

    def records(self) -> Iterator[DataRecord]:
        """The data records, once more from the beginning.

        Raises:
            FileChanged: at the end, if these were not the bytes that were looked at before.
        """
        self.stream.seek(0)
        counted = _Counted(self.stream)
        yield from (item for item in read_file(cast("BinaryIO", counted)) if isinstance(item, DataRecord))
        if counted.digest.digest() != self.survey.sha256:
            raise FileChanged

    def enter(self, state: FileState, answers_id: int | None = None) -> None:
        """Enter the file itself; its records follow by `enter_records`."""
        header = self.survey.header
        new = NewFile(
            code=self.survey.layout.code,
            direction="in",
            state=state,
            name=self.name,
            process_date=self.process_date,
            institution_code=header.get("institution_code", ""),
            bank_code=header.get("bank_code", ""),
            records=self.survey.records,
            header=header,
            trailer=self.survey.trailer,
            answers_id=answers_id,
            size=self.survey.size,
            sha256=self.survey.sha256,
        )
        details: dict[str, str | int] = {"sha256": self.survey.sha256.hex()}
        add_file(self.writing, self.file_id, new, details if answers_id is None else details | {"answers": answers_id})

    def enter_records(self, records: list[NewRecord]) -> None:
        add_records(self.writing, self.file_id, records)

    def identity(self, fields: Mapping[str, str], before: str = "") -> bytes:
        """The keyed hash of the consent that a record names; `before` is `old_` or `new_` where there are two."""
        names = ("institution_code", "payer_number", "bank_code", "account_number")
        return Identity(*(fields[before + name] for name in names)).hashed(self.writing.keys.digest)

    def remark(self, code: str, number: int, consent_id: int | None = None, /, **said: str | int) -> None:
        self.remarks.append(Remark(code, number, consent_id, said))
