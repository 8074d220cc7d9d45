"""What of a trust folder's CRLs and OCSP responses speaks of a path, and what they say against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko_certvalidator.path import ValidationPath

from certs.keys import ILLEGIBLE
from verifier.crls import (
    EVER,
    NEVER,
    RevocationList,
    authentic,
    conviction,
    convictions,
    current,
    end_of,
    may_sign_lists,
)
from verifier.key_strength import is_too_weak
from verifier.names import comparable, issuer_of, subject_of
from verifier.ocsp import Statements
from verifier.pkix import Snapshot
from verifier.verdict import Check, Finding

_CLAUSE: Final = "ETSI EN 319 102-1 §5.5"

_HARMLESS: Final = frozenset({"affiliationChanged", "superseded", "cessationOfOperation"})  # as RFC 3161 §4 has them

_Holder = tuple[str, bytes]  # of a key: the name, and the public key


class Material:
    """What may speak of this path: `authentic` lists convict, some of them may vouch, `statements` do both."""

    def __init__(self, certificates: list[asn1_x509.Certificate], store: Snapshot, at: datetime) -> None:
        self.at = at
        # Lists are signed by authorities of the trust folder or of the path; others in the message have no say.
        on_path = certificates[:-1]
        names = _names_concerned(certificates, store, on_path)
        self.authorities = [a for name in names for a in _authorities(name, store, on_path)]
        self.authentic = authentic((entry for entry in store.crls if entry.issuer in names), self.authorities)
        # Those who may have signed lists are asked about, too.
        asked_about = [*certificates, *self.authorities]
        self.statements = Statements(asked_about, store.ocsp, self.authorities, self.authentic, at)
        self._on_path = {_holder(one) for one in on_path}
        self._anchors = [a for name in names for a in store.anchors_named.get(name, ())]
        self._ends: dict[_Holder, datetime] = {}

    def vouching_for(self, certificate: asn1_x509.Certificate) -> list[RevocationList]:
        """The lists that may tell that it is not revoked: the newest of each issuer, key and scope, where that may.

        Authorities drop expired certificates from their lists, so that one issued after its end does not vouch for it.
        """
        names, end = list_issuers(certificate), end_of(certificate)
        of_its_life = (one for one in self.authentic if one.issuer in names and one.this_update <= end)
        return [one for one in current(filter(self._is_of_signers_life, of_its_life)) if one.crl is not None]

    def _is_of_signers_life(self, one: RevocationList) -> bool:
        signer = one.issuer, one.signed_with
        if signer not in self._ends:
            self._ends[signer] = self._end_of_signer(signer)
        return one.this_update <= self._ends[signer]

    def _end_of_signer(self, signer: _Holder) -> datetime:
        """When the last certificate ends by which this key signs lists; NEVER where it vouches for nobody.

        Whoever has the key of an authority that was revoked dates its lists as he likes. Of those on the path `later`
        tells; of anchors nobody is asked.
        """
        if _is_weak(signer[1]):
            return NEVER
        certified = [one for one in self.authorities if _holder(one) == signer and may_sign_lists(one)]
        if signer not in self._on_path:
            below = [one for one in certified if not any(one is anchor for anchor in self._anchors)]
            if any(_may_be_stolen(revocation) for one in below for revocation in self._ever(one, "")):
                return NEVER
            revoked = [one for one in below if any(self._convictions(one, self.at, ""))]
            certified = [one for one in certified if not any(one is other for other in revoked)]
        return max(map(end_of, certified), default=NEVER)

    def speaks_of(self, certificate: asn1_x509.Certificate) -> bool:
        """Whether the folder has anything about it, be it too old or otherwise of no use."""
        own, names = issuer_of(certificate), list_issuers(certificate)
        has_list = any(one.issuer == own or (one.is_indirect and one.issuer in names) for one in self.authentic)
        return has_list or bool(self.statements.about(certificate))

    def convictions(
        self, path: ValidationPath, certificates: list[asn1_x509.Certificate], at: datetime
    ) -> Iterator[Finding]:
        for certificate in certificates:
            where = _place(certificate, path)
            found = conviction(certificate, self.authentic, at, where)
            yield from (one for one in (found, self.statements.conviction(certificate, at, where)) if one is not None)

    def later(
        self, path: ValidationPath, certificates: list[asn1_x509.Certificate], at: datetime, *, forgives: bool
    ) -> Iterator[Finding]:
        """A finding for each certificate that was revoked since.

        `forgives`: whether a revocation after `at` leaves the signature standing, because it is known to be older.
        """
        for certificate in certificates:
            where = _place(certificate, path)
            found = [*self._ever(certificate, where)]
            others = () if certificate is path.leaf else self._of_the_key_of(certificate)
            told = [*found, *(one for other in others for one in self._ever(other, where))]
            stolen = [] if certificate is path.leaf else [*filter(_may_be_stolen, told)]
            if not (found or stolen):
                continue
            first = min(stolen or found, key=lambda one: str(one.details["revoked_at"]))
            more = {"at": at.isoformat(timespec="seconds"), **first.details}
            if stolen:
                # Whoever has its key signs lists and responses too, of any date: those about then are worth nothing.
                yield Finding.unclear(Check.REVOCATION, "PKI-156", where, "RFC 5280 §5.3.1", **more)
            elif forgives:
                yield Finding.passed(Check.REVOCATION, "PKI-154", where, _CLAUSE, **more)
            else:
                yield Finding.unclear(Check.REVOCATION, "PKI-155", where, _CLAUSE, **more)

    def _of_the_key_of(self, authority: asn1_x509.Certificate) -> Iterator[asn1_x509.Certificate]:
        """The other certificates of its name and key: a key that is stolen is so whichever of them is enclosed."""
        holder = _holder(authority)
        return (one for one in self.authorities if one is not authority and _holder(one) == holder)

    def _ever(self, certificate: asn1_x509.Certificate, where: str) -> Iterator[Finding]:
        """Every revocation of it, whenever."""
        return self._convictions(certificate, EVER, where)

    def _convictions(self, certificate: asn1_x509.Certificate, at: datetime, where: str) -> Iterator[Finding]:
        yield from convictions(certificate, self.authentic, at, where)
        yield from self.statements.convictions(certificate, at, where)


def _may_be_stolen(revocation: Finding) -> bool:
    """Whether it was for a reason that need not leave the key with its holder alone."""
    return revocation.details["reason"] not in _HARMLESS


def _is_weak(public_key: bytes) -> bool:
    try:
        return is_too_weak(load_der_public_key(public_key))
    except ILLEGIBLE:
        return True


def _holder(certificate: asn1_x509.Certificate) -> _Holder:
    return subject_of(certificate), certificate.public_key.dump()


def _names_concerned(
    certificates: list[asn1_x509.Certificate], store: Snapshot, on_path: list[asn1_x509.Certificate]
) -> list[str]:
    """Who may issue lists about these certificates, or about those who do: their issuers and the cRLIssuers they name.

    A trust folder may hold the lists of many authorities; asking all of them about each other would take for ever.
    """
    names: dict[str, None] = {}
    waiting = list(certificates)
    while waiting:
        for name in list_issuers(waiting.pop()):
            if name not in names:
                names[name] = None
                waiting += _authorities(name, store, on_path)
    return list(names)


def _authorities(name: str, store: Snapshot, on_path: list[asn1_x509.Certificate]) -> list[asn1_x509.Certificate]:
    trusted = [*store.anchors_named.get(name, ()), *store.intermediates_named.get(name, ())]
    enclosed = [c for c in on_path if subject_of(c) == name and not any(c is t for t in trusted)]
    return [*trusted, *enclosed]


def list_issuers(certificate: asn1_x509.Certificate) -> set[str]:
    points = certificate.crl_distribution_points_value or ()
    named = [name for point in points for name in (point["crl_issuer"] or ()) if name.name == "directory_name"]
    return {issuer_of(certificate), *(comparable(name.chosen) for name in named)}


def _place(certificate: asn1_x509.Certificate, path: ValidationPath) -> str:
    return "path.signer" if certificate is path.leaf else "path.issuer"
