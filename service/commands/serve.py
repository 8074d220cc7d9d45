"""`dongui serve`: the service over HTTP."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import click

from consent.errors import Lang
from service.commands.settings import settings_option
from service.ending import Ending
from service.errors import WRONG_USE
from service.inputs import now
from service.main import end_at_once

if TYPE_CHECKING:
    from service.settings import Settings


@click.command(name="serve")
@settings_option
@click.option("--store", metavar="FILE|URL", help="The store: a file of SQLite, or a postgresql:// URL.")
@click.option("--keys", "store_keys", metavar="FILE", help="Key file of the store.")
@click.option("--files", "store_files", metavar="DIR|URL", help="Folder or object store for evidence that is no DER.")
@click.option("--trust", metavar="DIR", multiple=True, help="Trust folder. Several: one for each kind of evidence.")
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="N", help="Port to listen on (8080); 0: any free one.")
@click.option("--metrics-port", type=click.IntRange(0, 65_535), metavar="N", help="Port for /metrics (9464); 0: none.")
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Processes (one for each core).")
@click.pass_context
def command(context: click.Context, /, file: str | None, **given: object) -> None:
    """Run the service: the API, the console and /docs, until SIGTERM or Ctrl+C.

    What is not said here comes from the settings file and the environment (docs/operation.md). Requests that are being
    answered when it is told to stop are finished first.
    """
    with Ending(end_at_once) as ending:  # before the long part of loading, in which an interrupt could be lost
        from service.serving import serve  # noqa: PLC0415

        lang: Lang = context.obj
        settings = _checked(context, lang, file, given)
        figures = f"http://{settings.metrics_host}:{settings.metrics_port}/metrics" if settings.metrics_port else ""
        serve(settings, ending, partial(_announce, lang, figures, settings.workers))


def _checked(context: click.Context, lang: Lang, file: str | None, given: dict[str, object]) -> Settings:
    from service.settings_check import checked  # noqa: PLC0415 - loads what the service needs
    from service.settings_view import told  # noqa: PLC0415

    settings, faults = checked(file, {name: value for name, value in given.items() if value not in {None, ()}}, now())
    if faults:
        click.echo("\n".join(told(faults, lang)), err=True)
    if any(not fault.is_remark for fault in faults):
        context.exit(WRONG_USE)
    return settings


def _announce(lang: Lang, figures: str, workers: int, url: str) -> None:
    lines = [_SERVES[lang].format(url=url, workers=workers)]
    rows = [*_PAGES[lang].items(), *([(_FIGURES[lang], figures)] if figures else [])]
    lines += [f"  {label}  {path if '://' in path else url + path}" for label, path in rows]
    click.echo("\n".join([*lines, _STOP[lang]]))


_SERVES: Final[dict[Lang, str]] = {
    "en": "✔ {url} answers; workers: {workers}",
    "ko": "✔ {url} 서비스를 시작하였습니다. 작업 프로세스 {workers}개",
}
_PAGES: Final[dict[Lang, dict[str, str]]] = {
    "en": {"console": "/console", "API    ": "/docs", "ready? ": "/readyz"},
    "ko": {"콘솔     ": "/console", "API 문서 ": "/docs", "준비 상태": "/readyz"},
}
_FIGURES: Final[dict[Lang, str]] = {"en": "figures", "ko": "지표     "}
_STOP: Final[dict[Lang, str]] = {"en": "Ctrl+C stops it.", "ko": "Ctrl+C를 누르면 중지합니다."}
