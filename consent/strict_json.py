"""JSON that can be read one way only."""

from __future__ import annotations

import json


def parse(text: str | bytes) -> object:
    """Read one JSON document; which of two values of the same key counts is not ours to guess.

    Raises:
        ValueError: it is not JSON (NaN is none), nests too deep, or a key stands twice in one object.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_json)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields


def _no_json(constant: str) -> float:
    raise ValueError(constant)
