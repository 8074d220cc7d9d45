"""What stands still, and how it goes on: the same list and the same functions as `dongui fix` has."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from consent.errors import CodedError
from evidence.codes import ACCEPTED, RESPONSE_CODES
from evidence.layouts import LAYOUTS
from evidence.lifecycle.cancelling import end_void, hold_cancellations, queue_cancellations
from evidence.lifecycle.fb0211 import RECEIPT_CODES, decide
from evidence.lifecycle.ledgers import lacked
from evidence.lifecycle.mending import AMENDABLE, OF_CANCELLATION, Amended, amend, requeue, withdraw
from evidence.lifecycle.states import Event, State, possible
from evidence.lifecycle.stuck import Remedy, stuck_consents, tick_off
from evidence.lifecycle.words import state_name
from evidence.store.errors import ConsentUnknown
from evidence.store.schema import CONSENT
from evidence.store.store import Writing
from service.fb_view import field_name
from service.fix_view import consent_told, stuck_items
from service.web.console.faults import NotConfirmed, NothingChosen
from service.web.console.guard import for_role, visitor
from service.web.console.page import NUMBER, number_in, page, spoken, told
from service.web.console.roles import Role
from service.web.resources import Resources

_SHOWN: Final = 100
_COUNTED: Final = 1000
"""Of those that are not shown: a page does not go through a hundred thousand of them."""
_DONE: Final = ("requeued", "amended", "another", "withdrawn", "cancelled", "held", "void", "done", "decided")


def register(pages: Blueprint, resources: Resources) -> None:  # noqa: C901 - one view for each thing that can be done
    @pages.get("/fix")
    def fix() -> Response:
        return _list(resources)

    @pages.get(f"/fix/consents/<{NUMBER}:number>")
    @for_role(Role.OPERATOR)
    def mend(number: int) -> Response:
        return _mend(resources, number)

    @pages.post("/fix/requeue")
    @for_role(Role.OPERATOR)
    def fix_requeue() -> Response:
        numbers = [number for text in request.form.getlist("consent") if (number := number_in(text)) is not None]
        if not numbers:
            return _list(resources, NothingChosen())
        return _act(resources, "requeued", numbers, lambda writing: requeue(writing, numbers))

    @pages.post(f"/fix/consents/<{NUMBER}:number>/amend")
    @for_role(Role.OPERATOR)
    def fix_amend(number: int) -> Response:
        """Fields that were left blank stay as they are; nothing of what was typed is shown again."""
        values = {name: text for name in AMENDABLE if (text := request.form.get(name, "").strip())}
        if "applied_on" in values:
            values["applied_on"] = values["applied_on"].replace("-", "")
        return _act(resources, "amended", [number], lambda writing: amend(writing, number, values), page_of=number)

    @pages.post(f"/fix/consents/<{NUMBER}:number>/withdraw")
    @for_role(Role.OPERATOR)
    def fix_withdraw(number: int) -> Response:
        return _act(resources, "withdrawn", [number], lambda w: _confirmed() and withdraw(w, [number]), page_of=number)

    @pages.post(f"/fix/consents/<{NUMBER}:number>/cancel")
    @for_role(Role.OPERATOR)
    def fix_cancel(number: int) -> Response:
        return _act(resources, "cancelled", [number], lambda w: queue_cancellations(w, [number]), page_of=number)

    @pages.post(f"/fix/consents/<{NUMBER}:number>/hold")
    @for_role(Role.OPERATOR)
    def fix_hold(number: int) -> Response:
        return _act(resources, "held", [number], lambda w: hold_cancellations(w, [number]), page_of=number)

    @pages.post(f"/fix/consents/<{NUMBER}:number>/void")
    @for_role(Role.OPERATOR)
    def fix_void(number: int) -> Response:
        return _act(resources, "void", [number], lambda w: _confirmed() and end_void(w, [number]), page_of=number)

    @pages.post(f"/fix/files/<{NUMBER}:file_id>/<{NUMBER}:record>/done")
    @for_role(Role.OPERATOR)
    def fix_done(file_id: int, record: int) -> Response:
        return _act(resources, "done", [], lambda w: tick_off(w, file_id, record), file_id=file_id)

    @pages.post(f"/fix/files/<{NUMBER}:file_id>/<{NUMBER}:record>/receipt")
    @for_role(Role.OPERATOR)
    def fix_receipt(file_id: int, record: int) -> Response:
        code = request.form.get("code", "").strip()
        return _act(resources, "decided", [], lambda w: decide(w, file_id, record, code), file_id=file_id)


def _confirmed() -> bool:
    """Raises: NotConfirmed."""
    if request.form.get("confirmed") != "yes":
        raise NotConfirmed
    return True


def _act(  # noqa: PLR0913 - what is done, to what, and where one goes on
    resources: Resources,
    what: str,
    consents: list[int],
    act: Callable[[Writing], object],
    *,
    page_of: int | None = None,
    file_id: int | None = None,
) -> Response:
    """Do it in one transaction, whose log also has who did it; what is refused is told where it was asked for."""
    session = visitor().session
    assert session is not None  # noqa: S101 - the guard lets nobody else through
    details: dict[str, str | int] = {"user": session.user.id, "did": what}
    try:
        with resources.writing() as writing:
            result = act(writing)
            if isinstance(result, Amended) and result.consent_id not in consents:
                what, consents = "another", [*consents, result.consent_id]
            for number in consents:
                writing.log.add("user_acted", consent_id=number, details=details)
            if file_id is not None:
                writing.log.add("user_acted", file_id=file_id, details=details)
    except CodedError as error:
        return _list(resources, error) if page_of is None else _mend(resources, page_of, error)
    return redirect(url_for("console.fix", done=what, consent=consents[-1] if what == "another" else None), 303)


def _list(resources: Resources, error: CodedError | None = None) -> Response:
    lang = spoken()
    found: dict[str, list[dict[str, Any]]] = {}
    more: dict[str, int] = {}
    with resources.store.reading() as connection:
        for kind, items in stuck_items(resources.store, connection, lang, ""):
            some = [_worded(one) for one in islice(items, _SHOWN)]
            if some:
                found[kind], more[kind] = some, sum(1 for _ in islice(items, _COUNTED))
    done = request.args.get("done", "")
    return page(
        "fix",
        200 if error is None else 422,
        found=found,
        more=more,
        done=done if done in _DONE else "",
        another=number_in(request.args.get("consent", "")),
        receipts=_receipts(),
        refused=None if error is None else told(error),
    )


def _worded(item: dict[str, Any]) -> dict[str, Any]:
    if item["kind"] != "consent":
        return item
    told_so = {"state_told": state_name(item["state"], spoken())}
    return item | told_so | ({"advice": ""} if item["remedy"] in {"amend", "compare", "cancel-void"} else {})


def _mend(resources: Resources, number: int, error: CodedError | None = None) -> Response:
    lang = spoken()
    with resources.store.reading() as connection:
        row = connection.execute(select(CONSENT.c.state, CONSENT.c.code).where(CONSENT.c.id == number)).one_or_none()
        if row is None:
            raise ConsentUnknown(number)
        stuck = next(stuck_consents(connection, only=number), None)
        can = {event.value for event in Event if possible(State(row.state), event, row.code)}
        if Event.LACKED.value in can and lacked(connection, number) is None:
            can.remove(Event.LACKED.value)
    if stuck is not None and stuck.remedy in {Remedy.AWAIT_LEDGER, Remedy.LEDGER_LACKS}:
        can.discard(Event.WITHDRAWN.value)
    if stuck is not None and stuck.remedy is Remedy.AWAIT_LEDGER:  # the institute would refuse it once more
        can.discard(Event.QUEUED.value)
    table = LAYOUTS["FB0110"].data
    names = OF_CANCELLATION if row.state == State.CANCEL_REJECTED else AMENDABLE
    fields = [(field_name(field, lang), field) for field in map(table.field, names)]
    return page(
        "mend",
        200 if error is None else 422,
        number=number,
        state=row.state,
        state_told=state_name(row.state, lang),
        can=can,
        stuck=None if stuck is None else _worded(consent_told(stuck, lang, "")),
        fields=fields,
        refused=None if error is None else told(error),
    )


def _receipts() -> list[tuple[str, str]]:
    """The codes that a change of account can be answered with, and what they mean."""
    named = [(code, RESPONSE_CODES[code]) for code in (ACCEPTED, *sorted(RECEIPT_CODES))]
    return [(code, row.ko if spoken() == "ko" else row.en) for code, row in named]
