"""Several files of one kind made into one: numbered and counted anew, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Final

from evidence.file_faults import AnswersOneFile, HeadersDiffer, WrongFile
from evidence.layouts import FileLayout
from evidence.packing import Rules
from evidence.reader import DataRecord, Header, Sound, header_of
from evidence.writer import Written, write_file

FREE: Final = frozenset({"record_count", "bank_code"})
"""What headers may differ in: files of all banks go as one (통합처리), whose header names no bank."""
VOUCHED_FOR: Final = Rules(check=lambda *_: (), hold=lambda *_: True)
"""Whoever made the files has answered for what their records say; `dongui file check` looks again."""


def merge_files(files: Sequence[tuple[str, Iterator[Sound]]], out: BinaryIO) -> Written:
    """Write the records of all files, one file after the other, under one header.

    Args:
        files: at least one: its name, for errors, and what `read_file` reads from it.
        out: gets its first byte only when all of them have proved sound.

    Raises:
        WrongFile: one is another file of the specification than the first.
        AnswersOneFile: results of the institute are about one file and stay so.
        HeadersDiffer: institution, day or another field of the header is not the same in all.
        RecordError: from the files, where they are not sound.
    """
    headers = [header_of(items) for _, items in files]
    layout = headers[0].layout
    require_divisible(layout)
    for (name, _), header in zip(files, headers, strict=True):
        _require_same(name, headers[0], header)
    fields = dict(headers[0].fields)
    if len({header.fields.get("bank_code") for header in headers}) > 1:
        fields["bank_code"] = ""
    return write_file(out, layout, fields, _records(files), rules=VOUCHED_FOR)


def require_divisible(layout: FileLayout) -> None:
    """Refuse a result file.

    Raises:
        AnswersOneFile: its trailer counts the records of another file.
    """
    if layout.answers_one_file:
        raise AnswersOneFile(layout.code, layout.ko)


def _require_same(name: str, first: Header, header: Header) -> None:
    if header.layout.code != first.layout.code:
        error = WrongFile(first.layout.code, header.layout.code)
        error.add_note(name)
        raise error
    for one in first.layout.header.fields:
        if one.name not in FREE and header.fields[one.name] != first.fields[one.name]:
            raise HeadersDiffer(name, one)


def _records(files: Sequence[tuple[str, Iterator[Sound]]]) -> Iterator[tuple[Mapping[str, str], bytes]]:
    for _, items in files:
        for item in items:
            if isinstance(item, DataRecord):
                yield item.fields, item.evidence
