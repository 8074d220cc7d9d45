"""The small parts: times, languages, what a terminal may be shown."""

from __future__ import annotations

import errno
import io
import json
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import InputUnreadable, TimeNotUnderstood, language
from service.inputs import judging_time, moment, now, signing_moment
from service.terminal import json_line, visible


@given(st.datetimes(min_value=datetime(1950, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-1439, 1439))  # noqa: DTZ001 - hypothesis wants them naive
def test_a_time_with_its_offset_is_that_moment(naive: datetime, minutes: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(at.isoformat()) == at
    assert moment(at.isoformat()).tzinfo is UTC
    assert signing_moment(at.isoformat()).microsecond == 0


@given(st.text())
def test_any_words_are_a_time_or_refused(words: str) -> None:
    with suppress(TimeNotUnderstood):
        assert judging_time(words)


def test_now_is_now_in_whole_seconds() -> None:
    assert abs(moment("now") - datetime.now(UTC)) < timedelta(seconds=5)
    assert now().microsecond == 0
    assert judging_time("signing-time") == "signing-time"


@pytest.mark.parametrize(
    ("wanted", "lang"),
    [
        *(("ko", "ko"), ("ko_KR", "ko"), ("ko-KR", "ko"), ("KO", "ko"), ("ko.UTF-8", "ko")),
        *(("en", "en"), ("fr", "en"), ("kok", "en"), ("kor", "en"), ("C", "en")),
    ],
)
def test_a_language_that_is_asked_for_counts(monkeypatch: pytest.MonkeyPatch, wanted: str, lang: str) -> None:
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert language(wanted) == lang
    assert language() == "ko"


@given(st.text())
def test_nothing_unseen_reaches_the_terminal(text: str) -> None:
    assert all(c.isprintable() or c.isspace() for c in visible(text))
    assert not {"\n", "\r", "\x1b", "\u202e"} & set(visible(text))


def test_ordinary_text_is_shown_as_it_is() -> None:
    assert visible("동의\u3000한다 - ab\\c") == "동의\u3000한다 - ab\\c"
    assert visible("가\r\n\t나\x07", lines=True) == "가\n\t나\\x07"


@given(st.text(), st.sampled_from(["utf-8", "ascii", "euc-kr", "latin-1"]))
def test_json_stays_json_in_every_encoding(text: str, encoding: str) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace")
    before, sys.stdout = sys.stdout, out
    try:
        line = json_line({"file": text})
    finally:
        sys.stdout = before
    assert json.loads(line.encode(encoding, "backslashreplace").decode(encoding)) == {"file": text}


def test_a_reason_that_has_no_korean_stays_as_the_system_gives_it() -> None:
    assert "Bad message" in InputUnreadable("x", "Bad message", errno.EBADMSG).message("ko")
