"""The batch verifier on Spark: a DataFrame of evidence in, one of verdicts out.

    spark-submit examples/spark_verify.py EVIDENCE.parquet TRUST VERDICTS.parquet [AT]

EVIDENCE has the columns `id` and `der`, and `received_at` if there is one; AT is a time in ISO 8601, by default now.
Wherever an executor runs, Dongui has to be installed and TRUST to be the same folder. pyspark, with pandas, is no
dependency of Dongui.

Spark cuts batches by rows (`spark.sql.execution.arrow.maxRecordsPerBatch`), reads the evidence itself, and ends a whole
job where one row takes its process down: what `dongui batch` does about such rows is its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa

from certs import TrustStore
from verifier import policies
from verifier.batch import judge_table
from verifier.batch.asking import Asked, fingerprint, opened
from verifier.batch.columns import EVIDENCE, VERDICTS

MICROSECONDS: Final = pa.timestamp("us", tz="UTC")
SPARKS: Final = pa.schema([one.with_type(MICROSECONDS) if pa.types.is_timestamp(one.type) else one for one in VERDICTS])
"""The columns of a verdict, with times as Spark takes them."""

Mapped = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def judging(trust: Path, at: datetime) -> Mapped:
    """What to give to `DataFrame.mapInArrow`: it travels as a path, a fingerprint and a time.

    The time is one for all: were every executor to ask its clock, rows of one job would be judged at different times.
    """
    asked = Asked(str(trust), fingerprint(trust, TrustStore.open(trust)), "kftc", at)

    def judged(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        store = opened(asked)  # once in each process; refused if it is not what whoever submits the job sees
        for batch in batches:
            yield judge_table(as_evidence(batch), trust=store, policy=policies.KFTC, at=at).cast(SPARKS)

    return judged


def as_evidence(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Of the columns those that are judged, in the types they have to have."""
    fields = [field for field in EVIDENCE if field.name in batch.schema.names]
    columns = [batch.column(field.name).cast(field.type) for field in fields]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def spark_schema() -> str:
    """The same, as Spark names their types."""
    names = {pa.string(): "string", pa.int64(): "bigint", pa.list_(pa.string()): "array<string>"}
    return ", ".join(f"{field.name} {names.get(field.type, 'timestamp')}" for field in SPARKS)


def main(evidence: str, trust: str, out: str, at: str | None = None) -> None:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - Spark's side only

    when = datetime.now(UTC).replace(microsecond=0) if at is None else datetime.fromisoformat(at)
    spark = SparkSession.builder.appName("dongui").getOrCreate()
    frame = spark.read.parquet(evidence)
    frame.mapInArrow(judging(Path(trust).absolute(), when), spark_schema()).write.parquet(out)
    counted = spark.read.parquet(out).groupBy("indication").count().collect()
    print({row["indication"]: row["count"] for row in counted})
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
