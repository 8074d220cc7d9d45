"""What tells one consent from another in a record, whatever the file: the key that 4.7.1 reconciles by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from evidence.layouts import FileLayout

IDENTITY: Final = ("institution_code", "payer_number", "bank_code", "account_number")
"""Beside the kind of service, which is firm banking. Files of changes have each as it was before the change."""


def identity_fields(layout: FileLayout) -> tuple[str, ...]:
    """Those of a layout's data record; FB0910 has the institution and the bank alone."""
    names = layout.data.offsets
    return tuple(name for one in IDENTITY for name in (f"old_{one}", one) if name in names)


def identity_digest(layout: FileLayout, values: Mapping[str, str]) -> bytes:
    """The identity as 16 bytes that give nothing away to whoever sees them by chance; no protection beyond that."""
    texts = (values[name] for name in identity_fields(layout))
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=16).digest()
