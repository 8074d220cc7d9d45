"""What a trust folder holds, item by item, and what is to be said about each at some time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509 import ocsp

from certs import Revocation, TrustStore
from certs.authorities import Authority, authority_of
from certs.keys import ILLEGIBLE
from certs.trust import TrustItem
from consent.errors import Lang
from service.asking import authorities
from service.times import day
from verifier.crls import RevocationList, authentic, is_of_a_sound_hash, read_list
from verifier.loading import load_certificate
from verifier.ocsp import statements_in
from verifier.ocsp_response import Statement
from verifier.search import is_authority

SOON: Final = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """One thing in the folder, or one that is missing.

    Attributes:
        place: its file, below the folder.
        what: what it is, in both languages.
        ends: None where it has no end, or is missing.
        begins: when a list was issued: the last quarter of its life is soon enough.
        is_past: whether it goes on counting for the past, so that its end is no matter.
        authority: whose certificate it is, by its name; None where that is not known, and for all but certificates.
        flaw: `unreadable`, `no signer` or `no list`; empty where its state follows from `ends`.
    """

    place: str
    what: dict[Lang, str]
    ends: datetime | None
    begins: datetime | None = None
    is_past: bool = False
    flaw: str = ""
    authority: Authority | None = None

    def state(self, at: datetime) -> str:
        if self.flaw:
            return self.flaw
        if self.ends is None:
            return "no end"
        if self.ends < at:
            return "past" if self.is_past else "ended"
        soon = SOON if self.begins is None else min(SOON, (self.ends - self.begins) / 4)
        return "ends soon" if self.ends - at < soon and not self.is_past else "good"


def holdings(store: TrustStore, at: datetime) -> list[Item]:
    """Everything but what newer lists and responses supersede; authorities that nothing speaks for at the end."""
    known = authorities(store)
    read = [one for item in store.crls if (one := read_list(item.der, item.index)) is not None]
    proven = {one.der: one for one in authentic(read, known)}
    lists = [(item, proven.get(item.der)) for item in store.crls]
    said = [(item, one) for item in store.ocsp for one in statements_in(item.der, known)]
    items = [*_certificates((*store.anchors, *store.intermediates)), *_lists(lists), *_responses(store, said)]
    if store.settings.revocation is not Revocation.NONE:
        items += _missing(store, list(proven.values()), [one for _, one in said], at)
    return items


def _certificates(certificates: Iterable[TrustItem]) -> Iterator[Item]:
    for item in certificates:
        certificate = load_certificate(item.der)
        if certificate is None:
            what: dict[Lang, str] = {
                "en": "a certificate that cannot be read and counts for nothing",
                "ko": "내용을 읽을 수 없어 사용하지 않는 인증서",
            }
            yield Item(item.name, what, None, flaw="unreadable")
            continue
        name = certificate.subject.rfc4514_string()
        told: dict[Lang, str] = {"en": name, "ko": name}
        authority = authority_of(certificate)
        yield Item(item.name, told, certificate.not_valid_after_utc, authority=authority)


def _lists(lists: list[tuple[TrustItem, RevocationList | None]]) -> Iterator[Item]:
    """Only the newest of each issuer, key and scope, and only those deltas that are newer than the complete list."""
    newest: dict[tuple[str, bytes, bytes, bool], tuple[TrustItem, RevocationList]] = {}
    for item, one in lists:
        if one is None:
            yield Item(item.name, _remarked(_list_told(item), "unproven"), None, flaw="no signer")
        elif one.supersedes not in newest or newest[one.supersedes][1].this_update < one.this_update:
            newest[one.supersedes] = item, one
    for key, (item, one) in newest.items():
        complete = newest.get((*key[:3], False))
        if one.is_delta and complete is not None and complete[1].this_update >= one.this_update:
            continue
        crl, told = x509.load_der_x509_crl(item.der), _list_told(item, is_delta=one.is_delta)
        if one.crl is not None or crl.next_update_utc is None:
            yield Item(item.name, told, crl.next_update_utc, begins=one.this_update)
        elif is_of_a_sound_hash(one.der):
            yield Item(item.name, _remarked(told, "illegible"), None, flaw="unreadable")
        else:
            yield Item(item.name, _remarked(told, "weak"), crl.next_update_utc, flaw="weak")


def _list_told(item: TrustItem, *, is_delta: bool = False) -> dict[Lang, str]:
    crl = x509.load_der_x509_crl(item.der)
    issuer, count, issued = _issuer(crl), len(crl), crl.last_update_utc
    kind, kind_ko = ("delta CRL", "델타 폐지목록(CRL)") if is_delta else ("CRL", "폐지목록(CRL)")
    told: dict[Lang, str] = {
        "en": f"{kind} of {issuer}, {count} revoked, issued {day(issued, 'en')}",
        "ko": f"{kind_ko}, 발급자 {issuer}, 폐지 {count}건, {day(issued, 'ko')} 발급",
    }
    return told if crl.next_update_utc else _remarked(told, "endless")


def _issuer(crl: x509.CertificateRevocationList) -> str:
    try:
        return crl.issuer.rfc4514_string()
    except ILLEGIBLE:
        return "?"


_REMARKS: Final[dict[str, dict[Lang, str]]] = {
    "unproven": {
        "en": "; no authority of the folder signed it, and it counts for nothing",
        "ko": ", 신뢰 폴더의 인증기관이 서명한 것이 아니어서 사용하지 않음",
    },
    "illegible": {
        "en": "; an extension cannot be read, and it vouches for nobody",
        "ko": ", 확장 항목을 읽을 수 없어 폐지되지 않았다는 근거가 되지 못함",
    },
    "weak": {
        "en": "; it is signed with a weak hash and vouches for nobody",
        "ko": ", 취약한 해시로 서명되어 폐지되지 않았다는 근거가 되지 못함",
    },
    "endless": {
        "en": "; it names no nextUpdate and vouches for nobody",
        "ko": ", 다음 갱신 시각(nextUpdate)이 없어 폐지되지 않았다는 근거가 되지 못함",
    },
}


def _remarked(told: dict[Lang, str], remark: str) -> dict[Lang, str]:
    return {lang: text + _REMARKS[remark][lang] for lang, text in told.items()}


def _responses(store: TrustStore, said: list[tuple[TrustItem, Statement]]) -> Iterator[Item]:
    """Only the newest about each certificate. Nobody renews those about payers: they count for the past."""
    newest: dict[tuple[bytes, int], tuple[TrustItem, Statement]] = {}
    for item, one in said:
        key = one.issuer_key, one.serial_number
        if key not in newest or newest[key][1].this_update < one.this_update:
            newest[key] = item, one
    names = {a.public_key.dump(): _name(a) for a in authorities(store)}
    for item, one in newest.values():
        yield Item(item.name, _response_told(one, names[one.issuer_key]), one.next_update, is_past=True)
    proven = {item.der for item, _ in said}
    for item in store.ocsp:
        if item.der not in proven:
            what: dict[Lang, str] = {"en": "OCSP response", "ko": "OCSP 응답"}
            yield Item(item.name, _remarked(what, "unproven"), None, flaw="no signer")


_STATUS: Final[dict[Lang, dict[ocsp.OCSPCertStatus, str]]] = {
    "en": {
        ocsp.OCSPCertStatus.GOOD: "good",
        ocsp.OCSPCertStatus.REVOKED: "REVOKED",
        ocsp.OCSPCertStatus.UNKNOWN: "unknown",
    },
    "ko": {
        ocsp.OCSPCertStatus.GOOD: "폐지되지 않음",
        ocsp.OCSPCertStatus.REVOKED: "폐지됨",
        ocsp.OCSPCertStatus.UNKNOWN: "알 수 없음",
    },
}


def _name(certificate: asn1_x509.Certificate) -> str:
    return x509.load_der_x509_certificate(certificate.dump()).subject.rfc4514_string()


def _response_told(one: Statement, issuer: str) -> dict[Lang, str]:
    serial, issued = f"{one.serial_number:x}", one.this_update
    status, status_ko = (_STATUS[lang][one.status] for lang in ("en", "ko"))
    told: dict[Lang, str] = {
        "en": f"OCSP response of {issuer} about certificate {serial}: {status}, issued {day(issued, 'en')}",
        "ko": f"OCSP 응답, 발급자 {issuer}, 인증서 {serial}: {status_ko}, {day(issued, 'ko')} 발급",
    }
    return told if one.next_update else _remarked(told, "endless")


def _missing(store: TrustStore, lists: list[RevocationList], said: list[Statement], at: datetime) -> Iterator[Item]:
    """Authorities whose certificates nothing in the folder could call unrevoked."""
    vouched = {one.signed_with for one in lists if not one.is_delta and one.crl is not None}
    vouched |= {one.issuer_key for one in said if one.next_update is not None and one.next_update >= at}
    if any(
        one.is_indirect and one.crl is not None for one in lists
    ):  # lists about the certificates of others: nobody knows whose
        return
    for item in (*store.anchors, *store.intermediates):
        certificate = load_certificate(item.der)
        if certificate is None or certificate.not_valid_after_utc < at:
            continue
        read = asn1_x509.Certificate.load(item.der)
        if item in store.intermediates and not is_authority(read):
            continue
        if read.public_key.dump() not in vouched:
            name = certificate.subject.rfc4514_string()
            what: dict[Lang, str] = {
                "en": f"no CRL and no OCSP response that could vouch for what {name} issued",
                "ko": f"사용할 수 있는 폐지목록(CRL)이나 OCSP 응답이 없음, 발급자 {name}",
            }
            yield Item(item.name, what, None, flaw="no list")
