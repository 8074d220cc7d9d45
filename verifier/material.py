"""What of a trust folder's CRLs and OCSP responses speaks of a path, and what they say against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.path import ValidationPath

from verifier.crls import EVER, authentic, conviction, current
from verifier.names import comparable, issuer_of, subject_of
from verifier.ocsp import Statements
from verifier.pkix import Snapshot
from verifier.verdict import Check, Finding

_CLAUSE: Final = "ETSI EN 319 102-1 §5.5"

_HARMLESS: Final = frozenset({"affiliationChanged", "superseded", "cessationOfOperation"})  # as RFC 3161 §4 has them


class Material:
    """What may speak of this path: `authentic` lists convict, `lists` among them may vouch, `statements` do both.

    Authorities drop expired certificates from their lists, so that a list issued after the signer's certificate ended
    does not vouch for it.
    """

    def __init__(self, certificates: list[asn1_x509.Certificate], store: Snapshot, at: datetime) -> None:
        end = certificates[-1].not_valid_after
        # Lists are signed by authorities of the trust folder or of the path; others in the message have no say.
        on_path = certificates[:-1]
        names = _names_concerned(certificates, store, on_path)
        self.authorities = [a for name in names for a in _authorities(name, store, on_path)]
        self.anchors = list(store.anchors)
        self.authentic = authentic((entry for entry in store.crls if entry.issuer in names), self.authorities)
        vouching = (entry for entry in self.authentic if entry.crl is not None and entry.this_update <= end)
        self.lists = current(vouching)
        self.statements = Statements(certificates, store.ocsp, self.authorities, self.authentic, at)

    def speaks_of(self, certificate: asn1_x509.Certificate) -> bool:
        has_list = any(entry.issuer == issuer_of(certificate) for entry in self.lists)
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
            found = conviction(certificate, self.authentic, EVER, where)
            found = found or self.statements.conviction(certificate, EVER, where)
            if found is None:
                continue
            more = {"at": at.isoformat(timespec="seconds"), **found.details}
            if certificate is not path.leaf and found.details["reason"] not in _HARMLESS:
                # Whoever has its key signs lists and responses too, of any date: those about then are worth nothing.
                yield Finding.unclear(Check.REVOCATION, "PKI-156", where, "RFC 5280 §5.3.1", **more)
            elif forgives:
                yield Finding.passed(Check.REVOCATION, "PKI-154", where, _CLAUSE, **more)
            else:
                yield Finding.unclear(Check.REVOCATION, "PKI-155", where, _CLAUSE, **more)


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
