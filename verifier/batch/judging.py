"""The one function that all of a batch rests on: a table of DERs in, a table of verdicts out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import perf_counter_ns
from typing import Any, Final

import pyarrow as pa

from certs import Holder, TrustStore
from verifier.batch.columns import VERDICTS
from verifier.batch.signer_facts import NOTHING, signer_facts
from verifier.policies import VerifyPolicy
from verifier.proofs import Proof, Receipt
from verifier.subject import At, Subject
from verifier.verdict import Indication, Verdict
from verifier.verify import judge, subject_of

TOGETHER: Final = 64
"""Rows that are judged step by step with each other."""
NOT_READ: Final = "CMS-196"
"""The bytes could not be had."""
INPUT: Final = "input"
"""What stands in `not_run` for a row whose bytes no check has seen."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1}
_MOST: Final = 2**62
"""Microseconds: more than any calendar has, and no more than Arrow holds."""
_PASSED: Final = Indication.TOTAL_PASSED
_NAMES: Final = [one.name for one in Indication]
_EMPTY: Final[list[str]] = []

_Row = tuple[Any, ...]


def judge_table(  # noqa: PLR0913 - what is judged, by what, when and for whom, each by name
    table: pa.Table | pa.RecordBatch,
    *,
    trust: TrustStore,
    policy: VerifyPolicy,
    at: At,
    holder: Holder | None = None,
    beginning: Callable[[int], object] | None = None,
) -> pa.RecordBatch:
    """Judge every row, as `verify_der` would.

    Args:
        table: with the columns of `columns.EVIDENCE`, of which `received_at` may be missing.
        trust: as for `verify_der`.
        policy: as for `verify_der`.
        at: as for `verify_der`.
        holder: as for `verify_der`.
        beginning: is told the number of a row, from 0, whenever something is done about it.

    Returns: as many rows of `columns.VERDICTS`, in the same order. Whatever a row's bytes are, it gives a row: one
        without bytes is INDETERMINATE (CMS-196).

    Raises:
        KeyError: a column is missing.
        TypeError: `received_at` is no column of times with a time zone; or as `verify_der`.
        ValueError: as `verify_der`.
    """
    rows = list(zip(table.column("id").to_pylist(), table.column("der").to_pylist(), _receipts(table), strict=True))

    def subject(der: bytes, received: int | None) -> Subject:
        proofs = () if received is None else (_receipt(der, received),)
        return subject_of(der, trust=trust, policy=policy, at=at, proofs=proofs, holder=holder)

    def begin(number: int) -> None:
        if beginning is not None:
            beginning(number)

    groups = [range(start, min(start + TOGETHER, len(rows))) for start in range(0, len(rows), TOGETHER)]
    return verdicts(row for group in groups for row in _judged(rows, group, subject, begin))


def verdicts(rows: Iterable[_Row]) -> pa.RecordBatch:
    """Rows of `columns.VERDICTS`."""
    columns = list(zip(*rows, strict=True)) or [()] * len(VERDICTS)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, VERDICTS, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=VERDICTS)


def unjudged(identity: str, code: str, *, der: bytes | None = None) -> _Row:
    """The row of evidence that nothing was found out about, and why: INDETERMINATE."""
    sha256 = None if der is None else hashlib.sha256(der).hexdigest()
    size = None if der is None else len(der)
    unknown = (None,) * (len(VERDICTS) - 8)
    return (identity, _NAMES[Indication.INDETERMINATE], [code], _EMPTY, [INPUT], sha256, size, *unknown, 0)


def _receipts(table: pa.Table | pa.RecordBatch) -> Iterator[int | None]:
    """Microseconds since 1970: not every one of them is a time that Python has."""
    if "received_at" not in table.schema.names:
        return iter([None] * table.num_rows)
    times = table.column("received_at")
    if not pa.types.is_timestamp(times.type) or times.type.tz is None:
        raise TypeError(f"received_at holds {times.type}, not times with a time zone")
    return iter(in_microseconds(times))


def in_microseconds(times: pa.Array) -> list[int | None]:
    """Microseconds since 1970, rounded up: evidence must not be said to have been there before it was."""
    each = _NANOSECONDS[times.type.unit]
    numbers = times.cast(pa.int64()).to_pylist()
    return [None if n is None else max(-_MOST, min(-(-n * each // 1000), _MOST)) for n in numbers]


def _judged(
    rows: Sequence[tuple[str, bytes | None, int | None]],
    numbers: range,
    subject_for: Callable[[bytes, int | None], Subject],
    begin: Callable[[int], None],
) -> Iterator[_Row]:
    """A few rows together, step by step: what each step needs stays in the processor's caches, a fifth of the time."""
    subjects: dict[int, Subject] = {}
    spent = dict.fromkeys(numbers, 0)
    for number in numbers:
        _, der, received = rows[number]
        with suppress(OverflowError):  # not every number of microseconds is a time that Python has
            if der is not None:
                subjects[number] = subject_for(der, received)
    for step in (_read, _validate):
        for number, subject in subjects.items():
            begin(number)
            start = perf_counter_ns()
            step(subject)
            spent[number] += perf_counter_ns() - start
    for number in numbers:
        identity, der, _ = rows[number]
        if number not in subjects:
            yield unjudged(identity, NOT_READ, der=der)
            continue
        begin(number)
        start = perf_counter_ns()
        row = _row(identity, judge(subjects[number]), subjects[number])
        yield (*row, (spent[number] + perf_counter_ns() - start) // 1000)


def _read(subject: Subject) -> None:
    _ = subject.common


def _validate(subject: Subject) -> None:
    """Only for the result to be there: what goes wrong here goes wrong again, and is then told, in the check itself."""
    with suppress(Exception):
        _ = subject.path_result


def _receipt(der: bytes, received: int) -> Proof:
    return Receipt(hashlib.sha256(der).digest(), _EPOCH + timedelta(microseconds=received))


def _row(identity: str, verdict: Verdict, subject: Subject) -> _Row:
    """All columns but the last."""
    codes: set[str] = set()
    remarks: set[str] = set()
    ran = set()
    worst = _PASSED
    for finding in verdict.findings:
        ran.add(finding.check)
        effect = finding.effect
        if effect is _PASSED:
            remarks.add(finding.code)
        else:
            codes.add(finding.code)
            worst = max(worst, effect)
    missing = verdict.required - ran
    if missing:
        worst = max(worst, Indication.INDETERMINATE)
    is_whole = not subject.is_too_large  # nobody has to read more than one byte too many, so that it may be no more
    try:
        facts = signer_facts(subject)
    except Exception:  # noqa: BLE001 - the verdict is told all the same
        facts = NOTHING
    return (
        identity,
        _NAMES[worst],
        sorted(codes),
        sorted(remarks),
        sorted([check.value for check in missing]) if missing else _EMPTY,
        verdict.der_sha256.hex() if is_whole else None,
        len(subject.der) if is_whole else None,
        verdict.verified_at,
        verdict.time_source.value,
        verdict.signing_time,
        *facts,
    )
