"""Who an authority of the Korean public-key infrastructure is, and of which generation, by the name it bears.

For people to read: a name is no proof of anything, and no verdict depends on one.

>>> from cryptography import x509
>>> root = x509.Name.from_rfc4514_string("CN=signGATE CA6,OU=AccreditedCA,O=KICA,C=KR")
>>> authority_named(root).title("en")
'Korea Information Certificate Authority (KICA), generation 6'
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from consent.errors import Lang

_DATA: Final = Path(__file__).with_name("authorities.json")


@dataclass(frozen=True)
class Operator:
    """Who runs authorities.

    Attributes:
        key: short name in Dongui's data.
        ko, en: name.
        organization: as it stands in the O of the authorities' names.
        brand: what its certificates are sold as.
    """

    key: str
    ko: str
    en: str
    organization: str
    brand: str

    def title(self, lang: Lang) -> str:
        """Name and organization: 한국정보인증(KICA)."""
        return f"{self.ko}({self.organization})" if lang == "ko" else f"{self.en} ({self.organization})"


@dataclass(frozen=True)
class Authority:
    """One authority of an operator; the generation is empty where its name tells none."""

    operator: Operator
    generation_ko: str
    generation_en: str

    def title(self, lang: Lang) -> str:
        """Operator and generation: 금융결제원(yessign), Class 3."""
        generation = self.generation_ko if lang == "ko" else self.generation_en
        return ", ".join(part for part in (self.operator.title(lang), generation) if part)


@dataclass(frozen=True)
class NamePattern:
    """What authorities of an operator call themselves.

    Attributes:
        pattern: of the whole CN, with one group: the number of the generation, which may be empty.
        ko, en: the generation, with {} for its number.
    """

    operator: Operator
    pattern: str
    ko: str
    en: str

    def of(self, number: str) -> Authority:
        return Authority(self.operator, self.ko.format(number), self.en.format(number))


@cache
def operators() -> Mapping[str, Operator]:
    """All operators by their keys."""
    return {entry["key"]: Operator(**entry) for entry in _read()["operators"]}


@cache
def names() -> tuple[NamePattern, ...]:
    """All names that are known."""
    return tuple(NamePattern(**entry | {"operator": operators()[entry["operator"]]}) for entry in _read()["names"])


def authority_of(certificate: x509.Certificate) -> Authority | None:
    """Name the authority that a certificate is of, by its subject; None for one of nobody known, or of no authority."""
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return None
    return authority_named(certificate.subject) if basic.ca else None


def issuer_of(certificate: x509.Certificate) -> Authority | None:
    """Name the authority that a certificate says it was issued by; None for one unknown."""
    return authority_named(certificate.issuer)


def authority_named(name: x509.Name) -> Authority | None:
    """Name an authority by its O and CN, of which there has to be one each."""
    organizations = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    common_names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(organizations) != 1 or len(common_names) != 1:
        return None
    for one in names():
        found = re.fullmatch(one.pattern, str(common_names[0].value))
        if found is not None and organizations[0].value == one.operator.organization:
            number = found.group(1).lstrip("0")
            return one.of(number) if number else Authority(one.operator, "", "")
    return None


@cache
def _read() -> Mapping[str, list[dict[str, Any]]]:
    data: Mapping[str, list[dict[str, Any]]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return data
