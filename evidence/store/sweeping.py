"""Evidence files that no row tells of: what an intake leaves beside the database when it is stopped or refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from evidence.store.errors import StoreError
from evidence.store.evidence_files import EvidenceFiles
from evidence.store.schema import EVIDENCE
from evidence.store.sealing import about_evidence
from evidence.store.store import Store, groups

_AT_ONCE: Final = 500


def orphans(store: Store, connection: Connection) -> Iterator[str]:
    """Files, by the SHA-256 they are named by, that no evidence of the store lies in and that its keys open.

    What does not open is somebody else's and stays: two stores may share a folder.
    """
    files = store.files
    if files is None:
        return
    for some in groups(files.names(), _AT_ONCE):
        rows = select(EVIDENCE.c.sha256).where(EVIDENCE.c.sha256.in_([bytes.fromhex(name) for name in some]))
        known = {bytes(digest).hex() for digest in connection.execute(rows).scalars()}
        yield from (name for name in some if name not in known and _is_ours(store, files, name))


def sweep(store: Store, at: datetime) -> int:
    """Remove them; return how many. Nobody takes anything in meanwhile, so none of them is about to get its row."""
    if store.files is None:
        return 0
    with store.writing(at) as writing:
        names = list(orphans(store, writing.connection))
        for name in names:
            store.files.remove(name)
        if names:
            writing.log.add("evidence_swept", details={"files": len(names)})
    return len(names)


def _is_ours(store: Store, files: EvidenceFiles, name: str) -> bool:
    try:
        key_id, sealed = files.get(name)
        store.sealer.open(about_evidence(bytes.fromhex(name)), key_id, sealed)
    except StoreError:
        return False
    return True
