"""What tells one consent from another (설계서 V3.8 4.7.1: 대사키)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from evidence.layouts import FileLayout

FIRM_BANKING: Final = "3"  # 서비스종류코드; the other kinds have other files


class Identity(NamedTuple):
    """Institution code, payer number, bank and account; the kind of service is always firm banking."""

    institution_code: str
    payer_number: str
    bank_code: str
    account_number: str

    def __repr__(self) -> str:
        """Without what is personal."""
        return f"Identity({self.institution_code!r}, '***', {self.bank_code!r}, '***')"

    @classmethod
    def of(cls, values: Mapping[str, str], before: str = "") -> Identity | None:
        """That of a record, by its texts; None where one of the four could not be read.

        `before` is `old_` or `new_` where a record names two.
        """
        try:
            return cls(*(values[before + name] for name in cls._fields))
        except KeyError:
            return None

    def hashed(self, digest: Callable[[str, str], bytes]) -> bytes:
        """The keyed hash that a store finds it by; `digest` is that of the store's keys."""
        parts = (FIRM_BANKING, self.institution_code, self.payer_number, self.bank_code, self.account_number)
        return digest("identity", "\0".join(parts))


def identity_fields(layout: FileLayout) -> tuple[str, ...]:
    """The fields of a layout's data record that make it; FB0910 has the institution and the bank alone."""
    names = layout.data.offsets
    return tuple(name for one in Identity._fields for name in (f"old_{one}", one) if name in names)


def identity_digest(layout: FileLayout, values: Mapping[str, str]) -> bytes:
    """The identity as 16 bytes that give nothing away to whoever sees them by chance; no protection beyond that."""
    texts = (values[name] for name in identity_fields(layout))
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=16).digest()
