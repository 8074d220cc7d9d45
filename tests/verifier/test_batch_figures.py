"""Figures of a batch: what they count is what the rows say, whatever the rows are and in whatever form they come."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batch_tables import AT, NOT_READ, ROWS, failed, row, table_of, unclear, write
from verifier.batch import tally
from verifier.batch.columns import VERDICTS
from verifier.batch.figures import INPUT, SELF_ISSUED, Figures, figures_of
from verifier.batch.figures_json import as_json
from verifier.batch.table import NEEDED, batches
from verifier.batch.table_faults import ColumnsWrong, IndicationUnknown, TableUnreadable
from verifier.batch.tally import Costs, Counts, Tally
from verifier.batch.timeline import month_name, month_of, timeline
from verifier.verdict import Indication

FORMS: Final = ("parquet", "csv", "jsonl")
KOREA: Final = timedelta(hours=9)


def parquet(table: Any, **options: Any) -> BytesIO:
    stream = BytesIO()
    pq.write_table(table, stream, **options)
    stream.seek(0)
    return stream


def figures(rows: Sequence[dict[str, Any]], **more: Any) -> Figures:
    return figures_of(batches(parquet(table_of(rows)), "x"), file="x", **more)


def counted(rows: Sequence[dict[str, Any]], value: Callable[[dict[str, Any]], Any]) -> dict[Any, Counts]:
    """What a tally has to say."""
    found: dict[Any, Counts] = {}
    for one in rows:
        kinds = [int(one["indication"] == kind.name) for kind in Indication]
        found[value(one)] = found.get(value(one), Counts()).plus(Counts(*kinds))
    return found


def month(at: datetime | None) -> int | None:
    """In Korea, without the clock's limits."""
    if at is None:
        return None
    try:
        there = at + KOREA
    except OverflowError:
        return 10_000 * 12
    return there.year * 12 + there.month - 1


def age(one: dict[str, Any]) -> int | None:
    first, last = one["not_before"], one["signing_time"] or one["verified_at"]
    if first is None or last is None:
        return None
    return -1 if last < first else min((last - first).days, 36_525)


@given(ROWS)
def test_every_row_is_counted_once_for_what_it_is(rows: list[dict[str, Any]]) -> None:
    made = figures(rows)
    assert made.rows == counted(rows, lambda _: None).get(None, Counts())
    assert made.rows.rows == len(rows)
    for tally_of, value in (
        (made.months, lambda one: month(one["signing_time"])),
        (made.ends, lambda one: month(one["not_after"])),
        (made.products, lambda one: one["product"]),
        (made.keys, lambda one: one["key"]),
        (made.time_sources, lambda one: one["time_source"]),
        (made.ages, age),
        (
            made.issuers,
            lambda one: SELF_ISSUED if one["issuer"] == one["signer"] and one["issuer"] else one["issuer"],
        ),
    ):
        assert tally_of.counts == counted(rows, value)
        assert tally_of.others == Counts()


@given(ROWS)
def test_findings_are_counted_by_row(rows: list[dict[str, Any]]) -> None:
    made = figures(rows)
    for tally_of, column in ((made.codes, "codes"), (made.not_run, "not_run")):
        of_values = [one | {"value": value} for one in rows for value in one[column]]
        assert tally_of.counts == counted(of_values, lambda one: one["value"])
    for code, ids in made.examples.items():
        assert list(ids) == [one["id"] for one in rows if code in one["codes"]][:3]
    assert set(made.examples) == set(made.codes.counts)
    unseen = [one["id"] for one in rows if INPUT in one["not_run"]]
    assert (made.not_judged, [one.id for one in made.first_not_judged]) == (len(unseen), unseen[:20])


@given(ROWS, st.integers(0, 6))
def test_rows_shown_are_the_right_ones(rows: list[dict[str, Any]], failing: int) -> None:
    made = figures(rows, failing=failing)
    ids = [[one["id"] for one in rows if one["indication"] == kind] for kind in ("TOTAL_FAILED", "INDETERMINATE")]
    assert [one.id for one in made.failing] == (ids[0] + ids[1])[:failing]
    claimed = [one for one in rows if one["time_source"] == "signing-time" and one["verified_at"] is not None]
    assert [one.id for one in made.oldest] == [one["id"] for one in sorted(claimed, key=lambda one: one["verified_at"])]
    assert made.unproven == len(claimed)
    slow = sorted((one for one in rows if one["microseconds"] is not None), key=lambda one: -one["microseconds"])
    assert [one.id for one in made.slowest] == [one["id"] for one in slow][:10]
    times = [one["verified_at"] for one in rows if one["verified_at"] is not None]
    assert (made.verified.first, made.verified.last) == ((min(times), max(times)) if times else (None, None))


@settings(max_examples=30)
@given(ROWS, st.integers(1, 5))
def test_it_does_not_matter_how_a_table_is_cut(rows: list[dict[str, Any]], size: int) -> None:
    def pieces() -> Iterator[Any]:
        for batch in batches(parquet(table_of(rows)), "x"):
            yield from (batch.slice(i, size) for i in range(0, len(batch), size))

    assert as_json(figures_of(pieces(), file="x"), table="x") == as_json(figures(rows), table="x")


@given(st.lists(st.integers(0, 10**12), min_size=1), st.sampled_from([0.01, 0.5, 0.99, 1.0]))
def test_a_quantile_is_that_of_the_values_to_a_thousandth(values: list[int], part: float) -> None:
    costs = Costs()
    for i in range(0, len(values), 3):
        costs.add(pa.array(values[i : i + 3], pa.int64()))
    exact = sorted(values)[max(math.ceil(part * len(values)) - 1, 0)]
    found = costs.quantile(part)
    assert found is not None
    assert exact * 0.999 - 1 <= found <= exact
    assert (costs.rows, costs.total, costs.largest) == (len(values), sum(values), max(values))


def test_costs_that_nobody_measured_are_none() -> None:
    costs = Costs()
    costs.add(pa.array([None, None], pa.int64()))
    assert (costs.rows, costs.quantile(0.5)) == (0, None)
    made = figures([row(microseconds=None)])
    assert made.cost.median is made.cost.p99 is None
    assert made.slowest == []


@pytest.mark.parametrize("form", FORMS)
def test_the_three_forms_say_the_same(tmp_path: Path, form: str) -> None:
    rows = [
        *(row(id=f"{n}.der", microseconds=n) for n in range(5)),
        *(row(id=f"{first}1.der") for first in "=+-@"),
        failed(id='quoted ", and\nbroken.der'),
        unclear(id="가.der", not_run=["digest", "signature"], time_source="signing-time"),
        NOT_READ,
        row(signing_time=None, product=None),
    ]
    path = write(tmp_path / f"x.{form}", rows)
    made = as_json(figures_of(batches(path, "x"), file="x"), table="x")
    assert made == as_json(figures(rows), table="x")
    with path.open("rb") as stream:
        assert as_json(figures_of(batches(stream, "x"), file="x"), table="x") == made


@pytest.mark.parametrize("form", FORMS)
def test_a_table_without_rows_has_figures(tmp_path: Path, form: str) -> None:
    made = figures_of(batches(write(tmp_path / f"x.{form}", []), "x"), file="x")
    assert (made.rows, made.failing, made.cost.rows) == (Counts(), [], 0)


def test_other_programs_write_the_same_types_in_their_own_ways() -> None:
    rows = [row(), failed(), NOT_READ]
    table = table_of(rows)
    wide = table.cast(
        pa.schema(
            [
                pa.field(
                    field.name,
                    pa.timestamp("us", tz="Asia/Seoul")
                    if pa.types.is_timestamp(field.type)
                    else pa.large_list(pa.large_string())
                    if pa.types.is_list(field.type)
                    else pa.large_string()
                    if pa.types.is_string(field.type)
                    else pa.int32(),
                )
                for field in VERDICTS
            ]
        )
    )
    encoded = table.set_column(7 + 4, "issuer", table.column("issuer").dictionary_encode())
    for other in (wide, encoded, table.append_column("more", pa.array([1, 2, 3])), table.select(NEEDED.names[::-1])):
        made = figures_of(batches(parquet(other, store_schema=True), "x"), file="x")
        assert as_json(made, table="x") == as_json(figures(rows), table="x")


def test_wrong_columns_are_named() -> None:
    table = table_of([row()])
    table = table.drop_columns(["issuer", "codes"]).set_column(0, "id", pa.array([1]))
    table = table.set_column(
        table.schema.get_field_index("not_after"), "not_after", pa.array([AT.replace(tzinfo=None)])
    )
    with pytest.raises(ColumnsWrong) as caught:
        list(batches(parquet(table), "x"))
    assert caught.value.details == {"file": "x", "missing": "codes, issuer", "wrong": "id, not_after"}


@pytest.mark.parametrize(
    "made",
    [
        b"",
        b"\0\1\2",
        b"PAR1",
        b"PAR1" + bytes(500) + b"PAR1",
        b'{"id": 1',
        b'{"id": "x", "codes": "y"}\n{"id":',
        b"\xff\xfe\xfd",
        b"\x30\x82\x01\x00",
    ],
)
def test_what_is_no_table_is_refused(made: bytes) -> None:
    with pytest.raises((TableUnreadable, ColumnsWrong)):
        list(batches(BytesIO(made), "x"))


@pytest.mark.parametrize("text", ["id,indication\n", "hello\nworld\n", '{"id": "x"}\n'])
def test_another_table_is_refused_by_its_columns(text: str) -> None:
    with pytest.raises(ColumnsWrong):
        list(batches(BytesIO(text.encode()), "x"))


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_a_damaged_table_is_refused(at: float) -> None:
    whole = parquet(table_of([row(id=f"{n}") for n in range(1000)])).getvalue()
    place = int(len(whole) * at)
    for damaged in (whole[:place], whole[:place] + bytes(64) + whole[place + 64 :]):
        with pytest.raises((TableUnreadable, IndicationUnknown)):
            figures_of(batches(BytesIO(damaged), "x"), file="x")


def test_text_that_is_none_is_refused() -> None:
    table = table_of([row(id="x")])
    bad = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])
    with pytest.raises(TableUnreadable):
        list(batches(parquet(table.set_column(0, "id", bad)), "x"))


@pytest.mark.parametrize("indication", ["PASSED", "", None])
def test_an_outcome_that_there_is_not_is_refused(indication: str | None) -> None:
    table = table_of([row(), row()]).to_pydict() | {"indication": ["TOTAL_PASSED", indication]}
    nullable = pa.schema([field.with_nullable(True) for field in VERDICTS])
    with pytest.raises(IndicationUnknown):
        figures_of(batches(parquet(pa.table(table, nullable)), "x"), file="x")


def test_times_beyond_the_calendar_are_none() -> None:
    wild = table_of([row(), row()])
    for name in ("verified_at", "signing_time", "not_before", "not_after"):
        seconds = pa.array([2**50, -(2**50)], pa.int64()).cast(pa.timestamp("s", tz="UTC"))
        wild = wild.set_column(wild.schema.get_field_index(name), name, seconds)
    made = figures_of(batches(parquet(wild), "x"), file="x")
    assert made.rows.rows == 2
    assert set(made.months.counts) == set(made.ends.counts) == set(made.ages.counts) == {None}


def test_made_up_values_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_VALUES", 10)
    counts = Tally()
    for start in range(0, 100, 20):
        counts.add(pa.array([f"{n}" for n in range(start, start + 20)]), pa.array([n % 3 for n in range(20)]))
    assert len(counts.counts) == 10
    assert counts.others.rows == 90
    long = Tally()
    long.add(pa.array(["가" * 5000 + "a", "가" * 5000 + "b"]), pa.array([0, 0]))
    assert [(len(value), one.rows) for value, one in long.counts.items()] == [(1000, 2)]


@given(
    st.dictionaries(st.none() | st.integers(0, 200), st.builds(Counts, *[st.integers(1, 9)] * 3)),
    st.integers(0, 200),
    st.integers(0, 200),
)
def test_a_timeline_loses_no_row(counts: dict[int | None, Counts], one: int, other: int) -> None:
    earliest, latest = sorted((one, other))
    line = timeline(counts, earliest=earliest, latest=latest)
    parts = [*line.counts, line.before, line.after, line.none]
    assert sum(part.rows for part in parts) == sum(part.rows for part in counts.values())
    assert len(line.counts) <= latest - earliest + 1
    if line.counts:
        assert line.counts[0].rows and line.counts[-1].rows
        assert earliest <= line.first <= line.last <= latest


def test_months_are_koreas() -> None:
    assert month_name(month_of(datetime(2026, 10, 31, 15, tzinfo=UTC))) == "2026-11"
    assert month_name(month_of(datetime(2026, 10, 31, 14, 59, 59, tzinfo=UTC))) == "2026-10"
    made = as_json(figures([row(signing_time=datetime(2026, 12, 31, 15, tzinfo=UTC))]), table="x")
    assert [group["value"] for group in made["months"]] == ["2027-01"]


@settings(max_examples=30)
@given(ROWS)
def test_masked_figures_name_nobody(rows: list[dict[str, Any]]) -> None:
    named = [one | {"id": "HONG" + one["id"], "signer": "GIL"} for one in rows]
    told, masked = (as_json(figures(named), table="x", masked=flag) for flag in (False, True))
    assert "HONG" not in str(masked) and "GIL" not in str(masked)
    assert len(told["failing"]) == len(masked["failing"])
    assert all(one["id"].startswith("HONG") and one["signer"] == "GIL" for one in told["failing"])


def test_counts_of_values_are_exact_over_many_batches() -> None:
    rows = [row(id=f"{n}", key=("RSA 2048", "P-256", "P-384")[n % 3], microseconds=n) for n in range(2000)]
    stream = parquet(table_of(rows), row_group_size=300)
    made = figures_of(batches(stream, "x"), file="x")
    assert {key: one.rows for key, one in made.keys.counts.items()} == Counter(one["key"] for one in rows)
    assert [one.id for one in made.slowest] == [f"{n}" for n in range(1999, 1989, -1)]
    assert made.cost.median is not None and abs(made.cost.median - 999) <= 1
