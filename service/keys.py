"""Signing keys and texts from the files named on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

import click
from cryptography import x509

from certs.errors import CertificateForEncryption, NotCertificates, PasswordMissing
from certs.key_encryption import is_encrypted_key
from certs.keys import KeyPair, PrivateKey, load_certificates, load_pkcs12, load_private_key
from certs.npki.pair import NpkiPair, is_for_encryption, open_pair
from consent import Charset, ConsentText
from consent.charset import strict_decode
from consent.errors import Lang
from service.errors import about
from service.inputs import STDIN, password, password_from_terminal, read
from service.key_faults import CertificateIsKey, CertificateNeeded, KeyIsCertificate

PKCS12_SUFFIXES: Final = (".p12", ".pfx")
_Opened = TypeVar("_Opened")


def open_key(key: str, certificate: str | None, password_file: str | None, lang: Lang | None) -> KeyPair:
    """A PKCS#12 file, or a private key with its certificate, which for signPri.key is the signCert.der beside it.

    One that is named goes before the key's own. The password is asked for at a terminal, in `lang`, only where one is
    needed and none was given; without `lang` nobody is asked.
    """
    data = read(key)
    _refuse_certificate(data, key)
    is_alone = b"-----BEGIN " in data or is_key_alone(key, data)
    if certificate is None and is_alone:
        certificate = beside(key, CERTIFICATE_OF)
        if certificate is None:
            raise CertificateNeeded
    certificates = None if certificate is None else enclosed([certificate])
    if certificates is None or key.lower().endswith(PKCS12_SUFFIXES):
        with about(key):
            pair = unlocked(lambda word: load_pkcs12(data, word), password_file, lang)
            return pair if certificates is None else _paired(pair.private_key, certificates)
    if is_for_encryption(certificates[0]):
        with about(str(certificate)):
            raise CertificateForEncryption
    with about(key):
        return _paired(unlocked(lambda word: load_private_key(data, word), password_file, lang), certificates)


def _paired(private_key: PrivateKey, certificates: Sequence[x509.Certificate]) -> KeyPair:
    own, *others = certificates
    return KeyPair(private_key, own, tuple(others))


def unlocked(load: Callable[[str | None], _Opened], password_file: str | None, lang: Lang | None) -> _Opened:
    """What `load` makes of the password that was given, or, if one is missing, of what is typed at the terminal."""
    try:
        return load(password(password_file))
    except PasswordMissing:
        typed = None if lang is None else password_from_terminal(lang)
        if typed is None:
            raise
        return load(typed)


def open_npki_pair(certificate_file: str, key_file: str, password_file: str | None, lang: Lang) -> NpkiPair:
    """A signCert.der and its signPri.key."""
    return open_pair_of(certificate_data(certificate_file), certificate_file, key_file, password_file, lang)


def open_pair_of(
    certificate: bytes, certificate_file: str, key_file: str, password_file: str | None, lang: Lang
) -> NpkiPair:
    """As `open_npki_pair`, with a signCert.der that has been read."""
    key = read(key_file)
    _refuse_certificate(key, key_file)
    with about(certificate_file):
        if is_for_encryption(load_certificates(certificate)[0]):
            raise CertificateForEncryption
    with about(key_file):
        return unlocked(lambda word: open_pair(certificate, key, word), password_file, lang)


def is_key_alone(file: str, data: bytes) -> bool:
    """Whether this is a key without its certificate, by what it holds or, where it is damaged, by its name."""
    return file.lower().endswith(".key") or is_encrypted_key(data)


def beside(file: str, names: Mapping[str, str]) -> str | None:
    """The other file of a pair, in the same folder; None if it is not there."""
    if file == STDIN:
        return None
    path = Path(file)
    other = path.with_name(names.get(path.name.lower(), next(iter(names.values()))))
    return str(other) if other.is_file() else None


CERTIFICATE_OF: Final = MappingProxyType({"signpri.key": "signCert.der", "kmpri.key": "kmCert.der"})
KEY_OF: Final = MappingProxyType({"signcert.der": "signPri.key", "kmcert.der": "kmPri.key"})


def _refuse_certificate(data: bytes, file: str) -> None:
    """The two files of a pair are easily taken for each other; a PEM file may also hold both."""
    if b"PRIVATE KEY-----" in data:
        return
    with suppress(NotCertificates):
        load_certificates(data)
        raise KeyIsCertificate(file)


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
        certificates += load_certificates(certificate_data(file))
    return certificates


def certificate_data(file: str) -> bytes:
    """What is in a file of certificates; one with a key in it is told from one with nothing in it.

    Raises:
        CertificateIsKey, NotCertificates.
    """
    data = read(file)
    with about(file):
        try:
            load_certificates(data)
        except NotCertificates:
            if b"PRIVATE KEY-----" in data or is_encrypted_key(data):
                raise CertificateIsKey(file) from None
            raise
    return data


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
