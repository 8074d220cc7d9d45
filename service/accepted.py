"""Consents whose evidence was accepted before: JSON lines, as `fb0110` takes them or with the identity alone."""

from __future__ import annotations

from collections.abc import Callable

from consent import strict_json
from evidence.identity import Identity
from service.inputs import reading
from service.record_faults import LineKeyWrong, LineNotJson, LineValueWrong
from service.records import LONGEST_LINE


def accepted_before(file: str) -> Callable[[Identity], bool]:
    """Read the list; a line with `"cancelled": true` takes its consent off again.

    Raises:
        InputUnreadable: the list cannot be read.
        BadRecordLine: a line is no JSON object, or lacks one of the four texts that tell a consent from others.
    """
    known: set[Identity] = set()
    with reading(file) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE + 1), b""), 1):
            if line.strip() or len(line) > LONGEST_LINE:
                identity, is_cancelled = _parse(line, file, number)
                (known.discard if is_cancelled else known.add)(identity)
    return known.__contains__


def _parse(line: bytes, file: str, number: int) -> tuple[Identity, bool]:
    if len(line) > LONGEST_LINE:
        raise LineNotJson(file, number)
    try:
        record = strict_json.parse(line)
    except ValueError:
        raise LineNotJson(file, number) from None
    if not isinstance(record, dict):
        raise LineNotJson(file, number)
    for key in Identity._fields:
        if key not in record:
            raise LineKeyWrong(file, number, key)
        if not isinstance(record[key], str):
            raise LineValueWrong(file, number, key)
    return Identity(*(record[key] for key in Identity._fields)), record.get("cancelled") is True
