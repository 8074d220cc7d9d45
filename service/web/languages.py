"""The language of an answer."""

from __future__ import annotations

from flask import request

from consent.errors import LANGS, Lang
from service.errors import language, primary


def lang() -> Lang:
    """Of the two, the one that the request gives more weight, the first of equals; English where it names neither."""
    spoken = [(quality, tag) for tag, quality in request.accept_languages if quality and primary(tag) in LANGS]
    return language(max(spoken, key=lambda one: one[0])[1]) if spoken else "en"
