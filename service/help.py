"""What `--help` shows, in Korean or English. Loaded when it is asked for.

The commands themselves have the English. `help_texts.json` has all of it in Korean, and in both languages what
arguments are. Its keys are a command's words, with an argument's or option's name behind them; an option alone stands
for every command that has it and no entry of its own. A test holds that nothing is missing and nothing left over.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from consent.errors import Lang
from service.wrapping import table, terminal_columns, wrapped

TEXTS: Final[Mapping[str, Any]] = json.loads(Path(__file__).with_name("help_texts.json").read_text(encoding="utf-8"))


def page(context: click.Context, lang: Lang, commands: Mapping[str, str]) -> str:
    """The page of one command.

    Args:
        context: of the command.
        lang: of the page.
        commands: those below it, with their summaries.
    """
    words, columns = _WORDS[lang], terminal_columns()
    sections = {
        "arguments": list(_arguments(context, lang)),
        "options": list(_options(context, lang)),
        "commands": list(commands.items()),
    }
    lines = [f"{words['usage']}: {context.command_path} {' '.join(_usage(context, lang))}".rstrip()]
    for paragraph in paragraphs(context, lang):
        lines += ["", *wrapped(paragraph, columns, "  ")]
    for name, rows in sections.items():
        if rows:
            lines += ["", f"{words[name]}:", *table(rows, columns)]
    return "\n".join(lines)


_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "usage": "Usage",
        "arguments": "Arguments",
        "options": "Options",
        "commands": "Commands",
        "default": "default: {value}",
        "required": "required",
        "envvar": "environment: {value}",
    },
    "ko": {
        "usage": "사용법",
        "arguments": "인자",
        "options": "옵션",
        "commands": "명령",
        "default": "기본값: {value}",
        "required": "필수",
        "envvar": "환경 변수: {value}",
    },
}
_USAGE_KO: Final = {"[OPTIONS]": "[옵션]", "COMMAND [ARGS]...": "명령 [인자]..."}


def words_of(context: click.Context) -> str:
    """The words that call the command, without the program's name: what keys in `help_texts` begin with."""
    return context.command_path.partition(" ")[2]


def paragraphs(context: click.Context, lang: Lang) -> tuple[str, ...]:
    if lang == "ko":
        return tuple(TEXTS["paragraphs"][words_of(context)])
    return tuple(inspect.cleandoc(context.command.help or "").split("\n\n"))


def option_text(words: str, option: click.Option, lang: Lang) -> str:
    if lang == "en":
        return option.help or ""
    name = long_name(option)
    found: str = TEXTS["options"].get(f"{words} {name}") or TEXTS["options"][name]
    return found


def long_name(option: click.Option) -> str:
    return max(option.opts, key=len)


def _usage(context: click.Context, lang: Lang) -> Iterator[str]:
    for piece in context.command.collect_usage_pieces(context):
        yield _USAGE_KO.get(piece, piece) if lang == "ko" else piece


def _arguments(context: click.Context, lang: Lang) -> Iterator[tuple[str, str]]:
    for param in context.command.params:
        if isinstance(param, click.Argument):
            yield param.make_metavar(context), TEXTS["arguments"][f"{words_of(context)} {param.name}"][lang]


def _options(context: click.Context, lang: Lang) -> Iterator[tuple[str, str]]:
    for option in context.command.get_params(context):
        record = option.get_help_record(context)
        if isinstance(option, click.Option) and record is not None:
            remarks = "; ".join(_remarks(option, context, lang))
            text = option_text(words_of(context), option, lang)
            yield record[0], f"{text} [{remarks}]" if remarks else text


def _remarks(option: click.Option, context: click.Context, lang: Lang) -> Iterator[str]:
    extra = option.get_help_extra(context)
    if "envvars" in extra:
        yield _WORDS[lang]["envvar"].format(value=", ".join(extra["envvars"]))
    if "default" in extra:
        yield _WORDS[lang]["default"].format(value=extra["default"])
    if "range" in extra:
        yield extra["range"]
    if "required" in extra:
        yield _WORDS[lang]["required"]
