"""Which lists and responses vouch: those of a certificate's life, by keys that nobody else has or can find out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certs import Revocation, TrustSettings, TrustStore
from certs.keys import KeyPair, PrivateKey
from tests.conftest import BUILT_AT
from tests.verifier.conftest import JUDGED_AT
from tests.verifier.forge import Forge
from tests.verifier.raw import CA, FOR_PERSONS, Extension, certified, der_of
from tests.verifier.test_revocation import FOR_OCSP, UNKNOWN
from verifier import Check, Indication, Receipt, Verdict, policies, verify_der

DAY = timedelta(days=1)
PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
STOLEN, CLOSED, RENEWED = (
    x509.ReasonFlags.ca_compromise,
    x509.ReasonFlags.cessation_of_operation,
    x509.ReasonFlags.superseded,
)
FOR_RESPONSES: tuple[Extension, ...] = ((FOR_OCSP, False), (x509.OCSPNoCheck(), False))
Hash = hashes.SHA256 | hashes.SHA224

ROOT = certified(None, "root", CA)
AUTHORITY = certified(ROOT, "authority", CA)
PAYER = certified(AUTHORITY, "payer", days=200)


def again(name: str = "authority", issuer: KeyPair = ROOT, key: PrivateKey | None = None, days: int = 300) -> KeyPair:
    """Another certificate of that name, by default for another key."""
    return certified(issuer, name, CA, key=key, days=days)


def revoked(
    one: KeyPair, reason: x509.ReasonFlags | None = None, at: datetime = BUILT_AT - DAY
) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(at)
    return (builder.add_extension(x509.CRLReason(reason), critical=False) if reason else builder).build()


def odd_entry() -> x509.RevokedCertificate:
    """Of somebody else, with a critical extension that nobody knows."""
    builder = x509.RevokedCertificateBuilder().serial_number(99).revocation_date(BUILT_AT - DAY)
    return builder.add_extension(*UNKNOWN).build()


def crl(
    issuer: KeyPair,
    *entries: x509.RevokedCertificate,
    at: datetime = BUILT_AT,
    digest: Hash | None = None,
    extensions: Sequence[Extension] = (),
) -> bytes:
    name = issuer.certificate.subject
    builder = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(at).next_update(at + 30 * DAY)
    for entry in entries:
        builder = builder.add_revoked_certificate(entry)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer.private_key, digest or hashes.SHA256()).public_bytes(Encoding.DER)


def response(
    about: KeyPair,
    issuer: KeyPair,
    by: KeyPair | None = None,
    *,
    at: datetime = BUILT_AT,
    days: int = 30,
    revoked_at: datetime | None = None,
    reason: x509.ReasonFlags | None = None,
) -> bytes:
    """Good, unless it is said when it was revoked; by the issuer itself or the responder."""
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA1(),
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
        this_update=at,
        next_update=at + days * DAY,
        revocation_time=revoked_at,
        revocation_reason=reason,
    )
    signer = by or issuer
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer.certificate)
    if by is not None:
        builder = builder.certificates([by.certificate])
    return builder.sign(signer.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def message(forge: Forge, payer: KeyPair, *enclosed: KeyPair) -> bytes:
    others = [der_of(one) for one in enclosed]
    return forge.but(pki=replace(forge.pki, payers={"rsa": payer}), extra_certificates=others).der()


def folder(
    authorities: Sequence[KeyPair],
    lists: Sequence[bytes],
    responses: Sequence[bytes] = (),
    mode: Revocation = Revocation.REQUIRE,
    anchors: Sequence[KeyPair] = (ROOT,),
) -> TrustStore:
    settings = TrustSettings(revocation=mode)
    return TrustStore.of(map(der_of, anchors), map(der_of, authorities), lists, responses, settings)


def judged(der: bytes, trust: TrustStore) -> tuple[Indication, set[str]]:
    return said(verify_der(der, trust=trust, policy=policies.CMS, at=JUDGED_AT))


def received(der: bytes, trust: TrustStore, now: datetime) -> tuple[Indication, set[str]]:
    """Known to have been there at the time that the others are judged at, and judged later."""
    receipt = Receipt(hashlib.sha256(der).digest(), JUDGED_AT)
    return said(verify_der(der, trust=trust, policy=policies.CMS, at=now, proofs=[receipt]))


def said(verdict: Verdict) -> tuple[Indication, set[str]]:
    return verdict.indication, {f.code for f in verdict.findings if f.check is Check.REVOCATION}


GOOD = PASSED, {"PKI-120"}
NOTHING = UNCLEAR, {"PKI-122"}


# What lists tell of whom.


def test_a_list_of_after_an_authority_ended_does_not_vouch_for_it(forge: Forge) -> None:
    """Its certificate was revoked, and dropped from the list when it had ended; the payer's lasts longer."""
    authority = again(days=10)
    payer = certified(authority, "payer", days=200)
    der, of_payers = message(forge, payer), crl(authority)
    in_time, late = crl(ROOT), crl(ROOT, at=BUILT_AT + 20 * DAY)
    assert judged(der, folder([authority], [in_time, of_payers])) == GOOD
    assert judged(der, folder([authority], [in_time, late, of_payers])) == GOOD
    assert judged(der, folder([authority], [late, of_payers])) == NOTHING
    of_the_time = crl(ROOT, revoked(authority))
    assert judged(der, folder([authority], [of_the_time, late, of_payers])) == (FAILED, {"PKI-121"})


def test_a_list_that_an_authority_signed_after_its_end_vouches_only_if_it_was_certified_again(forge: Forge) -> None:
    authority = again(days=10)
    payer = certified(authority, "payer", days=200)
    der, lists = message(forge, payer), [crl(ROOT), crl(authority, at=BUILT_AT + 20 * DAY)]
    assert judged(der, folder([authority], lists)) == NOTHING
    renewed = again(key=authority.private_key)
    assert judged(der, folder([authority, renewed], lists)) == GOOD
    assert judged(der, folder([authority], [*lists, crl(authority, revoked(payer), at=BUILT_AT + 20 * DAY)])) == (
        FAILED,
        {"PKI-121"},
    )


def test_an_authority_s_own_response_of_after_its_end_vouches_for_nobody(forge: Forge) -> None:
    authority = again(days=10)
    payer = certified(authority, "payer", days=200)
    for at, outcome in ((BUILT_AT, GOOD), (BUILT_AT + 20 * DAY, NOTHING)):
        trust = folder([authority], [crl(ROOT)], [response(payer, authority, at=at)])
        assert judged(message(forge, payer), trust) == outcome


@pytest.mark.parametrize("mode", [Revocation.REQUIRE, Revocation.IF_PRESENT])
@pytest.mark.parametrize("defect", ["weak hash", "entry that nobody knows"])
def test_where_the_newest_list_cannot_vouch_no_older_one_stands_in(forge: Forge, mode: Revocation, defect: str) -> None:
    is_weak = defect == "weak hash"
    entries = () if is_weak else (odd_entry(),)
    digest = hashes.SHA224() if is_weak else None
    older, newer = crl(AUTHORITY), crl(AUTHORITY, *entries, at=BUILT_AT + DAY / 2, digest=digest)
    for lists, outcome in (([older], GOOD), ([older, newer], NOTHING), ([newer, older], NOTHING), ([newer], NOTHING)):
        assert judged(message(forge, PAYER), folder([AUTHORITY], [crl(ROOT), *lists], mode=mode)) == outcome
    as_new = crl(AUTHORITY, at=BUILT_AT + DAY / 2)
    for lists in ([newer, as_new], [as_new, newer]):
        assert judged(message(forge, PAYER), folder([AUTHORITY], [crl(ROOT), *lists], mode=mode)) == GOOD


@pytest.mark.parametrize(
    "useless",
    [
        crl(AUTHORITY, digest=hashes.SHA224()),
        crl(AUTHORITY, odd_entry()),
        crl(AUTHORITY, at=BUILT_AT + 201 * DAY),
    ],
    ids=["weak hash", "entry that nobody knows", "after the signer's end"],
)
def test_a_list_that_cannot_vouch_is_there_all_the_same(forge: Forge, useless: bytes) -> None:
    """Where revocation is asked about as far as there is material, there is some."""
    for mode in (Revocation.REQUIRE, Revocation.IF_PRESENT):
        assert judged(message(forge, PAYER), folder([AUTHORITY], [crl(ROOT), useless], mode=mode)) == NOTHING
    without = folder([AUTHORITY], [crl(ROOT)], mode=Revocation.IF_PRESENT)
    assert judged(message(forge, PAYER), without) == (PASSED, {"PKI-120", "PKI-125"})


def test_the_indirect_list_that_a_certificate_names_is_there_too(forge: Forge) -> None:
    """Whoever it names as cRLIssuer speaks of it; what has ended is no reason not to ask."""
    lists = again("lists")
    point = x509.DistributionPoint(None, None, None, [x509.DirectoryName(lists.certificate.subject)])
    payer = certified(AUTHORITY, "payer", (x509.CRLDistributionPoints([point]), False))
    indirect = x509.IssuingDistributionPoint(None, None, False, False, None, True, False), True
    ended = crl(lists, at=BUILT_AT - 60 * DAY, extensions=[indirect])
    of_root, direct = crl(ROOT), crl(lists)
    for one, outcome in ((ended, UNCLEAR), (direct, PASSED)):
        trust = folder([AUTHORITY, lists], [of_root, one], mode=Revocation.IF_PRESENT)
        assert judged(message(forge, payer), trust)[0] is outcome


# Whose keys sign them.

LISTS = again()  # of the authority's name, with a key for lists
LATER = JUDGED_AT + 5 * DAY


def test_a_second_key_of_an_authority_vouches_by_its_lists(forge: Forge) -> None:
    assert judged(message(forge, PAYER), folder([AUTHORITY, LISTS], [crl(ROOT), crl(LISTS)])) == GOOD


@pytest.mark.parametrize("reason", [STOLEN, None])
def test_what_a_key_signed_that_was_lost_later_vouches_for_nobody(
    forge: Forge, reason: x509.ReasonFlags | None
) -> None:
    of_root = crl(ROOT, revoked(LISTS, reason, LATER), at=LATER)
    der, trust = message(forge, PAYER), folder([AUTHORITY, LISTS], [of_root, crl(LISTS)])
    assert judged(der, trust) == NOTHING
    assert received(der, trust, LATER + DAY) == NOTHING
    beside = folder([AUTHORITY, LISTS], [of_root, crl(LISTS), crl(AUTHORITY)])
    assert judged(der, beside) == GOOD


@pytest.mark.parametrize(("at", "outcome"), [(LATER, GOOD), (BUILT_AT - DAY, NOTHING)])
def test_a_key_that_was_merely_replaced_vouches_as_long_as_it_was_not(
    forge: Forge, at: datetime, outcome: tuple[Indication, set[str]]
) -> None:
    of_root = crl(ROOT, revoked(LISTS, RENEWED, at), at=max(at, BUILT_AT))
    assert judged(message(forge, PAYER), folder([AUTHORITY, LISTS], [of_root, crl(LISTS)])) == outcome


@pytest.mark.parametrize("by", ["response", "list that only convicts", "older list"])
def test_the_signer_of_a_list_is_convicted_by_whatever_convicts(forge: Forge, by: str) -> None:
    responses, more = [], []
    match by:
        case "response":
            responses = [response(LISTS, ROOT, revoked_at=BUILT_AT - DAY, reason=STOLEN)]
        case "list that only convicts":
            more = [crl(ROOT, revoked(LISTS, STOLEN), odd_entry(), at=BUILT_AT - DAY / 2)]
        case _:
            more = [crl(ROOT, revoked(LISTS, STOLEN), at=BUILT_AT - DAY / 2)]
    trust = folder([AUTHORITY, LISTS], [crl(ROOT), crl(LISTS), *more], responses)
    assert judged(message(forge, PAYER), trust) == NOTHING


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP192R1())],
    ids=["RSA-1024", "P-192"],
)
def test_a_weak_key_convicts_and_does_not_vouch(forge: Forge, key: PrivateKey) -> None:
    weak = again(key=key)
    assert judged(message(forge, PAYER), folder([AUTHORITY, weak], [crl(ROOT), crl(weak)])) == NOTHING
    convicting = folder([AUTHORITY, weak], [crl(ROOT), crl(AUTHORITY), crl(weak, revoked(PAYER))])
    assert judged(message(forge, PAYER), convicting) == (FAILED, {"PKI-121"})


def test_another_anchor_of_the_authority_s_name_does_not_vouch(forge: Forge) -> None:
    """RFC 5280 §6.3.3 (f): a list's signer leads to the anchor of the path."""
    other = certified(None, "authority", CA)
    trust = folder([AUTHORITY], [crl(ROOT), crl(other)], anchors=[ROOT, other])
    assert judged(message(forge, PAYER), trust) == NOTHING
    beside = folder([AUTHORITY], [crl(ROOT), crl(other), crl(AUTHORITY)], anchors=[ROOT, other])
    assert judged(message(forge, PAYER), beside) == GOOD


def test_of_several_reasons_the_worst_counts_whatever_their_order(forge: Forge) -> None:
    closed = crl(ROOT, revoked(AUTHORITY, CLOSED, LATER), at=LATER)
    stolen = crl(ROOT, revoked(AUTHORITY, STOLEN, LATER), at=LATER + 14 * DAY)
    der, now, of_payers = message(forge, PAYER), LATER + 20 * DAY, crl(AUTHORITY)
    assert received(der, folder([AUTHORITY], [closed, of_payers]), now) == (PASSED, {"PKI-120", "PKI-154"})
    for lists in ([closed, stolen], [stolen, closed]):
        assert received(der, folder([AUTHORITY], [*lists, of_payers]), now) == (UNCLEAR, {"PKI-120", "PKI-156"})
    told = response(AUTHORITY, ROOT, at=LATER + 14 * DAY, revoked_at=LATER, reason=STOLEN)
    trust = folder([AUTHORITY], [closed, of_payers], [told])
    assert received(der, trust, now) == (UNCLEAR, {"PKI-120", "PKI-156"})


def test_of_several_reasons_the_worst_counts_as_trust_fetch_names_its_files(forge: Forge, tmp_path: Path) -> None:
    for name, der in (
        ("anchors/root.crt", der_of(ROOT)),
        ("intermediates/authority.crt", der_of(AUTHORITY)),
        ("crls/20260607T000000Z-host.crl", crl(ROOT, revoked(AUTHORITY, CLOSED, LATER), at=LATER)),
        ("crls/20260621T000000Z-host.crl", crl(ROOT, revoked(AUTHORITY, STOLEN, LATER), at=LATER + 14 * DAY)),
        ("crls/payers.crl", crl(AUTHORITY)),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(der)
    indication, _ = received(message(forge, PAYER), TrustStore.open(tmp_path), LATER + 20 * DAY)
    assert indication is UNCLEAR


@pytest.mark.parametrize("at", [BUILT_AT - DAY, LATER])
def test_a_stolen_key_is_so_whichever_of_its_certificates_is_enclosed(forge: Forge, at: datetime) -> None:
    """The one in the folder was revoked; whoever stole the key sends the other along."""
    other = again(key=AUTHORITY.private_key)
    for reason, outcome in ((STOLEN, UNCLEAR), (RENEWED, PASSED)):
        of_root = crl(ROOT, revoked(AUTHORITY, reason, at), at=max(at, BUILT_AT))
        trust = folder([AUTHORITY], [of_root, crl(AUTHORITY)])
        indication, codes = judged(message(forge, PAYER, other), trust)
        assert indication is outcome
        assert ("PKI-156" in codes) == (reason is STOLEN)


# Responders.


@pytest.mark.parametrize(
    "extensions",
    [
        (UNKNOWN,),
        ((x509.KeyUsage(False, False, True, False, False, False, False, False, False), True),),
    ],
    ids=["critical extension that nobody knows", "key for encipherment"],
)
def test_a_responder_whose_certificate_would_do_in_no_path_does_not_vouch(
    forge: Forge, extensions: tuple[Extension, ...]
) -> None:
    assert_convicts_and_does_not_vouch(forge, certified(AUTHORITY, "responder", *FOR_RESPONSES, *extensions))


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP192R1())],
    ids=["RSA-1024", "P-192"],
)
def test_a_responder_with_a_weak_key_does_not_vouch(forge: Forge, key: PrivateKey) -> None:
    assert_convicts_and_does_not_vouch(forge, certified(AUTHORITY, "responder", *FOR_RESPONSES, key=key))


def test_a_responder_certified_over_a_weak_hash_does_not_vouch(forge: Forge) -> None:
    weak = certified(AUTHORITY, "responder", *FOR_RESPONSES, digest=hashes.SHA224())
    assert_convicts_and_does_not_vouch(forge, weak)


def assert_convicts_and_does_not_vouch(forge: Forge, responder: KeyPair) -> None:
    for told, outcome in (
        (response(PAYER, AUTHORITY, responder), NOTHING),
        (response(PAYER, AUTHORITY, responder, revoked_at=BUILT_AT), (FAILED, {"PKI-121"})),
    ):
        assert judged(message(forge, PAYER), folder([AUTHORITY], [crl(ROOT)], [told])) == outcome


@pytest.mark.parametrize("signs", [True, False])
def test_a_responder_vouches_whose_key_is_for_signing_or_for_committing_itself(forge: Forge, signs: bool) -> None:
    usage = x509.KeyUsage(signs, not signs, False, False, False, False, False, False, False)
    extensions = ((FOR_OCSP, True), (x509.OCSPNoCheck(), False), (usage, True), FOR_PERSONS)
    told = response(PAYER, AUTHORITY, certified(AUTHORITY, "responder", *extensions))
    assert judged(message(forge, PAYER), folder([AUTHORITY], [crl(ROOT)], [told])) == GOOD


def test_a_responder_vouches_until_its_certificate_ends(forge: Forge) -> None:
    """However long its response says to hold: of a key that has ended nobody tells what became of it."""
    responder = certified(AUTHORITY, "responder", *FOR_RESPONSES, days=10)
    told = response(PAYER, AUTHORITY, responder, days=100)
    trust = folder([AUTHORITY], [crl(ROOT, at=BUILT_AT + 10 * DAY)], [told])
    for days, outcome in ((10, GOOD), (11, NOTHING)):
        at = BUILT_AT + days * DAY
        assert said(verify_der(message(forge, PAYER), trust=trust, policy=policies.CMS, at=at)) == outcome


@pytest.mark.parametrize(("days", "outcome"), [(4, GOOD), (10, NOTHING)])
def test_a_list_of_after_a_responder_ended_does_not_clear_it(
    forge: Forge, days: int, outcome: tuple[Indication, set[str]]
) -> None:
    payer = certified(AUTHORITY, "payer", days=3)  # of whom those lists say nothing
    responder = certified(AUTHORITY, "responder", (FOR_OCSP, False), days=5)
    lists = [crl(ROOT), crl(AUTHORITY, at=BUILT_AT + days * DAY)]
    trust = folder([AUTHORITY], lists, [response(payer, AUTHORITY, responder)])
    assert judged(message(forge, payer), trust) == outcome
    newer = crl(AUTHORITY, at=BUILT_AT + 4.5 * DAY, digest=hashes.SHA224())  # and cannot vouch
    trust = folder([AUTHORITY], [*lists, newer], [response(payer, AUTHORITY, responder)])
    assert judged(message(forge, payer), trust) == NOTHING


@pytest.mark.parametrize("by_another", [False, True])
def test_a_responder_revoked_by_whoever_may_say_so_does_not_vouch(forge: Forge, by_another: bool) -> None:
    first, second = (certified(AUTHORITY, name, *FOR_RESPONSES) for name in ("first", "second"))
    good = response(PAYER, AUTHORITY, first)
    against = response(first, AUTHORITY, second if by_another else None, revoked_at=LATER, reason=STOLEN)
    for responses, outcome in (([good], GOOD), ([good, against], NOTHING)):
        assert judged(message(forge, PAYER), folder([AUTHORITY], [crl(ROOT)], responses)) == outcome
