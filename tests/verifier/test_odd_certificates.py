"""Certificates and lists with numbers, times, versions and extensions that are unusual or wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from certs import Revocation, TrustSettings, TrustStore
from certs.demo_certificates import crl
from certs.keys import KeyPair
from tests.conftest import BUILT_AT
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge, sign
from tests.verifier.raw import CA, Extension, certified, der_of, integer, parts, resigned
from tests.verifier.surgery import elements, replaced, replaced_where, tlv, with_certificates
from verifier import Indication, policies
from verifier.der import CONTEXT_0, Element

KEY_IDENTIFIER: Extension = (x509.SubjectKeyIdentifier(b"\x01" * 20), False)  # the demo's lists ask for one
PLACEHOLDER = 0x123456789ABCDEF


@pytest.fixture(scope="module")
def root() -> KeyPair:
    return certified(None, "root", CA, KEY_IDENTIFIER)


def judged(
    forge: Forge,
    judge: Judge,
    signer: KeyPair,
    certificate: bytes,
    trust: TrustStore,
    at: datetime = JUDGED_AT,
) -> set[str]:
    """What is against a message by `signer` with `certificate` in place of its own."""
    recipe = forge.but(pki=replace(forge.pki, payers={"rsa": signer}), signer_info=naming(certificate))
    der = replaced_where(recipe.der(), der_of(signer).__eq__, lambda _: certificate)
    verdict = judge(der, trust=trust, policy=policies.CMS, at=at)
    found = {f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED}
    assert (verdict.indication is Indication.TOTAL_PASSED) == (not found)
    return found


def naming(certificate: bytes) -> Callable[[object], None]:
    serial = certificate[serial_of(certificate).start : serial_of(certificate).end]

    def change(info: object) -> None:
        info["sid"].chosen["serial_number"] = int.from_bytes(serial[2:], signed=True)  # type: ignore[index]

    return change


def serial_of(certificate: bytes) -> Element:
    signed = next(iter(elements(certificate))).children[0].children
    return signed[1 if signed[0].tag == CONTEXT_0 else 0]


def without_lists(*anchors: KeyPair) -> TrustStore:
    return TrustStore.of([der_of(a) for a in anchors], settings=TrustSettings(revocation=Revocation.NONE))


def exchanged(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """One element of what is signed for another."""
    return lambda signed: replaced_where(signed, old.__eq__, lambda _: new)


# -- Numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "serial",
    [0, -1, -(2**63), 1, 2**63, 2**159 - 1, 2**159, 2**160 + 7, 2**800 + 1],
    ids=lambda n: f"{'-' if n < 0 else ''}{abs(n).bit_length()} bits",
)
def test_whatever_its_number_a_certificate_passes_and_is_found_on_a_list(
    forge: Forge, judge: Judge, root: KeyPair, serial: int
) -> None:
    """Authorities gave numbers that RFC 5280 §4.1.2.2 forbids; a reader has to cope, and not miss a revocation."""
    signer = certified(root, "signer", serial=PLACEHOLDER)
    certificate = resigned(der_of(signer), root, exchanged(integer(PLACEHOLDER), integer(serial)))
    clean, listed = (crl(root, numbers, BUILT_AT, 30) for numbers in ([PLACEHOLDER + 2], [PLACEHOLDER]))
    listed = resigned(listed, root, exchanged(integer(PLACEHOLDER), integer(serial)))
    for lists, found in (([clean], set()), ([listed], {"PKI-121"}), ([clean, listed], {"PKI-121"})):
        assert judged(forge, judge, signer, certificate, TrustStore.of([der_of(root)], crls=lists)) == found


# -- Times ---------------------------------------------------------------------------------------


def with_validity(root: KeyPair, signer: KeyPair, begin: bytes, end: bytes) -> bytes:
    signed, _ = parts(der_of(signer))
    validity = next(iter(elements(signed))).children[4]
    return resigned(der_of(signer), root, lambda tbs: replaced(tbs, validity, tlv(0x30, begin, end)))


UTC_JUNE, GENERAL_JUNE = tlv(0x17, b"260531000000Z"), tlv(0x18, b"20260531000000Z")


@pytest.mark.parametrize(
    ("begin", "end", "at", "found"),
    [
        (UTC_JUNE, tlv(0x17, b"491231235959Z"), datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), set()),
        (UTC_JUNE, tlv(0x17, b"491231235959Z"), datetime(2050, 1, 1, tzinfo=UTC), {"PKI-112"}),
        (UTC_JUNE, tlv(0x17, b"500101000000Z"), JUDGED_AT, {"PKI-112", "PKI-131"}),
        (UTC_JUNE, tlv(0x18, b"20500101000000Z"), datetime(2050, 1, 1, tzinfo=UTC), set()),
        (UTC_JUNE, tlv(0x18, b"99991231235959Z"), JUDGED_AT, set()),
        (tlv(0x17, b"500101000000Z"), UTC_JUNE, JUDGED_AT, {"PKI-112", "PKI-131"}),
        (tlv(0x17, b"491231000000Z"), tlv(0x18, b"20500101000000Z"), JUDGED_AT, {"PKI-113", "PKI-131"}),
        (tlv(0x17, b"270101000000Z"), tlv(0x17, b"260101000000Z"), JUDGED_AT, {"PKI-113", "PKI-131"}),
    ],
    ids=["last of 49", "after it", "50 is 1950", "2050", "no end", "from 1950", "from 2049", "backwards"],
)
def test_two_digit_years_turn_at_fifty_in_certificates_too(
    forge: Forge, judge: Judge, begin: bytes, end: bytes, at: datetime, found: set[str]
) -> None:
    root = certified(None, "root", CA)
    lasting = with_validity(root, root, tlv(0x17, b"260101000000Z"), tlv(0x18, b"20990101000000Z"))
    trust = TrustStore.of([lasting], settings=TrustSettings(revocation=Revocation.NONE))
    signer = certified(root, "signer")
    certificate = with_validity(root, signer, begin, end)
    assert judged(forge, judge, signer, certificate, trust, at) == found


def test_a_time_of_the_other_type_is_read_as_what_it_says(forge: Forge, judge: Judge, root: KeyPair) -> None:
    """GeneralizedTime before 2050 is against RFC 5280 §4.1.2.5, and ambiguous to nobody."""
    signer = certified(root, "signer")
    for end, found in ((b"20270531000000Z", set()), (b"20260601120000Z", {"PKI-112"})):
        certificate = with_validity(root, signer, GENERAL_JUNE, tlv(0x18, end))
        assert judged(forge, judge, signer, certificate, without_lists(root)) == found


# -- Extensions ----------------------------------------------------------------------------------

BASIC, USAGE = x509.ObjectIdentifier("2.5.29.19"), x509.ObjectIdentifier("2.5.29.15")


def twice(signed: bytes) -> bytes:
    """The last extension two times."""
    extensions = next(iter(elements(signed))).children[-1].children[0]
    listed = [signed[e.start : e.end] for e in extensions.children]
    return replaced(signed, extensions, tlv(0x30, *listed, listed[-1]))


def test_an_extension_that_stands_twice_makes_no_certificate(forge: Forge, judge: Judge, root: KeyPair) -> None:
    """Which of the two counts would be each reader's own choice (RFC 5280 §4.2)."""
    signer = certified(root, "signer", CA)
    certificate = resigned(der_of(signer), root, twice)
    assert judged(forge, judge, signer, certificate, without_lists(root)) == {"PKI-105"}
    authority = certified(root, "authority", CA)
    doubled = resigned(der_of(authority), root, twice)
    below = certified(authority, "signer")
    recipe = forge.but(pki=replace(forge.pki, payers={"rsa": below}), extra_certificates=[doubled])
    verdict = judge(recipe.der(), trust=without_lists(root), policy=policies.CMS)
    assert "PKI-111" in {f.code for f in verdict.findings}
    assert verdict.indication is Indication.TOTAL_FAILED


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (BASIC, b"\x30\x03\x01\x01\x01"),
        (BASIC, b"\x30\x80\x01\x01\xff\x00\x00"),
        (BASIC, b"\x30\x03\x01\x01\xff\x00"),
        (BASIC, b"\x30\x81\x03\x01\x01\xff"),
        (BASIC, b""),
        (USAGE, b"\x03\x02\x00"),
        (USAGE, b"\x02\x01\x06"),
    ],
    ids=["BOOLEAN 01", "indefinite", "a byte behind", "long length", "empty", "cut short", "another type"],
)
def test_an_authority_by_an_extension_that_is_not_der_is_none(
    forge: Forge, judge: Judge, root: KeyPair, oid: x509.ObjectIdentifier, value: bytes
) -> None:
    """It stands in an OCTET STRING, where the reader of the message does not look and lenient ones see an authority."""
    others = () if oid == BASIC else (CA,)
    authority = certified(root, "authority", *others, (x509.UnrecognizedExtension(oid, value), True))
    below = certified(authority, "signer")
    for enclosed, known in (([der_of(authority)], []), ([], [der_of(authority)])):
        trust = TrustStore.of([der_of(root)], known, settings=TrustSettings(revocation=Revocation.NONE))
        recipe = forge.but(pki=replace(forge.pki, payers={"rsa": below}))
        der = with_certificates(recipe.der(), der_of(below), *enclosed)
        verdict = judge(der, trust=trust, policy=policies.CMS)
        assert {f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED} == {"PKI-111"}


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")


def test_an_unknown_extension_counts_where_it_is_critical(forge: Forge, judge: Judge, root: KeyPair) -> None:
    for critical, found in ((True, {"PKI-115"}), (False, set())):
        signer = certified(root, "signer", (UNKNOWN, critical))
        assert judged(forge, judge, signer, der_of(signer), without_lists(root)) == found


def test_a_signer_s_certificate_of_version_1_passes(forge: Forge, judge: Judge, root: KeyPair) -> None:
    """It restricts its key to nothing; what the biller wants of it, policies say."""
    signer = certified(root, "signer", serial=PLACEHOLDER)
    first = resigned(der_of(signer), root, lambda signed: tlv(0x30, signed[signed.index(integer(PLACEHOLDER)) :]))
    assert judged(forge, judge, signer, first, without_lists(root)) == set()


# -- Lists ---------------------------------------------------------------------------------------

SHA256_WITH_RSA, SHA1_WITH_RSA = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")


def test_a_list_signed_with_sha_1_vouches_for_nobody(forge: Forge, judge: Judge) -> None:
    """Somebody may have made two lists of one hash, and had one of them signed."""
    root = certified(None, "root", CA, KEY_IDENTIFIER, key=rsa.generate_private_key(65537, 2048))
    signer = certified(root, "signer")
    sound = crl(root, [], BUILT_AT, 30)
    signed, algorithm = (part.replace(SHA256_WITH_RSA, SHA1_WITH_RSA) for part in parts(sound))
    weak = tlv(0x30, signed, algorithm, tlv(0x03, b"\x00", sign(root, signed, "sha1")))
    assert judged(forge, judge, signer, der_of(signer), TrustStore.of([der_of(root)], crls=[sound])) == set()
    assert judged(forge, judge, signer, der_of(signer), TrustStore.of([der_of(root)], crls=[weak])) == {"PKI-122"}


def test_a_list_of_the_far_future_or_past_vouches_for_nobody(forge: Forge, judge: Judge, root: KeyPair) -> None:
    signer = certified(root, "signer")
    for at in (BUILT_AT - timedelta(days=60), signer.certificate.not_valid_after_utc + timedelta(days=1)):
        trust = TrustStore.of([der_of(root)], crls=[crl(root, [], at, 30)])
        assert judged(forge, judge, signer, der_of(signer), trust) in ({"PKI-122"}, {"PKI-123"})
