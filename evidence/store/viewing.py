"""Who looked at what is personal: the log keeps that it was shown, and never what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from evidence.store.store import Store


def note_viewing(
    store: Store,
    at: datetime,
    event: str,
    consent_id: int | None = None,
    file_id: int | None = None,
    details: Mapping[str, str | int] | None = None,
) -> None:
    """Write it to the log; what is shown is shown after that.

    Args:
        store: open.
        at: the time.
        event: `unmasked`, or `evidence_exported`.
        consent_id: None where it is about many.
        file_id: where it is about a record of a file.
        details: number of the console's user, or of the record; nothing personal.
    """
    with store.writing(at) as writing:
        writing.log.add(event, consent_id=consent_id, file_id=file_id, details=details)
