"""What is due, with the time that is left."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from consent.errors import Lang
from evidence.calendar import KOREA
from evidence.due import due_items
from evidence.due_item import DueItem, Severity
from evidence.lifecycle.facts import facts_of
from service.due_view import as_json, item_told
from service.korea_times import time_told
from service.web.console.page import page, spoken
from service.web.resources import Resources


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/")
    def due() -> Response:
        now, lang = resources.clock(), spoken()
        with resources.store.reading() as connection:
            facts = facts_of(resources.store, connection, now.astimezone(KOREA).date())
        calendar, notices = resources.calendar()
        items = due_items(facts, calendar, now)
        whole = as_json(items, now, lang, store="")
        rows = [{**row, **_told(item, lang)} for row, item in zip(whole["items"], items, strict=True)]
        counts = [
            (severity.value, next(row["severity_told"] for row in rows if row["severity"] == severity), count)
            for severity in Severity
            if (count := sum(item.severity is severity for item in items))
        ]
        said = [f"{notice.message(lang)} [{notice.code}]" for notice in notices]
        return page("due", rows=rows, counts=counts, at=time_told(now, lang), now=now.isoformat(), notices=said)


def _told(item: DueItem, lang: Lang) -> dict[str, str]:
    told = item_told(item, lang)
    what, _, _ = told["what"].rpartition(" [")  # the code stands by itself
    return {
        "mark": told["mark"],
        "severity_told": told["severity"],
        "due": told["due"],
        "left": told["left"],
        "what": what,
    }
