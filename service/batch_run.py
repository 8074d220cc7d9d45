"""A batch from its plan to its report: begun, taken up, and kept so that nothing finished is ever lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from evidence.outfile import writing
from service.batch_faults import BatchDiffers, BatchInterrupted, ReportExists
from service.batch_folder import Manifest, WorkFolder
from service.batch_plan import Planned, Sample, plan
from service.batch_progress import Progress
from service.batch_results import WRITERS
from service.batch_store import STORE, StoreSource
from service.batch_summary import Tally, filtered
from service.inputs import NOW
from verifier.batch.asking import Asked
from verifier.batch.chunks import Chunk
from verifier.batch.pieces import Done
from verifier.batch.tables import Columns
from verifier.subject import SIGNING_TIME, At

SCHEMA: Final = "urn:dongui:batch:1"

Engine = Callable[[Iterable[tuple[int, Chunk]], Asked], Generator[Done, None, None]]
"""What judges chunks and gives each as it is finished: `verifier.batch.workers.judge_all`, or a cluster."""


@dataclass(frozen=True)
class Wanted:
    """What somebody wants judged.

    Attributes:
        source: folder or file, absolute; or a store.
        columns: of a table.
        kinds: of an FB file.
        sample: None for everything.
        asked: what to judge by; its time is that of a run that begins now.
        at_words: how the time was asked for.
        version: of Dongui.
        begun_at: when a run that begins now begins.
    """

    source: Path | StoreSource
    columns: Columns
    kinds: frozenset[str]
    sample: Sample | None
    asked: Asked
    at_words: str
    version: str
    begun_at: datetime

    def manifest(self, planned: Planned) -> Manifest:
        at, holder = self.asked.at, self.asked.holder
        return Manifest(
            version=self.version,
            source=str(self.source).encode("utf-8", "backslashreplace").decode(),
            plan_sha256=planned.sha256,
            rows=planned.rows,
            chunks=planned.chunks,
            left_out=planned.left_out,
            trust_sha256=self.asked.trust_sha256,
            policy=self.asked.policy,
            at=at if isinstance(at, str) else at.isoformat(),
            at_words=self.at_words,
            holder=None if holder is None else holder.value,
            sample=None if self.sample is None else self.sample.size,
            seed=None if self.sample is None else self.sample.seed,
            begun_at=self.begun_at.isoformat(),
        )


class Run:
    """One batch, with its work folder held; what is finished is never done again."""

    def __init__(self, folder: WorkFolder, wanted: Wanted, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.asked = replace(wanted.asked, at=_time(manifest))
        self.finished = folder.finished()

    @classmethod
    def begun(cls, folder: WorkFolder, wanted: Wanted, report: Path, *, resume: bool) -> Run:
        """Begin, or take up what was interrupted.

        Raises:
            ReportExists: there is a report of that name, and no run that was interrupted.
            BatchInterrupted: there is one, and it is not to be taken up.
            BatchDiffers: what is wanted is not what was interrupted.
            CodedError: as `plan`.
        """
        old = folder.manifest()
        if old is None and report.exists():
            raise ReportExists(str(report))
        if old is not None and not resume:
            raise BatchInterrupted(str(folder.path))
        if old is not None and wanted.at_words == NOW == old.at_words:
            wanted = replace(wanted, asked=replace(wanted.asked, at=_time(old)))  # the clock went on; this did not
        if old is not None and isinstance(wanted.source, StoreSource):
            # What a store holds never changes: what was planned is there still, and what came since is not missed.
            planned = Planned(old.plan_sha256, old.rows, old.chunks, old.left_out)
            manifest = _required_same(old, wanted.manifest(planned))
        else:
            apart = report, folder.path, folder.put_away
            with writing(folder.plan_file) as out:
                planned = plan(wanted.source, wanted.columns, wanted.kinds, apart, wanted.sample, out)
                manifest = _required_same(old, wanted.manifest(planned))
        if old is None:
            folder.begin(manifest)
        return cls(folder, wanted, manifest)

    def pending(self) -> Iterator[tuple[int, Chunk]]:
        """Chunks that are not finished."""
        return ((number, chunk) for number, chunk in self.folder.plan() if number not in self.finished)

    @property
    def rows_finished(self) -> int:
        return (
            sum(len(chunk) for number, chunk in self.folder.plan() if number in self.finished) if self.finished else 0
        )

    def judge(self, engine: Engine, show: Progress) -> None:
        """Judge whatever is not finished."""
        if len(self.finished) == self.manifest.chunks:
            return
        with closing(engine(self.pending(), self.asked)) as judged:
            for number, batch in judged:
                self.folder.keep(number, batch)
                show(batch.num_rows)

    def report(self, out: Path, only: frozenset[str]) -> tuple[Tally, int]:
        """Put all that is finished into the report, and the work folder away; what came out, and rows written."""
        tally, written = Tally(), Tally()
        m = self.manifest
        about: dict[str, object] = {
            "schema": SCHEMA,
            "policy": m.policy,
            "at": m.at,
            "holder": m.holder,
            "rows": m.rows,
        }
        about |= {"sample": m.sample, "seed": m.seed, "only": sorted(only), "trust_sha256": m.trust_sha256}
        with self.folder.report(out) as stream:
            batches = written.counting(filtered(tally.counting(self.folder.parts()), only))
            WRITERS[out.suffix.lower()](batches, stream, about)
        return tally, written.rows


def _required_same(old: Manifest | None, manifest: Manifest) -> Manifest:
    if old is None:
        return manifest
    differing = old.differences(manifest)
    if old.source.startswith(STORE) and old.source != manifest.source:
        differing.append("plan_sha256")
    if differing:
        raise BatchDiffers(differing)
    return replace(manifest, begun_at=old.begun_at)


def _time(manifest: Manifest) -> At:
    return SIGNING_TIME if manifest.at == SIGNING_TIME else datetime.fromisoformat(manifest.at)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
