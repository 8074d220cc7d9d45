"""`dongui store rekey`: a new key for everything."""

from __future__ import annotations

import click

from consent.errors import Lang
from service import options
from service.batch_progress import progress
from service.inputs import STDIN, now
from service.store_faults import KeyFileNeeded
from service.stores import clock, key_file, opened, store_options
from service.terminal import json_line, visible


@click.command(name="rekey")
@store_options
@click.option(
    "--forget",
    metavar="KEY",
    help="Only take this old key out of the key file; refused while anything is sealed with it.",
)
@options.json_flag
@click.pass_context
def command(
    context: click.Context, address: str, keys: str | None, files: str | None, forget: str | None, as_json: bool
) -> None:
    """Make a new key, put it into the key file, and seal everything in the store anew with it.

    It may be interrupted at any time: the same command goes on. Others may go on using the store meanwhile. Back up the
    key file at once, as it has the new key; old keys stay in it until --forget takes them away.
    """
    from evidence.store import rekeying  # noqa: PLC0415 - loads SQLAlchemy

    lang: Lang = context.obj
    if keys is None or keys == STDIN:
        raise KeyFileNeeded
    ours = key_file(keys)
    with opened(address, keys, files) as store:
        if forget is not None:
            rekeying.forget(store, ours, clock, forget)
            made = {"forgotten": forget, "keys": sorted(ours.ring.keys)}
            click.echo(json_line(made) if as_json else _FORGOTTEN[lang].format(key=visible(forget), file=visible(keys)))
            return
        goes_on = rekeying.is_under_way(store, ours)
        key = rekeying.begin(store, ours, clock, now().date().isoformat())
        if not as_json:
            click.echo(_BEGUN[lang][goes_on].format(key=visible(key), file=visible(keys)))
        rows = 0
        with progress(rekeying.rows_left(store), 0, lang) as show:
            for some in rekeying.seal_anew(store, clock):
                rows += some
                show(some)
        old = sorted(set(ours.ring.keys) - {key})
    if as_json:
        click.echo(json_line({"key": key, "rows": rows, "old_keys": old}))
    else:
        click.echo(_DONE[lang].format(rows=f"{rows:,}", old=visible(", ".join(old)) or "-"))


_BEGUN: dict[Lang, dict[bool, str]] = {
    "en": {
        False: "The new key is '{key}'. It stands in {file}: back that up now, apart from the database.",
        True: "Going on with the key '{key}' in {file}.",
    },
    "ko": {
        False: "{file}에 새 키를 추가하였습니다: '{key}'. 지금 백업하되 데이터베이스의 백업과는 따로 보관하십시오.",
        True: "{file}에 있는 새 키로 교체를 이어서 진행합니다: '{key}'.",
    },
}
_DONE: dict[Lang, str] = {
    "en": "✔ {rows} rows sealed anew. Keys that seal nothing any more: {old}",
    "ko": "✔ {rows}행을 새 키로 다시 암호화하였습니다. 더 이상 사용하지 않는 키: {old}",
}
_FORGOTTEN: dict[Lang, str] = {
    "en": "✔ the key '{key}' is no longer in {file}. Backups made before need it still: see how long you keep them.",
    "ko": "✔ {file}에서 키를 지웠습니다: '{key}'. 그 전의 백업을 읽으려면 그 키가 필요합니다.",
}
