"""Handing files in: settled in the store first, then built from it, so that no crash loses or doubles a consent.

1. One transaction settles which records a file holds and moves its consents on. From here on its bytes are fixed.
2. The file is written aside, synced and renamed into the outbox; its manifest follows it.
3. One transaction notes that it is there.

Whatever stops the work between 1 and 3, the next `send` begins by building the same bytes again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, func, select, update

from evidence.codebooks import Direction, transmissions
from evidence.lifecycle.cancelling import REQUESTED_ON
from evidence.lifecycle.files import R00, FileState, write_sent
from evidence.lifecycle.intake import Clock
from evidence.lifecycle.manifests import MANIFEST, require_free, require_known, require_same, store_name
from evidence.lifecycle.states import Event
from evidence.notices import APPLIED_LATER, OTHER_RECEIPT, Notice
from evidence.outfile import ASIDE, OF_GROUP, refusals
from evidence.outfile import writing as writing_file
from evidence.store.schema import CONSENT, FILE, FILE_RECORD, LOG
from evidence.store.store import Store, Writing
from evidence.writer import Written

ABANDONED: Final = timedelta(days=1)
PROCESSING: Final = "processing"
INTEGRATED: Final = "integrated"
RECEIPT: Final = "file_receipt"
"""In the log: a receipt code was put in the place of another one."""
_REGISTERING: Final = frozenset({"FB0110", R00})


@dataclass(frozen=True)
class Sent:
    """A file in the outbox."""

    code: str
    name: str
    file_id: int
    records: int
    size: int
    sha256: bytes
    notices: tuple[Notice, ...]
    carried_on: bool  # settled by an earlier call that was stopped


Settle = Callable[[Writing, date], list[int]]
"""Settles files of one code for a process date; returns their numbers."""


@dataclass(frozen=True)
class Outbox:
    """The folder that files are handed in from, and the store that they follow from."""

    store: Store
    folder: Path
    clock: Clock

    def send(self, code: str, settle: Settle, day: date) -> Iterator[Sent]:
        """Put files of one code here: first those that an earlier call left unfinished, then new ones.

        Raises:
            OutboxAhead, ManifestDiffers: the folder has files that the store does not know; nothing was settled.
            NotWritable: the folder refuses; what was settled stays so, and the next call carries on.
            StoreUnavailable: the database refuses.
        """
        self.require_known()
        yield from self.finish(code)
        with self.store.writing(self.clock()) as writing:
            settled = settle(writing, day)
            self.require_free(writing, settled)
        for file_id in settled:
            with self._alone():
                sent = self._deliver(file_id) or self._delivered(file_id)
            yield sent

    def require_known(self) -> None:
        """Return only if the store knows of all its files here. Raises: OutboxAhead, NotWritable."""
        with self.store.reading() as connection:
            require_known(connection, self.store.keys, self.folder)

    def require_free(self, writing: Writing, file_ids: Sequence[int]) -> None:
        """Return only if what a transaction settles has nothing in its place here. Raises: ManifestDiffers."""
        for name in writing.connection.execute(select(FILE.c.name).where(FILE.c.id.in_(file_ids))).scalars():
            require_free(self.folder, name)

    def finish(self, code: str) -> Iterator[Sent]:
        """Put here what is settled and not here yet. Raises: ManifestDiffers, NotWritable, StoreUnavailable."""
        self._sweep()
        for file_id in self._unfinished(code):
            with self._alone():
                sent = self._deliver(file_id)
            if sent is not None:
                yield replace(sent, carried_on=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from putting the same file here once more, when it may have been handed in and taken away."""
        with refusals(self.folder):
            handle = os.open(self.folder, os.O_RDONLY)
        try:
            with refusals(self.folder):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        """Take away what a killed process left unfinished; what is younger may be somebody's who is at work."""
        for path in self.folder.glob(f".*{ASIDE}"):
            with suppress(FileNotFoundError):
                if self.clock().timestamp() - path.stat().st_mtime > ABANDONED.total_seconds():
                    path.unlink()

    def _unfinished(self, code: str) -> list[int]:
        query = select(FILE.c.id).where(FILE.c.code == code, FILE.c.state == FileState.ASSIGNED).order_by(FILE.c.id)
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def _delivered(self, file_id: int) -> Sent:
        """What somebody else has put here meanwhile."""
        with self.store.reading() as connection:
            file = connection.execute(select(FILE).where(FILE.c.id == file_id)).one()
            notices = notices_of(connection, file)
        return Sent(
            file.code, file.name, file_id, file.records, file.size, bytes(file.sha256), notices, carried_on=False
        )

    def _deliver(self, file_id: int) -> Sent | None:
        """Build a settled file here, with its manifest, and note that it is there; None: somebody else did."""
        with self.store.reading() as connection:
            file = connection.execute(select(FILE).where(FILE.c.id == file_id)).one()
            if file.state != FileState.ASSIGNED:
                return None
            with writing_file(self.folder / file.name, most=OF_GROUP) as out:
                written = write_sent(self.store, connection, file, out)
                manifest = manifest_of(self.store, connection, file, written.size, written.sha256)
                require_same(self.folder / f"{file.name}{MANIFEST}", manifest)
            notices = notices_of(connection, file)
        document = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        with writing_file(self.folder / f"{file.name}{MANIFEST}", most=OF_GROUP) as out:
            out.write(document.encode())
        with self.store.writing(self.clock()) as writing:
            _note(writing, file_id, written)
        return Sent(
            file.code, file.name, file_id, written.records, written.size, written.sha256, notices, carried_on=False
        )


def _note(writing: Writing, file_id: int, written: Written) -> None:
    done = writing.connection.execute(
        update(FILE)
        .where(FILE.c.id == file_id, FILE.c.state == FileState.ASSIGNED)
        .values(state=FileState.READY.value, size=written.size, sha256=written.sha256, done_at=writing.at)
    )
    if done.rowcount:  # else somebody else put the same bytes there at the same time
        details: dict[str, str | int] = {
            "sha256": written.sha256.hex(),
            "size": written.size,
            "state": FileState.READY.value,
        }
        writing.log.add("file_ready", file_id=file_id, details=details)


def notices_of(connection: Connection, file: Row[Any]) -> tuple[Notice, ...]:
    """What whoever sends a file should know of it."""
    if file.code == "FB0221":
        return _answered_otherwise(connection, file)
    return _applied_later(connection, file) if file.code in _REGISTERING else ()


def _answered_otherwise(connection: Connection, file: Row[Any]) -> tuple[Notice, ...]:
    """Changes whose receipt code is another one since they were settled: consent or contract were not as before.

    A code that somebody decided stands in the log before the file does.
    """
    settled = select(func.min(LOG.c.seq)).where(LOG.c.file_id == file.id).scalar_subquery()
    query = select(LOG.c.details).where(LOG.c.file_id == file.answers_id, LOG.c.event == RECEIPT, LOG.c.seq > settled)
    rows = connection.execute(query.order_by(LOG.c.seq)).scalars()
    return tuple(Notice(OTHER_RECEIPT, json.loads(details)) for details in rows)


def _applied_later(connection: Connection, file: Row[Any]) -> tuple[Notice, ...]:
    """As `build_fb0110` remarks: records whose day of application is after the day on which they are registered."""
    cancelled = (LOG.c.file_id == file.id, LOG.c.event == Event.CANCEL_SENT.value)
    query = (
        select(func.count(), func.min(FILE_RECORD.c.number))
        .join(CONSENT, FILE_RECORD.c.consent_id == CONSENT.c.id)
        .where(FILE_RECORD.c.file_id == file.id, CONSENT.c.applied_on > file.process_date)
        .where(~exists().where(LOG.c.consent_id == CONSENT.c.id, *cancelled))
    )
    count, first = connection.execute(query).one()
    told = (json.loads(details) for details in connection.execute(select(LOG.c.details).where(*cancelled)).scalars())
    later = [said["record"] for said in told if said.get(REQUESTED_ON, "") > file.process_date.isoformat()]
    numbers = later if first is None else [first, *later]
    return (Notice(APPLIED_LATER, {"count": count + len(later), "first": min(numbers)}),) if numbers else ()


def manifest_of(
    store: Store, connection: Connection, file: Row[Any], size: int, digest: bytes
) -> dict[str, str | int | dict[str, str | int]]:
    """What is told beside a file sent, for whoever hands it in.

    Args:
        store: that it is from.
        connection: to the store.
        file: its row.
        size: of the file, bytes.
        digest: its SHA-256.
    """
    (way,) = (one for one in transmissions(file.code) if one.direction is Direction.SEND)
    integrated = store.setting(PROCESSING) == INTEGRATED and way.integrated is not None
    settled = connection.execute(
        select(LOG.c.seq, LOG.c.digest).where(LOG.c.file_id == file.id, LOG.c.event == "file_assigned")
    ).one()
    return {
        "file": file.name,
        "code": file.code,
        "transmission_code": way.integrated if integrated else way.code,
        "receiver": way.receiver,
        "process_date": file.process_date.isoformat(),
        "institution_code": file.institution_code,
        "bank_code": file.bank_code,
        "records": file.records,
        "bytes": size,
        "sha256": digest.hex(),
        "store": store_name(store.keys),
        "log": {"seq": settled.seq, "digest": bytes(settled.digest).hex()},
    }


def file_name(code: str, day: date, file_id: int) -> str:
    """How a file is called in the outbox; never the same twice."""
    return f"{code}_{day:%Y%m%d}_{file_id:06}"
