"""How an authority stands, remembered: what validating one certificate of a shape found, for the next of that shape.

Path validation looks at little in a payer's certificate that is its own (`common_certificate`). So the whole way is
gone once for each issuer, shape and stretch of time in which nothing begins or ends, and what it found holds for every
other certificate of that shape whose own dates, signature and serial number are in order. Only a clean result is
remembered, and only from a trust folder where nothing could make a difference that is not looked at here; everything
else goes the whole way each time.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeGuard

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certs import Holder, TrustStore
from certs.list_index import ListIndex
from verifier.common_certificate import CommonCertificate, read_common_certificate
from verifier.common_layout import CommonMessage, read_common
from verifier.crls import RevocationList, entries_about
from verifier.loading import load_certificate
from verifier.names import issuer_of
from verifier.path import PathResult
from verifier.pkix import snapshot
from verifier.policies import VerifyPolicy
from verifier.verdict import Finding

MOST_REMEMBERED: Final = 4096
MOST_ASKED_SINGLY: Final = 4
_LOW_BITS: Final = (1 << 64) - 1
_CLEAN: Final = frozenset({"PKI-110", "PKI-120", "PKI-124", "PKI-125"})
_PADDING: Final = padding.PKCS1v15()
_HASHES: Final = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
_RSA_HASHES: Final = dict(
    zip((bytes.fromhex(f"300d06092a864886f70d0101{n}0500") for n in ("0b", "0c", "0d")), _HASHES, strict=True)
)
_ECDSA: Final = dict(
    zip((bytes.fromhex(f"300a06082a8648ce3d0403{n}") for n in ("02", "03", "04")), map(ec.ECDSA, _HASHES), strict=True)
)

Asked = tuple[VerifyPolicy, Holder | None, bool]
"""The policy, whom the certificate has to be for, and whether a later revocation is forgiven."""
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class _Remembered(NamedTuple):
    """The result for one certificate of a shape, told for one time, and its issuer."""

    result: PathResult
    told_at: datetime
    lists: Sequence[ListIndex | _Serials]
    issuer_key: PublicKey
    how: tuple[Any, ...]

    def told(self, at: datetime) -> _Remembered:
        """The same for another time of the same stretch: the findings differ in how they say the time, if they do."""
        words = at.isoformat(timespec="seconds")
        revocation = tuple([_told(finding, words) for finding in self.result.revocation])
        result = self.result._replace(path=_told(self.result.path, words), revocation=revocation)
        return self._replace(result=result, told_at=at)


class Standing:
    """What is remembered of one trust store. Plain values, which threads may share."""

    def __init__(self, trust: TrustStore) -> None:
        self.trust = trust
        self.known = {item.der: read_common_certificate(item.der) for item in (*trust.anchors, *trust.intermediates)}
        self._results: dict[tuple[object, ...], _Remembered] = {}
        store = snapshot(trust)
        self._revoked = _by_issuer(store.crls)
        certificates = {der: load_certificate(der) for der in self.known}
        authorities = [one for one in certificates.values() if one is not None]
        keys = {der: one.public_key() for der, one in certificates.items() if one is not None}
        self._keys = {der: key for der, key in keys.items() if _is_key(key)}
        self._keys_of_authorities = {_encoded(key) for key in self._keys.values()}
        times = [time for one in authorities for time in (one.not_valid_before_utc, one.not_valid_after_utc)]
        times += [time for one in store.crls for time in (one.this_update, one.next_update) if time is not None]
        times += _revocations((*store.anchors, *store.intermediates), store.crls)
        self._times = sorted(set(times))
        self._is_plain = (
            not trust.ocsp
            and len(authorities) == len(certificates)
            and len(store.crls) == len(trust.crls)
            and not any(one.is_indirect for one in store.crls)
            and not any(_constrains_names(one) for one in authorities)
            and not any(one.indexed is None for one in store.crls)
        )

    def read(self, der: bytes) -> CommonMessage | None:
        """A message of the common layout; None for any other."""
        return read_common(der, self._certificate)

    def _certificate(self, der: bytes) -> CommonCertificate | None:
        return self.known.get(der) or read_common_certificate(der)

    def recall(
        self, leaf: CommonCertificate, enclosed: Sequence[CommonCertificate], at: datetime, asked: Asked
    ) -> PathResult | None:
        """What `path.validate` finds for a certificate, where that is known without going the whole way.

        Args:
            leaf: the signer's certificate.
            enclosed: all certificates of the message.
            at: the time to judge at.
            asked: whatever else the result depends on.
        """
        key = self._key(leaf, at, asked)
        remembered = self._results.get(key)
        if (
            remembered is None
            or not self._knows(enclosed, leaf)
            or not leaf.not_before <= at <= leaf.not_after
            or leaf.key in self._keys_of_authorities  # no path has the same name and key twice
        ):
            return None
        for one in remembered.lists:
            if one.holds(leaf.serial):
                return None
        try:
            remembered.issuer_key.verify(leaf.signature, leaf.tbs, *remembered.how)
        except InvalidSignature:
            return None
        if remembered.told_at != at:
            remembered = self._results[key] = remembered.told(at)
        known = remembered.result
        chain = (*known.chain[:-1], leaf.der)
        return PathResult(known.path, known.revocation, known.product, known.unproven, chain, known.is_anchored)

    def remember(
        self,
        leaf: CommonCertificate,
        enclosed: Sequence[CommonCertificate],
        at: datetime,
        asked: Asked,
        result: PathResult,
    ) -> None:
        """Keep what `path.validate` found, if it holds for every certificate of that shape."""
        codes = {finding.code for finding in (result.path, *result.revocation)}
        if not (self._is_plain and result.is_good and result.is_anchored and codes <= _CLEAN) or result.unproven:
            return
        path = [asn1_x509.Certificate.load(der) for der in result.chain[1:]]
        issuer = self._keys.get(result.chain[-2])
        how = None if issuer is None else _how(issuer, leaf)
        if (
            issuer is None
            or how is None
            or leaf.key in self._keys_of_authorities
            or any(self._is_listed(issuer_of(one), one.serial_number) for one in path)
            or not self._knows(enclosed, leaf)
            or not all(der in self.known for der in result.chain[:-1])
        ):
            return
        if len(self._results) >= MOST_REMEMBERED:
            self._results.clear()
        self._results[self._key(leaf, at, asked)] = _Remembered(
            result, at, self._revoked.get(issuer_of(path[-1]), ()), issuer, how
        )

    def _knows(self, enclosed: Sequence[CommonCertificate], leaf: CommonCertificate) -> bool:
        return len(enclosed) == 1 or all(one is leaf or one.der in self.known for one in enclosed)

    def _key(self, leaf: CommonCertificate, at: datetime, asked: Asked) -> tuple[object, ...]:
        """Times count by what of the trust store has begun and ended: also the certificate's end, as lists count."""
        return leaf.shape, self._stretch(at), self._stretch(leaf.not_after), asked

    def _stretch(self, at: datetime) -> int:
        """Even between two of the store's times, odd at one of them."""
        place = bisect_left(self._times, at)
        return 2 * place + (place < len(self._times) and self._times[place] == at)

    def _is_listed(self, issuer: str, serial_number: int) -> bool:
        return any(serial_number in listed for listed in self._revoked.get(issuer, ()))


class _Serials:
    """The serial numbers of many lists, in eight bytes each: it may be wrong, but never about one it has."""

    def __init__(self, lists: Iterable[ListIndex]) -> None:
        self._sorted = array("Q", sorted({number & _LOW_BITS for one in lists for number in one}))

    def __contains__(self, serial_number: int) -> bool:
        number = serial_number & _LOW_BITS
        place = bisect_left(self._sorted, number)
        return place < len(self._sorted) and self._sorted[place] == number

    def holds(self, serial: bytes) -> bool:
        return int.from_bytes(serial[2:], signed=True) in self


def _by_issuer(lists: Iterable[RevocationList]) -> dict[str, list[ListIndex | _Serials]]:
    """Where to look each authority's serial numbers up: the longest lists one by one, all others at once."""
    indexes: dict[str, list[ListIndex]] = {}
    for one in lists:
        if one.indexed is not None:
            indexes.setdefault(one.issuer, []).append(one.indexed)
    found: dict[str, list[ListIndex | _Serials]] = {}
    for issuer, of_issuer in indexes.items():
        by_length = sorted(of_issuer, key=len, reverse=True)
        longest, others = by_length[:MOST_ASKED_SINGLY], by_length[MOST_ASKED_SINGLY:]
        found[issuer] = [*longest, *([_Serials(others)] if others else ())]
    return found


def _revocations(authorities: Iterable[asn1_x509.Certificate], lists: Sequence[RevocationList]) -> Iterator[datetime]:
    """When authorities became invalid: one that is on no path may have signed lists that vouch for those that are."""
    direct = [one for one in lists if one.indexed is not None and not one.is_indirect]
    for authority in authorities:
        issuer, serial_number = issuer_of(authority), authority.serial_number
        for entry in (entry for one in direct for entry in entries_about(one, issuer, serial_number)):
            yield from (time for time in (entry.revoked_at, entry.invalid_since) if time is not None)


def _is_key(key: object) -> TypeGuard[PublicKey]:
    return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)


def _encoded(key: PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _how(key: PublicKey, certificate: CommonCertificate) -> tuple[Any, ...] | None:
    if isinstance(key, rsa.RSAPublicKey):
        hashed = _RSA_HASHES.get(certificate.algorithm)
        return None if hashed is None else (_PADDING, hashed)
    ecdsa = _ECDSA.get(certificate.algorithm)
    return None if ecdsa is None else (ecdsa,)


def _told(finding: Finding, at: str) -> Finding:
    return finding._replace(details={**finding.details, "at": at}) if "at" in finding.details else finding


def _constrains_names(certificate: x509.Certificate) -> bool:
    try:
        certificate.extensions.get_extension_for_class(x509.NameConstraints)
    except x509.ExtensionNotFound:
        return False
    return True
