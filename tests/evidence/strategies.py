"""Texts that a record's table allows, derived from the table."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from evidence import Field, Mode, Record

ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
HANGUL = st.sampled_from("가나다동의힝　ＡＺ０９＼～￦漢字")


def values_for(record: Record) -> st.SearchStrategy[dict[str, str]]:
    """Canonical texts: what `decode` gives."""
    return st.fixed_dictionaries({field.name: text_for(field) for field in record.fields})


def text_for(field: Field) -> st.SearchStrategy[str]:
    texts = _texts(field)
    if field.const is None and field.may_be_blank:
        return texts | st.just("")
    return texts


def _texts(field: Field) -> st.SearchStrategy[str]:
    if field.const is not None:
        return st.just(field.const)
    listed = _listed(field)
    return _by_mode(field) if listed is None else listed


def _listed(field: Field) -> st.SearchStrategy[str] | None:
    if field.values:
        return st.sampled_from(sorted(field.values))
    if field.pattern:
        return st.from_regex(field.pattern, fullmatch=True)
    if field.date and field.width == len("YYYYMMDDhhmmss"):
        return st.datetimes(min_value=datetime(1000, 1, 1)).map(lambda at: at.strftime("%Y%m%d%H%M%S"))  # noqa: DTZ001
    if field.date:
        return st.dates(min_value=date(1, 1, 1)).map(lambda day: day.isoformat().replace("-", ""))
    return None


def _by_mode(field: Field) -> st.SearchStrategy[str]:
    if field.mode is Mode.N:
        return st.text("0123456789", min_size=field.width, max_size=field.width)
    if field.mode is Mode.A:
        return st.text("ABCYZabcyz", min_size=1, max_size=field.width)
    if field.mode.hangul:
        return st.text(HANGUL, min_size=1, max_size=field.width // 2).filter(lambda t: not t.endswith("　"))
    return st.text(ASCII, min_size=1, max_size=field.width).filter(lambda text: not text.endswith(" "))
