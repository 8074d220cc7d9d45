"""`dongui store add`: a list of consents into the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from consent.errors import CodedError, Lang
from service import options
from service.errors import NOT_PASSED, OK
from service.inputs import judging_time
from service.records import Listed, about_lines_of, listed
from service.store_faults import CancellationListed
from service.stores import clock, opened, store_options
from service.terminal import json_line, visible
from service.vouch import Judge

if TYPE_CHECKING:
    from evidence import Registration
    from evidence.lifecycle.intake import Ended, Refused, TakenIn


@click.command(name="add")
@click.argument("records", metavar="RECORDS.jsonl")
@store_options
@options.trusts
@options.judged_at("now")
@click.option("--hold", is_flag=True, help="Do not queue what passes for the next FB0110.")
@click.option("--again", is_flag=True, help="Register also what has ended with the same evidence.")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    records: str,
    address: str,
    keys: str | None,
    files: str | None,
    trusts: tuple[str, ...],
    at: str,
    hold: bool,
    again: bool,
    as_json: bool,
) -> None:
    """Take consents and their evidence into the store; what passes is queued for the next FB0110.

    Evidence that does not pass is kept too, as refused, and named. What is there already stays as it is, so that the
    same list may be added again after an interruption; a consent that has ended with the same evidence stays ended, and
    is named. docs/records.md says how a line looks.
    """
    from evidence.lifecycle.intake import take_in_consents  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    judge = Judge.open(trusts, judging_time(at))
    count = _Count(lang, as_json=as_json)
    with opened(address, keys, files) as store, about_lines_of(records):
        try:
            registrations = _registrations(records, judge)
            for taken in take_in_consents(store, registrations, clock, queue=not hold, again=again):
                count.take(taken)
        except CodedError:
            count.say_so_far()
            raise
    count.say(records)
    context.exit(NOT_PASSED if count.refused else OK)


def _registrations(file: str, judge: Judge) -> Iterator[Registration]:
    from evidence import Registration  # noqa: PLC0415

    for record in listed(file):
        if record.cancelled:
            raise CancellationListed(file, record.line)
        yield _registration(record, judge, Registration)


def _registration(record: Listed, judge: Judge, kind: type[Registration]) -> Registration:
    evidence = record.read_evidence()
    verdict = judge.verdict(record.texts["evidence_kind"], evidence, record.received_at)
    return kind(applied_on=record.applied_on, evidence=evidence, verdict=verdict, line=record.line, **record.texts)


@dataclass
class _Count:
    """What came of the list."""

    lang: Lang
    as_json: bool
    added: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)

    def take(self, taken: TakenIn) -> None:
        self.added += len(taken.added)
        self.known += taken.known
        self.refused += taken.refused
        self.ended += taken.ended
        if not self.as_json:
            for one in taken.refused:
                line = _REFUSED[self.lang]
                click.echo(line.format(line=one.line, consent=one.consent_id, codes=" ".join(one.codes)))
            for gone in taken.ended:
                click.echo(f"! {gone.notice.message(self.lang)} [{gone.notice.code}]")

    def say_so_far(self) -> None:
        """Before an error that ends the list: what is kept all the same."""
        if self.added:
            click.echo(_SO_FAR[self.lang].format(added=self.added), err=True)

    def say(self, file: str) -> None:
        if self.as_json:
            refused = [{"line": one.line, "consent": one.consent_id, "codes": one.codes} for one in self.refused]
            ended = [{"line": one.line, "consent": one.consent_id, "state": one.state.value} for one in self.ended]
            counts = {"added": self.added, "known": self.known}
            click.echo(json_line({"file": file, **counts, "refused": refused, "ended": ended}))
            return
        mark = "✘" if self.refused else "✔"
        counts = {"added": self.added, "known": self.known, "refused": len(self.refused)}
        over = _ENDED[self.lang].format(ended=len(self.ended)) if self.ended else ""
        click.echo(f"{mark} " + _SUM[self.lang].format(file=visible(file), **counts) + over)
        if self.ended:
            click.echo(f"  → {self.ended[0].notice.remedy(self.lang)}", err=True)
        if not (self.added or self.known or self.ended):
            click.echo(_EMPTY[self.lang], err=True)


_REFUSED: dict[Lang, str] = {
    "en": "✘ line {line}: consent {consent} is kept as refused: {codes}",
    "ko": "✘ {line}번째 줄: 검증 부적합, 동의 {consent}번으로 보관만 합니다: {codes}",
}
_ENDED: dict[Lang, str] = {"en": "; {ended} have ended and stay so", "ko": ", 이미 끝나 등록하지 않음 {ended}건"}
_SO_FAR: dict[Lang, str] = {
    "en": "{added} consents were added before this; add the same list again once it is mended.",
    "ko": "그 전에 {added}건을 접수하였습니다. 목록을 고친 뒤 같은 목록을 다시 지정하십시오. 중복되지 않습니다.",
}
_EMPTY: dict[Lang, str] = {"en": "  ! The list is empty.", "ko": "  ! 목록에 동의가 없습니다."}
_SUM: dict[Lang, str] = {
    "en": "{file}: {added} added, {refused} of them refused; {known} known already",
    "ko": "{file}: 접수 {added}건(그중 부적합 {refused}건), 이미 있음 {known}건",
}
