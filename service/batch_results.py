"""The report of a batch: Parquet, CSV or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from verifier.batch.columns import VERDICTS

_ROWS_IN_A_GROUP: Final = 65_536
_FORMULA: Final = r"^[=+\-@\t\r\n]"
_BOM: Final = b"\xef\xbb\xbf"

Batches = Iterable[pa.RecordBatch]


def _parquet(batches: Batches, out: BinaryIO, about: Mapping[str, object]) -> None:
    schema = VERDICTS.with_metadata({"dongui.batch": json.dumps(about, ensure_ascii=False)})
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        for batch in batches:
            held.append(batch)
            if sum(one.num_rows for one in held) >= _ROWS_IN_A_GROUP:
                writer.write_table(pa.Table.from_batches(held, VERDICTS).cast(schema))
                held = []
        writer.write_table(pa.Table.from_batches(held, VERDICTS).cast(schema))


def _csv(batches: Batches, out: BinaryIO, _: Mapping[str, object]) -> None:
    """As RFC 4180 has it, in UTF-8 with the mark that Excel needs; a list is one cell, its values parted by spaces."""
    schema = pa.schema([pa.field(f.name, pa.string() if _is_text(f.type) else f.type) for f in VERDICTS])
    out.write(_BOM)
    with pc_csv.CSVWriter(out, schema, write_options=pc_csv.WriteOptions(eol="\r\n")) as writer:
        for batch in batches:
            columns = [_cell(column) for column in _with_times_told(batch).columns]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _json_lines(batches: Batches, out: BinaryIO, _: Mapping[str, object]) -> None:
    for batch in batches:
        rows = _with_times_told(batch).to_pylist()
        out.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())


def _is_text(kind: pa.DataType) -> bool:
    return not pa.types.is_integer(kind)


def _with_times_told(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Times as text; Arrow's own way needs the time zones of the system, which may lack them."""
    columns = {
        field.name: _iso(column) if pa.types.is_timestamp(field.type) else column
        for field, column in zip(batch.schema, batch.columns, strict=True)
    }
    return pa.RecordBatch.from_pydict(columns)


def _iso(times: pa.Array) -> pa.Array:
    return pc.strftime(times.cast(pa.int64()).cast(pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%SZ")


def _cell(column: pa.Array) -> pa.Array:
    """What a spreadsheet would take for a formula gets an apostrophe in front: names are written by strangers."""
    if pa.types.is_list(column.type):
        return pc.binary_join(column, " ")
    if not pa.types.is_string(column.type):
        return column
    return pc.if_else(pc.match_substring_regex(column, _FORMULA), pc.binary_join_element_wise("'", column, ""), column)


WRITERS: Final[Mapping[str, Callable[[Batches, BinaryIO, Mapping[str, object]], None]]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".jsonl": _json_lines,
}
"""By the suffix of the report's name. They take all rows, where to write, and what the report is about."""
