"""Certificates with one thing wrong or unusual, self-signed, and the text that most tests sign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPrivateKey
from cryptography.x509.oid import NameOID

from certs.keys import PrivateKey
from consent.text import Charset, ConsentText

AT: Final = datetime(2026, 6, 1, 9, 30, 15, tzinfo=UTC)
TEXT: Final = ConsentText.of("출금이체 동의\r\n본인은 자동납부에 동의합니다.\n", Charset.UTF_8)
SIGNING: Final = {"digital_signature": True, "content_commitment": True}


def key_usage(**uses: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: uses.get(name, False) for name in names})


def self_signed(
    key: PrivateKey | DSAPrivateKey,
    *,
    usage: dict[str, bool] | None = SIGNING,
    not_before: datetime = AT - timedelta(days=1),
    not_after: datetime = AT + timedelta(days=365),
    padding_bytes: int = 0,
) -> x509.Certificate:
    """Make a certificate; `usage` None leaves the extension out, `padding_bytes` make it larger."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "서명자")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if usage is not None:
        builder = builder.add_extension(key_usage(**usage), critical=True)
    if padding_bytes:
        padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(padding_bytes))
        builder = builder.add_extension(padding, critical=False)
    return builder.sign(key, hashes.SHA256())


def ec_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve or ec.SECP256R1())


def ascii_text(size: int) -> ConsentText:
    return ConsentText.of("x" * size, Charset.UTF_8)
