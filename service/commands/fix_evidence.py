"""`dongui fix evidence`: better evidence in the place of what an audit found wrong."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from consent.errors import Lang
from consent.kinds import KINDS
from service import options
from service.inputs import judging_time, read
from service.outputs import tell
from service.stores import clock, opened, store_options
from service.vouch import Judge

if TYPE_CHECKING:
    from evidence.store.pieces import Piece

_LARGEST = max(kind.max_bytes for kind in KINDS.values())


@click.command(name="evidence")
@click.argument("number", metavar="N", type=options.NUMBER)
@click.argument("file", metavar="FILE")
@store_options
@click.option("--kind", required=True, type=click.Choice(sorted(KINDS)), help="Kind of the evidence, 1 to 7.")
@click.option(
    "--trust",
    "trusts",
    metavar="DIR",
    multiple=True,
    help="Trust folder, for evidence that is signed. Several: one for each kind of evidence.",
)
@options.judged_at("now")
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    number: int,
    file: str,
    address: str,
    keys: str | None,
    files: str | None,
    kind: str,
    trusts: tuple[str, ...],
    at: str,
    as_json: bool,
) -> None:
    """Give a consent better evidence where an audit (FB0421) found its evidence wrong; the next FB0420 has it.

    FILE is judged as store add judges it, and refused where it does not pass. Its name says the extension. The evidence
    of before stays in the store, and the log keeps which it was.
    """
    from evidence.lifecycle.better_evidence import add_evidence  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    piece = _piece(file, kind, Judge.open(trusts, judging_time(at)) if trusts else None)
    with opened(address, keys, files) as store, store.writing(clock()) as writing:
        add_evidence(writing, number, piece)
    made = {"consent": number, "kind": piece.kind, "bytes": len(piece.content), "sha256": piece.sha256.hex()}
    tell(made, _LINE[lang], as_json=as_json)


def _piece(file: str, kind: str, judge: Judge | None) -> Piece:
    from evidence.store.pieces import Piece  # noqa: PLC0415 - as above

    content = read(file, _LARGEST + 1)
    verdict = None if judge is None else judge.verdict(kind, content, None)
    return Piece.of(kind, PurePath(file).suffix.removeprefix(".").lower(), content, verdict)


_LINE: dict[Lang, str] = {
    "en": "✔ consent {consent} has new evidence: {bytes:,} bytes, SHA-256 {sha256}\n"
    "  Send the answer to the audit again with dongui send fb0420.",
    "ko": "✔ 동의 {consent}번의 동의자료를 보완하였습니다. {bytes:,}바이트, SHA-256 {sha256}\n"
    "  dongui send fb0420 명령으로 사후점검 회신을 다시 보내십시오.",
}
