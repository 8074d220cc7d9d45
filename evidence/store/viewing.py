"""Who looked at what is personal: the log keeps that it was shown, and never what."""

from __future__ import annotations

from datetime import datetime

from evidence.store.store import Store


def note_viewing(store: Store, at: datetime, event: str, consent_id: int | None = None, **details: int) -> None:
    """Write it to the log; what is shown is shown after that.

    Args:
        store: open.
        at: the time.
        event: `unmasked`, or `evidence_exported`.
        consent_id: None where it is about many.
        details: numbers: of the console's user, of a file and its record.
    """
    with store.writing(at) as writing:
        writing.log.add(event, consent_id=consent_id, file_id=details.pop("file", None), details=details)
