"""Digests of the log that the manifests of files sent have noted, outside the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from consent import strict_json
from service.inputs import read
from service.store_faults import ManifestsMissing, ManifestUnreadable

_DIGEST_BYTES: Final = 32


def noted_in(folder: str) -> tuple[dict[int, bytes], list[int]]:
    """What all manifests below a folder note: digests by row, and rows of which two of them say different things.

    Raises:
        ManifestsMissing: none of the folder's files is a manifest that notes one.
        InputUnreadable, ManifestUnreadable.
    """
    noted: dict[int, bytes] = {}
    differing = set()
    for file in sorted(Path(folder).rglob("*.json")):
        found = _noted(file)
        if found is not None and noted.setdefault(*found) != found[1]:
            differing.add(found[0])
    if not noted:
        raise ManifestsMissing(folder)
    return noted, sorted(differing)


def _noted(file: Path) -> tuple[int, bytes] | None:
    try:
        manifest: Any = strict_json.parse(read(file))
    except ValueError:
        raise ManifestUnreadable(str(file)) from None
    log = manifest.get("log") if isinstance(manifest, dict) else None
    if log is None:
        return None
    try:
        seq, digest = log["seq"], bytes.fromhex(log["digest"])
    except (TypeError, KeyError, ValueError):
        raise ManifestUnreadable(str(file)) from None
    if type(seq) is not int or len(digest) != _DIGEST_BYTES:
        raise ManifestUnreadable(str(file))
    return seq, digest
