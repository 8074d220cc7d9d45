"""How far a trust anchor reaches, by what its own certificate says.

RFC 5280 §6.2 leaves that to whoever validates. Here it binds, as RFC 5937 has it and OpenSSL does: an operator who puts
a certificate into the trust folder trusts it for what it was made for, and a payer's certificate that got there by
mistake makes nobody's certificate good.
"""

from __future__ import annotations

from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.authority import CertTrustAnchor, TrustQualifiers
from pyhanko_certvalidator.name_trees import PKIXSubtrees, process_general_subtrees
from pyhanko_certvalidator.policy_decl import PKIXValidationParams

from verifier.purposes import is_for


def trust_anchor(certificate: asn1_x509.Certificate, purposes: frozenset[str]) -> CertTrustAnchor | None:
    """The anchor with its validity, path length and name constraints; None where it may issue none for that.

    Its certificate policies bind nobody: those that are wanted stand in trust.toml.
    """
    try:
        if not (_may_issue(certificate) and is_for(purposes, certificate)):
            return None
        qualifiers = TrustQualifiers(
            standard_parameters=_name_constraints(certificate),
            max_path_length=certificate.max_path_length,
            max_aa_path_length=certificate.max_path_length,  # the library sets this to None beside the other and fails
            valid_from=certificate.not_valid_before,
            valid_until=certificate.not_valid_after,
        )
    except (ValueError, TypeError):  # an extension that cannot be read
        return None
    return CertTrustAnchor(certificate, qualifiers)


def _may_issue(certificate: asn1_x509.Certificate) -> bool:
    """A root of version 1 has no extension to say so in; any other says that it is an authority's."""
    constraints, usage = certificate.basic_constraints_value, certificate.key_usage_value
    is_of_version_1 = certificate["tbs_certificate"]["version"].native == "v1"
    is_authority = is_of_version_1 if constraints is None else constraints["ca"].native
    may_sign = usage is None or "key_cert_sign" in usage.native
    return bool(is_authority and may_sign)


def _name_constraints(certificate: asn1_x509.Certificate) -> PKIXValidationParams | None:
    constraints = certificate.name_constraints_value
    if constraints is None:
        return None
    return PKIXValidationParams(
        initial_permitted_subtrees=_subtrees(constraints["permitted_subtrees"]),
        initial_excluded_subtrees=_subtrees(constraints["excluded_subtrees"]),
    )


def _subtrees(given: object) -> PKIXSubtrees | None:
    return process_general_subtrees(given) if isinstance(given, asn1_x509.GeneralSubtrees) else None
