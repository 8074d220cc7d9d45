"""What is due as a person and a program get it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import LANGS, Lang
from evidence.due import due_items
from evidence.due_facts import Facts, Failures, LedgerKey, Queued, Request, Retention, Sent, TurnedBad, Unfinished
from evidence.due_item import Task
from service.due_view import as_json, as_view
from service.korea_times import day_told, end_told, left_told, time_told
from service.terminal import columns_of
from tests.evidence.calendars import CALENDAR, korea

NOW: Final = korea("2026-11-21 12:34")
FRIDAY: Final = date(2026, 11, 20)
QUEUED: Final = Queued(institution_code="9912345678", bank_code="004", records=7, oldest_on=FRIDAY)
EVERYTHING: Final = Facts(
    requests=(
        Request(code="FB0410", file="FB0410.\x1b[31m", process_date=FRIDAY, records=3),
        Request(code="FB0211", file="FB0211.1", process_date=FRIDAY, records=2),
    ),
    consents=(QUEUED,),
    cancellations=(QUEUED,),
    rejected=(QUEUED,),
    unfinished=(Unfinished(code="FB0420", file="FB0420_20261120_000007", process_date=FRIDAY, records=3),),
    sent=(Sent(code="FB0110", file="FB0110.1", process_date=FRIDAY, sent_at=korea("2026-11-20 11:00"), records=5),),
    ledger_keys=(LedgerKey(institution_code="9912345678", bank_code="004", service_kind="3"),),
    failures=(Failures(file="FB0620.1", process_date=FRIDAY, records=4),),
    retention=(Retention(records=9, ends_on=date(2027, 1, 1)),),
    turned_bad=(TurnedBad(records=1, since=korea("2026-11-20 09:00")),),
)


def view(facts: Facts, lang: Lang, columns: int = 100) -> str:
    return as_view(due_items(facts, CALENDAR, NOW), NOW, lang, store=" --store sqlite:///dongui.db", columns=columns)


def test_everything_of_every_task_is_shown_in_both_languages() -> None:
    assert {item.task for item in due_items(EVERYTHING, CALENDAR, NOW)} == set(Task)
    korean, english = view(EVERYTHING, "ko", 200), view(EVERYTHING, "en", 200)
    assert korean.startswith("2026-11-21(토) 12:34 기준: 기한 지남 2건, 오늘 할 일 3건, 다음 영업일 2건, ")
    assert english.startswith("As of 2026-11-21 Sat 12:34 in Korea: 2 late, 3 today, 2 next business day, ")
    assert "  ✘ 2026-11-20(금) 24:00      12시간 34분 지남  FB0110 해지 송신: 7건" in korean
    assert "FB0221 answer the requests for changes: 2 record(s), FB0211.1, D=2026-11-20" in english
    assert "    $ dongui send fb0221 --store sqlite:///dongui.db --outbox DIR" in korean.splitlines()
    assert "    $ dongui send fb0420 --store sqlite:///dongui.db --outbox DIR" in korean.splitlines()
    assert "금융회사 004, 신청한 적 없음, 2026-11-23(월) 14:00까지 [FB-156]" in korean
    assert "2026-11-21(토) 23:30부터" in korean and "2026-11-22(일) 04:30까지" in korean


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("columns", [80, 110])
def test_lines_fit_the_terminal_and_names_cannot_steer_it(lang: Lang, columns: int) -> None:
    shown = view(EVERYTHING, lang, columns)
    assert "\x1b" not in shown
    assert all(columns_of(line) <= columns for line in shown.splitlines())


@pytest.mark.parametrize("lang", LANGS)
def test_what_each_code_means_is_told_once(lang: Lang) -> None:
    shown = view(EVERYTHING, lang)
    for code in ("FB-150", "FB-154", "FB-157", "FB-158", "FB-340", "FB-341", "FB-342"):
        assert len([line for line in shown.splitlines() if line.startswith(f"[{code}]")]) == 1
    assert not [line for line in shown.splitlines() if line.startswith("[FB-151]")], "awaited still"


def test_nothing_due_is_said() -> None:
    assert as_view([], NOW, "ko", store="x", columns=80) == "2026-11-21(토) 12:34 기준: 할 일이 없습니다.\n"


def test_the_ledger_says_when_it_was_last_asked_for() -> None:
    key = LedgerKey(institution_code="1", bank_code="004", service_kind="3", asked_on=(date(2026, 11, 2), FRIDAY))
    facts = Facts(ledger_keys=(key,))
    assert "마지막 신청 2026-11-20" in view(facts, "ko", 200)
    (item,) = [one for one in as_json(due_items(facts, CALENDAR, NOW), NOW, "ko", store="x")["items"] if one["file"]]
    assert item["since"] == "2026-11-20"


def test_a_command_names_the_store_as_it_was_named() -> None:
    shown = as_view(due_items(EVERYTHING, CALENDAR, NOW), NOW, "en", store=" --store 'my store.db'", columns=100)
    assert "    $ dongui fix --store 'my store.db'" in shown.splitlines()


@pytest.mark.parametrize("lang", LANGS)
def test_json_has_every_item_with_its_times_and_its_command(lang: Lang) -> None:
    items = due_items(EVERYTHING, CALENDAR, NOW)
    told = json.loads(json.dumps(as_json(items, NOW, lang, store=" --store x.db")))
    assert told["at"] == "2026-11-21T12:34:00+09:00"
    assert [one["task"] for one in told["items"]] == [item.task.value for item in items]
    changes = next(one for one in told["items"] if one["task"] == "answer-changes")
    assert {name: changes[name] for name in ("severity", "file", "about", "records", "due_at", "left_seconds")} == {
        "severity": "late",
        "file": "FB0221",
        "about": "FB0211.1",
        "records": 2,
        "due_at": "2026-11-20T21:00:00+09:00",
        "left_seconds": -(15 * 3600 + 34 * 60),
    }
    assert changes["command"] == "dongui send fb0221 --store x.db --outbox DIR"
    assert changes["message"] and changes["remedy"] and changes["code"] == "FB-154"
    bad = next(one for one in told["items"] if one["task"] == "see-turned-bad")
    assert bad["command"] is None and bad["due_at"] is None and bad["left_seconds"] is None


@pytest.mark.parametrize(
    ("left", "korean", "english"),
    [
        (timedelta(days=2, hours=3, minutes=59), "2일 3시간 남음", "2 d 3 h left"),
        (timedelta(days=2, minutes=59), "2일 남음", "2 d left"),
        (timedelta(hours=3), "3시간 남음", "3 h left"),
        (timedelta(minutes=5, seconds=59), "5분 남음", "5 min left"),
        (timedelta(seconds=59), "1분 미만 남음", "< 1 min left"),
        (timedelta(0), "1분 미만 지남", "< 1 min late"),
        (-timedelta(hours=3, minutes=1), "3시간 1분 지남", "3 h 1 min late"),
    ],
)
def test_how_long_is_left(left: timedelta, korean: str, english: str) -> None:
    assert [left_told(left, lang) for lang in LANGS] == [korean, english]


@given(st.timedeltas(timedelta(days=-1000), timedelta(days=1000)))
def test_nobody_is_told_there_is_time_when_there_is_none(left: timedelta) -> None:
    assert left_told(left, "ko").endswith("남음" if left > timedelta(0) else "지남")


def test_midnight_is_the_end_of_a_day_where_something_ends() -> None:
    midnight = korea("2026-11-24 00:00")
    assert (end_told(midnight, "ko"), time_told(midnight, "ko")) == ("2026-11-23(월) 24:00", "2026-11-24(화) 00:00")
    assert end_told(korea("2026-11-23 15:00"), "en") == "2026-11-23 Mon 15:00"
    assert day_told(FRIDAY, "en") == "2026-11-20 Fri"
