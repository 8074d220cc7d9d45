"""`dongui trust fetch`: bring CRLs and OCSP responses into a trust folder."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from certs import TrustStore
from consent.errors import CodedError, Lang
from service import options
from service.asking import certificates_of, of_folder, of_strangers, questions
from service.errors import NOT_PASSED, OK
from service.fetch_faults import Stranger
from service.inputs import now
from service.shelf import Kept, Shelf
from service.terminal import json_line, padded, visible
from service.times import told

if TYPE_CHECKING:
    from service.fetching import Outcome


@click.command(name="fetch")
@click.argument("folder")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@options.seconds
@options.json_flag
@click.pass_context
def command(context: click.Context, folder: str, files: tuple[str, ...], seconds: int, as_json: bool) -> None:
    """Fetch CRLs and OCSP responses for the certificates of a trust folder, and for the signers in FILEs, into it.

    FILEs are certificates or signed DERs. Kept is only what an authority of the folder signed and what is not older
    than what is there. Nothing is ever removed: old lists go on counting for old evidence.
    """
    from service.fetching import fetch  # noqa: PLC0415 - its libraries are slow to load, and nobody else needs them

    lang: Lang = context.obj
    store, at = TrustStore.open(Path(folder)), now()
    asked, strangers = list(of_folder(store)), list[Stranger]()
    for file in files:
        handed_in = list(of_strangers(certificates_of(file), store))
        asked += [one for one in handed_in if one is not None]
        if None in handed_in:
            strangers.append(Stranger(file, handed_in.count(None)))
    shelf = Shelf(Path(folder), store, [one.issuer for one in asked if one.issuer is not None], at)
    outcomes: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if not as_json:
            click.echo(_as_text(outcome, lang))

    asyncio.run(fetch(questions(asked), shelf, seconds, tell))
    shelf.tidy()
    if as_json:
        located, left_out = [_as_json(one, lang) for one in outcomes], [_fault(one, lang) for one in strangers]
        click.echo(json_line({"folder": folder, "locations": located, "left_out": left_out}))
    else:
        for stranger in strangers:
            click.echo("\n".join(_complaint("✘", [], stranger, lang)))
        click.echo(_summary(outcomes, lang))
    context.exit(NOT_PASSED if strangers or any(_has_failed(outcome) for outcome in outcomes) else OK)


_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "new": "new",
        "unchanged": "unchanged",
        "entries": "{count} revoked",
        "good": "good",
        "revoked": "REVOKED",
        "until": "until {at}",
        "summary": "{new} new, {unchanged} unchanged, {failed} failed",
        "nothing": "No certificate names an address to fetch from.",
    },
    "ko": {
        "new": "새로 받음",
        "unchanged": "변동 없음",
        "entries": "폐지 {count}건",
        "good": "폐지되지 않음",
        "revoked": "폐지됨",
        "until": "{at}까지 유효",
        "summary": "새로 받음 {new}건, 변동 없음 {unchanged}건, 실패 {failed}건",
        "nothing": "CRL이나 OCSP 주소가 기재된 인증서가 없어 받을 것이 없습니다.",
    },
}


def _has_failed(outcome: Outcome) -> bool:
    return outcome.fault is not None and not outcome.is_made_good


def _as_text(outcome: Outcome, lang: Lang) -> str:
    parts = [padded(outcome.use, 4), visible(outcome.url)]
    if outcome.kept is not None:
        parts += [_said(outcome.kept, lang), outcome.kept.file]
    if outcome.fault is None:
        return f"✔ {'  '.join(parts)}"
    mark = "!" if outcome.kept is not None or outcome.is_made_good else "✘"
    return "\n".join(_complaint(mark, parts, outcome.fault, lang))


def _said(kept: Kept, lang: Lang) -> str:
    words = _WORDS[lang]
    what = words[kept.status] if kept.entries is None else words["entries"].format(count=kept.entries)
    said = [words["new" if kept.is_new else "unchanged"], what]
    if kept.next_update is not None and kept.fault is None:
        said.append(words["until"].format(at=told(kept.next_update, lang)))
    return ", ".join(said)


def _complaint(mark: str, parts: list[str], fault: CodedError, lang: Lang) -> list[str]:
    said = visible(f"{fault.message(lang)} [{fault.code}]")
    return [f"{mark} {'  '.join([*parts, said])}", f"    → {visible(fault.remedy(lang))}"]


def _summary(outcomes: list[Outcome], lang: Lang) -> str:
    words = _WORDS[lang]
    if not outcomes:
        return words["nothing"]
    kept = [outcome.kept.is_new for outcome in outcomes if outcome.kept is not None]
    failed = sum(_has_failed(outcome) for outcome in outcomes)
    return words["summary"].format(new=kept.count(True), unchanged=kept.count(False), failed=failed)


def _as_json(outcome: Outcome, lang: Lang) -> dict[str, object]:
    kept, fault = outcome.kept, outcome.fault
    return {
        "use": outcome.use,
        "url": outcome.url,
        "state": "failed" if kept is None else "new" if kept.is_new else "unchanged",
        "file": kept and kept.file,
        "entries": kept and kept.entries,
        "status": (kept and kept.status) or None,
        "this_update": kept and kept.this_update.isoformat(),
        "next_update": kept and kept.next_update and kept.next_update.isoformat(),
        "is_made_good": outcome.is_made_good,
        "fault": fault and _fault(fault, lang),
    }


def _fault(fault: CodedError, lang: Lang) -> dict[str, object]:
    return {"code": fault.code, "message": fault.message(lang), "remedy": fault.remedy(lang)}
