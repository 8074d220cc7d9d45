"""A table of verdicts, read piece by piece, however large it is: Parquet, CSV or JSON lines (`columns.VERDICTS`).

Which of the three it is, its first bytes say. In CSV a list is its codes parted by a space. Columns beyond those needed
are passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from verifier.batch.columns import VERDICTS
from verifier.batch.table_faults import ColumnsWrong, TableEmpty, TableUnreadable

_LEFT_OUT: Final = frozenset({"remarks", "serial_number"})
NEEDED: Final = pa.schema([field for field in VERDICTS if field.name not in _LEFT_OUT])
"""Most of a row are the codes of what passed, and no figure is about them."""

_ROWS: Final = 65_536
_BUFFER: Final = 1024 * 1024
_BLOCK: Final = 8 * 1024 * 1024
_FORMULA: Final = r"^'([=+\-@\t\r\n])"
_EARLIEST: Final = -62_135_596_800  # 0001-01-01, in seconds: what Python's clock knows
_LATEST: Final = 253_402_300_799  # 9999-12-31


def batches(table: Path | BinaryIO, file: str) -> Iterator[Any]:
    """The rows in batches of schema `NEEDED`, text checked to be UTF-8, times that no calendar has as none.

    Args:
        table: where it is; a stream has to be one that can be searched.
        file: its name in errors.

    Raises:
        TableUnreadable: it is nothing of the kind, or damaged; also after some batches.
        TableEmpty: nothing is in it, and its name is not that of JSON lines, which have no header.
        ColumnsWrong: columns are missing or of another kind.
    """
    try:
        with opened(table) as source:
            is_lines = isinstance(table, Path) and table.suffix == ".jsonl"
            for batch in _batches(source, file, is_lines=is_lines):
                batch.validate(full=True)
                yield _fitted(batch)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise TableUnreadable(file) from error


def opened(table: Path | BinaryIO) -> Any:  # noqa: ANN401 - pyarrow has no types
    """As pyarrow reads it; a name may be no text."""
    return pa.OSFile(os.fsencode(table)) if isinstance(table, Path) else pa.PythonFile(table, "r")


def _batches(source: Any, file: str, *, is_lines: bool) -> Iterator[Any]:  # noqa: ANN401 - pyarrow has no types
    head = source.read(64)
    if not head and is_lines:
        return
    if not head:
        raise TableEmpty(file)
    source.seek(0)
    if head.startswith(b"PAR1"):
        yield from _parquet(source, file)
    elif head.lstrip().startswith(b"{"):
        yield from _json_lines(source, file)
    elif b"\0" not in head:
        yield from _csv(source, file)
    else:
        raise TableUnreadable(file)


def _parquet(source: Any, file: str) -> Iterator[Any]:  # noqa: ANN401 - pyarrow has no types
    # Read as it is needed: a whole row group at once, which may be all of a table, would be far more memory.
    parquet = pa.parquet.ParquetFile(source, pre_buffer=False, buffer_size=_BUFFER)
    _require(parquet.schema_arrow, file)
    yield from parquet.iter_batches(batch_size=_ROWS, columns=NEEDED.names)


def _json_lines(source: Any, file: str) -> Iterator[Any]:  # noqa: ANN401 - pyarrow has no types
    names = pa.json.open_json(source, read_options=pa.json.ReadOptions(block_size=_BLOCK)).schema.names
    source.seek(0)
    _require(pa.schema([field for field in NEEDED if field.name in names]), file)
    yield from pa.json.open_json(
        source,
        read_options=pa.json.ReadOptions(block_size=_BLOCK),
        parse_options=pa.json.ParseOptions(
            explicit_schema=NEEDED, newlines_in_values=False, unexpected_field_behavior="ignore"
        ),
    )


def _csv(source: Any, file: str) -> Iterator[Any]:  # noqa: ANN401 - pyarrow has no types
    names = pa.csv.open_csv(source, read_options=pa.csv.ReadOptions(block_size=_BLOCK)).schema.names
    source.seek(0)
    _require(pa.schema([field for field in NEEDED if field.name in names]), file)
    types = {field.name: pa.string() if pa.types.is_list(field.type) else field.type for field in NEEDED}
    rows = pa.csv.open_csv(
        source,
        read_options=pa.csv.ReadOptions(block_size=_BLOCK),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=types, include_columns=NEEDED.names, null_values=[""], strings_can_be_null=True
        ),
    )
    for batch in rows:
        cells = zip(batch.columns, NEEDED, strict=True)
        yield pa.record_batch([_from_cell(column, field.type) for column, field in cells], NEEDED.names)


def _from_cell(column: Any, wanted: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """The apostrophe in front of what a spreadsheet would take for a formula is not part of it."""
    if pa.types.is_list(wanted):
        return pc.split_pattern(column, " ")
    return pc.replace_substring_regex(column, _FORMULA, r"\1") if pa.types.is_string(wanted) else column


def _require(schema: Any, file: str) -> None:  # noqa: ANN401 - pyarrow has no types
    missing = [field.name for field in NEEDED if schema.get_field_index(field.name) < 0]
    wrong = [f.name for f in NEEDED if f.name not in missing and not _fits(schema.field(f.name).type, f.type)]
    if missing or wrong:
        raise ColumnsWrong(file, missing=missing, wrong=wrong)


def _fits(there: Any, wanted: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    types = pa.types
    if types.is_null(there):  # nothing at all is in it
        return True
    if types.is_dictionary(there):
        there = there.value_type
    if types.is_list(wanted):
        return (types.is_list(there) or types.is_large_list(there)) and _fits(there.value_type, wanted.value_type)
    if types.is_timestamp(wanted):
        return bool(types.is_timestamp(there)) and there.tz is not None
    if types.is_integer(wanted):
        return bool(types.is_integer(there))
    return bool(types.is_string(there) or types.is_large_string(there) or types.is_string_view(there))


def _fitted(batch: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    return pa.record_batch([_as(batch.column(f.name), f.type) for f in NEEDED], NEEDED.names)


def _as(column: Any, wanted: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    column = column.cast(wanted, safe=not pa.types.is_timestamp(wanted))  # fractions of a second go
    if not pa.types.is_timestamp(wanted):
        return column
    seconds = column.cast(pa.int64())
    known = pc.and_(pc.greater_equal(seconds, _EARLIEST), pc.less_equal(seconds, _LATEST))
    return pc.if_else(known, column, None)
