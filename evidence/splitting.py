"""One file made into several: by bank, by institution or by so many records, in constant memory."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from evidence.faults import Part, Place
from evidence.file_faults import PartExists
from evidence.merging import require_divisible
from evidence.outfile import refusals, sync_folder
from evidence.packing import encode_data
from evidence.reader import DataRecord, Header, Sound, header_of
from evidence.tally import Tally

BANK: Final = ("bank_code", "old_bank_code")
INSTITUTION: Final = ("institution_code", "old_institution_code")
BLANK: Final = "blank"  # the part of records that do not say


@dataclass(frozen=True)
class SplitPart:
    """One file that was made."""

    path: Path
    records: int
    size: int


def by_field(names: tuple[str, ...]) -> Callable[[DataRecord], str]:
    """Tell parts by a field of the record, which the header then has too; `BANK` or `INSTITUTION`."""
    return lambda item: next(item.fields[name] for name in names if name in item.fields)


def by_number(records: int) -> Callable[[DataRecord], str]:
    """Put so many records into each part."""
    return lambda item: f"{(item.sequence - 1) // records + 1:04}"


def split_file(
    items: Iterator[Sound], folder: Path, part_of: Callable[[DataRecord], str], header_field: str = ""
) -> list[SplitPart]:
    """Write the parts as `FILECODE-part` into a folder: all of them, or none.

    Records keep their order and are numbered and counted anew. What is kept in memory is a count for each part.

    Args:
        items: what `read_file` reads from the file.
        folder: is made where it is not there.
        part_of: names the part that a record belongs to.
        header_field: of the header, to hold what names the part, where the header has it.

    Raises:
        AnswersOneFile: results of the institute are about one file and stay so.
        PartExists: a file of a part's name is there.
        NotWritable: the folder or the disk refuses.
        RecordError: from the file, where it is not sound.
    """
    header = header_of(items)
    require_divisible(header.layout)
    with _aside(folder) as aside:
        parts: dict[str, _Growing] = {}
        for item in items:
            if isinstance(item, DataRecord):
                name = part_of(item)
                if name not in parts:
                    parts[name] = _Growing(aside, header, name, header_field)
                parts[name].add(item)
        for part in parts.values():
            part.finish()
        return _put_all(_free(parts, folder), folder)


class _Growing:
    """A part while it grows. It is opened for each record, so that there may be more parts than open files."""

    def __init__(self, aside: Path, header: Header, name: str, header_field: str) -> None:
        self.layout = header.layout
        self.tally = Tally(header.layout)
        self.fields = dict(header.fields)
        if header_field in self.fields:
            self.fields[header_field] = name
        self.path = aside / f"{header.layout.code}-{quote(name, safe='') or BLANK}"
        self._append(bytes(header.layout.header.total))  # written when the count is known

    def add(self, item: DataRecord) -> None:
        fields = item.fields | {"sequence": str(self.tally.counted + 1)}
        self.tally.count(fields)
        self._append(encode_data(self.layout, fields, item.evidence, Place(Part.DATA, self.tally.counted)))

    def finish(self) -> None:
        self._append(self.layout.trailer.encode(self.tally.closing()))
        header = self.layout.header.encode(self.fields | {"record_count": str(self.tally.counted)})
        with refusals(self.path), self.path.open("r+b") as out:
            out.write(header)
            out.flush()
            os.fsync(out.fileno())

    def _append(self, raw: bytes) -> None:
        with refusals(self.path), self.path.open("ab") as out:
            out.write(raw)


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder within, for parts that are not whole yet; it goes away with what is left in it."""
    with refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=folder))
    try:
        yield aside
        sync_folder(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _free(parts: dict[str, _Growing], folder: Path) -> list[_Growing]:
    """The parts by their names, none of which is there."""
    found = sorted(parts.values(), key=lambda part: part.path.name)
    for part in found:
        target = folder / part.path.name
        if target.exists():
            raise PartExists(str(target))
    return found


def _put_all(parts: list[_Growing], folder: Path) -> list[SplitPart]:
    done: list[SplitPart] = []
    try:
        for part in parts:
            done.append(_put(part, folder))  # noqa: PERF401 - what was put is needed when the next one fails
    except BaseException:
        for one in done:
            one.path.unlink(missing_ok=True)
        raise
    return done


def _put(part: _Growing, folder: Path) -> SplitPart:
    target = folder / part.path.name
    with refusals(target):
        part.path.rename(target)
        return SplitPart(target, part.tally.counted, target.stat().st_size)
