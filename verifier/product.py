"""Which certificate product signed, whether it may sign consents, and for whom it is.

A product goes by its policy OID, and an OID counts for good only where path validation left it valid under its own name
(RFC 5280 §6.1.5 g): what a certificate says of itself alone is no proof, and what an authority made of it by mapping is
another authority's word. Against a certificate its own word suffices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from certs import Holder, ProductRules
from certs.products import ANY_POLICY, Product, product
from verifier.verdict import Check, Finding

_KINDS: Final = "설계서 V3.8 2.5.1"
_POLICIES: Final = "RFC 5280 §6.1.5 (g)"
_WHERE: Final = "path.signer.certificatePolicies"
_HOLDERS: Final = {
    Holder.PERSONAL: ("개인", "a person"),
    Holder.CORPORATE: ("법인·사업자", "a company"),
    Holder.SERVER: ("서버", "a server"),
}


@dataclass(frozen=True)
class Policies:
    """Policy OIDs of a validated path.

    Attributes:
        asserted: by the signer's certificate, in its order, without anyPolicy.
        valid: of those, what the path allows under its own name.
        mapped_to: what others of those are called in the anchor's domain.
    """

    asserted: tuple[str, ...]
    valid: frozenset[str]
    mapped_to: frozenset[str]

    @property
    def named(self) -> tuple[str, ...]:
        """Everything that the certificate is called, allowed or not."""
        return (*self.asserted, *sorted(self.mapped_to - set(self.asserted)))


@dataclass(frozen=True)
class ProductQuestion:
    """What is asked about the signer's product.

    Attributes:
        rules: which products may sign; None where it does not matter.
        holder: whom the certificate has to be for; None where it does not matter.
    """

    rules: ProductRules | None
    holder: Holder | None


def judge_product(policies: Policies, question: ProductQuestion) -> Iterator[Finding]:
    if question.rules is not None:
        yield from _may_it_sign(policies, question.rules)
    if question.holder is not None:
        yield from _is_it_for(policies, question.holder)


def _may_it_sign(policies: Policies, rules: ProductRules) -> Iterator[Finding]:
    accepted = [oid for oid in policies.asserted if oid in policies.valid and _is_accepted(oid, rules)]
    if accepted:
        oid = next((one for one in accepted if product(one) is not None), accepted[0])
        yield Finding.passed(Check.PATH, "PKI-148", _WHERE, _KINDS, **_told(oid))
    elif rules.accepted is not None:
        listed, found = few(sorted(rules.accepted)), few(policies.named)
        yield Finding.failed(Check.PATH, "PKI-145", _WHERE, _KINDS, accepted=listed, found=found)
    else:
        yield from _by_the_table(policies, rules)


def _is_accepted(oid: str, rules: ProductRules) -> bool:
    if rules.accepted is not None:
        return oid in rules.accepted
    known = product(oid)
    return oid in rules.also or (known is not None and known.signs)


def _by_the_table(policies: Policies, rules: ProductRules) -> Iterator[Finding]:
    known = [one for one in map(product, policies.named) if one is not None]
    refused = [one for one in known if not one.signs and one.oid not in rules.also]
    if refused:
        yield _refused(refused[0])
    elif known:
        yield Finding.passed(Check.PATH, "PKI-161", _WHERE, _POLICIES, **_told(known[0].oid))
    elif policies.asserted:
        yield Finding.passed(Check.PATH, "PKI-149", _WHERE, _KINDS, found=few(policies.asserted))


def _refused(one: Product) -> Finding:
    if one.holder is Holder.SERVER:
        return Finding.failed(Check.PATH, "PKI-162", _WHERE, _KINDS, **_told(one.oid))
    told = _told(one.oid)
    limited = {"limited_ko": one.limited_ko, "limited_en": one.limited_en}
    return Finding.failed(Check.PATH, "PKI-144", _WHERE, _KINDS, **told, **limited)


def _is_it_for(policies: Policies, wanted: Holder) -> Iterator[Finding]:
    """Whom every product is for that the certificate names; one at least has to be allowed by the path."""
    holders = {one.holder for one in map(product, policies.named) if one is not None}
    proven = {one.holder for one in map(product, policies.valid) if one is not None}
    wanted_ko, wanted_en = _HOLDERS[wanted]
    if holders == {wanted} == proven:
        yield Finding.passed(Check.PATH, "PKI-163", _WHERE, "-", wanted_ko=wanted_ko, wanted_en=wanted_en)
    elif holders and wanted not in holders:
        found_ko, found_en = (", ".join(names) for names in zip(*(_HOLDERS[h] for h in sorted(holders)), strict=True))
        yield Finding.failed(
            Check.PATH,
            "PKI-146",
            _WHERE,
            "-",
            wanted_ko=wanted_ko,
            wanted_en=wanted_en,
            found_ko=found_ko,
            found_en=found_en,
        )
    else:
        yield Finding.unclear(Check.PATH, "PKI-147", _WHERE, "-", wanted_ko=wanted_ko, wanted_en=wanted_en)


def _told(oid: str) -> dict[str, str]:
    known = product(oid)
    if known is None:
        return {"oid": oid[:_LONGEST], "product_ko": oid[:_LONGEST], "product_en": oid[:_LONGEST]}
    return {"oid": oid, "product_ko": known.title("ko"), "product_en": known.title("en")}


_LONGEST: Final = 64


def few(oids: Sequence[str]) -> str:
    """For people to read: a hostile certificate may have thousands, and long ones."""
    return ", ".join([oid[:_LONGEST] for oid in oids[:8]] + ["…"] * (len(oids) > 8)) or "-"


def without_any_policy(oids: Sequence[str]) -> tuple[str, ...]:
    """Each once, in their order; anyPolicy names no product."""
    return tuple(dict.fromkeys(oid for oid in oids if oid != ANY_POLICY))
