"""What lies in an outbox already, as the manifests there tell, laid beside the log: has the store forgotten any of it?

A database that was put back to an earlier day knows nothing of what was sent since: what it settled next would bear the
same names, and hold the same consents once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from consent import strict_json
from evidence.lifecycle.errors import ManifestDiffers, OutboxAhead
from evidence.outfile import refusals
from evidence.store.keyring import Keys
from evidence.store.numbers import LARGEST
from evidence.store.schema import LOG
from evidence.store.store import groups

MANIFEST: Final = ".manifest.json"  # a file is whole when its manifest is there
_AT_ONCE: Final = 500
_STORE_DIGITS: Final = 16


@dataclass(frozen=True)
class Noted:
    """What a manifest says: its file with the SHA-256, of which store it is ("": not said), and the row of the log."""

    file: str
    sha256: str
    store: str
    seq: int
    digest: str


def store_name(keys: Keys) -> str:
    """What a store is told from others by in manifests: the same after a backup was put back, and after `rekey`."""
    return keys.digest("store name", "").hex()[:_STORE_DIGITS]


def require_known(connection: Connection, keys: Keys, folder: Path) -> None:
    """Return only if the log has whatever manifests of this store note; those of other stores are none of ours.

    Raises:
        OutboxAhead: it has not.
        NotWritable: the folder or a manifest cannot be read.
    """
    ours = [one for one in _noted_in(folder) if one.store in {"", store_name(keys)}]
    unknown = []
    for some in groups(ours, _AT_ONCE):  # the log is read last: what is noted was in it before
        numbers = [one.seq for one in some if 0 < one.seq <= LARGEST]  # what else stands there no log has
        rows = connection.execute(select(LOG.c.seq, LOG.c.digest).where(LOG.c.seq.in_(numbers)))
        digests = {row.seq: bytes(row.digest).hex() for row in rows}
        unknown += [one.file for one in some if digests.get(one.seq) != one.digest]
    if unknown:
        raise OutboxAhead(sorted(unknown))


def require_same(path: Path, manifest: dict[str, Any]) -> None:
    """Return only if no manifest stands at a path, or one of the same file. Raises: ManifestDiffers, NotWritable."""
    with refusals(path):
        if not path.exists():
            return
    noted = _noted(path)
    log = manifest["log"]
    if noted is None or (noted.sha256, noted.seq, noted.digest) != (manifest["sha256"], log["seq"], log["digest"]):
        raise ManifestDiffers(path.name)


def require_free(folder: Path, name: str) -> None:
    """Return only if no file of that name, which is settled just now, has a manifest. Raises: ManifestDiffers."""
    path = folder / f"{name}{MANIFEST}"
    with refusals(path):
        if path.exists():
            raise ManifestDiffers(path.name)


def _noted_in(folder: Path) -> Iterator[Noted]:
    with refusals(folder):
        found = sorted(folder.glob(f"*{MANIFEST}"))
    for path in found:
        noted = _noted(path)
        if noted is not None:
            yield noted


def _noted(path: Path) -> Noted | None:
    """None where it was taken away meanwhile, or is nothing that `send` wrote."""
    with refusals(path):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
    try:
        said: Any = strict_json.parse(content)
        log = said["log"]
        noted = Noted(said["file"], said["sha256"], said.get("store", ""), log["seq"], log["digest"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return noted if type(noted.seq) is int and all(isinstance(v, str) for v in (noted.file, noted.store)) else None
