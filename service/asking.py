"""Whose lists and responses are asked for: of the trust folder's certificates, and of those its anchors answer for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator.path import ValidationPath

from certs import TrustStore
from certs.keys import load_certificates
from certs.locations import points
from service.errors import about
from service.inputs import read
from verifier.cms import read_signed_data
from verifier.der import read_der
from verifier.fields import StructureFault
from verifier.loading import load_certificate
from verifier.pkix import snapshot
from verifier.purposes import FOR_SIGNING, FOR_TIME_STAMPING
from verifier.search import PathSearch
from verifier.tst_info import token_of


class Asked(NamedTuple):
    """One certificate. `issuer` is None where none is known that an anchor answers for; anchors have none either."""

    certificate: x509.Certificate
    issuer: x509.Certificate | None


class Issued(NamedTuple):
    """What an OCSP request names."""

    certificate: x509.Certificate
    issuer: x509.Certificate


class Question(NamedTuple):
    """Addresses of which one is to answer: with a list, or, where `about` is given, with an OCSP response about it."""

    use: str
    urls: tuple[str, ...]
    about: Issued | None


def certificates_of(file: str) -> list[x509.Certificate]:
    """The legible certificates in a signed DER, a time-stamp or a file of certificates.

    Raises:
        InputUnreadable, InputTooLarge, NotCertificates.
    """
    data = read(file)
    root, _ = read_der(data)
    if root is not None:
        try:
            data = token_of(data)
            signed_data = read_signed_data(data, read_der(data)[0] or root)
        except StructureFault:
            pass
        else:
            return [one for der in signed_data.certificates if (one := load_certificate(der)) is not None]
    with about(file):
        return list(load_certificates(data))


def authorities(store: TrustStore) -> list[asn1_x509.Certificate]:
    """The legible certificates of the folder, as the verifier takes them."""
    items = (*store.anchors, *store.intermediates)
    return [asn1_x509.Certificate.load(item.der) for item in items if load_certificate(item.der) is not None]


def of_folder(store: TrustStore) -> Iterator[Asked]:
    """Every legible certificate of the folder: its operator vouches for them, and for their addresses."""
    for item in store.anchors:
        if (anchor := load_certificate(item.der)) is not None:
            yield Asked(anchor, None)
    search = _search((), store)
    for item in store.intermediates:
        if (certificate := load_certificate(item.der)) is not None:
            path = search.proof_of(item.der)
            yield Asked(certificate, None if path is None else _issuer(path))


MOST_OF_A_FILE: Final = 50
"""Evidence has a handful of certificates. Hundreds that could all have issued each other would take minutes to sort."""


def of_strangers(certificates: Iterable[x509.Certificate], store: TrustStore) -> Iterator[Asked | None]:
    """Each certificate that somebody handed in; None for those that no anchor answers for.

    Whoever wrote those could have any address contacted: signatures of authorities alone make them worth asking.
    """
    ders = [one.public_bytes(Encoding.DER) for one in certificates]
    search, own = _search(ders[:MOST_OF_A_FILE], store), snapshot(store).known
    for der in ders[:MOST_OF_A_FILE]:
        certificate = load_certificate(der)
        if certificate is None:
            yield None
        elif der in own:
            yield Asked(certificate, None)  # its issuer is known among the folder's
        else:
            path = search.proof_of(der)
            yield None if path is None else Asked(certificate, _issuer(path))
    yield from (None for _ in ders[MOST_OF_A_FILE:])


def _search(enclosed: Iterable[bytes], store: TrustStore) -> PathSearch:
    return PathSearch(store.anchors[0].der, list(enclosed), snapshot(store), FOR_SIGNING | FOR_TIME_STAMPING)


def _issuer(path: ValidationPath) -> x509.Certificate | None:
    issuer: asn1_x509.Certificate = path[path.pkix_len - 1]
    return load_certificate(issuer.dump())


def questions(asked: Iterable[Asked]) -> list[Question]:
    """What is to be fetched, each once: a list is the same whoever names it, a response is about one certificate."""
    found: dict[tuple[object, ...], Question] = {}
    for one in asked:
        for point in points(one.certificate):
            if point.use == "crl":
                found.setdefault(point, Question(*point, None))
            elif point.use == "ocsp" and one.issuer is not None:
                found.setdefault((*point, one), Question(*point, Issued(one.certificate, one.issuer)))
    return list(found.values())
