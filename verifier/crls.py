"""Revocation lists that an authority really signed, and what they say about a certificate (RFC 5280 §5, §6.3).

pyhanko-certvalidator decides whether the lists suffice to call a certificate not revoked. It is handed none that was
authenticated here first: it takes some lists for signed by looking at names alone. And it is not asked whether a
certificate *is* revoked: any authentic list that says so counts, also one that could not vouch for it, such as a delta
without its base, a list with an extension unknown to us, or one issued too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from certs.keys import ILLEGIBLE
from certs.list_index import ListIndex
from verifier.names import comparable
from verifier.signatures import SOUND_HASHES, hash_of, is_signed
from verifier.verdict import Check, Finding

_CLAUSE: Final = "RFC 5280 §5.3"
_CACHED: Final = 64
NEVER: Final = datetime.min.replace(tzinfo=UTC)
EVER: Final = datetime.max.replace(tzinfo=UTC)
_KNOWN: Final = {x509.ObjectIdentifier(f"2.5.29.{last}"): bytes((6, 3, 0x55, 0x1D, last)) for last in (21, 23, 24, 29)}
"""Extensions of entries: reasonCode, holdInstructionCode, invalidityDate, certificateIssuer (RFC 5280 §5.3)."""


class RevocationList(NamedTuple):
    """A CRL of the trust folder.

    `crl` is None where an extension cannot be read, a critical one of any entry is unknown, the hash that is signed is
    weak, or no nextUpdate stands: it may convict, but not vouch. Where it is `indexed`, `crl` has no entries;
    `with_entries_of` finds those that matter.
    """

    der: bytes
    crl: asn1_crl.CertificateList | None
    issuer: str
    this_update: datetime
    is_delta: bool
    is_indirect: bool
    scope: bytes  # the issuingDistributionPoint, encoded; empty for a list of everything
    indexed: ListIndex | None = None
    signed_with: bytes = b""  # the public key that proved it; empty until one has

    @property
    def supersedes(self) -> tuple[str, bytes, bytes, bool]:
        """What a newer list has to have in common with this one to take its place."""
        return self.issuer, self.signed_with, self.scope, self.is_delta

    @property
    def next_update(self) -> datetime | None:
        """None where it names none, and where an extension cannot be read: it does not vouch either way."""
        found: datetime | None = None if self.crl is None else self.crl["tbs_cert_list"]["next_update"].native
        return found

    def with_entries_of(self, serial_numbers: Iterable[int]) -> asn1_crl.CertificateList | None:
        """The list as far as it is about these certificates: `crl`, or one with their entries.

        Whoever reads on from one entry to the next, for the authority that the certificates are of, gets them all.
        """
        if self.crl is None or self.indexed is None or self.indexed.names_issuers:
            return self.crl
        numbers = [number for number in set(serial_numbers) if number in self.indexed]
        return asn1_crl.CertificateList.load(self.indexed.excerpt(numbers)) if numbers else self.crl

    def covers_everything(self, at: datetime) -> bool:
        """Whether it is a list of all that its issuer revoked, and still current at `at`."""
        next_update = self.next_update
        return not self.is_delta and self.scope == b"" and next_update is not None and at <= next_update

    def is_complete_for(self, other: RevocationList) -> bool:
        """Whether its silence lifts a hold in the other: that of a delta, or of another scope, does not."""
        same_issuer = (self.issuer, self.signed_with) == (other.issuer, other.signed_with)
        return self.crl is not None and not self.is_delta and same_issuer and self.scope in (b"", other.scope)


class Entry(NamedTuple):
    """What a list says about one certificate."""

    revoked_at: datetime
    invalid_since: datetime | None
    reason: x509.ReasonFlags | None


def read_list(der: bytes, index: ListIndex | None = None) -> RevocationList | None:
    """None for a list that nobody can read: it proves nothing and says nothing."""
    read = _without_entries(der, index)
    crl = asn1_crl.CertificateList.load(read)
    try:
        tbs = crl["tbs_cert_list"]
        issuer, this_update = comparable(tbs["issuer"]), tbs["this_update"].native
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return None
    try:
        point = crl.issuing_distribution_point_value
        is_indirect = bool(point is not None and point["indirect_crl"].native)
        is_delta = crl.delta_crl_indicator_value is not None
        has_end = tbs["next_update"].native is not None
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return RevocationList(
            der, None, issuer, this_update, is_delta=False, is_indirect=True, scope=b"?", indexed=index
        )
    scope = b"" if point is None else point.dump()
    vouching = crl if has_end and is_of_a_sound_hash(read) and not _has_entries_nobody_knows(der, index) else None
    return RevocationList(der, vouching, issuer, this_update, is_delta, is_indirect, scope, index)


def _without_entries(der: bytes, index: ListIndex | None) -> bytes:
    """What of a list can be read without its entries, where nothing depends on what stands between them."""
    return der if index is None or index.names_issuers else index.excerpt(())


def _has_entries_nobody_knows(der: bytes, index: ListIndex | None) -> bool:
    """Whether any entry has a critical extension that we cannot process: it could say anything about those after it.

    The list must then not tell the status of any certificate (RFC 5280 §5.3).
    """
    if index is None:
        try:
            index = ListIndex.of(der)
        except (ValueError, x509.InvalidVersion):
            return False
    return any(
        _is_unknown(revoked) for number in index.critical(_KNOWN.values()) for revoked in _excerpt(index, number)
    )


def _is_unknown(revoked: x509.RevokedCertificate) -> bool:
    try:
        return any(extension.critical and extension.oid not in _KNOWN for extension in revoked.extensions)
    except ILLEGIBLE:
        return True


def _excerpt(index: ListIndex, serial_number: int) -> Iterable[x509.RevokedCertificate]:
    return x509.load_der_x509_crl(index.excerpt([serial_number]))


def is_of_a_sound_hash(der: bytes) -> bool:
    """Two lists of one SHA-1 can be made, one of them to be signed."""
    return hash_of(asn1_crl.CertificateList.load(der)) in SOUND_HASHES


def current(lists: Iterable[RevocationList]) -> list[RevocationList]:
    """The newest list of each issuer and scope: what an older one had and it has not is over, such as a hold.

    Whether it may vouch is asked afterwards: no older one stands in for it. Of two as new, one that may counts.
    """
    newest: dict[tuple[str, bytes, bytes, bool], RevocationList] = {}
    for one in sorted(lists, key=lambda one: (one.this_update, one.crl is not None)):
        newest[one.supersedes] = one
    return list(newest.values())


def authentic(lists: Iterable[RevocationList], authorities: Iterable[asn1_x509.Certificate]) -> list[RevocationList]:
    """The lists that one of the authorities, of the name the list gives as its issuer, signed and may sign."""
    signers: dict[str, list[bytes]] = {}
    for authority in authorities:
        if may_sign_lists(authority):
            signers.setdefault(comparable(authority.subject), []).append(authority.public_key.dump())
    return [
        entry._replace(signed_with=key)
        for entry in lists
        if (key := next((key for key in signers.get(entry.issuer, ()) if is_signed_by(entry, key)), None))
    ]


def end_of(certificate: asn1_x509.Certificate) -> datetime:
    """NEVER where it cannot be read: nothing was made in its life."""
    try:
        end: datetime = certificate.not_valid_after
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return NEVER
    return end


def may_sign_lists(authority: asn1_x509.Certificate) -> bool:
    usage = authority.key_usage_value
    return usage is None or "crl_sign" in usage.native


_proven: Final[WeakKeyDictionary[ListIndex, dict[bytes, bool]]] = WeakKeyDictionary()


def is_signed_by(one: RevocationList, public_key: bytes) -> bool:
    """Whether the key signed the list; found out once, for what is signed may be long."""
    if one.indexed is None:
        return _is_signed_by(one, public_key)
    known = _proven.setdefault(one.indexed, {})
    if public_key not in known:
        known[public_key] = _is_signed_by(one, public_key)
    return known[public_key]


def _is_signed_by(one: RevocationList, public_key: bytes) -> bool:
    crl = asn1_crl.CertificateList.load(_without_entries(one.der, one.indexed))
    try:
        if crl["signature_algorithm"].dump() != crl["tbs_cert_list"]["signature"].dump():
            return False
        signed = crl["tbs_cert_list"].dump() if one.indexed is None else one.indexed.signed
    except (ValueError, TypeError):
        return False
    return is_signed(public_key, crl["signature_algorithm"], signed, crl["signature"])


def conviction(
    certificate: asn1_x509.Certificate, lists: list[RevocationList], at: datetime, where: str
) -> Finding | None:
    """A finding if any authentic list says that the certificate is revoked at `at`."""
    return weightiest(convictions(certificate, lists, at, where))


def convictions(
    certificate: asn1_x509.Certificate, lists: list[RevocationList], at: datetime, where: str
) -> Iterator[Finding]:
    """A finding for each entry by which the certificate is revoked at `at`, or may have been invalid then."""
    issuer, serial = comparable(certificate.issuer), certificate.serial_number
    until_then = [one for one in lists if one.this_update <= at]  # a hold that ended later still held
    for one in lists:
        for entry in entries_about(one, issuer, serial):
            if _is_lifted(entry, one, until_then, issuer, serial):
                continue
            reason = "unspecified" if entry.reason is None else entry.reason.value
            since = entry.revoked_at.isoformat()
            if entry.revoked_at <= at:
                yield Finding.failed(Check.REVOCATION, "PKI-121", where, _CLAUSE, revoked_at=since, reason=reason)
            elif entry.invalid_since is not None and entry.invalid_since <= at:
                told = told_since(entry.invalid_since)
                yield Finding.unclear(Check.REVOCATION, "PKI-128", where, "RFC 5280 §5.3.2", since=told)


def weightiest(findings: Iterable[Finding]) -> Finding | None:
    """The first of those that weigh most."""
    return max(findings, key=lambda finding: finding.effect, default=None)


def told_since(moment: datetime) -> str:
    """An invalidityDate; `?` for one that cannot be read."""
    return "?" if moment == NEVER else moment.isoformat()


def _is_lifted(entry: Entry, of: RevocationList, lists: list[RevocationList], issuer: str, serial: int) -> bool:
    """A hold can end: a delta says so, or a newer list does not have the entry any more (RFC 5280 §5.3.1)."""
    if entry.reason is x509.ReasonFlags.remove_from_crl:
        return of.is_delta
    if entry.reason is not x509.ReasonFlags.certificate_hold:
        return False
    newer = [one for one in lists if of.this_update < one.this_update]
    return any(one.is_complete_for(of) or _removes(one, of, issuer, serial) for one in newer)


def _removes(delta: RevocationList, of: RevocationList, issuer: str, serial: int) -> bool:
    same_issuer = (delta.issuer, delta.signed_with) == (of.issuer, of.signed_with)
    return (
        same_issuer
        and delta.is_delta
        and any(entry.reason is x509.ReasonFlags.remove_from_crl for entry in entries_about(delta, issuer, serial))
    )


def entries_about(one: RevocationList, issuer: str, serial: int) -> Iterator[Entry]:
    """What it says about the certificate of that number that this authority issued."""
    if one.indexed is not None and serial not in one.indexed:
        return
    if not one.is_indirect:
        if one.issuer == issuer:
            yield from map(_entry, _found(one, serial))
        return
    yield from _indirect_entries(one.der, one.issuer).get((issuer, serial), ())


@lru_cache(maxsize=_CACHED)
def _indirect_entries(der: bytes, issuer: str) -> dict[tuple[str, int], list[Entry]]:
    entries: dict[tuple[str, int], list[Entry]] = {}
    of = issuer  # an entry without a certificateIssuer is about that of the entry before
    for revoked in loaded_list(der) or ():
        of = _certificate_issuer(revoked) or of
        entries.setdefault((of, revoked.serial_number), []).append(_entry(revoked))
    return entries


def _found(one: RevocationList, serial: int) -> Iterator[x509.RevokedCertificate]:
    """All entries of that number; the loaded list's own look-up finds the first, and takes no negative numbers."""
    crl = loaded_list(one.der) if one.indexed is None else x509.load_der_x509_crl(one.indexed.excerpt([serial]))
    yield from (revoked for revoked in crl or () if revoked.serial_number == serial)


@lru_cache(maxsize=_CACHED)
def loaded_list(der: bytes) -> x509.CertificateRevocationList | None:
    """A whole list, where its index does not tell which entries matter."""
    try:
        return x509.load_der_x509_crl(der)
    except (ValueError, x509.InvalidVersion):
        return None


def _certificate_issuer(revoked: x509.RevokedCertificate) -> str | None:
    try:
        names = revoked.extensions.get_extension_for_class(x509.CertificateIssuer).value
    except (x509.ExtensionNotFound, *ILLEGIBLE):
        return None
    directory = names.get_values_for_type(x509.DirectoryName)
    return comparable(asn1_x509.Name.load(directory[0].public_bytes())) if directory else None


def _entry(revoked: x509.RevokedCertificate) -> Entry:
    """An entry whose extensions cannot be read still revokes."""
    try:
        extensions = list(revoked.extensions)
    except ILLEGIBLE:  # it may say since when the certificate is invalid, and nobody can tell
        return Entry(revoked.revocation_date_utc, NEVER, None)
    reason = next((e.value.reason for e in extensions if isinstance(e.value, x509.CRLReason)), None)
    invalid = next((e.value.invalidity_date_utc for e in extensions if isinstance(e.value, x509.InvalidityDate)), None)
    return Entry(revoked.revocation_date_utc, invalid, reason)
