"""What later lists and responses say of a time before them: nobody gets better for it, and stolen keys tell nothing."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from certs import TrustStore
from certs.demo import DemoPki
from tests.verifier.forge import SIGNED_AT, Forge
from tests.verifier.test_revocation import Authority, Response, trust_with
from verifier import Indication, Receipt, Verdict, policies, verify_der

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HELD_AT, RECEIVED_AT, REVOKED_AT = SIGNED_AT - 2 * HOUR, SIGNED_AT + HOUR, SIGNED_AT + 5 * DAY
NOW = SIGNED_AT + 20 * DAY
PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
HOLD, STOLEN = x509.CRLReason(x509.ReasonFlags.certificate_hold), x509.CRLReason(x509.ReasonFlags.key_compromise)


@pytest.fixture
def authority(forge: Forge) -> Authority:
    return Authority(forge)


def received(der: bytes, trust: TrustStore, at: datetime = RECEIVED_AT) -> Verdict:
    receipt = Receipt(hashlib.sha256(der).digest(), at)
    return verify_der(der, trust=trust, policy=policies.KFTC, at=NOW, proofs=[receipt])


def codes(verdict: Verdict) -> set[str]:
    assert "CMS-199" not in {f.code for f in verdict.findings}
    return {f.code for f in verdict.findings}


@pytest.mark.parametrize("after", ["revoked", "lifted"])
def test_what_came_in_during_a_hold_is_refused_whatever_became_of_it(
    forge: Forge, authority: Authority, after: str
) -> None:
    """Reported lost and put on hold; a thief signs; then it is revoked for good, or found again."""
    held = authority.crl(authority.entry(HELD_AT, HOLD), at=SIGNED_AT + 2 * HOUR)
    entries = [authority.entry(REVOKED_AT, STOLEN)] if after == "revoked" else []
    trust = trust_with(forge.pki, held, authority.crl(*entries, at=REVOKED_AT))
    for verdict in (
        received(forge.der(), trust),
        verify_der(forge.der(), trust=trust, policy=policies.KFTC, at=RECEIVED_AT),
    ):
        assert verdict.indication is FAILED
        assert "PKI-121" in codes(verdict)


def test_what_came_in_during_a_hold_is_refused_by_responses_too(forge: Forge) -> None:
    held, good = Response(forge), Response(forge)
    held.status, held.revoked_at, held.this_update = ocsp.OCSPCertStatus.REVOKED, HELD_AT, SIGNED_AT
    held.reason = x509.ReasonFlags.certificate_hold
    good.this_update = REVOKED_AT
    root, intermediates = forge.pki.root, [a.der for a in forge.pki.intermediates]
    trust = TrustStore.of([root.der], intermediates, [root.crl], [held.der(), good.der()])
    assert "PKI-121" in codes(received(forge.der(), trust))
    later = verify_der(forge.der(), trust=trust, policy=policies.KFTC, at=REVOKED_AT + DAY)
    assert "PKI-121" not in codes(later)


def test_a_hold_that_was_over_before_does_not_hurt(forge: Forge, authority: Authority) -> None:
    held = authority.crl(authority.entry(HELD_AT, HOLD), at=HELD_AT)
    lifted = authority.crl(at=SIGNED_AT)
    assert received(forge.der(), trust_with(forge.pki, held, lifted)).indication is PASSED


def with_authority_revoked(pki: DemoPki, authority: Authority, reason: x509.ReasonFlags, *lists: bytes) -> TrustStore:
    revoked = (
        x509.RevokedCertificateBuilder()
        .serial_number(authority.pair.certificate.serial_number)
        .revocation_date(REVOKED_AT)
        .add_extension(x509.CRLReason(reason), critical=False)
        .build()
    )
    root = pki.root.key_pair
    of_root = authority.crl(revoked, at=REVOKED_AT, key=root.private_key, issuer=root.certificate)
    return TrustStore.of([pki.root.der], [a.der for a in pki.intermediates], [of_root, *lists])


@pytest.mark.parametrize("reason", [x509.ReasonFlags.ca_compromise, x509.ReasonFlags.unspecified])
def test_lists_by_an_authority_that_was_revoked_since_tell_nothing(
    forge: Forge, authority: Authority, reason: x509.ReasonFlags
) -> None:
    """Whoever has its key could have written them, and dated them as he liked."""
    for issued in (SIGNED_AT, REVOKED_AT + DAY):
        trust = with_authority_revoked(forge.pki, authority, reason, authority.crl(at=issued))
        verdict = received(forge.der(), trust)
        assert verdict.indication is UNCLEAR
        assert "PKI-156" in codes(verdict)


def test_an_authority_that_closed_down_is_still_believed_about_before(forge: Forge, authority: Authority) -> None:
    closed = x509.ReasonFlags.cessation_of_operation
    trust = with_authority_revoked(forge.pki, authority, closed, authority.crl(at=SIGNED_AT))
    assert received(forge.der(), trust).indication is PASSED


@pytest.mark.parametrize(("oid", "value"), [("2.5.29.21", b"\x0a\x01\x07"), ("2.5.29.29", b"\x05\x00")])
def test_an_entry_that_cannot_be_read_may_say_that_it_was_invalid_before(
    forge: Forge, authority: Authority, oid: str, value: bytes
) -> None:
    illegible = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)
    before = x509.InvalidityDate((SIGNED_AT - DAY).replace(tzinfo=None))
    odd = authority.crl(authority.entry(REVOKED_AT, before, illegible), at=REVOKED_AT)
    response = Response(forge)
    response.status, response.revoked_at, response.this_update = ocsp.OCSPCertStatus.REVOKED, REVOKED_AT, REVOKED_AT
    root, intermediates = forge.pki.root, [a.der for a in forge.pki.intermediates]
    trust = TrustStore.of([root.der], intermediates, [root.crl, odd], [response.der()])
    verdict = received(forge.der(), trust)
    assert verdict.indication is UNCLEAR
    assert {f.details["since"] for f in verdict.findings if f.code == "PKI-128"} == {"?"}


def test_a_receipt_at_a_time_that_utc_has_not_is_none() -> None:
    for at in ("0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"):
        with pytest.raises(ValueError, match="UTC"):
            Receipt(bytes(32), datetime.fromisoformat(at))
