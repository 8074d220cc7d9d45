"""`dongui calendar`: bank holidays of a year, and a day with what is due counting from it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from consent.errors import LANGS, Lang
from evidence.calendar import load_calendar
from evidence.calendar_overrides import parse_overrides
from service.commands import calendar as command
from tests.service.running import Ran, called

PAGE: Final = Path(__file__).parents[2] / "docs/calendar.md"


def run(*words: str, lang: Lang = "en") -> Ran:
    return called("calendar", *words, lang=lang)


def as_json(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.code == 0
    told: dict[str, Any] = json.loads(result.out)
    return told


def test_a_year_has_its_holidays_in_both_languages() -> None:
    korean, english = (run("2025", lang=lang).out.splitlines() for lang in ("ko", "en"))
    assert korean[0] == "2025년 은행 휴무일 20일(그중 평일 18일)"
    assert english[0] == "2025: 20 bank holidays, 18 of them on weekdays"
    assert "  2025-03-01(토)  삼일절 [주말]" in korean
    assert "  2025-05-01 Thu  Workers' Day [not a public holiday]" in english
    assert len(korean) == len(english) == 21


def test_a_year_as_json_has_every_holiday() -> None:
    told = as_json("2026")
    assert told["year"] == 2026
    assert {
        "day": "2026-07-17",
        "ko": "제헌절",
        "en": "Constitution Day",
        "origin": "public",
        "weekend": False,
    } in told["holidays"]
    assert [one["day"] for one in told["holidays"]] == [
        day.isoformat() for day in load_calendar()[0].holidays if day.year == 2026
    ]


def test_a_business_day_says_what_is_due_from_it() -> None:
    korean = run("2026-11-20", lang="ko").out
    assert "2026-11-20(금)은 은행 영업일입니다." in korean
    assert "  D+1  2026-11-23(월)\n" in korean
    assert "  2026-11-27(금)  ~15:00       FB0420  처리기준일자가 D인 FB0410에 회신(가능하면" in korean
    assert "  2026-11-22(일)  12:00~24:00  FB0933  위 원장 정보 조회의 결과 [4.1(4)]\n" in korean
    assert "  2026-11-21(토)  23:30~               통합기관 시스템 정기점검(익일 04:30까지)" in korean


def test_what_is_due_stands_in_its_order() -> None:
    lines = run("20260923").out.split("Due (Korea)\n")[1].splitlines()
    days = [line[2:12] for line in lines if line[2:4] == "20"]
    assert len(days) == 10
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("day", "korean", "english"),
    [
        (
            "2026-10-05",
            "2026-10-05(월)은 은행 영업일이 아닙니다(대체공휴일(개천절)).",
            "(Substitute for National Foundation Day)",
        ),
        (
            "2026-11-22",
            "2026-11-22(일)은 은행 영업일이 아닙니다(주말).",
            "2026-11-22 Sun is no business day of banks (weekend).",
        ),
    ],
)
def test_a_day_on_which_banks_are_closed_says_why(day: str, korean: str, english: str) -> None:
    assert korean in run(day, lang="ko").out
    assert english in run(day).out


def test_a_day_as_json() -> None:
    told = as_json("2026-09-26")
    assert (told["business_day"], told["holiday"]["ko"]) == (False, "추석 다음날")
    assert (told["next"], told["previous"]) == ("2026-09-28", "2026-09-23")
    assert told["add"] == {
        "D+1": "2026-09-29",
        "D+2": "2026-09-30",
        "D+3": "2026-10-01",
        "D+4": "2026-10-02",
        "D+5": "2026-10-06",
    }
    due = {one["file"]: one for one in told["due"]}
    assert set(due) == {"FB0110", "FB0120", "FB0221", "FB0222", "FB0420", "FB0620", "FB0910", "FB0933"}
    assert due["FB0420"]["due_at"] == "2026-10-06T15:00:00+09:00"
    assert told["reconciled_on"] == "2026-10-01"
    assert as_json("2026-09-28")["holiday"] is None


def test_without_a_day_it_is_this_year_in_korea(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "now", lambda: datetime(2026, 12, 31, 15, 30, tzinfo=UTC))
    assert as_json()["year"] == 2027
    assert as_json("today")["day"] == "2027-01-01"


def test_what_is_only_computed_is_told() -> None:
    for words in (("2028",), ("2027-12-28",)):  # its D+5 lies in the next year
        assert "[FB-141]" in run(*words, lang="ko").err
        assert as_json(*words)["notices"][0]["code"] == "FB-141"
    assert run("2027").err == ""


@pytest.mark.parametrize("words", ["2051", "2014", "0001", "2051-01-01", "2050-12-30"])
def test_a_year_that_is_not_known_is_refused(words: str) -> None:
    result = run(words)
    assert (result.code, result.out) == (2, "")
    assert "FB-140" in result.err


@pytest.mark.parametrize(
    "words",
    ["0000", "26", "2026-02-30", "2026-1-1", "2026-W47-1", "20261332", "yesterday", "２０２６", "2026-11-22T00:00"],
)
def test_what_is_no_year_and_no_day_is_refused(words: str) -> None:
    for lang in LANGS:
        result = run(words, lang=lang)
        assert (result.code, result.out) == (2, "")
        assert "SVC-175" in result.err


def test_overrides_change_the_calendar_and_what_is_due(tmp_path: Path) -> None:
    file = tmp_path / "overrides.toml"
    file.write_text('[[add]]\nday = 2026-11-24\nreason = "임시공휴일"\n', encoding="utf-8")
    assert "  2026-11-24(화)  임시공휴일 [직접 추가]" in run("2026", "--overrides", str(file), lang="ko").out
    assert as_json("2026-11-23", "--overrides", str(file))["add"]["D+1"] == "2026-11-25"
    assert as_json("2026-11-23")["add"]["D+1"] == "2026-11-24"


def test_an_override_without_effect_is_told(tmp_path: Path) -> None:
    file = tmp_path / "overrides.toml"
    file.write_text('[[strike]]\nday = 2026-11-24\nreason = "x"\n', encoding="utf-8")
    result = run("2026", "--overrides", str(file))
    assert result.code == 0
    assert "strike[1]" in result.err and "[FB-147]" in result.err


@pytest.mark.parametrize(
    ("text", "code"),
    [("[[add]]\nday = 2026-11-24", "FB-143"), ("?", "FB-142"), ('[[add]]\nday = 2051-11-24\nreason = "x"', "FB-140")],
)
def test_overrides_that_are_wrong_are_refused_with_the_files_name(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "overrides.toml"
    file.write_text(text, encoding="utf-8")
    result = run("2026", "--overrides", str(file))
    assert (result.code, result.out) == (2, "")
    assert code in result.err and "overrides.toml" in result.err


def test_overrides_that_are_not_there_are_refused() -> None:
    result = run("2026", "--overrides", "nowhere.toml")
    assert result.code == 2
    assert "SVC-001" in result.err


def test_the_page_shows_overrides_that_are_taken_and_python_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (overrides,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    _, notices = load_calendar(parse_overrides(overrides.encode()))
    assert notices == ()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(example, "docs/calendar.md", "exec"), {})
    said = [line.partition("  # ")[2] for line in example.splitlines() if line.startswith("print(")]
    assert capsys.readouterr().out.splitlines() == said


@pytest.mark.parametrize("words", [("--help",), ("calendar", "--help"), ("verify", "--help"), ("sign", "--help")])
def test_no_other_command_waits_for_the_library(words: tuple[str, ...]) -> None:
    code = f"import sys; from service.root import run; run({list(words)!r}); assert 'holidays' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
