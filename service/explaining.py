"""`dongui --explain CODE`: what a code means and who has to do what, for people. Loaded when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from consent.errors import Lang
from consent.explanations import code_named, explanation, nearest
from consent.wording import wording
from service.errors import CodeUnknown
from service.terminal import json_line
from service.wrapping import terminal_columns, wrapped
from verifier.reports.terms import check_name
from verifier.verdict import Check

_PLACEHOLDER: Final = re.compile(r"\{[a-z0-9_]+\}")
_FILLED_IN: Final = "…"


def explained(words: Sequence[str], lang: Lang, *, as_json: bool) -> str:
    """What is to be said about these codes, each as somebody typed it.

    Raises:
        CodeUnknown: one of them is no code.
    """
    codes = [code_named(word) or _refuse(word) for word in words]
    if as_json:
        return "\n".join(json_line(_as_json(code, lang)) for code in dict.fromkeys(codes))
    return "\n\n".join("\n".join(_as_text(code, lang)) for code in dict.fromkeys(codes))


def _refuse(word: str) -> str:
    raise CodeUnknown(word, nearest(word))


def _as_json(code: str, lang: Lang) -> dict[str, str | None]:
    said, meant = wording(code), explanation(code)
    remedy = said.fix_ko if lang == "ko" else said.fix_en
    return {
        "code": code,
        "message": _plain(said.ko if lang == "ko" else said.en),
        "explanation": meant.text(lang),
        "remedy": _plain(remedy) or None,
        "check": meant.check or None,
        "reference": meant.reference or None,
    }


def _plain(template: str) -> str:
    """A wording with an ellipsis wherever it would be filled in."""
    return _PLACEHOLDER.sub(_FILLED_IN, template)


def _as_text(code: str, lang: Lang) -> Iterator[str]:
    told, words, columns = _as_json(code, lang), _WORDS[lang], terminal_columns()
    yield code
    for title in ("message", "explanation", "remedy"):
        text = told[title]
        if text is not None:
            note = words["filled in"] if title == "message" and _FILLED_IN in text else ""
            yield f"  {words[title]}{note}"
            yield from wrapped(text, columns, "    ")
    if told["check"] is not None:
        where = [f"{words['check']}: {check_name(Check(told['check']), lang)}"]
        if told["reference"] is not None:
            where.append(f"{words['reference']}: {told['reference']}")
        yield from wrapped(", ".join(where), columns, "  ")


_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "message": "Message",
        "filled in": " (… is filled in)",
        "explanation": "What it means",
        "remedy": "What to do",
        "check": "Check",
        "reference": "clause",
    },
    "ko": {
        "message": "메시지",
        "filled in": "(… 자리에는 실제 값이 표시됩니다)",
        "explanation": "설명",
        "remedy": "조치 방법",
        "check": "점검 항목",
        "reference": "근거",
    },
}
