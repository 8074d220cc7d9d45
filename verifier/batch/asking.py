"""By what a batch is judged, as plain values that travel; and one chunk judged by it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from certs import Holder, TrustStore
from certs.settings import SETTINGS_FILE
from verifier.batch.chunks import Chunk
from verifier.batch.columns import VERDICTS
from verifier.batch.faults import TrustChanged
from verifier.batch.judging import judge_table, unjudged, verdicts
from verifier.batch.reading import NOBODY, READERS, Reader, Watcher, batches
from verifier.policies import POLICIES
from verifier.subject import At


@dataclass(frozen=True)
class Asked:
    """What all rows of a batch are judged by.

    Attributes:
        trust: the trust folder; whoever judges opens it, and has to find the same as whoever asked.
        trust_sha256: `fingerprint` of what was in it then.
        policy: its name.
        at: as for `verify_der`.
        holder: as for `verify_der`.
        reader: reads the chunks of a source that is not known here; None: by their form, as `reading.READERS`.
    """

    trust: str
    trust_sha256: str
    policy: str
    at: At
    holder: Holder | None = None
    reader: Reader | None = None


def fingerprint(folder: Path, store: TrustStore) -> str:
    """SHA-256 over everything in a trust folder that a verdict can depend on."""
    seen = hashlib.sha256()
    for items in (store.anchors, store.intermediates, store.crls, store.ocsp):
        seen.update(f"{len(items)}\n".encode())
        for item in items:
            seen.update(f"{item.name} {len(item.der)}\n".encode("utf-8", "surrogateescape"))
            seen.update(item.der)
    settings = folder / SETTINGS_FILE
    seen.update(settings.read_bytes() if settings.is_file() else b"")
    return seen.hexdigest()


_opened: dict[tuple[str, str], TrustStore] = {}
"""The trust folder that was judged by last: what is remembered of authorities belongs to one store object."""


def opened(asked: Asked) -> TrustStore:
    """The trust folder, opened once in each process.

    Raises:
        TrustChanged: it is not what it was when the batch began.
        CertsRefusal: as `TrustStore.open`.
    """
    key = asked.trust, asked.trust_sha256
    if key not in _opened:
        store = TrustStore.open(Path(asked.trust))
        if fingerprint(Path(asked.trust), store) != asked.trust_sha256:
            raise TrustChanged(asked.trust)
        _opened.clear()
        _opened[key] = store
    return _opened[key]


def judge_chunk(chunk: Chunk, asked: Asked, watcher: Watcher = NOBODY) -> pa.RecordBatch:
    """Read and judge what a reference names: rows of `columns.VERDICTS`, in its order.

    Args:
        chunk: any.
        asked: what to judge by.
        watcher: is told of each row before it is read, and again before it is judged.

    Raises:
        TrustChanged, CertsRefusal: as `opened`.
    """
    trust, policy = opened(asked), POLICIES[asked.policy]
    done: list[pa.RecordBatch] = []
    first = 0
    for batch in batches(chunk, policy.max_der_bytes, watcher, asked.reader):
        started = _from(first, watcher)
        done.append(judge_table(batch, trust=trust, policy=policy, at=asked.at, holder=asked.holder, beginning=started))
        first += batch.num_rows
    return pa.Table.from_batches(done, VERDICTS).combine_chunks().to_batches()[0] if done else verdicts(())


def _from(first: int, watcher: Watcher) -> Callable[[int], object]:
    return lambda number: watcher.row(first + number)


def refuse_row(chunk: Chunk, asked: Asked, code: str) -> pa.RecordBatch:
    """The row of a chunk that has one, read but not judged: whoever judged it came to grief."""
    read = asked.reader or READERS[chunk.form]
    (row,) = read(chunk, POLICIES[asked.policy].max_der_bytes, NOBODY)
    is_whole = row.der is not None and len(row.der) <= POLICIES[asked.policy].max_der_bytes
    return verdicts([unjudged(row.id, code, der=row.der if is_whole else None)])
