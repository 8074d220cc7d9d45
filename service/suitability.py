"""As what product a certificate was issued, by whom, and whether it may sign a consent by what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509

from certs import Holder, ProductRules
from certs.authorities import authority_of, issuer_of
from certs.products import Product, policies_of, products_of
from consent.errors import Lang
from service.times import day, told
from verifier import Finding, Indication, policies
from verifier.checks.certificate import unfit
from verifier.product import Policies, ProductQuestion, judge_product, without_any_policy
from verifier.verdict import Check

Told = tuple[str, str, int]
"""Label, value, and how much deeper it belongs than the certificate's other lines."""


def suitability(certificate: x509.Certificate, at: datetime, lang: Lang, hours: Lang) -> Iterator[Told]:
    """Lines about a certificate for `dongui inspect`, its validity as of `at`; `hours`: as `Reader` has them."""
    words = _WORDS[lang]
    authority, issuer = authority_of(certificate), issuer_of(certificate)
    if authority is not None:
        yield "authority", authority.title(lang), 0
    if issuer is not None:
        yield "issuing authority", issuer.title(lang), 0
    found = products_of(certificate)
    if found:
        yield "product", ", ".join(one.title(lang) for one in found), 0
        yield "holder kind", ", ".join(dict.fromkeys(words[one.holder] for one in found)), 0
        yield "use", ", ".join(dict.fromkeys(_use(one, lang) for one in found)), 0
    elif without_any_policy(policies_of(certificate)):
        yield "product", words["unknown"], 0
    yield "validity", _validity(certificate, at, lang, hours), 0
    against = [*_ended(certificate, at, hours), *unfit(certificate, policies.KFTC), *_refused(certificate)]
    yield "signs consents", words["no" if against else "yes"], 0
    for finding in against:
        yield "reason", f"{finding.message(lang)} [{finding.code}]", 1


def _use(one: Product, lang: Lang) -> str:
    return _WORDS[lang]["limited"].format(to=one.limited_to(lang)) if one.is_limited else _WORDS[lang]["general"]


def _validity(certificate: x509.Certificate, at: datetime, lang: Lang, hours: Lang) -> str:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < begins:
        return _WORDS[lang]["later"].format(at=day(at, hours), days=(begins - at).days)
    if at > ends:
        return _WORDS[lang]["ended"].format(at=day(at, hours), days=(at - ends).days)
    return _WORDS[lang]["valid"].format(at=day(at, hours), days=(ends - at).days)


def _ended(certificate: x509.Certificate, at: datetime, hours: Lang) -> Iterator[Finding]:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    code, since = ("PKI-113", begins) if at < begins else ("PKI-112", ends)
    if not begins <= at <= ends:
        details = {"since": told(since, hours), "at": told(at, hours)}
        yield Finding.failed(Check.PATH, code, "-", "RFC 5280 §6.1.3 (a)(2)", **details)


def _refused(certificate: x509.Certificate) -> Iterator[Finding]:
    """By the built-in table; whether its path allows the product is not known here, and is granted."""
    asserted = without_any_policy(policies_of(certificate))
    granted = Policies(asserted, frozenset(asserted), frozenset())
    for finding in judge_product(granted, ProductQuestion(ProductRules(), holder=None)):
        if finding.effect is not Indication.TOTAL_PASSED:
            yield finding


_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        Holder.PERSONAL: "personal",
        Holder.CORPORATE: "corporate",
        Holder.SERVER: "server",
        "general": "general",
        "limited": "limited to {to}",
        "unknown": "not a known one",
        "valid": "valid, {days} days left on {at}",
        "ended": "ENDED {days} days before {at}",
        "later": "NOT YET VALID: begins {days} days after {at}",
        "yes": "yes, by itself; its path and whether it is revoked are for `dongui verify`",
        "no": "no",
    },
    "ko": {
        Holder.PERSONAL: "개인",
        Holder.CORPORATE: "법인·사업자",
        Holder.SERVER: "서버",
        "general": "범용",
        "limited": "용도제한({to})",
        "unknown": "알려지지 않은 상품",
        "valid": "유효({at} 기준 {days}일 남음)",
        "ended": "만료({at} 기준 {days}일 경과)",
        "later": "유효기간 전({at} 기준 {days}일 후 시작)",
        "yes": "가능(인증서 자체 기준이며, 인증서 경로와 폐지 여부는 dongui verify로 확인하십시오)",
        "no": "불가",
    },
}
