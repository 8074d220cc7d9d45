"""What is put together from pieces is what a DER codec writes, and each certificate keeps its own pieces."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from certs.demo import DemoPki
from certs.keys import PrivateKey
from signer import Digest, LocalKey, Prepared, complete, prepare, sign_consent
from signer import frame as frames
from signer.cms import element
from signer.frame import der_of, frame_of
from tests.signer import declared
from tests.signer.making import AT, TEXT, ascii_text, ec_key, self_signed

LENGTHS = [0, 1, 127, 128, 255, 256, 65_535, 65_536]
DIGESTS: list[Digest] = ["sha256", "sha384", "sha512"]
TIMES = st.datetimes(datetime(1950, 1, 1), datetime(9999, 12, 31, 23, 59, 59)).map(  # noqa: DTZ001 - made aware below
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)


@cache
def certificate(kind: int, padding_bytes: int) -> bytes:
    keys: list[PrivateKey] = [
        rsa.generate_private_key(65537, 2048),
        rsa.generate_private_key(65537, 3072),
        ec_key(),
        ec_key(ec.SECP384R1()),
        ec_key(ec.SECP521R1()),
    ]
    return self_signed(keys[kind], padding_bytes=padding_bytes).public_bytes(Encoding.DER)


CERTIFICATES = st.builds(certificate, st.integers(0, 4), st.sampled_from([0, 90, 4000]))
PREPARED = st.builds(
    Prepared,
    content=st.binary(max_size=400) | st.sampled_from(LENGTHS).map(bytes),
    charset=st.just("utf-8"),
    certificate=CERTIFICATES,
    at=TIMES,
    digest=st.sampled_from(DIGESTS),
    intermediates=st.lists(CERTIFICATES, max_size=3).map(tuple),
    signing_certificate_v2=st.booleans(),
)


@settings(max_examples=300)
@given(PREPARED, st.binary(max_size=400))
def test_every_byte_is_that_of_the_codec(prepared: Prepared, signature: bytes) -> None:
    assert prepared.to_be_signed == declared.to_be_signed(prepared)
    assert prepared.assemble(signature) == declared.assemble(prepared, signature)


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("binding", [False, True])
@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "corporate", "ecdsa384"])
def test_signing_in_one_go_gives_what_the_codec_writes(
    pki: DemoPki, payer: str, digest: Digest, *, binding: bool
) -> None:
    pair = pki.payers[payer]
    prepared = prepare(
        TEXT, pair.certificate, at=AT, digest=digest, intermediates=pair.others, signing_certificate_v2=binding
    )
    signatures = []

    class Holder(LocalKey):
        def sign(self, data: bytes, digest: Digest) -> bytes:
            signatures.append(super().sign(data, digest))
            return signatures[-1]

    der = sign_consent(
        TEXT, Holder.of(pair), at=AT, digest=digest, intermediates=pair.others, signing_certificate_v2=binding
    )
    assert der == declared.assemble(prepared, signatures[0]) == complete(prepared, signatures[0])


@pytest.mark.parametrize("size", LENGTHS)
def test_lengths_take_as_few_bytes_as_they_can(size: int) -> None:
    bits = max(1, (size.bit_length() + 7) // 8)
    length = bytes([size]) if size < 0x80 else bytes([0x80 | bits]) + size.to_bytes(bits, "big")
    assert element(0x04, bytes(size)) == b"\x04" + length + bytes(size)


def test_the_bytes_of_a_certificate_are_its_own_however_many_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are remembered by where the certificate lies, and others will come to lie where those forgotten lay."""
    monkeypatch.setattr(frames, "REMEMBERED", 3)
    monkeypatch.setattr(frames, "_encoded", {})
    ders = [certificate(kind, padding) for kind in range(5) for padding in (0, 90)]
    for der in ders * 20:
        loaded = x509.load_der_x509_certificate(der)
        assert der_of(loaded) == der
        assert der_of(loaded) is der_of(loaded)
        assert len(frames._encoded) <= 3


@settings(max_examples=100)
@given(st.integers(1, 10_000), CERTIFICATES, st.booleans())
def test_what_is_said_to_fit_beforehand_does(text_bytes: int, der: bytes, binding: bool) -> None:
    """`most_around` spares most signatures the exact count; it must never say that something fits which does not."""
    frame = frame_of(der, (), "sha256")
    if text_bytes + frame.most_around <= frames.MAX_DER_BYTES:
        assert frame.der_bytes(text_bytes, AT, binding=binding) <= frames.MAX_DER_BYTES


def test_one_certificate_signs_with_each_digest_in_turn(pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    for digest in DIGESTS * 2:
        der = sign_consent(ascii_text(100), LocalKey.of(pair), at=AT, digest=digest)
        prepared = prepare(ascii_text(100), pair.certificate, at=AT, digest=digest)
        assert der == declared.assemble(prepared, LocalKey.of(pair).sign(prepared.to_be_signed, digest))
