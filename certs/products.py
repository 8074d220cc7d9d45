"""Certificate products: what an authority sells under a policy OID, and whether it may sign consents to a debit.

The table is `products.json`. It says what is known from public sources, each row with its own; an OID that is not in it
is a product that Dongui does not know, which is no fault.

>>> product("1.2.410.200005.1.1.1").title("en")
'joint certificate, personal, general purpose (KFTC yessign)'
>>> product("2.5.29.32.0") is None
True
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from certs.authorities import Operator, operators
from consent.errors import Lang

_DATA: Final = Path(__file__).with_name("products.json")
ANY_POLICY: Final = "2.5.29.32.0"


class Holder(StrEnum):
    """Whom a product is sold to."""

    PERSONAL = "personal"
    CORPORATE = "corporate"  # corporations, associations and sole proprietors
    SERVER = "server"


@dataclass(frozen=True)
class Source:
    """Where a row of the table is from; `url` is empty where none is on record."""

    title: str
    url: str


@dataclass(frozen=True)
class Product:
    """One product.

    Attributes:
        oid: policy OID.
        operator: whose authorities issue it.
        ko, en: name, without the operator's.
        holder: whom it is for.
        limited_ko, limited_en: what its use is limited to; empty for general use.
        signs: whether the built-in table lets it sign consents to a debit.
        sources: where the row is from.
    """

    oid: str
    operator: Operator
    ko: str
    en: str
    holder: Holder
    limited_ko: str
    limited_en: str
    signs: bool
    sources: tuple[Source, ...]

    @property
    def is_limited(self) -> bool:
        return bool(self.limited_en)

    def title(self, lang: Lang) -> str:
        """Name with the operator's: 개인 범용 공동인증서(금융결제원 yessign)."""
        if lang == "ko":
            return f"{self.ko}({self.operator.ko} {self.operator.brand})"
        return f"{self.en} ({self.operator.en} {self.operator.brand})"

    def limited_to(self, lang: Lang) -> str:
        return self.limited_ko if lang == "ko" else self.limited_en


def product(oid: str) -> Product | None:
    """Look a product up by its policy OID; None for one that is not known."""
    return products().get(oid)


@cache
def products() -> Mapping[str, Product]:
    """The whole table by policy OID, in its order."""
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    sources = {key: Source(**entry) for key, entry in data["sources"].items()}
    return {entry["oid"]: _product(entry, sources) for entry in data["products"]}


def policies_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The policy OIDs that a certificate asserts, anyPolicy among them, whether or not its issuers may assert them."""
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(policy.policy_identifier.dotted_string for policy in policies)


def products_of(certificate: x509.Certificate) -> tuple[Product, ...]:
    """The known products that a certificate asserts. What a path allows is a matter of the verdict, not of this."""
    found = (product(oid) for oid in policies_of(certificate))
    return tuple(one for one in found if one is not None)


def _product(entry: dict[str, Any], sources: Mapping[str, Source]) -> Product:
    return Product(
        oid=entry["oid"],
        operator=operators()[entry["operator"]],
        ko=entry["ko"],
        en=entry["en"],
        holder=Holder(entry["holder"]),
        limited_ko=entry["limited_ko"],
        limited_en=entry["limited_en"],
        signs=entry["signs"],
        sources=tuple(sources[key] for key in entry["sources"]),
    )
