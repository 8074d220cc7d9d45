"""Signing keys and texts from the files named on the command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import click
from cryptography import x509

from certs.keys import KeyPair, load_certificates, load_pkcs12, load_private_key
from consent import Charset, ConsentText
from consent.charset import strict_decode
from consent.errors import Lang
from service.errors import CertificateNeeded
from service.inputs import password, read

_PKCS12_SUFFIXES = (".p12", ".pfx")


def open_key(key: str, certificate: str | None, password_file: str | None) -> KeyPair:
    """A PKCS#12 file, or a PEM or DER private key together with its certificate."""
    data = read(key)
    secret = password(password_file)
    if certificate is None:
        if not key.lower().endswith(_PKCS12_SUFFIXES) and b"-----BEGIN " in data:
            raise CertificateNeeded
        return load_pkcs12(data, secret)
    own, *others = load_certificates(read(certificate))
    return KeyPair(load_private_key(data, secret), own, tuple(others))


def enclosed(files: Sequence[str]) -> list[x509.Certificate]:
    """Certificates to be put into the message beside the signer's."""
    return [certificate for file in files for certificate in load_certificates(read(file))]


def open_text(file: str, text_charset: Charset, charset: Charset, lang: Lang) -> ConsentText:
    """The text in `file`, which is in `text_charset`, as it will be signed in `charset`."""
    typed = strict_decode(read(file), text_charset)
    text = ConsentText.of(typed, charset)
    if not unicodedata.is_normalized("NFC", typed):
        note = (
            "원문을 NFC로 정규화하여 서명합니다." if lang == "ko" else "The text was normalised to NFC before signing."
        )
        click.echo(note, err=True)
    return text
