"""How much text fits: told beforehand, exact to the byte, and refused with the number of bytes too many."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from certs.demo import DemoPki
from signer import MAX_DER_BYTES, Digest, LocalKey, Prepared, remaining_text_bytes, sign_consent
from signer.algorithms import max_signature_bytes
from signer.errors import CertificatesTooLarge, EvidenceTooLarge
from tests.signer.making import AT, ascii_text, ec_key, self_signed


@pytest.mark.parametrize("binding", [False, True])
@pytest.mark.parametrize("enclosed", [0, 1, 2])
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_rsa_fits_to_the_byte(pki: DemoPki, digest: Digest, enclosed: int, *, binding: bool) -> None:
    pair = pki.payers["rsa"]
    intermediates = (*pair.others, pki.root.certificate)[:enclosed]
    room = remaining_text_bytes(
        pair.certificate, digest=digest, intermediates=intermediates, signing_certificate_v2=binding
    )

    def signed(size: int) -> bytes:
        return sign_consent(
            ascii_text(size),
            LocalKey.of(pair),
            at=AT,
            digest=digest,
            intermediates=intermediates,
            signing_certificate_v2=binding,
        )

    assert len(signed(room)) == MAX_DER_BYTES
    with pytest.raises(EvidenceTooLarge) as refused:
        signed(room + 1)
    assert refused.value.details == {
        "text_bytes": room + 1,
        "room_bytes": room,
        "over_bytes": 1,
        "max_der_bytes": MAX_DER_BYTES,
    }


@pytest.mark.parametrize("payer", ["ecdsa", "ecdsa384"])
def test_ecdsa_always_fits_and_one_byte_more_is_always_refused(pki: DemoPki, payer: str) -> None:
    pair = pki.payers[payer]
    room = remaining_text_bytes(pair.certificate)
    for _ in range(20):
        assert MAX_DER_BYTES - 8 <= len(sign_consent(ascii_text(room), LocalKey.of(pair), at=AT)) <= MAX_DER_BYTES
        with pytest.raises(EvidenceTooLarge):
            sign_consent(ascii_text(room + 1), LocalKey.of(pair), at=AT)


def test_the_refusal_counts_the_bytes_to_go(pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    room = remaining_text_bytes(pair.certificate)
    for over in (1, 2, 500, 90_000):
        with pytest.raises(EvidenceTooLarge) as refused:
            sign_consent(ascii_text(room + over), LocalKey.of(pair), at=AT)
        assert refused.value.details["over_bytes"] == over
        assert refused.value.details["room_bytes"] == room


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@settings(max_examples=60, deadline=None)
@given(st.integers(8_600, 9_700), st.sampled_from(["rsa", "ec"]))
def test_the_room_is_the_largest_size_at_every_step_of_the_lengths(
    rsa_key: rsa.RSAPrivateKey, padding: int, family: str
) -> None:
    """Certificates that leave little room take the content past 127 and 255 bytes, where DER lengths grow."""
    key = rsa_key if family == "rsa" else ec_key()
    certificate = self_signed(key, padding_bytes=padding)
    signature = bytes(max_signature_bytes(key.public_key()))

    def size(text_bytes: int) -> int:
        content = bytes(text_bytes)
        return len(Prepared(content, "utf-8", certificate.public_bytes(Encoding.DER), AT, "sha256").assemble(signature))

    room = remaining_text_bytes(certificate)
    assert room == 0 or size(room) <= MAX_DER_BYTES
    assert size(room + 1) > MAX_DER_BYTES
    with pytest.raises(EvidenceTooLarge if room else CertificatesTooLarge):
        sign_consent(ascii_text(room + 1), LocalKey(key, certificate), at=AT)


def test_certificates_that_fill_it_all_leave_no_room() -> None:
    key = ec_key()
    certificate = self_signed(key, padding_bytes=20_000)
    assert remaining_text_bytes(certificate) == 0
    with pytest.raises(CertificatesTooLarge):
        sign_consent(ascii_text(1), LocalKey(key, certificate), at=AT)


def test_a_signing_time_from_2050_takes_two_bytes(rsa_key: rsa.RSAPrivateKey) -> None:
    after_2050 = datetime(2051, 1, 1, tzinfo=UTC)
    certificate = self_signed(rsa_key, not_after=datetime(2060, 1, 1, tzinfo=UTC))
    room = remaining_text_bytes(certificate)
    assert room == remaining_text_bytes(certificate, at=after_2050) == remaining_text_bytes(certificate, at=AT) - 2
    assert len(sign_consent(ascii_text(room), LocalKey(rsa_key, certificate), at=after_2050)) == MAX_DER_BYTES
    assert len(sign_consent(ascii_text(room), LocalKey(rsa_key, certificate), at=AT)) == MAX_DER_BYTES - 2


def test_a_digest_or_time_that_no_signature_has_is_a_mistake_as_it_is_when_signing(pki: DemoPki) -> None:
    certificate = pki.payers["rsa"].certificate
    with pytest.raises(ValueError, match="sha256"):
        remaining_text_bytes(certificate, digest="sha1")  # type: ignore[arg-type]
    for at in (AT.replace(tzinfo=None), AT.replace(microsecond=1)):
        with pytest.raises(ValueError, match="aware UTC"):
            remaining_text_bytes(certificate, at=at)


@pytest.mark.parametrize(
    ("curve", "longest"),
    [(ec.SECP256R1(), 72), (ec.SECP384R1(), 104), (ec.SECP521R1(), 139)],
    ids=["256", "384", "521"],
)
def test_no_ecdsa_signature_is_longer_than_counted(curve: ec.EllipticCurve, longest: int) -> None:
    key = ec_key(curve)
    local = LocalKey(key, self_signed(key))
    lengths = {len(local.sign(bytes([index]), "sha256")) for index in range(100)}
    assert max_signature_bytes(key.public_key()) == longest
    assert max(lengths) <= longest
    assert max(lengths) >= longest - 1
