"""`dongui batch`: judge many DERs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Final

import click
from click.core import ParameterSource

from certs import Holder, TrustStore
from consent.errors import Lang
from consent.explanations import code_named
from service import judging, options
from service.batch_cluster import connected
from service.batch_faults import BatchFormUnknown, OnlyUnknown
from service.batch_folder import WorkFolder
from service.batch_follow import write_back
from service.batch_outcome import Outcome
from service.batch_plan import Sample, columns_named
from service.batch_progress import looking, progress
from service.batch_results import WRITERS
from service.batch_run import Engine, Run, Wanted, cores
from service.batch_source import TOUCHED_ALONE, asked_source, require_fit, store_source_options
from service.batch_store import StoreSource
from service.errors import NOT_PASSED, OK
from service.inputs import judging_time
from service.stores import clock
from service.terminal import json_line
from service.touched import touched_by
from service.vouch import TrustFolders
from verifier.batch.asking import Asked, fingerprint
from verifier.batch.workers import judge_all

_OUTCOMES: Final = {"passed": "TOTAL_PASSED", "indeterminate": "INDETERMINATE", "failed": "TOTAL_FAILED"}
_FAIL_ON: Final = {"none": (), "failed": ("TOTAL_FAILED",), "indeterminate": ("INDETERMINATE", "TOTAL_FAILED")}


@click.command(name="batch")
@click.argument("source", metavar="[SOURCE]", required=False)
@store_source_options
@options.trusts
@options.kind
@click.option(
    "-o",
    "--out",
    metavar="TABLE",
    required=True,
    help="Where the table of verdicts goes: .parquet, .csv or .jsonl.",
)
@judging.policy
@options.judged_at("now")
@options.holder
@click.option("--resume", is_flag=True, help="Take up a run that was interrupted.")
@click.option("--workers", type=click.IntRange(1, 1024), metavar="N", help="Processes. Default: one for each core.")
@click.option("--scheduler", metavar="ADDRESS", help="Judge on a Dask cluster: its scheduler, as tcp://HOST:8786.")
@click.option(
    "--fail-on",
    type=click.Choice(list(_FAIL_ON)),
    default="indeterminate",
    show_default=True,
    help="Which outcomes make the command end with 1; indeterminate: failed ones too.",
)
@click.option(
    "--only",
    metavar="WHAT",
    multiple=True,
    help="Keep only these rows in the table: passed, indeterminate, failed, or a code such as CMS-161. Several: any.",
)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Judge N rows only, picked at random.")
@click.option(
    "--seed", type=int, default=1, show_default=True, metavar="N", help="With --sample: another number picks others."
)
@click.option("--columns", metavar="NAMES", help="A table's column names, as id=payer,der=evidence.")
@click.option(
    "--timeout",
    "seconds",
    type=click.IntRange(1, 86_400),
    default=120,
    show_default=True,
    metavar="SECONDS",
    help="Seconds that one DER may take.",
)
@options.json_flag
@click.pass_context
def command(
    context: click.Context,
    source: str | None,
    address: str | None,
    keys: str | None,
    files: str | None,
    touched: tuple[str, ...],
    trusts: tuple[str, ...],
    kind: str | None,
    out: str,
    policy: str,
    at: str,
    holder: str | None,
    resume: bool,
    workers: int | None,
    scheduler: str | None,
    fail_on: str,
    only: tuple[str, ...],
    sample: int | None,
    seed: int,
    columns: str | None,
    seconds: int,
    as_json: bool,
) -> None:
    """Judge all evidence in a folder, an archive (tar, zip), a table (Parquet, Arrow), an FB0110, an FB0420 or a store.

    Each DER gets a row in the table of verdicts, whatever it is. What is finished when a run is interrupted is kept
    in TABLE.parts, and --resume goes on from there.

    With --store in place of SOURCE, verdicts are kept in the store too: consents whose evidence does not pass any more
    are not handed in, and those that are with the bank already are named. Rows are named by consent.
    """
    lang: Lang = context.obj
    if sample is None and context.get_parameter_source("seed") is ParameterSource.COMMANDLINE:
        raise click.UsageError(_NO_SAMPLE[lang])
    if workers is not None and scheduler is not None:
        raise click.UsageError(_ONE_OF[lang])
    report, wanted_rows, when = _report(out), _only(only), judging_time(at)
    picked = None if sample is None else Sample(sample, seed)
    trust, store = _trust(trusts, kind)
    named = asked_source(context, source, StoreSource(address or "", keys, files), lang)
    if isinstance(named, StoreSource):
        require_fit(context, lang)
        named = replace(named, touched=touched_by(touched, store) if touched else None)
    elif touched:
        raise click.UsageError(TOUCHED_ALONE[lang])
    whose = None if holder is None else Holder(holder)
    reader = named.reader if isinstance(named, StoreSource) else None
    asked = Asked(str(trust), fingerprint(trust, store), policy, when, whose, reader)
    wanted = Wanted(
        source=named,
        columns=columns_named(columns),
        kinds=store.settings.kinds if kind is None else frozenset({kind}),
        sample=picked,
        asked=asked,
        at_words=at,
        version=version("dongui"),
        begun_at=clock(),
    )
    folder, start = WorkFolder(report), monotonic()
    with _engine(scheduler, workers, seconds) as engine, folder.locked():
        with looking(lang):
            run = Run.begun(folder, wanted, report, resume=resume)
        before = run.rows_finished
        try:
            with progress(run.manifest.rows, before, lang) as show:
                run.judge(engine, show)
        except (KeyboardInterrupt, SystemExit):
            click.echo(_TAKE_UP[lang], err=True)
            raise
        followed = write_back(named, folder, run.manifest) if isinstance(named, StoreSource) else None
        tally, written = run.report(report, wanted_rows)
    outcome = Outcome(run.manifest, tally, out, written, before, monotonic() - start, lang, followed)
    click.echo(json_line(outcome.as_json()) if as_json else outcome.as_text())
    context.exit(NOT_PASSED if any(tally.outcomes[one] for one in _FAIL_ON[fail_on]) else OK)


@contextmanager
def _engine(scheduler: str | None, workers: int | None, seconds: int) -> Iterator[Engine]:
    """Processes of this machine, or a cluster."""
    if scheduler is None:
        yield partial(judge_all, workers=workers or cores(), seconds=seconds)
    else:
        with connected(scheduler) as cluster:
            yield partial(cluster.judge_all, seconds=seconds)


def _report(out: str) -> Path:
    report = Path(out)
    if report.suffix.lower() not in WRITERS:
        raise BatchFormUnknown(", ".join(WRITERS))
    return report


def _only(words: tuple[str, ...]) -> frozenset[str]:
    """Outcomes as the table has them, and codes."""
    found = set()
    for one in words:
        code = code_named(one)
        if one.lower() not in _OUTCOMES and code is None:
            raise OnlyUnknown(one)
        found.add(_OUTCOMES.get(one.lower()) or str(code))
    return frozenset(found)


def _trust(trusts: tuple[str, ...], kind: str | None) -> tuple[Path, TrustStore]:
    """The trust folder that judges, and what is in it."""
    folders = TrustFolders.open(trusts)
    store = folders.of(kind)
    return next(Path(name).absolute() for name, one in zip(trusts, folders.stores, strict=True) if one is store), store


_NO_SAMPLE: Final[dict[Lang, str]] = {
    "en": "--seed goes with --sample.",
    "ko": "--seed는 --sample과 함께 지정하십시오.",
}
_ONE_OF: Final[dict[Lang, str]] = {
    "en": "--workers is for this machine, and --scheduler for a cluster: give one of them.",
    "ko": "--workers는 이 컴퓨터에서, --scheduler는 클러스터에서 검증할 때 사용합니다. 둘 중 하나만 지정하십시오.",
}
_TAKE_UP: Final[dict[Lang, str]] = {
    "en": "Interrupted. What is finished is kept: the same command with --resume goes on from there.",
    "ko": "중단되었습니다. 완료된 결과는 보관되어 있으며, 같은 명령에 --resume을 지정하면 이어서 진행합니다.",
}
