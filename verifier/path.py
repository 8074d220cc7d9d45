"""From the signer's certificate to a trust anchor: the main path of RFC 5280 §6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import DisallowedAlgorithmError, ExpiredError, NotYetValidError, PathValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.validate import async_validate_path

from certs import PathInputs, TrustStore
from verifier.key_strength import is_signed_by_a_sound_hash, is_too_weak_for_an_authority
from verifier.pkix import Snapshot, parameters, place, run, snapshot
from verifier.product import Policies, ProductQuestion, few, judge_product, without_any_policy
from verifier.purposes import FOR_SIGNING, is_for
from verifier.revocation import check_revocation_of
from verifier.search import MAX_ENCLOSED, MAX_SIGNATURES_TRIED, PathSearch
from verifier.verdict import Check, Finding, Indication

_RFC5280: Final = "RFC 5280 §6.1"
NOTHING_ASKED: Final = ProductQuestion(rules=None, holder=None)


class PathResult(NamedTuple):
    """What validating the best path found says, for the checks `path` and `revocation`.

    Attributes:
        product: what certificate product the signer's is, where that was asked.
        unproven: how many of the certificates in the message nothing connects with an anchor.
        chain: the certificates of that path, DER, the anchor's first and the signer's last; without an anchor, as far
            up from the signer's as signatures lead.
        is_anchored: whether the chain begins with an anchor.
    """

    path: Finding
    revocation: tuple[Finding, ...]
    product: tuple[Finding, ...] = ()
    unproven: int = 0
    chain: tuple[bytes, ...] = ()
    is_anchored: bool = False

    @property
    def effect(self) -> tuple[Indication, ...]:
        """For comparing candidates: the lower, the better."""
        revocation = max((f.effect for f in self.revocation), default=Indication.INDETERMINATE)
        return self.path.effect, revocation, max((f.effect for f in self.product), default=Indication.TOTAL_PASSED)

    @property
    def is_good(self) -> bool:
        return max(self.effect) is Indication.TOTAL_PASSED


def validate(  # noqa: PLR0913 - what is validated, by what and how, each by name
    leaf_der: bytes,
    message_certificates: Sequence[bytes],
    trust: TrustStore,
    at: datetime,
    *,
    proves_every_certificate: bool = False,
    forgives: bool = False,
    purposes: frozenset[str] = FOR_SIGNING,
    asks: ProductQuestion = NOTHING_ASKED,
) -> PathResult:
    """Find the paths from the signer's certificate to the anchors and validate them at `at`; the best result counts.

    `forgives`: whether a revocation after `at` leaves the signature standing, because it is known to be older.
    `asks`: what is to be found out about the signer's certificate product.
    """
    store = snapshot(trust)
    search = PathSearch(leaf_der, message_certificates, store, purposes)
    best: PathResult | None = None
    for path in search.paths():
        result = _validate(path, store, trust, at, forgives=forgives)
        if result.path.effect is Indication.TOTAL_PASSED and (unfit := _unfit(path, purposes)):
            result = PathResult(unfit, ())
        elif result.path.effect is Indication.TOTAL_PASSED:
            result = result._replace(product=_product(path, store, trust, at, asks))
        if best is None or result.effect < best.effect:
            best = result._replace(chain=_chain(path, leaf_der), is_anchored=True)
        if best.is_good:
            break
    if best is not None:
        return best._replace(unproven=search.unproven() if proves_every_certificate else 0)
    chain = (*(one.dump() for one in reversed(search.furthest[1:])), leaf_der)
    if search.has_too_many:
        unclear = Finding.unclear(Check.PATH, "PKI-164", "path", _RFC5280, count=search.foreign, limit=MAX_ENCLOSED)
        return PathResult(unclear, (), chain=chain)
    if search.gave_up:
        unclear = Finding.unclear(Check.PATH, "PKI-116", "path", _RFC5280, limit=MAX_SIGNATURES_TRIED)
        return PathResult(unclear, (), chain=chain)
    return PathResult(Finding.failed(Check.PATH, "PKI-111", "path", _RFC5280), (), chain=chain)


def _chain(path: ValidationPath, leaf_der: bytes) -> tuple[bytes, ...]:
    return (*(path[index].dump() for index in range(path.pkix_len)), leaf_der)


def _validate(path: ValidationPath, store: Snapshot, trust: TrustStore, at: datetime, *, forgives: bool) -> PathResult:
    revocation = check_revocation_of(path, store, trust, at, forgives=forgives)
    finding = _passed(path, at) if revocation.path_is_valid else _validate_path(path, store, trust, at)
    return PathResult(finding, revocation.findings if finding.effect is Indication.TOTAL_PASSED else ())


def _product(
    path: ValidationPath, store: Snapshot, trust: TrustStore, at: datetime, asks: ProductQuestion
) -> tuple[Finding, ...]:
    return () if asks == NOTHING_ASKED else tuple(judge_product(_policies(path, store, trust, at), asks))


def _policies(path: ValidationPath, store: Snapshot, trust: TrustStore, at: datetime) -> Policies:
    """Of a valid path, by what its certificates say; which policies trust.toml wishes to see is another matter."""
    inputs = replace(trust.settings.path, initial_policy_set=frozenset(), explicit_policy=False)
    if inputs != trust.settings.path or path.qualified_policies() is None:
        _run(path, store, inputs, at)
    pairs = path.qualified_policies() or ()
    signer = path.get_ee_cert_safe()
    listed = (signer and signer.certificate_policies_value) or ()
    asserted = without_any_policy([policy["policy_identifier"].dotted for policy in listed])
    left = [(pair.issuer_domain_policy_id, pair.user_domain_policy_id) for pair in pairs]
    return Policies(
        asserted=asserted,
        valid=frozenset(oid for oid, meant in left if oid == meant and oid in asserted),
        mapped_to=frozenset(meant for oid, meant in left if oid != meant and oid in asserted),
    )


def _unfit(path: ValidationPath, purposes: frozenset[str]) -> Finding | None:
    """What the library lets pass. The anchor comes first, and nobody's signature makes it one."""
    issuers = [path[index] for index in range(path.pkix_len)]
    weak = any(is_too_weak_for_an_authority(one.dump()) for one in issuers)
    if weak or not all(map(is_signed_by_a_sound_hash, issuers[1:])):
        return Finding.failed(Check.PATH, "PKI-114", "path.issuer", "설계서 V3.8 2.5.2")
    signer = path.get_ee_cert_safe()
    if path.pkix_len and not (signer and is_signed_by_a_sound_hash(signer)):
        return Finding.failed(Check.PATH, "PKI-114", "path.signer", "설계서 V3.8 2.5.2")
    if not all(is_for(purposes, one) for one in issuers):
        return Finding.failed(Check.PATH, "PKI-142", "path.issuer", "RFC 5280 §4.2.1.12")
    return None


def _validate_path(path: ValidationPath, store: Snapshot, trust: TrustStore, at: datetime) -> Finding:
    inputs = trust.settings.path
    try:
        _run(path, store, inputs, at)
    except PathValidationError as error:
        return _outside_policies(path, store, inputs, at) or _finding(error, at)
    except Exception:  # noqa: BLE001 - the library asserts and raises at will, mostly at what asn1crypto cannot read
        return Finding.failed(Check.PATH, "PKI-118", "path", "RFC 5280 §4")
    return _passed(path, at)


def _run(path: ValidationPath, store: Snapshot, inputs: PathInputs, at: datetime) -> None:
    context = ValidationContext(
        trust_roots=list(store.anchors),
        moment=at,
        allow_fetching=False,
        time_tolerance=timedelta(0),  # by default a certificate lives a second longer than it says
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
    )
    run(async_validate_path(context, path, parameters(inputs)))


def _outside_policies(path: ValidationPath, store: Snapshot, inputs: PathInputs, at: datetime) -> Finding | None:
    """A finding if all that keeps the path from being valid is which certificate policies are accepted."""
    if not inputs.initial_policy_set:
        return None
    try:
        _run(path, store, replace(inputs, initial_policy_set=frozenset(), explicit_policy=False), at)
        signer = path.get_ee_cert_safe()
        policies = (signer and signer.certificate_policies_value) or ()
        found = [policy["policy_identifier"].dotted for policy in policies]
    except Exception:  # noqa: BLE001 - something else is wrong too
        return None
    return Finding.failed(
        Check.PATH,
        "PKI-160",
        "path.signer",
        "RFC 5280 §6.1.5 (g)",
        accepted=few(sorted(inputs.initial_policy_set)),
        found=few(found),
    )


def _passed(path: ValidationPath, at: datetime) -> Finding:
    judged = at.isoformat(timespec="seconds")
    return Finding.passed(Check.PATH, "PKI-110", "path", _RFC5280, certificates=path.pkix_len, at=judged)


def _finding(error: PathValidationError, at: datetime) -> Finding:
    where = place(error)
    if isinstance(error, ExpiredError):
        expired = error.expired_dt.isoformat()
        return Finding.failed(
            Check.PATH, "PKI-112", where, "RFC 5280 §6.1.3 (a)(2)", since=expired, at=at.isoformat(timespec="seconds")
        )
    if isinstance(error, NotYetValidError):
        valid_from = error.valid_from.isoformat()
        return Finding.failed(
            Check.PATH,
            "PKI-113",
            where,
            "RFC 5280 §6.1.3 (a)(2)",
            since=valid_from,
            at=at.isoformat(timespec="seconds"),
        )
    if isinstance(error, DisallowedAlgorithmError):
        return Finding.failed(Check.PATH, "PKI-114", where, "설계서 V3.8 2.5.2")
    return Finding.failed(Check.PATH, "PKI-115", where, _RFC5280)
