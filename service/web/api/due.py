"""`/v1/due`: what is due, awaited or stands still."""

from __future__ import annotations

from typing import Any, Final

from apiflask import APIBlueprint

from evidence.calendar import KOREA
from evidence.due import due_items
from evidence.lifecycle.facts import facts_of
from service.due_view import as_json
from service.inputs import plausible_moment
from service.web.access import Scope, requires
from service.web.access.required import resources
from service.web.languages import lang
from service.web.models.files import DueOut, DueQuery

blueprint: Final = APIBlueprint("due", __name__, url_prefix="/v1/due", tag="files")


@blueprint.get("")
@requires(Scope.FILES)
@blueprint.input(DueQuery, location="query")
@blueprint.output(DueOut)
@blueprint.doc(summary="What is due with the time that is left, the most urgent first", operation_id="listDue")
def find_many(query_data: DueQuery) -> dict[str, Any]:
    ours = resources()
    now = ours.clock() if query_data.at == "now" else plausible_moment(query_data.at)
    with ours.store.reading() as connection:
        facts = facts_of(ours.store, connection, now.astimezone(KOREA).date())
    calendar, _ = ours.calendar()
    return as_json(due_items(facts, calendar, now), now, lang(), store="")
