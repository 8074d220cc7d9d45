"""Signing keys and texts from the files named on the command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import click
from cryptography import x509

from certs.errors import PasswordMissing
from certs.keys import KeyPair, PrivateKey, load_certificates, load_pkcs12, load_private_key
from consent import Charset, ConsentText
from consent.charset import strict_decode
from consent.errors import Lang
from service.errors import CertificateNeeded, about
from service.inputs import password, password_from_terminal, read

_PKCS12_SUFFIXES = (".p12", ".pfx")


def open_key(key: str, certificate: str | None, password_file: str | None, lang: Lang) -> KeyPair:
    """A PKCS#12 file, or a PEM or DER private key together with its certificate; one that is named goes before its own.

    The password is asked for at a terminal only where one is needed and none was given.
    """
    data = read(key)
    certificates = None if certificate is None else enclosed([certificate])
    is_pkcs12 = key.lower().endswith(_PKCS12_SUFFIXES) or (certificates is None and b"-----BEGIN " not in data)
    if certificates is None and not is_pkcs12:
        raise CertificateNeeded
    load = load_pkcs12 if is_pkcs12 else load_private_key
    with about(key):
        try:
            opened = load(data, password(password_file))
        except PasswordMissing:
            typed = password_from_terminal(lang)
            if typed is None:
                raise
            opened = load(data, typed)
        return _paired(opened, certificates)


def _paired(opened: KeyPair | PrivateKey, certificates: Sequence[x509.Certificate] | None) -> KeyPair:
    if isinstance(opened, KeyPair):
        if certificates is None:
            return opened
        opened = opened.private_key
    if certificates is None:
        raise CertificateNeeded
    own, *others = certificates
    return KeyPair(opened, own, tuple(others))


def enclosed(files: Sequence[str]) -> list[x509.Certificate]:
    """Every certificate in these files, one at least in each."""
    certificates: list[x509.Certificate] = []
    for file in files:
        data = read(file)
        with about(file):
            certificates += load_certificates(data)
    return certificates


def open_text(file: str, text_charset: Charset, charset: Charset, lang: Lang) -> ConsentText:
    """The text in `file`, which is in `text_charset`, as it will be signed in `charset`."""
    raw = read(file)
    with about(file):
        typed = strict_decode(raw, text_charset)
        text = ConsentText.of(typed, charset)
    if not unicodedata.is_normalized("NFC", typed):
        note = (
            "원문을 NFC로 정규화하여 서명합니다." if lang == "ko" else "The text was normalised to NFC before signing."
        )
        click.echo(note, err=True)
    return text
