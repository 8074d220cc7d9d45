"""What partly exempt institutions register, as JSON lines for whatever makes their R00 (설계서 V3.8 4.2.1.2).

The specification lays out no R00. Each line has what HYPHEN needs for the FB0110 that it makes of it: fields 4 to 13
and 17 of FB0110, those apart that are the same in all. The evidence stays in the store, for audits (FB0410).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import BinaryIO, Final

from evidence.writer import Written

NAMES: Final = (
    "applied_on",
    "holder_id_type",
    "holder_id",
    "institution_code",
    "payer_number",
    "bank_code",
    "account_number",
    "evidence_type",
    "cancellation",
)


def write_list(out: BinaryIO, records: Iterable[Mapping[str, str]]) -> Written:
    """Write a line for each record, numbered from 1; the same bytes from the same records.

    Args:
        out: where the list goes; it need not be seekable.
        records: texts by name; those that are not `NAMES` are left out.
    """
    digest = hashlib.sha256()
    count = size = 0
    for count, texts in enumerate(records, 1):
        line = json.dumps({"number": count, **{name: texts[name] for name in NAMES}}, ensure_ascii=False)
        raw = line.encode() + b"\n"
        digest.update(raw)
        size += len(raw)
        out.write(raw)
    return Written(count, size, digest.digest())
