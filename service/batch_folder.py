"""The work folder of a batch, beside its report: what is finished stays there, so that a run can be taken up."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa

from evidence.outfile import PRIVATE, refusals, sync_folder, writing
from service.batch_faults import BatchBusy, BatchDamaged
from verifier.batch.chunks import Chunk
from verifier.batch.columns import VERDICTS
from verifier.subject import SIGNING_TIME

_PACKED: Final = pa.ipc.IpcWriteOptions(compression="zstd")
_PART: Final = re.compile(r"part-([0-9]{8})\.arrow")


@dataclass(frozen=True)
class Manifest:
    """What an interrupted batch was, and what it is taken up as.

    Attributes:
        version: of Dongui.
        source: as it was named.
        plan_sha256: over all references to its evidence.
        rows: to be judged.
        chunks: of the plan.
        left_out: what the source holds beside evidence.
        trust_sha256: of the trust folder.
        policy: its name.
        at: the time judged at, in ISO 8601, or `signing-time`.
        at_words: as it was asked for.
        holder: `personal`, `corporate` or none.
        sample: how many rows of the source were to be picked; None for all.
        seed: that they were picked by.
        begun_at: when it began, in ISO 8601.
    """

    version: str
    source: str
    plan_sha256: str
    rows: int
    chunks: int
    left_out: int
    trust_sha256: str
    policy: str
    at: str
    at_words: str
    holder: str | None
    sample: int | None
    seed: int | None
    begun_at: str = ""

    def differences(self, other: Manifest) -> list[str]:
        """Names of what would make other rows. Of another sample that alone: the plan and its seed follow from it."""
        mine, others = asdict(self), asdict(other)
        found = [
            field.name for field in fields(self) if field.name in _DECISIVE and mine[field.name] != others[field.name]
        ]
        follows = {"sample": {"plan_sha256", "seed"}, "seed": {"plan_sha256"}}
        return [name for name in found if not any(name in follows.get(one, ()) for one in found)]


_DECISIVE: Final = frozenset({"version", "plan_sha256", "trust_sha256", "policy", "at", "holder", "sample", "seed"})


class WorkFolder:
    """`TABLE.parts`: the plan, the manifest, and a part for each chunk that is finished."""

    def __init__(self, report: Path) -> None:
        self.path = report.with_name(report.name + ".parts")
        self.put_away = report.with_name(report.name + ".parts.done")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other run out until the block ends, however it does.

        Raises:
            BatchBusy: somebody is at work there.
            NotWritable: the folder cannot be made.
        """
        with refusals(self.path):
            self.path.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BatchBusy(str(self.path)) from None
            try:
                yield
            finally:
                self._leave()
        finally:
            os.close(handle)

    def _leave(self) -> None:
        """Nothing was begun? Then nothing stays."""
        with suppress(OSError):
            if not (self.path / "manifest.json").exists():
                for name in ("plan.jsonl", "lock"):
                    (self.path / name).unlink(missing_ok=True)
                self.path.rmdir()

    def manifest(self) -> Manifest | None:
        """What was begun here; None if nothing was.

        Raises:
            BatchDamaged: it cannot be read.
        """
        file = self.path / "manifest.json"
        try:
            found = Manifest(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None
            is_whole = found is None or found.at == SIGNING_TIME or datetime.fromisoformat(found.at).tzinfo is not None
        except (OSError, ValueError, TypeError):
            is_whole = False
        if not is_whole:
            raise BatchDamaged(str(file))
        return found

    @property
    def plan_file(self) -> Path:
        return self.path / "plan.jsonl"

    def begin(self, manifest: Manifest) -> None:
        """The plan has to be there already. Parts without a manifest are of nobody knows what run."""
        with refusals(self.path):
            for number in self.finished():
                self._part(number).unlink()
        with writing(self.path / "manifest.json") as out:
            out.write(json.dumps(asdict(manifest), indent=1).encode())

    def plan(self) -> Iterator[tuple[int, Chunk]]:
        """Every chunk with its number."""
        try:
            with self.plan_file.open(encoding="ascii") as lines:
                for number, line in enumerate(lines):
                    yield number, Chunk.of_json(line)
        except (OSError, ValueError):
            raise BatchDamaged(str(self.plan_file)) from None

    def finished(self) -> set[int]:
        """Numbers of the chunks whose parts are there."""
        with refusals(self.path):
            return {int(found[1]) for file in self.path.iterdir() if (found := _PART.fullmatch(file.name))}

    def keep(self, number: int, batch: pa.RecordBatch) -> None:
        """A chunk's rows, which are there whole or not at all."""
        with writing(self._part(number)) as out, pa.ipc.new_file(out, VERDICTS, options=_PACKED) as file:
            file.write_batch(batch)

    def parts(self) -> Iterator[pa.RecordBatch]:
        """All rows, in the order of the source.

        Raises:
            BatchDamaged: a part cannot be read, or has not as many rows as its chunk.
        """
        for number, chunk in self.plan():
            file = self._part(number)
            try:
                with pa.OSFile(os.fsencode(file)) as source:
                    batch = pa.ipc.open_file(source).get_batch(0)
                is_whole = batch.schema == VERDICTS and batch.num_rows == len(chunk)
            except (OSError, ValueError, pa.ArrowException):
                is_whole = False
            if not is_whole:
                raise BatchDamaged(str(file))
            yield batch

    def _part(self, number: int) -> Path:
        return self.path / f"part-{number:08}.arrow"

    @contextmanager
    def report(self, out: Path) -> Iterator[BinaryIO]:
        """Open the report for writing; put it in its place when the block ends without an error, and this folder away.

        Until then all of it is in here: a report that was being written when all was killed leaves nothing outside.
        """
        aside = self.path / "report"
        with writing(aside, most=PRIVATE) as stream:
            yield stream
        with refusals(out):
            aside.replace(out)
        sync_folder(out.parent)
        self._remove()

    def _remove(self) -> None:
        """In one step: half a folder could be taken for an interrupted run."""
        with suppress(OSError):
            shutil.rmtree(self.put_away, ignore_errors=True)
            self.path.rename(self.put_away)
            shutil.rmtree(self.put_away, ignore_errors=True)
