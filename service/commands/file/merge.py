"""`dongui file merge` and `split`: several FB files made into one, and one into several."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from consent.errors import Lang
from evidence.merging import merge_files
from evidence.splitting import BANK, INSTITUTION, SplitPart, by_field, by_number, split_file
from service import options
from service.fb_items import sound_items
from service.outputs import result, say
from service.terminal import json_line, visible


@click.command(name="merge")
@click.argument("files", metavar="FB...", nargs=-1, required=True)
@options.out
@options.json_flag
@click.pass_context
def merge(context: click.Context, files: tuple[str, ...], out: str, as_json: bool) -> None:
    """Make one FB file of several of the same kind, numbered and counted anew.

    Their headers have to say the same but for the bank, which is left blank where it is not the same in all. Results of
    the institute (FB0120, FB0421) answer one file each and are not merged.
    """
    with ExitStack() as stack:
        items = [(file, stack.enter_context(sound_items(file))) for file in files]
        with result(out, *files) as target:
            written = merge_files(items, target)
    made = {
        "file": out,
        "files": len(files),
        "records": written.records,
        "bytes": written.size,
        "sha256": written.sha256.hex(),
    }
    say(made, _MERGED[context.obj], as_json=as_json)


_MERGED: dict[Lang, str] = {
    "en": "✔ {file}: {records:,} records from {files} files, {bytes:,} bytes, SHA-256 {sha256}",
    "ko": "✔ {file}: 파일 {files}개의 레코드 {records:,}건, {bytes:,}바이트, SHA-256 {sha256}",
}


@click.command(name="split")
@click.argument("file", metavar="FB")
@click.option("--by", type=click.Choice(["bank", "institution"]), help="A file for each bank or institution.")
@click.option("--records", type=click.IntRange(min=1), metavar="N", help="Files of so many records each.")
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder that the parts go to.")
@options.json_flag
@click.pass_context
def split(context: click.Context, file: str, by: str | None, records: int | None, out: str, as_json: bool) -> None:
    """Make several FB files of one, each numbered and counted anew: FB0110-004, FB0110-088 and so on.

    The header names the bank or institution that a part is for. Results of the institute (FB0120, FB0421) answer one
    file each and are not split.
    """
    lang: Lang = context.obj
    if (by is None) == (records is None):
        raise click.UsageError(_ONE_OF[lang])
    names = BANK if by == "bank" else INSTITUTION
    part_of = by_number(records) if records is not None else by_field(names)
    with sound_items(file) as items:
        parts = split_file(items, Path(out), part_of, "" if records is not None else names[0])
    click.echo(json_line({"files": [_as_json(part) for part in parts]}) if as_json else _as_text(parts, lang))


_ONE_OF: dict[Lang, str] = {
    "en": "Either --by or --records has to be given.",
    "ko": "--by와 --records 가운데 하나를 지정하십시오.",
}


def _as_json(part: SplitPart) -> dict[str, object]:
    return {"file": str(part.path), "records": part.records, "bytes": part.size}


def _as_text(parts: list[SplitPart], lang: Lang) -> str:
    return "\n".join(
        _PART[lang].format(file=visible(str(part.path)), records=part.records, size=part.size) for part in parts
    )


_PART: dict[Lang, str] = {
    "en": "✔ {file}: {records:,} records, {size:,} bytes",
    "ko": "✔ {file}: 레코드 {records:,}건, {size:,}바이트",
}
