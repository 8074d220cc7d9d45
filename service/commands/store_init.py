"""`dongui store init`: a new store, and its keys."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from consent.errors import Lang
from service import options
from service.inputs import now
from service.store_faults import KeyFileNotNamed
from service.stores import KEYRING, address_option, keyring, keys_option
from service.terminal import json_line, visible


@click.command(name="init")
@address_option
@keys_option
@click.option(
    "--processing",
    type=click.Choice(["integrated", "per-bank"]),
    default="integrated",
    show_default=True,
    help="How files are handed in: those of all banks as one, or a file for each bank.",
)
@options.json_flag
@click.pass_context
def command(context: click.Context, address: str, keys: str | None, processing: str, as_json: bool) -> None:
    """Make a new store, and the key file that opens it.

    Keys that are there already are used. Whoever loses the keys loses what the store holds: keep copies of the key
    file, and not where copies of the database are kept.
    """
    from evidence.store.errors import StoreExists  # noqa: PLC0415 - loads SQLAlchemy
    from evidence.store.opening import create, shown  # noqa: PLC0415

    lang: Lang = context.obj
    made_keys = make_keys(keys)
    try:
        create(address, keyring(keys), {"processing": processing})
    except StoreExists:
        if made_keys:
            with suppress(OSError):
                Path(str(keys)).unlink()
        raise
    store = shown(address)
    if as_json:
        click.echo(json_line({"store": store, "keys": keys, "keys_made": made_keys, "processing": processing}))
        return
    click.echo(_MADE[lang].format(store=visible(store), processing=_PROCESSING[lang][processing]))
    click.echo("  " + _KEYS[lang][made_keys].format(keys=visible(keys or KEYRING)))
    click.echo(_BACK_UP[lang])


def make_keys(file: str | None) -> bool:
    """Write a key file, for its owner alone; False where there is one, or the environment holds the keys."""
    from evidence.outfile import CREATE, refusals, sync_folder  # noqa: PLC0415
    from evidence.store.keyring import Keyring  # noqa: PLC0415

    if file is None:
        if KEYRING not in os.environ:
            raise KeyFileNotNamed
        return False
    path = Path(file)
    with refusals(path):
        try:
            handle = os.open(path, CREATE, 0o600)
        except FileExistsError:
            return False
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(Keyring.generate(now().date().isoformat()).to_json())
                stream.flush()
                os.fsync(stream.fileno())
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
    sync_folder(path.parent)
    return True


_MADE: dict[Lang, str] = {"en": "✔ {store}: a new store, {processing}", "ko": "✔ {store}: 새 보관소, {processing}"}
_PROCESSING: dict[Lang, dict[str, str]] = {
    "en": {"integrated": "files of all banks as one", "per-bank": "a file for each bank"},
    "ko": {"integrated": "통합처리(모든 금융회사를 한 파일로)", "per-bank": "금융회사별 파일"},
}
_KEYS: dict[Lang, dict[bool, str]] = {
    "en": {True: "new keys: {keys}", False: "with the keys that are there: {keys}"},
    "ko": {True: "새 키 파일: {keys}", False: "이미 있는 키를 사용합니다: {keys}"},
}
_BACK_UP: dict[Lang, str] = {
    "en": "  ! Back up the key file now, apart from the database. Without it nobody can read what the store holds.\n"
    "    Whoever has both can read all of it.",
    "ko": "  ! 키 파일을 지금 백업하되 데이터베이스의 백업과는 따로 보관하십시오.\n"
    "    키 파일이 없으면 누구도 보관소의 내용을 읽을 수 없고, 둘 다 가진 사람은 모두 읽을 수 있습니다.",
}
