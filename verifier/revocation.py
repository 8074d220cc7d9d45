"""Is anything on the path revoked, by the CRLs and OCSP responses of the trust folder (RFC 5280 §6.3, RFC 6960)?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathValidationError, RevokedError, StaleRevinfoError
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    NonRevokedStatusAssertion,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.archival import CRLContainer, sort_freshest_first
from pyhanko_certvalidator.revinfo.manager import RevinfoManager
from pyhanko_certvalidator.validate import async_validate_path

from certs import Revocation, TrustStore
from verifier.crls import RevocationList, is_signed_by
from verifier.material import Material
from verifier.pkix import Snapshot, parameters, place, run
from verifier.signatures import Unmistakable
from verifier.verdict import Check, Finding, Indication

_CLAUSE: Final = "RFC 5280 §6.3"
_MODE: Final = "trust.toml [revocation] mode"


@dataclass(frozen=True)
class RevocationResult:
    """Findings on a path, and whether the path itself was validated along the way and found good.

    The library checks both in one go. A finding that is not a pass may be due to the path, and counts only once the
    path is known to be valid otherwise.
    """

    findings: tuple[Finding, ...]
    path_is_valid: bool


def check_revocation_of(
    path: ValidationPath, store: Snapshot, trust: TrustStore, at: datetime, *, forgives: bool
) -> RevocationResult:
    """What is known of the path's certificates at `at`.

    `forgives`: whether a revocation after `at` leaves the signature standing, because it is known to be older.
    """
    mode = trust.settings.revocation
    if mode is Revocation.NONE:
        return RevocationResult(
            (Finding.passed(Check.REVOCATION, "PKI-124", "trust.toml", _MODE),), path_is_valid=False
        )
    certificates = [path[index] for index in range(1, path.pkix_len + 1)]
    material = Material(certificates, store, at)
    convictions = [*material.convictions(path, certificates, at)]
    if any(finding.effect is Indication.TOTAL_FAILED for finding in convictions):
        return RevocationResult(tuple(convictions), path_is_valid=False)
    remarks = convictions or [*material.later(path, certificates, at, forgives=forgives)]
    above = [path[index] for index in range(path.pkix_len)]
    settled = [c for c, by in zip(certificates, above, strict=True) if material.statements.vouch_for(c, by, at)]
    if mode is Revocation.IF_PRESENT:
        without = [c for c in certificates if not _is_among(c, settled) and not material.speaks_of(c)]
        if without:
            remarks.append(Finding.passed(Check.REVOCATION, "PKI-125", "path", _MODE, count=len(without)))
        settled += without
        if len(without) == len(certificates):
            return RevocationResult(tuple(remarks), path_is_valid=False)
    open_questions = _without_settled_end(path, settled)
    if open_questions is None:
        return RevocationResult((*remarks, _passed(at)), path_is_valid=False)
    finding = _check(open_questions, material, trust, at, settled)
    is_whole = open_questions is path and finding.effect is Indication.TOTAL_PASSED
    return RevocationResult((*remarks, finding), path_is_valid=is_whole)


def _without_settled_end(path: ValidationPath, settled: list[asn1_x509.Certificate]) -> ValidationPath | None:
    """The path down to the last certificate that is still to be asked about, None if there is none.

    To the library, a leaf asserted to be good settles the whole path, and a leaf that need not be checked waives the
    check of delegated signers of lists too.
    """
    certificates = [path[index] for index in range(1, path.pkix_len + 1)]
    kept = list(certificates)
    while kept and _is_among(kept[-1], settled):
        kept.pop()
    if len(kept) == len(certificates):
        return path
    return ValidationPath(path.trust_anchor, interm=kept[:-1], leaf=kept[-1]) if kept else None


def _passed(at: datetime) -> Finding:
    return Finding.passed(Check.REVOCATION, "PKI-120", "path", _CLAUSE, at=at.isoformat(timespec="seconds"))


def _is_among(certificate: asn1_x509.Certificate, certificates: list[asn1_x509.Certificate]) -> bool:
    return any(certificate is other for other in certificates)


def _check(
    path: ValidationPath,
    material: Material,
    trust: TrustStore,
    at: datetime,
    settled: list[asn1_x509.Certificate],
) -> Finding:
    context = _context(path, material, at, settled)
    try:
        run(async_validate_path(context, path, parameters(trust.settings.path)))
    except RevokedError as error:
        return Finding.failed(
            Check.REVOCATION,
            "PKI-121",
            place(error),
            _CLAUSE,
            revoked_at=error.revocation_dt.isoformat(),
            reason=error.reason.native,
        )
    except StaleRevinfoError as error:
        last = error.time_cutoff.isoformat()
        return Finding.unclear(
            Check.REVOCATION, "PKI-123", place(error), _CLAUSE, usable_to=last, at=at.isoformat(timespec="seconds")
        )
    except PathValidationError as error:
        return Finding.unclear(Check.REVOCATION, "PKI-122", place(error), _CLAUSE)
    except Exception:  # noqa: BLE001 - the library asserts and raises at will; nothing is proven then
        return Finding.unclear(Check.REVOCATION, "PKI-126", "trust.crls", _CLAUSE)
    return _passed(at)


class _ListsOfIssuer(RevinfoManager):
    """Hands the library, for each certificate, the lists of those who may speak of it.

    Given them all, it takes for a delegated signer whoever holds a second certificate of the same issuer, so that an
    authority which encloses one would vouch for itself. Its hook for fetching is the one place where it says which
    certificate it asks about. Nothing is fetched.
    """

    def __init__(
        self,
        registry: CertificateRegistry,
        material: Material,
        read: Mapping[bytes, asn1_crl.CertificateList],
        assertions: list[NonRevokedStatusAssertion],
    ) -> None:
        """`read`: by its bytes, each list that may vouch, with the entries that matter."""
        super().__init__(registry, POEManager(), crls=(), ocsps=(), assertions=assertions, fetchers=None)
        self.material = material
        self.read = read

    @property
    def fetching_allowed(self) -> bool:
        return True

    async def fetch_crls(self, cert: asn1_x509.Certificate) -> list[CRLContainer]:
        return sort_freshest_first([CRLContainer(self.read[one.der]) for one in self.material.vouching_for(cert)])


class _OfWholeLists(Unmistakable):
    """Lists that the library is handed without most of their entries are signed if the whole lists are.

    It is asked about bytes. Two lists that differ in what was left out alone share them, but not their signatures.
    """

    def __init__(self, lists: Iterable[tuple[RevocationList, asn1_crl.CertificateList]]) -> None:
        self._whole: dict[tuple[bytes, bytes], list[RevocationList]] = {}
        for one, crl in lists:
            if one.indexed is not None:
                self._whole.setdefault((crl["signature"].native, crl["tbs_cert_list"].dump()), []).append(one)

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: asn1_keys.PublicKeyInfo,
        *args: Any,  # noqa: ANN401 - passed on as it is
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> None:
        whole = self._whole.get((signature, signed_data))
        if whole is None:
            super().validate_signature(signature, signed_data, public_key_info, *args, **kwargs)
        for one in whole or ():
            if one.indexed is not None and not is_signed_by(one, public_key_info.dump()):
                # Says why not, as it would of any other.
                super().validate_signature(signature, one.indexed.signed, public_key_info, *args, **kwargs)


def _context(
    path: ValidationPath, material: Material, at: datetime, settled: list[asn1_x509.Certificate]
) -> ValidationContext:
    """Everything is passed; nothing is left to the library's defaults, which are lenient. `settled` are not asked."""
    on_path = [path[index] for index in range(1, path.pkix_len)]
    registry = CertificateRegistry.build(material.authorities, cert_fetcher=None)
    # All certificates that the library can come to ask about: those of the path, and whoever may have signed a list.
    asked_about = [path[path.pkix_len], *on_path, *material.authorities]
    numbers = {certificate.serial_number for certificate in asked_about}
    vouching = {one.der: one for certificate in asked_about for one in material.vouching_for(certificate)}
    read = {der: one.with_entries_of(numbers) for der, one in vouching.items()}
    assertions = [NonRevokedStatusAssertion(c.sha256, at) for c in settled if _is_among(c, on_path)]
    return ValidationContext(
        trust_roots=[path[0]],  # who signs a list leads to the same anchor as who it is about (RFC 5280 §6.3.3 (f))
        moment=at,
        allow_fetching=False,
        revinfo_policy=CertRevTrustPolicy(
            RevocationCheckingPolicy(
                ee_certificate_rule=RevocationCheckingRule.CRL_REQUIRED,
                intermediate_ca_cert_rule=RevocationCheckingRule.CRL_REQUIRED,
            ),
            # A list issued after `at` knows more about `at`, not less; Material has the cases where it does not.
            retroactive_revinfo=True,
        ),
        time_tolerance=timedelta(0),
        certificate_registry=registry,
        revinfo_manager=_ListsOfIssuer(registry, material, read, assertions),
        signature_validator=_OfWholeLists((one, read[der]) for der, one in vouching.items()),
    )
