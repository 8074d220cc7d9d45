"""JSON that can be read one way only."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.strict_json import parse

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@given(values)
def test_what_json_writes_comes_back(value: object) -> None:
    assert parse(json.dumps(value)) == value


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": 1, "a": 1}', '[{"b": {"a": 1, "a": 2}}]', b"\xff"])
def test_what_could_mean_two_things_or_none_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)
