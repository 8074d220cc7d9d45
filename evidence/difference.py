"""Two files of one kind, compared record by record in constant memory.

The second file goes into an index on disk, by identity or by number; then the first goes by. Records of one identity
are paired in their order. The index holds digests of identities, the texts of each record and a digest of its
evidence, in a file that has no name and goes away by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from typing import Final, cast

from evidence.field import Field
from evidence.file_faults import WrongFile
from evidence.identity import identity_digest
from evidence.layouts import FileLayout
from evidence.reader import DataRecord, Sound, Trailer, header_of
from evidence.record import Record

TABLE: Final = "CREATE TABLE records (key BLOB, number INTEGER, texts TEXT, evidence BLOB, size INTEGER)"
BETWEEN: Final = "\x1f"  # no field of any mode holds it


class By(StrEnum):
    """What makes two records the same one."""

    IDENTITY = "identity"
    SEQUENCE = "sequence"


class Kind(StrEnum):
    """What is different."""

    HEADER = "header"
    CHANGED = "changed"
    REMOVED = "removed"  # in the first file only
    ADDED = "added"  # in the second file only
    TRAILER = "trailer"


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; `before` is the first file's text."""

    field: Field
    before: str = attribute(repr=False)
    after: str = attribute(repr=False)


@dataclass(frozen=True)
class EvidenceChange:
    """Evidence that differs: size and SHA-256 in either file."""

    size_before: int
    size_after: int
    sha256_before: bytes
    sha256_after: bytes


@dataclass(frozen=True)
class Difference:
    """One record that differs.

    Attributes:
        kind: how.
        first: number of the data record in the first file; 0 where it is not there, and for header and trailer.
        second: the same for the second file.
        fields: that differ; of a record that only one file has, none.
        evidence: how it differs; None where it does not.
    """

    kind: Kind
    first: int = 0
    second: int = 0
    fields: tuple[FieldChange, ...] = ()
    evidence: EvidenceChange | None = None


def differences(ours: Iterator[Sound], theirs: Iterator[Sound], by: By) -> Iterator[Difference]:
    """Tell what differs: the header, records as they stand in the first file, those only in the second, the trailer.

    By identity a record's number is where it stands and no difference. Lazy.

    Args:
        ours: the first file, as `read_file` reads it.
        theirs: the second.
        by: what pairs records.

    Raises:
        WrongFile: the second is another file of the specification.
        RecordError: from the two, where they are not sound.
    """
    header, other = header_of(ours), header_of(theirs)
    if header.layout.code != other.layout.code:
        raise WrongFile(header.layout.code, other.layout.code)
    if changes := _changes(header.layout.header, header.fields, other.fields):
        yield Difference(Kind.HEADER, fields=changes)
    with closing(_Index(header.layout, by)) as index:
        end = index.fill(theirs)
        for item in ours:
            if isinstance(item, DataRecord):
                yield from index.compare(item)
            else:
                yield from index.left_over()
                if changes := _changes(header.layout.trailer, item.fields, end.fields):
                    yield Difference(Kind.TRAILER, fields=changes)


def _changes(
    record: Record, before: dict[str, str], after: dict[str, str], passed_over: str = ""
) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(one, before[one.name], after[one.name])
        for one in record.fields
        if before[one.name] != after[one.name] and one.name != passed_over
    )


class _Index:
    """The second file's records that have not been met in the first."""

    def __init__(self, layout: FileLayout, by: By) -> None:
        import sqlite3  # noqa: PLC0415 - only comparing needs it

        self.layout, self.by = layout, by
        self.database = sqlite3.connect("", isolation_level=None)  # "": on disk, without a name
        for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", TABLE):
            self.database.execute(statement)

    def close(self) -> None:
        self.database.close()

    def fill(self, items: Iterator[Sound]) -> Trailer:
        """Take the records in up to the trailer."""
        ends: list[Trailer] = []

        def rows() -> Iterator[tuple[bytes, int, str, bytes, int]]:
            for item in items:
                if isinstance(item, DataRecord):
                    texts = BETWEEN.join(item.fields[one.name] for one in self.layout.data.fields)
                    yield self._key(item), item.sequence, texts, _sha256(item), len(item.evidence)
                else:
                    ends.append(cast("Trailer", item))

        self.database.execute("BEGIN")
        self.database.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows())
        self.database.execute("CREATE INDEX by_key ON records (key, number)")
        return ends[0]  # read_file ends with a trailer or an error

    def compare(self, item: DataRecord) -> Iterator[Difference]:
        row = self.database.execute(
            "SELECT rowid, number, texts, evidence, size FROM records WHERE key = ? ORDER BY number LIMIT 1",
            (self._key(item),),
        ).fetchone()
        if row is None:
            yield Difference(Kind.REMOVED, first=item.sequence)
            return
        rowid, number, texts, sha256, size = row
        self.database.execute("DELETE FROM records WHERE rowid = ?", (rowid,))
        passed_over = "sequence" if self.by is By.IDENTITY else ""
        after = dict(zip((one.name for one in self.layout.data.fields), texts.split(BETWEEN), strict=True))
        fields = _changes(self.layout.data, item.fields, after, passed_over)
        evidence = None
        if (sha256, size) != (_sha256(item), len(item.evidence)):
            evidence = EvidenceChange(len(item.evidence), size, _sha256(item), sha256)
        if fields or evidence:
            yield Difference(Kind.CHANGED, item.sequence, number, fields, evidence)

    def left_over(self) -> Iterator[Difference]:
        for (number,) in self.database.execute("SELECT number FROM records ORDER BY number"):
            yield Difference(Kind.ADDED, second=number)

    def _key(self, item: DataRecord) -> bytes:
        if self.by is By.IDENTITY:
            return identity_digest(self.layout, item.fields)
        return item.fields["sequence"].encode()


def _sha256(item: DataRecord) -> bytes:
    return hashlib.sha256(item.evidence).digest()
