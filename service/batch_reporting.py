"""The report over a batch as the command gives it: in the terminal, as JSON, or as a page with reports beside it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from certs import TrustStore
from consent.errors import CodedError, Lang
from service.batch_view import as_view
from service.inputs import STDIN, is_file, now
from service.outputs import is_standard_output, result, say
from service.own_reports import Judging, OwnReports, commands
from service.report_faults import OwnReportsMissing, OwnReportsSayOtherwise
from service.seekable import seekable
from service.terminal import json_line
from verifier.batch.figures import Figures, figures_of
from verifier.batch.figures_json import as_json
from verifier.batch.origin import Origin, origin_of
from verifier.batch.table import batches
from verifier.reports.batch_html import as_batch_html
from verifier.reports.batch_page import OwnReport, batch_page

__all__ = ["Judging", "Wanted", "report"]


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for.

    Attributes:
        lang: of all words.
        failing: rows that did not pass to be listed, at most.
        out: where the page goes; None for the terminal.
        reports: folder for reports on single rows; None for none.
        judging: how the rows were judged.
        masked: leave out ids and names.
        as_json: the figures as JSON.
    """

    lang: Lang
    failing: int
    out: str | None
    reports: str | None
    judging: Judging
    masked: bool
    as_json: bool


def report(table: str, wanted: Wanted) -> None:
    """Read the table and give the report.

    Raises:
        InputUnreadable, TableUnreadable, ColumnsWrong, IndicationUnknown: the table.
        NotWritable, OutputIsInput: the page, or a report.
    """
    trust = _trust(wanted)
    figures, origin = _figures(table, wanted.failing)
    if wanted.out is not None:
        _write(figures, table, origin, trust, wanted)
    elif wanted.as_json:
        click.echo(json_line(as_json(figures, table=table, origin=origin, masked=wanted.masked)))
    else:
        own = [OwnReport()] * len(figures.failing)
        page = batch_page(figures, wanted.lang, file=table, origin=origin, made=_made(), own=own, masked=wanted.masked)
        click.echo(as_view(page, _columns()), nl=False)


def _trust(wanted: Wanted) -> TrustStore | None:
    """Opened before anything else: a table takes its time to be read."""
    if wanted.reports is None or wanted.judging.trust is None:
        return None
    return TrustStore.open(Path(wanted.judging.trust))


def _figures(table: str, failing: int) -> tuple[Figures, Origin]:
    with seekable(table) as stream:  # refused by name if it is not there
        source = Path(table) if is_file(table) else stream
        origin = origin_of(source)
        stream.seek(0)
        return figures_of(batches(source, table), file=table, failing=failing), origin


def _made() -> tuple[datetime, str]:
    return now(), f"dongui {version('dongui')}"


def _columns() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None


def _write(figures: Figures, table: str, origin: Origin, trust: TrustStore | None, wanted: Wanted) -> None:
    made, lang, masked, out = _made(), wanted.lang, wanted.masked, wanted.out or STDIN
    judging = wanted.judging.completed(origin)
    if trust is None or wanted.reports is None:
        own = commands(figures.failing, judging, masked=masked)
        is_whole = judging.source is not None and judging.trust is not None
        about = "" if masked else "commands-about-whole" if is_whole else "commands-about"
    else:
        beside = Path() if is_standard_output(out) else Path(out).parent
        own = list(OwnReports(Path(wanted.reports), beside, trust, judging, lang, made, masked).write(figures.failing))
        about = "commands-about-reports"
    page = as_batch_html(
        batch_page(figures, lang, file=table, origin=origin, made=made, own=own, own_about=about, masked=masked)
    )
    with result(out, table, private=True) as stream:
        stream.write(page)
    told: dict[str, Any] = {
        **as_json(figures, table=table, origin=origin, masked=masked),
        "file": out,
        "bytes": len(page),
        "sha256": sha256(page).hexdigest(),
        "reports": sum(bool(one.href) for one in own),
        "notices": [{"code": notice.code, "message": notice.message(lang)} for notice in _notices(own)],
    }
    say(told, _LINES[lang][bool(wanted.reports)], as_json=wanted.as_json)


_LINES: dict[Lang, tuple[str, str]] = {
    "en": (
        "✔ {file}: report written, {bytes:,} bytes; rows: {rows:,}, passed: {passed:,}",
        (
            "✔ {file}: report written, {bytes:,} bytes; rows: {rows:,}, passed: {passed:,};"
            " reports on single rows: {reports:,}"
        ),
    ),
    "ko": (
        "✔ {file}: 보고서를 작성하였습니다({bytes:,}바이트). 자료 {rows:,}건, 적합 {passed:,}건",
        (
            "✔ {file}: 보고서를 작성하였습니다({bytes:,}바이트). 자료 {rows:,}건, 적합 {passed:,}건,"
            " 건별 보고서 {reports:,}건"
        ),
    ),
}


def _notices(own: Sequence[OwnReport]) -> list[CodedError]:
    missing = sum(bool(one.missing) for one in own)
    otherwise = sum(one.outcome is not None for one in own)
    return [
        *([OwnReportsMissing(missing)] if missing else []),
        *([OwnReportsSayOtherwise(otherwise)] if otherwise else []),
    ]
