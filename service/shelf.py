"""Puts what was fetched into a trust folder, if it is what it claims to be. Of what there was, nothing is changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certs import TrustStore
from certs.index_folder import IndexFolder
from certs.list_index import ListIndex
from evidence.outfile import refusals, writing
from service.asking import Issued, authorities
from service.fetch_faults import (
    AboutAnother,
    AlreadyEnded,
    FetchFault,
    ListUnproven,
    NotAList,
    NotAResponse,
    OlderThanKept,
    ResponderRefused,
    ResponseUnproven,
    StatusUnknown,
    WithoutEnd,
)
from verifier.crls import RevocationList, authentic, read_list
from verifier.ocsp import Statements
from verifier.ocsp_response import Statement
from verifier.pkix import snapshot

_DIGEST_DIGITS: Final = 16
_HOST_LETTERS: Final = 64
_UNSAFE: Final = re.compile(r"[^a-z0-9.-]")


@dataclass(frozen=True)
class Kept:
    """A list or response that the folder has now.

    Attributes:
        file: where, below the trust folder.
        is_new: whether it was put there just now.
        entries: how many certificates a list revokes; None for a response.
        status: what a response says; empty for a list.
        fault: why it vouches for nothing, if it does not.
    """

    file: str
    is_new: bool
    entries: int | None
    status: str
    this_update: datetime
    next_update: datetime | None
    fault: FetchFault | None


class Shelf:
    """A trust folder that takes lists and responses in."""

    def __init__(self, folder: Path, store: TrustStore, issuers: Iterable[x509.Certificate], at: datetime) -> None:
        """`issuers` are authorities beside those in the folder that an anchor answers for."""
        self.folder, self.at = folder, at
        known = snapshot(store)
        self.authorities = [*authorities(store), *map(_as_asn1, issuers)]
        self.lists = list(known.crls)
        self.indexes = IndexFolder(folder)
        self.responses = list(known.ocsp)
        self.places = {item.der: item.name for item in (*store.crls, *store.ocsp)}

    def take_list(self, data: bytes, host: str) -> Kept:
        """Keep a CRL, DER or PEM.

        Raises:
            NotAList, ListUnproven, OlderThanKept: nothing is kept.
            NotWritable: the folder refuses.
        """
        crl, der = _crl(data)
        if not any(_is_signed_by(crl, authority) for authority in self.authorities):
            raise ListUnproven  # before anything in it is read: a forged list can be made to take minutes
        index = ListIndex.of(der)
        read = read_list(der, index)
        if read is None:
            raise NotAList
        proven = authentic([read], self.authorities)
        if not proven:
            raise ListUnproven
        (fetched,) = proven
        newer = [one for one in self.lists if one.this_update > fetched.this_update and _may_supersede(one, fetched)]
        for one in authentic(newer, self.authorities):
            if one.supersedes == fetched.supersedes:
                is_current = self._fault(one.next_update) is None
                raise OlderThanKept(fetched.this_update, one.this_update, kept_is_current=is_current)
        kind = "delta.crl" if fetched.is_delta else "crl"
        file, is_new = self._place("crls", der, fetched.this_update, host, kind)
        if is_new:
            self.indexes.keep(index)
        self.lists.append(fetched)
        ends = crl.next_update_utc
        return Kept(file, is_new, len(crl), "", fetched.this_update, ends, self._fault(ends))

    def take_response(self, data: bytes, host: str, about: Issued) -> Kept:
        """Keep an OCSP response about a certificate.

        Raises:
            NotAResponse, ResponderRefused, AboutAnother, ResponseUnproven, StatusUnknown, OlderThanKept: nothing is
                kept.
            NotWritable: the folder refuses.
        """
        _require_about(data, about.certificate)
        fetched = max(self._statements([data], about), key=_issued, default=None)
        if fetched is None:
            raise ResponseUnproven
        if fetched.status is ocsp.OCSPCertStatus.UNKNOWN:
            raise StatusUnknown
        kept = max(self._statements(self.responses, about), key=_issued, default=fetched)
        if kept.this_update > fetched.this_update:
            is_current = self._fault(kept.next_update) is None
            raise OlderThanKept(fetched.this_update, kept.this_update, kept_is_current=is_current)
        file, is_new = self._place("ocsp", data, fetched.this_update, host, "ocsp")
        self.responses.append(data)
        ends = fetched.next_update
        return Kept(file, is_new, None, fetched.status.name.lower(), fetched.this_update, ends, self._fault(ends))

    def tidy(self) -> None:
        """Remove the indexes of lists that are no longer there."""
        self.indexes.discard_others(self.places)

    def _statements(self, responses: Iterable[bytes], about: Issued) -> list[Statement]:
        certificate = _as_asn1(about.certificate)
        return Statements([certificate], responses, [_as_asn1(about.issuer)], [], self.at).about(certificate)

    def _place(self, folder: str, der: bytes, issued: datetime, host: str, kind: str) -> tuple[str, bool]:
        """Where these bytes lie, and whether they were put there just now."""
        if der in self.places:
            return self.places[der], False
        digest = hashlib.sha256(der).hexdigest()[:_DIGEST_DIGITS]
        # The time stands first: files named README… are passed over.
        name = f"{folder}/{issued:%Y%m%dT%H%M%SZ}-{_UNSAFE.sub('_', host)[:_HOST_LETTERS]}-{digest}.{kind}"
        target = self.folder / name
        with refusals(target.parent):
            target.parent.mkdir(exist_ok=True)
        with writing(target) as out:
            out.write(der)
        self.places[der] = name
        return name, True

    def _fault(self, ends: datetime | None) -> FetchFault | None:
        if ends is None:
            return WithoutEnd()
        return AlreadyEnded(ends) if ends < self.at else None


def _as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _crl(data: bytes) -> tuple[x509.CertificateRevocationList, bytes]:
    """A list and its DER."""
    try:
        if data[:1] == b"\x30":
            return x509.load_der_x509_crl(data), data
        crl = x509.load_pem_x509_crl(data)
        return crl, crl.public_bytes(Encoding.DER)
    except (ValueError, x509.InvalidVersion):
        raise NotAList from None


def _is_signed_by(crl: x509.CertificateRevocationList, authority: asn1_x509.Certificate) -> bool:
    key = x509.load_der_x509_certificate(authority.dump()).public_key()
    try:
        return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and crl.is_signature_valid(key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _may_supersede(one: RevocationList, fetched: RevocationList) -> bool:
    """As `supersedes`, but for the key: only a few of a folder's lists are worth checking a signature."""
    return (one.issuer, one.scope, one.is_delta) == (fetched.issuer, fetched.scope, fetched.is_delta)


def _require_about(data: bytes, certificate: x509.Certificate) -> None:
    try:
        response = ocsp.load_der_ocsp_response(data)
        status = response.response_status
        serial_numbers = (
            {single.serial_number for single in response.responses}
            if status is ocsp.OCSPResponseStatus.SUCCESSFUL
            else set()
        )
    except Exception:  # noqa: BLE001 - whatever a responder's bytes make the library stumble over
        raise NotAResponse from None
    if status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ResponderRefused(status.name.lower())
    if certificate.serial_number not in serial_numbers:
        raise AboutAnother


def _issued(statement: Statement) -> datetime:
    return statement.this_update
