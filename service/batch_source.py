"""What a batch is named on the command line: a file or folder, or a store."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from consent.errors import Lang
from service.batch_store import StoreSource
from service.inputs import STDIN
from service.stores import files_option, keys_option
from verifier.batch.faults import SourceUnreadable

_Command = TypeVar("_Command", bound=Callable[..., Any])


def store_source_options(command: _Command) -> _Command:
    """A store in place of SOURCE, and which of its evidence."""
    address = click.option(
        "--store",
        "address",
        envvar="DONGUI_STORE",
        show_envvar=True,
        metavar="FILE|URL",
        help="Judge what this store holds, and keep the verdicts there.",
    )
    touched = click.option(
        "--touched-by",
        "touched",
        metavar="FILE",
        multiple=True,
        help="With --store: judge only what a new CRL, or a revoked certificate, may change. May be repeated.",
    )
    return address(keys_option(files_option(touched(command))))


def asked_source(context: click.Context, source: str | None, store: StoreSource, lang: Lang) -> Path | StoreSource:
    """SOURCE, or the store; one that the environment names counts where no SOURCE is named.

    Raises:
        SourceUnreadable: there is no such SOURCE.
    """
    if source is None:
        if not store.address:
            raise click.UsageError(_NONE[lang])
        return store
    if store.address and context.get_parameter_source("address") is ParameterSource.COMMANDLINE:
        raise click.UsageError(_BOTH[lang])
    try:
        Path(source).stat()
    except OSError as error:  # told by the name that was typed; what is recorded is absolute
        raise SourceUnreadable(source, error.errno or errno.EIO) from None
    return Path(source).absolute()


def require_fit(context: click.Context, lang: Lang) -> None:
    """What a store keeps are verdicts as they are needed for handing in, and workers open it by themselves."""
    asked = context.params
    if asked["policy"] != "kftc" or asked["holder"] is not None or asked["scheduler"] is not None:
        raise click.UsageError(_NOT_WITH_A_STORE[lang])
    if asked["keys"] == STDIN:
        raise click.UsageError(_KEYS_AS_FILE[lang])


_NONE: Final[dict[Lang, str]] = {
    "en": "Name a SOURCE, or a store with --store.",
    "ko": "SOURCE나 --store 중 하나를 지정하십시오.",
}
_BOTH: Final[dict[Lang, str]] = {
    "en": "SOURCE and --store: give one of them.",
    "ko": "SOURCE와 --store는 함께 지정할 수 없습니다.",
}
TOUCHED_ALONE: Final[dict[Lang, str]] = {
    "en": "--touched-by goes with --store.",
    "ko": "--touched-by는 --store와 함께 지정하십시오.",
}
_NOT_WITH_A_STORE: Final[dict[Lang, str]] = {
    "en": "With --store, evidence is judged under the policy kftc, for any holder, and on this machine.",
    "ko": "--store를 지정하면 kftc 정책으로, 명의 구분 없이, 이 컴퓨터에서만 검증합니다.",
}
_KEYS_AS_FILE: Final[dict[Lang, str]] = {
    "en": "With --store, --keys has to be a file, which each worker reads.",
    "ko": "--store를 지정하면 --keys는 작업자마다 읽을 수 있는 파일이어야 합니다.",
}
