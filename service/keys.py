"""Signing keys and texts from the files named on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import click
from cryptography import x509

from certs.errors import NotCertificates, PasswordMissing
from certs.keys import KeyPair, PrivateKey, load_certificates, load_pkcs12, load_private_key
from consent import Charset, ConsentText
from consent.charset import strict_decode
from consent.errors import Lang
from service.errors import CertificateNeeded, KeyIsCertificate, about
from service.inputs import password, password_from_terminal, read

_PKCS12_SUFFIXES = (".p12", ".pfx")


def open_key(key: str, certificate: str | None, password_file: str | None, lang: Lang) -> KeyPair:
    """A PKCS#12 file, or a PEM or DER private key together with its certificate; one that is named goes before its own.

    The password is asked for at a terminal only where one is needed and none was given.
    """
    data = read(key)
    _refuse_certificate(data, key)
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


def _refuse_certificate(data: bytes, file: str) -> None:
    """The two files of a pair are easily taken for each other; a PEM file may also hold both."""
    if b"PRIVATE KEY-----" in data:
        return
    with suppress(NotCertificates):
        load_certificates(data)
        raise KeyIsCertificate(file)


def _paired(opened: KeyPair | PrivateKey, certificates: Sequence[x509.Certificate] | None) -> KeyPair:
    if isinstance(opened, KeyPair):
        if certificates is None:
            return opened
        opened = opened.private_key
    if certificates is None:
        raise CertificateNeeded
    own, *others = certificates
    return KeyPair(opened, own, tuple(others))


def to_enclose(
    signer: x509.Certificate, others: Sequence[x509.Certificate], files: Sequence[str], *, signer_only: bool
) -> list[x509.Certificate]:
    """What goes into the message beside the signer's certificate: those of `others` above it, and all in `files`."""
    came_along = [] if signer_only else _authorities(signer, others)
    return [one for one in dict.fromkeys([*came_along, *enclosed(files)]) if one != signer]


def _authorities(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Those of `others` that lead from the certificate upwards, in that order, without the self-signed one at the top.

    They let anybody check a signature who has the root alone; that has to come from elsewhere to prove anything.
    """
    path: list[x509.Certificate] = []
    with suppress(ValueError):  # a name that cannot be parsed; what signs says so of the certificate itself
        last = certificate
        while following := [c for c in others if c.subject == last.issuer != c.issuer and c not in path]:
            last = following[0]
            path.append(last)
    return path


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
    if text.text != typed:
        note = (
            "원문을 NFC로 정규화하여 서명합니다." if lang == "ko" else "The text was normalised to NFC before signing."
        )
        click.echo(note, err=True)
    return text
