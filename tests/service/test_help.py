"""Help pages: complete in both languages, and no wider than the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import click
import pytest

from consent.errors import LANGS, Lang
from service import help as help_page
from service import korean, root
from service.help import TEXTS, long_name, paragraphs, words_of
from service.terminal import columns_of
from service.wrapping import table, wrapped
from tests.service.running import called, process

HANGUL: Final = re.compile("[가-힣]")
NAMED_IN_ENGLISH: Final = re.compile(
    "출금이체 동의자료|출금이체 증빙자료 정보|사후점검 동의자료 정보|출금동의원문|언어|설계서|첨부|처리기준일자"
    "|이용기관코드|금융회사코드|펌|사 코드"
)
"""Terms of the specification that English pages name."""


def contexts(command: click.Command, parent: click.Context | None, name: str) -> Iterator[click.Context]:
    """Of a command and of all below it."""
    context = command.context_class(command, parent=parent, info_name=name, **command.context_settings)
    yield context
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            below = command.get_command(context, inner)
            assert below is not None
            yield from contexts(below, context, inner)


ALL: Final = list(contexts(root.dongui, None, "dongui"))
each: Final = pytest.mark.parametrize("context", ALL, ids=lambda context: context.command_path)


def shown(context: click.Context) -> list[click.Option]:
    return [p for p in context.command.get_params(context) if isinstance(p, click.Option) and not p.hidden]


def arguments(context: click.Context) -> list[str]:
    return [f"{words_of(context)} {p.name}" for p in context.command.params if isinstance(p, click.Argument)]


@each
def test_every_paragraph_has_its_korean(context: click.Context) -> None:
    """Missing or left over? Mend service/help_texts.json."""
    english, in_korean = paragraphs(context, "en"), paragraphs(context, "ko")
    assert len(english) == len(in_korean)
    assert all(HANGUL.search(text) and re.search("니다|십시오", text) for text in in_korean)


@each
def test_every_option_and_argument_is_explained_in_both_languages(context: click.Context) -> None:
    for option in shown(context):
        for lang in LANGS:
            assert help_page.option_text(words_of(context), option, lang), option.opts
        assert HANGUL.search(help_page.option_text(words_of(context), option, "ko")), option.opts
    for key in arguments(context):
        assert HANGUL.search(TEXTS["arguments"][key]["ko"])
        assert TEXTS["arguments"][key]["en"]


def test_no_text_is_left_over() -> None:
    options = {key for c in ALL for o in shown(c) for key in (long_name(o), f"{words_of(c)} {long_name(o)}")}
    assert set(TEXTS["options"]) <= options
    assert set(TEXTS["paragraphs"]) == {words_of(context) for context in ALL}
    assert set(TEXTS["arguments"]) == {key for context in ALL for key in arguments(context)}
    for name in {key for key in TEXTS["options"] if key.startswith("--")}:
        of_all = {words_of(c) for c in ALL for o in shown(c) if long_name(o) == name}
        assert of_all - {key.removesuffix(f" {name}") for key in TEXTS["options"] if key.endswith(f" {name}")}, name
    assert set(korean.SUMMARIES) == {words_of(context) for context in ALL if words_of(context)}


def test_options_of_one_name_are_told_apart_in_korean_as_in_english() -> None:
    """Two English texts and one Korean? Give a command its own in service/help_texts.json."""
    english: dict[tuple[str, str], set[str]] = {}
    for context in ALL:
        for option in shown(context):
            said = help_page.option_text(words_of(context), option, "ko")
            english.setdefault((long_name(option), said), set()).add(option.help or "")
    assert [key for key, texts in english.items() if len(texts) > 1] == []


def test_no_option_shows_the_name_of_a_type_for_numbers() -> None:
    for context in ALL:
        assert not [o.opts for o in shown(context) if "INTEGER" in o.make_metavar(context)]


@each
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("columns", [60, 80, 132])
def test_a_page_fits_the_terminal(
    context: click.Context, lang: Lang, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    page = called(*words_of(context).split(), "--help", lang=lang).out
    for line in page.splitlines():
        assert columns_of(line) <= min(columns, 110), line
        assert line == line.rstrip()


@each
def test_a_korean_page_has_nothing_of_the_english_one(context: click.Context) -> None:
    page = called(*words_of(context).split(), "--help", lang="ko").out
    assert page.startswith(f"사용법: {context.command_path}")
    for title in ("Usage", "Options", "Arguments", "Commands", "[default", "required", "Show this"):
        assert title not in page
    flat = " ".join(page.split())
    for option in shown(context):
        assert (option.help or "-") not in flat
        assert help_page.option_text(words_of(context), option, "ko") in flat
    for text in paragraphs(context, "ko"):
        assert text in flat
    english = called(*words_of(context).split(), "--help").out
    assert english.startswith(f"Usage: {context.command_path}")
    assert not HANGUL.search(NAMED_IN_ENGLISH.sub("", english))


def test_help_speaks_the_language_that_is_asked_for_behind_it() -> None:
    for words in (
        ("--lang", "ko", "verify", "--help"),
        ("verify", "--help", "--lang", "ko"),
        ("verify", "--lang=ko", "-h"),
    ):
        assert process(*words).out.startswith("사용법: dongui verify")
    assert process("verify", "--help", env={"LC_ALL": "ko_KR.UTF-8"}).out.startswith("사용법")
    assert process("trust", env={"LC_ALL": "ko_KR.UTF-8"}).err.startswith("사용법: dongui trust")


def test_lines_break_where_columns_end_not_characters() -> None:
    text = "가나다 라마바 abc 사아자"
    assert wrapped(text, 13, "  ") == ["  가나다", "  라마바 abc", "  사아자"]
    assert wrapped("", 10) == []
    assert wrapped("긴낱말은그대로둔다", 4) == ["긴낱말은그대로둔다"]


def test_a_table_keeps_its_right_hand_in_line() -> None:
    rows = [("가", "하나 둘"), ("ab", "셋"), ("c", ""), ("x" * 40, "넷")]
    assert list(table(rows, 42)) == [
        f"  가{' ' * 32}하나",
        f"{' ' * 36}둘",
        f"  ab{' ' * 32}셋",
        "  c",
        f"  {'x' * 40}",
        f"{' ' * 36}넷",
    ]
