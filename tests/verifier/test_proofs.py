"""What proves a time, what does not, and what a proof changes about a verdict."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs import Revocation, TrustSettings, TrustStore
from certs.demo import DemoPki, build_demo_pki
from tests.verifier.forge import SIGNED_AT, Forge
from tests.verifier.surgery import elements, replaced
from tests.verifier.test_revocation import Authority, Response, trust_with, with_ocsp
from tests.verifier.time_stamps import DAY, TIME_STAMPING, Change, Tsa, tsa_key_pair
from verifier import SIGNING_TIME, Check, Indication, Receipt, TimeSource, TimeStamp, Verdict, policies, verify_der
from verifier.proofs import Proof
from verifier.subject import At

HOUR = timedelta(hours=1)
STAMPED_AT = SIGNED_AT + HOUR
NOW = SIGNED_AT + 20 * DAY
PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


@pytest.fixture(scope="module")
def tsa(pki: DemoPki) -> Tsa:
    return Tsa(tsa_key_pair(pki))


def judged(der: bytes, trust: TrustStore, *proofs: Proof, at: At = NOW) -> Verdict:
    verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=at, proofs=proofs)
    assert "CMS-199" not in codes(verdict)
    return verdict


def codes(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings}


def received(der: bytes, at: datetime) -> Receipt:
    return Receipt(hashlib.sha256(der).digest(), at)


def test_a_time_stamp_is_what_a_verdict_is_given_at(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    der = forge.der()
    for token in (tsa.token(der, STAMPED_AT), tsa.response(der, STAMPED_AT, "sha512")):
        verdict = judged(der, trust, TimeStamp(token, trust))
        assert verdict.indication is PASSED
        assert (verdict.verified_at, verdict.time_source) == (STAMPED_AT, TimeSource.TIME_STAMP)
        assert "PKI-135" in codes(verdict)


def test_a_receipt_is_what_a_verdict_is_given_at(forge: Forge, trust: TrustStore) -> None:
    der = forge.der()
    verdict = judged(der, trust, received(der, STAMPED_AT))
    assert verdict.indication is PASSED
    assert (verdict.verified_at, verdict.time_source) == (STAMPED_AT, TimeSource.RECEIPT)


def test_the_earliest_proof_counts(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    der = forge.der()
    stamp = TimeStamp(tsa.token(der, STAMPED_AT), trust)
    for receipt_at, source in ((STAMPED_AT + HOUR, TimeSource.TIME_STAMP), (SIGNED_AT, TimeSource.RECEIPT)):
        assert judged(der, trust, received(der, receipt_at), stamp).time_source is source


def test_a_claim_never_outranks_a_proof(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    der = forge.der()
    for proof in (received(der, STAMPED_AT), TimeStamp(tsa.token(der, STAMPED_AT), trust)):
        verdict = judged(der, trust, proof, at=SIGNING_TIME)
        assert verdict.verified_at == STAMPED_AT
        assert verdict.time_source is not TimeSource.CLAIMED
    assert judged(der, trust, at=SIGNING_TIME).time_source is TimeSource.CLAIMED


def test_a_proof_from_after_the_time_given_is_not_used(forge: Forge, trust: TrustStore) -> None:
    der = forge.der()
    verdict = judged(der, trust, received(der, NOW + DAY))
    assert (verdict.verified_at, verdict.time_source) == (NOW, TimeSource.GIVEN)
    assert "PKI-151" in codes(verdict)


def test_a_signing_time_after_the_proof_is_refused(forge: Forge, trust: TrustStore) -> None:
    der = forge.der()
    verdict = judged(der, trust, received(der, SIGNED_AT - HOUR))
    assert verdict.indication is FAILED
    assert "PKI-132" in codes(verdict)


def test_a_signing_time_far_from_the_proof_is_remarked(forge: Forge, trust: TrustStore) -> None:
    der = forge.der()
    near, far = (judged(der, trust, received(der, SIGNED_AT + n * DAY)) for n in (1, 3))
    assert "PKI-153" not in codes(near)
    assert [f.details["days"] for f in far.findings if f.code == "PKI-153"] == [3]
    assert far.indication is PASSED


def test_evidence_received_in_its_certificate_s_life_outlives_it(forge: Forge, trust: TrustStore) -> None:
    der, end = forge.der(), forge.pair.certificate.not_valid_after_utc
    assert judged(der, trust, at=end + DAY).indication is FAILED
    assert judged(der, trust, received(der, STAMPED_AT), at=end + DAY).indication is PASSED


REVOKED_AT = SIGNED_AT + 5 * DAY


@pytest.mark.parametrize("material", ["list", "response"])
def test_evidence_received_before_a_revocation_stands_and_says_why(
    forge: Forge, authority_revoking: TrustStore, responder_revoking: TrustStore, material: str
) -> None:
    der, trust = forge.der(), authority_revoking if material == "list" else responder_revoking
    assert "PKI-121" in codes(judged(der, trust))
    stands = judged(der, trust, received(der, REVOKED_AT - HOUR))
    assert stands.indication is PASSED
    assert [f.details["revoked_at"] for f in stands.findings if f.code == "PKI-154"] == [REVOKED_AT.isoformat()]
    assert "PKI-121" in codes(judged(der, trust, received(der, REVOKED_AT)))


@pytest.mark.parametrize("material", ["list", "response"])
def test_a_claim_to_be_older_than_a_revocation_is_not_believed(
    forge: Forge, authority_revoking: TrustStore, responder_revoking: TrustStore, material: str
) -> None:
    """Whoever has a stolen key can write any signing-time."""
    trust = authority_revoking if material == "list" else responder_revoking
    verdict = judged(forge.der(), trust, at=SIGNING_TIME)
    assert verdict.indication is UNCLEAR
    assert "PKI-155" in codes(verdict)


@pytest.fixture
def authority_revoking(forge: Forge) -> TrustStore:
    authority = Authority(forge)
    return trust_with(forge.pki, authority.crl(authority.entry(REVOKED_AT), at=REVOKED_AT))


@pytest.fixture
def responder_revoking(forge: Forge) -> TrustStore:
    response = Response(forge)
    response.status, response.revoked_at = ocsp.OCSPCertStatus.REVOKED, REVOKED_AT
    response.this_update = REVOKED_AT
    return with_ocsp(forge.pki, response)


def test_a_receipt_of_other_bytes_proves_nothing(forge: Forge, trust: TrustStore) -> None:
    verdict = judged(forge.der(), trust, received(b"other", STAMPED_AT))
    assert verdict.indication is UNCLEAR
    assert verdict.time_source is TimeSource.GIVEN
    assert "PKI-150" in codes(verdict)


def test_a_receipt_needs_a_time_that_means_one_moment() -> None:
    with pytest.raises(ValueError, match="aware"):
        Receipt(bytes(32), datetime(2026, 6, 1))  # noqa: DTZ001 - that is what is wrong with it


def unproven(verdict: Verdict, code: str, *reasons: str) -> None:
    """The proof is worth nothing, the verdict says so, and the given time stands."""
    assert verdict.indication is UNCLEAR
    assert (verdict.verified_at, verdict.time_source) == (NOW, TimeSource.GIVEN)
    (finding,) = (f for f in verdict.findings if f.check is Check.TIME and f.effect is not PASSED)
    assert finding.code == code
    assert set(reasons) <= set(str(finding.details.get("codes", "")).split(", "))


def test_a_time_stamp_over_other_bytes_proves_nothing(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    other = tsa.token(forge.but(payer="ecdsa").der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(other, trust)), "PKI-138")


@pytest.mark.parametrize(
    "token",
    [b"", b"\x30\x00", b"\x05\x00", b"\x30\x80" * 4000, b"0" * 100_000, bytes.fromhex("30053003020102")],
    ids=lambda token: f"{len(token)}-{token[:4].hex()}",
)
def test_what_is_no_time_stamp_proves_nothing(forge: Forge, trust: TrustStore, token: bytes) -> None:
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-137")


def test_evidence_is_no_time_stamp_over_itself(forge: Forge, trust: TrustStore) -> None:
    unproven(judged(forge.der(), trust, TimeStamp(forge.der(), trust)), "PKI-137")


def test_a_refusal_of_the_authority_is_no_time_stamp(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    granted, refused = b"\x30\x03\x02\x01\x00", b"\x30\x03\x02\x01\x02"
    refusal = tsa.response(forge.der(), STAMPED_AT).replace(granted, refused, 1)
    unproven(judged(forge.der(), trust, TimeStamp(refusal, trust)), "PKI-137")


EKU = x509.ExtendedKeyUsage


@pytest.mark.parametrize(
    ("usage", "critical"),
    [
        (None, True),
        (TIME_STAMPING, False),
        (EKU([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), True),
        (EKU([ExtendedKeyUsageOID.EMAIL_PROTECTION]), True),
        (EKU([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), True),
    ],
    ids=["none", "not critical", "another too", "another", "any"],
)
def test_only_a_certificate_for_time_stamping_alone_proves_a_time(
    forge: Forge, trust: TrustStore, usage: x509.ExtendedKeyUsage | None, critical: bool
) -> None:
    tsa = Tsa(tsa_key_pair(forge.pki, usage=usage, critical=critical))
    token = tsa.token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-139", "PKI-129")


def test_a_payer_cannot_stamp_time(forge: Forge, trust: TrustStore) -> None:
    token = Tsa(forge.pair).token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-139", "PKI-129")


def test_a_time_stamping_authority_cannot_consent(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    payers = {**forge.pki.payers, "tsa": tsa.pair}
    pki = DemoPki(forge.pki.at, forge.pki.root, forge.pki.intermediates, payers)
    assert "PKI-129" in codes(judged(Forge(pki, payer="tsa").der(), trust))


def test_an_unknown_authority_proves_no_time(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    elsewhere = TrustStore.of([build_demo_pki(at=SIGNED_AT).root.der])
    token = tsa.token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, elsewhere)), "PKI-139", "PKI-111")


def test_time_and_signers_may_be_trusted_apart(forge: Forge, trust: TrustStore) -> None:
    """The authority for time is under a root of its own, which vouches for no payer."""
    other = build_demo_pki(at=SIGNED_AT)
    token = Tsa(tsa_key_pair(other)).token(forge.der(), STAMPED_AT)
    assert judged(forge.der(), trust, TimeStamp(token, other.trust())).indication is PASSED
    assert "PKI-111" in codes(judged(forge.der(), other.trust(), TimeStamp(token, other.trust())))


def test_an_authority_that_has_expired_proves_no_time(forge: Forge, trust: TrustStore) -> None:
    """Nobody watches over its key any more, and whoever has it can date what it signs."""
    token = Tsa(tsa_key_pair(forge.pki, days=10)).token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-139", "PKI-112")


@pytest.mark.parametrize("at", [NOW, SIGNING_TIME])
@pytest.mark.parametrize("days", [-1, 30])
def test_a_time_outside_its_authority_s_life_is_not_proven(forge: Forge, days: int, at: At) -> None:
    """Also where the token says no signing-time, which would be held against the certificate anyway."""

    def nameless(attributes: Any) -> None:
        del attributes[next(i for i, one in enumerate(attributes) if one["type"].native == "signing_time")]

    tsa = Tsa(tsa_key_pair(forge.pki, first=STAMPED_AT - DAY, days=29), attributes=nameless)
    trust = forge.pki.trust()
    sound = judged(forge.der(), trust, TimeStamp(tsa.token(forge.der(), STAMPED_AT), trust))
    assert sound.time_source is TimeSource.TIME_STAMP
    token = tsa.token(forge.der(), STAMPED_AT + days * DAY - HOUR)
    verdict = judged(forge.der(), trust, TimeStamp(token, trust), at=at)
    assert "PKI-139" in codes(verdict)
    assert verdict.time_source is not TimeSource.TIME_STAMP


@pytest.mark.parametrize(("revoked_at", "code"), [(NOW - DAY, "PKI-121"), (NOW + DAY, "PKI-155")])
def test_an_authority_that_is_ever_revoked_proves_no_time(forge: Forge, revoked_at: datetime, code: str) -> None:
    tsa, authority = Tsa(tsa_key_pair(forge.pki)), Authority(forge)
    entry = x509.RevokedCertificateBuilder().serial_number(777).revocation_date(revoked_at).build()
    trust = trust_with(forge.pki, authority.crl(entry, at=max(revoked_at, NOW)))
    verdict = judged(forge.der(), trust, TimeStamp(tsa.token(forge.der(), STAMPED_AT), trust))
    unproven(verdict, "PKI-139", code)
    claimed = judged(forge.der(), trust, TimeStamp(tsa.token(forge.der(), STAMPED_AT), trust), at=SIGNING_TIME)
    assert claimed.time_source is TimeSource.CLAIMED


def test_an_authority_of_which_nobody_knows_proves_no_time(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    lists = [forge.pki.root.crl]
    silent = TrustStore.of([forge.pki.root.der], [a.der for a in forge.pki.intermediates], lists)
    token = tsa.token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, silent)), "PKI-139", "PKI-122")
    lenient = TrustSettings(revocation=Revocation.IF_PRESENT)
    told = TrustStore.of([forge.pki.root.der], [a.der for a in forge.pki.intermediates], lists, settings=lenient)
    assert judged(forge.der(), trust, TimeStamp(token, told)).indication is PASSED


def test_a_stamp_changed_anywhere_proves_nothing_else(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    """Little of a token is unsigned, such as its list of digest algorithms."""
    der = forge.der()
    token = tsa.token(der, STAMPED_AT)
    for offset in range(0, len(token), 7):
        flipped = bytearray(token)
        flipped[offset] ^= 1 << offset % 8
        verdict = judged(der, trust, TimeStamp(bytes(flipped), trust))
        assert verdict.time_source is TimeSource.GIVEN or verdict.verified_at == STAMPED_AT, offset
    for end in range(0, len(token), 31):
        assert judged(der, trust, TimeStamp(token[:end], trust)).time_source is TimeSource.GIVEN


def set_to(name: str, value: Any) -> Change:
    def change(structure: Any) -> None:
        structure[name] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_to("version", 2),
        set_to("accuracy", {"seconds": 100_000}),
        set_to("accuracy", {"seconds": -1}),
        set_to("extensions", [{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"\x05\x00"}]),
    ],
    ids=["version", "off by more than a day", "off by less than nothing", "critical extension"],
)
def test_a_time_stamp_that_says_what_we_do_not_understand_proves_nothing(
    forge: Forge, trust: TrustStore, tsa: Tsa, change: Change
) -> None:
    token = Tsa(tsa.pair, tst_info=change).token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-137")


def test_what_does_not_bear_on_time_is_no_matter(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    def change(info: Any) -> None:
        info["ordering"], info["nonce"] = True, 99
        info["extensions"] = [{"extn_id": "1.3.6.1.5.5.7.1.3", "critical": False, "extn_value": b"\x05\x00"}]

    token = Tsa(tsa.pair, tst_info=change).token(forge.der(), STAMPED_AT)
    assert judged(forge.der(), trust, TimeStamp(token, trust)).time_source is TimeSource.TIME_STAMP


def test_accuracy_makes_the_proven_time_later(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    change = set_to("accuracy", {"seconds": 60, "millis": 500, "micros": 250})
    token = Tsa(tsa.pair, tst_info=change).token(forge.der(), STAMPED_AT)
    verdict = judged(forge.der(), trust, TimeStamp(token, trust))
    assert verdict.verified_at == STAMPED_AT + timedelta(seconds=60, microseconds=500_250)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        (b"20260601100000.25Z", 250_000),
        (b"20260601100000.000001Z", 1),
        (b"20260601100000.250Z", None),
        (b"20260601100000.Z", None),
        (b"20260601100000", None),
        (b"202606011000Z", None),
        (b"20260601190000+0900", None),
        (b"20261301100000Z", None),
    ],
)
def test_a_time_stamp_s_time_is_der(forge: Forge, trust: TrustStore, tsa: Tsa, text: bytes, micros: int | None) -> None:
    """With a fraction or without, but in one form only (RFC 3161 §2.4.2)."""
    change = set_to("gen_time", core.GeneralizedTime(contents=text))
    token = Tsa(tsa.pair, tst_info=change).token(forge.der(), STAMPED_AT)
    verdict = judged(forge.der(), trust, TimeStamp(token, trust))
    if micros is None:
        unproven(verdict, "PKI-137")
    else:
        assert verdict.verified_at == datetime(2026, 6, 1, 10, microsecond=micros, tzinfo=UTC)


def test_a_weak_imprint_proves_nothing(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    """SHA-1 of two texts can be the same; the token itself is signed over SHA-256."""

    def change(info: Any) -> None:
        info["message_imprint"] = {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha1"}),
            "hashed_message": hashlib.sha1(forge.der()).digest(),
        }

    token = Tsa(tsa.pair, tst_info=change).token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-138")


def test_a_token_has_to_name_its_certificate(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    """RFC 3161 §2.4.1: else the certificate could be exchanged for another of the same key."""

    def without(attributes: Any) -> None:
        kept = [one for one in attributes if one["type"].native != "signing_certificate"]
        while len(attributes):
            del attributes[0]
        for one in kept:
            attributes.append(one)

    token = Tsa(tsa.pair, attributes=without).token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-139", "PKI-137")


def test_a_token_may_not_name_another_certificate(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    other = asn1_x509.Certificate.load(forge.pair.certificate.public_bytes(Encoding.DER))

    def another(attributes: Any) -> None:
        for attribute in attributes:
            if attribute["type"].native == "signing_certificate":
                attribute["values"] = [tsp.SigningCertificate({"certs": [{"cert_hash": other.sha1}]})]

    token = Tsa(tsa.pair, attributes=another).token(forge.der(), STAMPED_AT)
    unproven(judged(forge.der(), trust, TimeStamp(token, trust)), "PKI-139", "PKI-143")


def test_a_token_without_its_certificate_proves_nothing(forge: Forge, trust: TrustStore, tsa: Tsa) -> None:
    token = tsa.token(forge.der(), STAMPED_AT)
    certificate = tsa.pair.certificate.public_bytes(Encoding.DER)
    (wanted,) = (e for e in elements(token) if token[e.start : e.end] == certificate)
    cut = replaced(token, wanted, forge.pair.certificate.public_bytes(Encoding.DER))
    unproven(judged(forge.der(), trust, TimeStamp(cut, trust)), "PKI-139", "PKI-102")


OPENSSL = shutil.which("openssl")
CONFIG = """\
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not at hand")
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_what_openssl_stamps_proves_its_time_and_openssl_agrees(tmp_path: Path, digest: str) -> None:
    """OpenSSL stamps at the machine's clock, so that this PKI is built for now."""
    now = datetime.now(UTC).replace(microsecond=0)
    pki = build_demo_pki(at=now)
    der, pair = Forge(pki, at=now - HOUR).der(), tsa_key_pair(pki, first=now - DAY)
    (tmp_path / "x.der").write_bytes(der)
    (tmp_path / "tsa.pem").write_bytes(pair.certificate.public_bytes(Encoding.PEM))
    key = pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "tsa.key").write_bytes(key)
    (tmp_path / "tsa.cnf").write_text(CONFIG)
    (tmp_path / "serial").write_text("01")
    chain = [pki.root.certificate, pki.intermediates[0].certificate]
    (tmp_path / "ca.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))

    def ts(*arguments: str) -> None:
        subprocess.run([OPENSSL or "", "ts", *arguments], cwd=tmp_path, check=True, capture_output=True)

    ts("-query", "-data", "x.der", f"-{digest}", "-cert", "-out", "x.tsq")
    ts("-reply", "-config", "tsa.cnf", "-queryfile", "x.tsq", "-out", "x.tsr")
    ts("-verify", "-data", "x.der", "-in", "x.tsr", "-CAfile", "ca.pem")
    trust = pki.trust()
    at = datetime.now(UTC) + HOUR
    verdict = judged(der, trust, TimeStamp((tmp_path / "x.tsr").read_bytes(), trust), at=at)
    assert verdict.indication is PASSED
    assert verdict.time_source is TimeSource.TIME_STAMP
    assert verdict.verified_at is not None
    assert now <= verdict.verified_at <= at
