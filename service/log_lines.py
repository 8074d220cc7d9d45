"""Rows of the store's log, for people and for programs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from consent.errors import Lang
from evidence.lifecycle.words import detail_told, event_name, state_name
from service.terminal import visible
from service.times import told


def row_as_json(row: Any) -> dict[str, object]:  # noqa: ANN401 - a row of the table
    return {
        "seq": row.seq,
        "at": row.at,
        "event": row.event,
        "consent": row.consent_id,
        "file": row.file_id,
        "details": json.loads(row.details),
        "digest": bytes(row.digest).hex(),
    }


def row_as_text(row: Any, lang: Lang) -> str:  # noqa: ANN401 - as above
    return visible(f"{row.seq:>8}  {told(datetime.fromisoformat(row.at), lang)}  {'  '.join(words_of(row, lang))}")


def words_of(row: Any, lang: Lang) -> list[str]:  # noqa: ANN401 - as above
    """What happened, to what, and what goes with it."""
    details: dict[str, object] = json.loads(row.details)
    state = details.pop("state", None)
    event = event_name(row.event, lang)
    words = [event]
    words += [_ABOUT[lang]["consent"].format(row.consent_id)] if row.consent_id is not None else []
    words += [_ABOUT[lang]["file"].format(row.file_id)] if row.file_id is not None else []
    told_already = state is None or row.event.startswith("file_")
    words += [f"→ {name}"] if not told_already and (name := state_name(str(state), lang)) != event else []
    words += [detail_told(name, _short(value), lang) for name, value in details.items()]
    return words


def _short(value: object) -> str:
    """A digest by its beginning, which is enough to tell it from others."""
    text = str(value)
    return f"{text[:16]}…" if len(text) == 64 else text


_ABOUT: dict[Lang, dict[str, str]] = {
    "en": {"consent": "consent {}", "file": "file {}"},
    "ko": {"consent": "동의 {}번", "file": "파일 {}번"},
}
