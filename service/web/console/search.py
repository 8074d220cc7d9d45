"""Finding consents: by number, by what is personal through its keyed hash, by the name of a file, by state."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import Connection, func, select
from werkzeug.wrappers import Response

from evidence.lifecycle.words import state_name
from evidence.store.errors import ConsentUnknown
from evidence.store.finding import SEARCHABLE, find_consents
from evidence.store.schema import CONSENT, FILE
from service.web.console.faults import ConsoleFault, SearchEmpty, SearchTooLong
from service.web.console.page import number_in, page, spoken, told
from service.web.resources import Resources

_MOST: Final = 100
_LONGEST: Final = 200  # as the form has it; a database looks for no text of any length
KINDS: Final = ("number", *SEARCHABLE, "file")


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/search")
    def search() -> Response:
        with resources.store.reading() as connection:
            return page("search", kinds=KINDS, kind="number", states=list(_states(connection)))

    @pages.post("/search")
    def find() -> Response:
        """By POST, so that nothing personal stands in an address; what is personal is not shown back either."""
        kind, text = request.form.get("kind", ""), request.form.get("text", "").strip()
        kind = kind if kind in KINDS else "number"
        kept = text if kind in {"number", "file"} else ""
        with resources.store.reading() as connection:
            states = list(_states(connection))
            error = _refused(kind, text)
            if error is not None:
                refused, kept = told(error), kept[:_LONGEST]
                return page("search", 422, kinds=KINDS, kind=kind, text=kept, states=states, refused=refused)
            if kind == "number":
                return _to_consent(connection, number_in(text) or 0, states)
            if kind == "file":
                files = connection.execute(_files(text)).all()
                return page("search", kinds=KINDS, kind=kind, text=kept, states=states, files=files, most=_MOST)
            rows = list(islice(find_consents(connection, resources.store.keys, wanted={kind: text}), _MOST + 1))
        return page("search", kinds=KINDS, kind=kind, states=states, rows=_rows(rows[:_MOST]), more=len(rows) > _MOST)

    @pages.get("/consents")
    def consents() -> Response:
        """Those in one state, or all, some at a time."""
        state, after = request.args.get("state", ""), number_in(request.args.get("after", "")) or 0
        query = select(CONSENT).where(CONSENT.c.id > after).order_by(CONSENT.c.id)
        query = query.where(CONSENT.c.state == state) if state else query
        with resources.store.reading() as connection:
            rows = connection.execute(query.limit(_MOST + 1)).all()
        last = rows[_MOST - 1].id if len(rows) > _MOST else None
        name = state_name(state, spoken()) if state else ""
        return page("consents", rows=_rows(rows[:_MOST]), state=state, state_told=name, last=last)


def _refused(kind: str, text: str) -> ConsoleFault | None:
    if not text or (kind == "number" and number_in(text) is None):
        return SearchEmpty()
    return SearchTooLong(_LONGEST) if len(text) > _LONGEST else None


def _to_consent(connection: Connection, number: int, states: list[tuple[str, str, int]]) -> Response:
    if connection.execute(select(CONSENT.c.id).where(CONSENT.c.id == number)).first() is None:
        refused = told(ConsentUnknown(number))
        return page("search", 404, kinds=KINDS, kind="number", text=str(number), states=states, refused=refused)
    return redirect(url_for("console.consent", number=number), 303)


def _files(text: str) -> Any:  # noqa: ANN401 - a query
    """Files whose name has the text in it, the latest first."""
    return select(FILE).where(FILE.c.name.contains(text, autoescape=True)).order_by(FILE.c.id.desc()).limit(_MOST)


def _rows(rows: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - rows of the table
    lang = spoken()
    return [
        {
            "id": row.id,
            "state": row.state,
            "state_told": state_name(row.state, lang),
            "code": row.code or "",
            "applied_on": row.applied_on.isoformat(),
            "institution_code": row.institution_code,
            "bank_code": row.bank_code,
        }
        for row in rows
    ]


def _states(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """How many consents stand where."""
    query = select(CONSENT.c.state, func.count()).group_by(CONSENT.c.state).order_by(CONSENT.c.state)
    for state, count in connection.execute(query):
        yield state, state_name(state, spoken()), count
