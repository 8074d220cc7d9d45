"""`dongui consent show`: the story of one consent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from consent.errors import Lang
from service import options
from service.consent_story import story_as_json, story_as_text
from service.outputs import is_standard_output, result
from service.store_faults import EvidenceNotKept
from service.stores import clock, opened, store_options
from service.terminal import json_line

if TYPE_CHECKING:
    from evidence.store.store import Store


@click.command(name="show")
@click.argument("number", metavar="N", type=options.NUMBER)
@store_options
@click.option("--unmask", is_flag=True, help="Show personal data too. The log keeps that it was shown.")
@click.option("--evidence", "out", metavar="OUT", help="Write its evidence to this file. The log keeps that it was.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    number: int,
    address: str,
    keys: str | None,
    files: str | None,
    unmask: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Show where a consent stands, its evidence with every verdict, the files it went in, and its rows of the log."""
    from evidence.store.finding import story_of  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.store.sealing import about_consent  # noqa: PLC0415
    from evidence.store.viewing import note_viewing  # noqa: PLC0415

    lang: Lang = context.obj
    with opened(address, keys, files) as store:
        with store.reading() as connection:
            story_of(connection, number)
        for event in _to_be_noted(unmask=unmask, exports=out is not None):
            note_viewing(store, clock(), event, number)
        with store.reading() as connection:
            story = story_of(connection, number)
        row = story.consent
        is_kept = bool(row.sealed)
        texts = store.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed)) if is_kept else {}
        if out is not None:
            _write_evidence(store, row.id, row.evidence_id, out)
    if out is not None and is_standard_output(out):
        return
    shown = story_as_json(story, texts, unmask=unmask)
    click.echo(json_line(shown) if as_json else "\n".join(story_as_text(story, texts, lang, unmask=unmask)))


def _to_be_noted(*, unmask: bool, exports: bool) -> Iterator[str]:
    if unmask:
        yield "unmasked"
    if exports:
        yield "evidence_exported"


def _write_evidence(store: Store, consent_id: int, evidence_id: int | None, out: str) -> None:
    from evidence.store.pieces import read_piece  # noqa: PLC0415 - loads SQLAlchemy

    if evidence_id is None:
        raise EvidenceNotKept(consent_id)
    with store.reading() as connection:
        content = read_piece(store, connection, evidence_id)
    with result(out, private=True) as stream:
        stream.write(content)
