"""One consent: what it says, its evidence judged check by check, the files it went in, and its rows of the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from consent.errors import CodedError
from evidence.lifecycle.words import state_name
from evidence.store.finding import Story, story_of
from evidence.store.sealing import about_consent
from evidence.store.viewing import note_viewing
from service.consent_story import facts_told
from service.terminal import visible
from service.web.console.guard import for_role, visitor
from service.web.console.judged import verdict_page
from service.web.console.page import NUMBER, log_told, page, spoken, told, when
from service.web.console.roles import Role
from service.web.resources import Resources
from verifier.reports.terms import MARKS, OUTCOMES
from verifier.verdict import Indication


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get(f"/consents/<{NUMBER}:number>")
    def consent(number: int) -> Response:
        return _page(resources, number, unmask=False)

    @pages.post(f"/consents/<{NUMBER}:number>/unmask")
    @for_role(Role.OPERATOR)
    def unmask_consent(number: int) -> Response:
        """What is personal, for this one answer; the log has it before anybody sees it."""
        session = visitor().session
        assert session is not None  # noqa: S101 - the guard lets nobody else through
        with resources.store.reading() as connection:
            story_of(connection, number)
        note_viewing(resources.store, resources.clock(), "unmasked", number, user=session.user.id)
        return _page(resources, number, unmask=True)


def _page(resources: Resources, number: int, *, unmask: bool) -> Response:
    lang = spoken()
    with resources.store.reading() as connection:
        story = story_of(connection, number)
    row = story.consent
    is_kept = bool(row.sealed)
    texts = resources.store.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed)) if is_kept else {}
    judged, refused = None, None
    if story.evidence is not None:
        try:
            judged = verdict_page(resources, story.evidence, lang, masked=not unmask)
        except CodedError as error:
            refused = told(error)
    return page(
        "story",
        number=number,
        state=row.state,
        state_told=state_name(row.state, lang),
        code=row.code or "",
        facts=[(label, visible(text)) for label, text in facts_told(story, texts, lang, unmask=unmask)],
        verdicts=list(_verdicts(story)),
        records=[_record(one) for one in story.records],
        log=log_told(story.log),
        judged=judged,
        refused=refused,
        unmasked=unmask,
        can_be_unmasked=is_kept,
    )


def _verdicts(story: Story) -> Iterator[dict[str, Any]]:
    lang = spoken()
    for one in story.verdicts:
        indication = Indication[one.indication]
        yield {
            "at": when(one.judged_at),
            "indication": indication.name,
            "mark": MARKS[indication],
            "outcome": OUTCOMES[indication][lang],
            "codes": one.codes.split(),
        }


def _record(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    return {
        "file_id": row.file_id,
        "file_code": row.file_code,
        "direction": row.direction,
        "name": visible(row.name),
        "process_date": row.process_date.isoformat(),
        "number": row.number,
        "code": row.code or "",
    }
