"""`dongui file diff`: what is different between two FB files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from consent.errors import Lang
from evidence.difference import By, Difference, EvidenceChange, FieldChange, Kind, differences
from service import options
from service.banks import known_banks
from service.errors import NOT_PASSED, OK
from service.fb_items import sound_items
from service.fb_view import View, field_name
from service.inputs import now
from service.terminal import json_line, visible


@click.command(name="diff")
@click.argument("first", metavar="FB1")
@click.argument("second", metavar="FB2")
@click.option(
    "--by",
    type=click.Choice([by.value for by in By]),
    default=By.IDENTITY.value,
    show_default=True,
    help="What makes two records the same: institution, payer number, bank and account; or their number.",
)
@options.unmask
@options.json_flag
@click.pass_context
def command(context: click.Context, first: str, second: str, by: str, unmask: bool, as_json: bool) -> None:
    """Compare two FB files of one kind record by record. Both have to be sound. Ends with 1 where they differ.

    Personal data are masked unless --unmask is given. With --json, one object a difference, and one that counts.
    """
    lang: Lang = context.obj
    view = View(known_banks(None), now().date(), unmask)
    counts: Counter[Kind] = Counter()
    with sound_items(first) as ours, sound_items(second) as theirs:
        for one in differences(ours, theirs, By(by)):
            counts[one.kind] += 1
            click.echo(json_line(_as_json(one, view)) if as_json else "\n".join(_as_text(one, view, lang)))
    if as_json:
        click.echo(json_line({"different": bool(counts), **{kind.value: counts[kind] for kind in Kind}}))
    else:
        click.echo(_summary(counts, lang))
    context.exit(NOT_PASSED if counts else OK)


def _as_json(one: Difference, view: View) -> dict[str, object]:
    made: dict[str, object] = {"kind": one.kind.value, "first": one.first or None, "second": one.second or None}
    made["fields"] = [
        {"name": change.field.name, "ko": change.field.ko, "before": before, "after": after}
        for change in one.fields
        for before, after in (_texts(one, change, view),)
    ]
    if one.evidence is not None:
        made["evidence"] = {
            "bytes_before": one.evidence.size_before,
            "bytes_after": one.evidence.size_after,
            "sha256_before": one.evidence.sha256_before.hex(),
            "sha256_after": one.evidence.sha256_after.hex(),
        }
    return made


def _texts(one: Difference, change: FieldChange, view: View) -> tuple[str, str]:
    is_count = one.kind is Kind.TRAILER
    before, after = (view.field(change.field, text, is_count=is_count) for text in (change.before, change.after))
    return before.told, after.told


def _as_text(one: Difference, view: View, lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    yield words[one.kind].format(first=one.first, second=one.second)
    for change in one.fields:
        before, after = (visible(text) or words["blank"] for text in _texts(one, change, view))
        yield f"    {field_name(change.field, lang)}: {before} → {after}"
    if one.evidence is not None:
        yield f"    {_evidence(one.evidence, lang)}"


def _evidence(one: EvidenceChange, lang: Lang) -> str:
    return _WORDS[lang]["evidence"].format(
        before=one.size_before,
        after=one.size_after,
        old=one.sha256_before.hex()[:16],
        new=one.sha256_after.hex()[:16],
    )


def _summary(counts: Counter[Kind], lang: Lang) -> str:
    words = _WORDS[lang]
    if not counts:
        return words["same"]
    records = {kind.value: counts[kind] for kind in (Kind.CHANGED, Kind.REMOVED, Kind.ADDED)}
    return words["different"].format(**records)


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        Kind.HEADER: "~ header",
        Kind.CHANGED: "~ record {first} (second file: {second})",
        Kind.REMOVED: "- record {first}: in the first file only",
        Kind.ADDED: "+ record {second}: in the second file only",
        Kind.TRAILER: "~ trailer",
        "blank": "(blank)",
        "evidence": "evidence: {before:,} → {after:,} bytes, SHA-256 {old}… → {new}…",
        "same": "✔ no difference",
        "different": "✘ records changed: {changed}, in the first only: {removed}, in the second only: {added}",
    },
    "ko": {
        Kind.HEADER: "~ Header부",
        Kind.CHANGED: "~ Data부 {first}(두 번째 파일에서는 {second})",
        Kind.REMOVED: "- Data부 {first}: 첫 번째 파일에만 있음",
        Kind.ADDED: "+ Data부 {second}: 두 번째 파일에만 있음",
        Kind.TRAILER: "~ Trailer부",
        "blank": "(공란)",
        "evidence": "증빙자료: {before:,} → {after:,}바이트, SHA-256 {old}… → {new}…",
        "same": "✔ 다른 곳이 없습니다.",
        "different": "✘ 바뀐 레코드 {changed}건, 첫 번째 파일에만 {removed}건, 두 번째 파일에만 {added}건",
    },
}
