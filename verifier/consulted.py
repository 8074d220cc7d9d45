"""Which lists and responses of the trust folder a verdict on revocation rests on, for reports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from asn1crypto import x509 as asn1_x509
from cryptography import x509

from certs import Revocation, TrustStore
from certs.keys import ILLEGIBLE
from verifier.material import Material
from verifier.pkix import snapshot

MOST: Final = 50


class Consulted(NamedTuple):
    """An authentic list, or what an authentic response says about one certificate of the path.

    Attributes:
        is_list: a list; else a statement of an OCSP response.
        name: of the list's issuer, or of the certificate that the statement is about; None if it cannot be read.
        is_about_signer: the statement is about the signer's certificate, whose name is personal data.
        this_update: when it was issued.
        next_update: until when it holds; None if it does not say.
        sha256: of the list's bytes; None for a statement.
        says: what the statement says: good, revoked or unknown; empty for a list.
    """

    is_list: bool
    name: x509.Name | None
    is_about_signer: bool
    this_update: datetime
    next_update: datetime | None
    sha256: bytes | None
    says: str = ""


def consulted(chain: Sequence[bytes], trust: TrustStore, at: datetime) -> tuple[Consulted, ...]:
    """All that may speak of a path that was found valid, `MOST` at most; nothing where revocation is not looked at.

    `chain` is that of a `PathResult`, the anchor first.
    """
    if trust.settings.revocation is Revocation.NONE or len(chain) < 2:
        return ()
    certificates = [asn1_x509.Certificate.load(der) for der in chain[1:]]
    material = Material(certificates, snapshot(trust), at)
    found = [*_lists(material), *_statements(material, certificates)]
    return tuple(found[:MOST])


def _lists(material: Material) -> Iterator[Consulted]:
    for one in sorted(material.authentic, key=lambda one: (one.issuer, one.this_update, one.der)):
        try:
            name = x509.load_der_x509_crl(one.der).issuer
        except ILLEGIBLE:
            name = None
        digest = hashlib.sha256(one.der).digest()
        yield Consulted(
            is_list=True,
            name=name,
            is_about_signer=False,
            this_update=one.this_update,
            next_update=one.next_update,
            sha256=digest,
        )


def _statements(material: Material, certificates: Sequence[asn1_x509.Certificate]) -> Iterator[Consulted]:
    for certificate in certificates:
        name = x509.load_der_x509_certificate(certificate.dump()).subject
        for one in sorted(set(material.statements.about(certificate)), key=lambda one: one.this_update):
            yield Consulted(
                is_list=False,
                name=name,
                is_about_signer=certificate is certificates[-1],
                this_update=one.this_update,
                next_update=one.next_update,
                sha256=None,
                says=one.status.name.lower(),
            )
