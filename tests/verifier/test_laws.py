"""What holds for all messages, certificates and lists, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from types import MappingProxyType
from typing import Final

import pytest
from asn1crypto import core, parser
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from certs import TrustStore
from certs.errors import CertsRefusal
from tests.fuzz.pki import FOLDER, JUDGED_AT, PKI, TRUST
from tests.verifier.forge import Forge
from tests.verifier.surgery import tlv
from tests.verifier.test_findings import ATTRIBUTE_DEFECTS, DEFECTS
from verifier import Indication, policies, verify_der
from verifier.checks import CHECKS
from verifier.der import read_der
from verifier.verdict import Check

FORGE: Final = Forge(PKI)
RECIPES: Final = (
    *(FORGE.but(payer=payer) for payer in PKI.payers),
    FORGE.but(attributes=None),
    FORGE.but(intermediates=True),
    *(FORGE.but(**changes) for changes, _ in DEFECTS.values()),
    *(FORGE.but(attributes=change) for change, _ in ATTRIBUTE_DEFECTS.values()),
)
MESSAGES: Final = tuple(recipe.der() for recipe in RECIPES)
CERTIFICATES: Final = (
    *(pair.certificate.public_bytes(Encoding.DER) for pair in PKI.payers.values()),
    *(authority.der for authority in (PKI.root, *PKI.intermediates)),
)


def loaded(folder: str) -> Sequence[bytes]:
    """The kept inputs that a trust folder takes."""
    taken = []
    for file in sorted((FOLDER / "corpus" / folder).iterdir()):
        data = file.read_bytes()
        try:
            TrustStore.of(
                [PKI.root.der], crls=[data] if folder == "crl" else [], ocsp=[data] if folder == "ocsp" else []
            )
        except CertsRefusal:
            continue
        taken.append(data)
    return taken


LISTS: Final = (*loaded("crl"), *(authority.crl for authority in (PKI.root, *PKI.intermediates)))
RESPONSES: Final = loaded("ocsp")


def judged(der: bytes, trust: TrustStore = TRUST, days: int = 1) -> Indication:
    return verify_der(der, trust=trust, policy=policies.KFTC, at=PKI.at + timedelta(days=days)).indication


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(MESSAGES), st.permutations(list(CHECKS)))
def test_the_order_of_the_checks_decides_nothing(der: bytes, order: list[Check]) -> None:
    usual = verify_der(der, trust=TRUST, policy=policies.KFTC, at=JUDGED_AT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("verifier.verify.asked_by", lambda _: tuple((check, CHECKS[check]) for check in order))
        other = verify_der(der, trust=TRUST, policy=policies.KFTC, at=JUDGED_AT)
    assert other.indication is usual.indication
    assert sorted(map(repr, other.findings)) == sorted(map(repr, usual.findings))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(MESSAGES), st.randoms(use_true_random=False))
def test_the_same_is_said_of_the_same_and_the_order_of_files_decides_nothing(der: bytes, random: Random) -> None:
    def shuffled(items: Sequence[bytes]) -> list[bytes]:
        return random.sample(items, len(items))

    usual = verify_der(der, trust=TRUST, policy=policies.KFTC, at=JUDGED_AT)
    authorities, lists = [a.der for a in PKI.intermediates], [a.crl for a in (PKI.root, *PKI.intermediates)]
    trust = TrustStore.of([PKI.root.der], shuffled(authorities), shuffled(lists))
    assert verify_der(der, trust=trust, policy=policies.KFTC, at=JUDGED_AT) == usual


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(RECIPES), st.lists(st.sampled_from(CERTIFICATES), min_size=1, max_size=3, unique=True))
def test_a_certificate_more_in_a_message_makes_nothing_better(recipe: Forge, more: list[bytes]) -> None:
    """By a trust folder that has the authorities: where it has not, an enclosed one may show the way."""
    assert judged(recipe.but(extra_certificates=more).der()) >= judged(recipe.der())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(LISTS), max_size=4), st.lists(st.sampled_from(RESPONSES), max_size=3), st.integers(0, 330)
)
def test_nothing_that_is_added_to_a_trust_folder_acquits(lists: list[bytes], responses: list[bytes], days: int) -> None:
    """Whoever is revoked, for good, stays so: with any lists and responses more, and at any later time."""
    revoked = FORGE.but(payer="revoked").der()
    more = TrustStore.of([PKI.root.der], crls=lists, ocsp=responses)
    trust = replace(TRUST, crls=(*more.crls, *TRUST.crls), ocsp=more.ocsp)
    assert judged(revoked, trust, days) is Indication.TOTAL_FAILED


PRIMITIVES: Final = MappingProxyType(
    {0x01: core.Boolean, 0x02: core.Integer, 0x03: core.OctetBitString, 0x05: core.Null, 0x06: core.ObjectIdentifier}
)


def canonical(der: bytes) -> bytes:
    """What asn1crypto writes after it has read `der`, its sets sorted. Raises ValueError where it cannot read it."""
    whole = parser.parse(der, strict=True)
    class_, method, tag, _, contents, _ = whole
    if method:
        parts = []
        while contents:
            length = parser.peek(contents)
            parts.append(canonical(contents[:length]))
            contents = contents[length:]
        return bytes(parser.emit(class_, method, tag, b"".join(sorted(parts) if (class_, tag) == (0, 17) else parts)))
    kind = PRIMITIVES.get(tag) if class_ == 0 else None
    if kind is None:
        return bytes(parser.emit(class_, method, tag, contents))
    read = kind.load(der, strict=True)
    return bytes(kind(read.native).dump())


def trees() -> st.SearchStrategy[bytes]:
    bodies = st.binary(max_size=4) | st.sampled_from([b"\0", b"\xff", b"\x01", b"\0\x80", b"\xff\x80", b"\x2a\x80\x01"])
    leaves = st.builds(tlv, st.sampled_from([0x01, 0x02, 0x05, 0x04, 0x0C, 0x80, 0x82]), bodies)
    return st.recursive(leaves, _around, max_leaves=8)


def _around(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    parts = st.lists(inner, max_size=4)
    tags = st.sampled_from([0x30, 0x31, 0x31, 0xA0, 0xA1])
    return st.builds(lambda tag, of: tlv(tag, *of), tags, parts) | st.builds(_long, tags, parts, st.integers(1, 3))


def _long(tag: int, parts: list[bytes], octets: int) -> bytes:
    body = b"".join(parts)
    needed = max(octets, (len(body).bit_length() + 7) // 8)
    return bytes([tag, 0x80 | needed]) + len(body).to_bytes(needed) + body


@settings(max_examples=250, deadline=None)
@given(trees())
def test_what_is_taken_for_der_is_what_another_encoder_writes(der: bytes) -> None:
    try:
        is_canonical = canonical(der) == der
    except (ValueError, TypeError):
        is_canonical = False
    _, faults = read_der(der)
    assert (not faults) is is_canonical, faults
