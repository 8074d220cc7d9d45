"""Real certificates of the Korean public-key infrastructure lead to their roots. They are not part of the project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from certs import Holder, PathInputs, ProductRules, Revocation, TrustSettings, TrustStore
from tests.verifier.surgery import elements
from verifier import Indication
from verifier.path import validate
from verifier.product import ProductQuestion

NPKI = Path(__file__).parents[3] / "shared" / "npki"
pytestmark = pytest.mark.skipif(not NPKI.is_dir(), reason="the real certificates are not beside the project")

WITHOUT_LISTS = TrustSettings(revocation=Revocation.NONE)
NEW_YEAR_2025 = datetime(2025, 1, 1, tzinfo=UTC)
NEW_YEAR_2022 = datetime(2022, 1, 1, tzinfo=UTC)
LICENSED = ["CrossCertCA4", "yessignCA-Class3", "signGATE-CA6", "SignKorea-CA4", "TradeSignCA4"]


def der(name: str) -> bytes:
    return (NPKI / f"{name}.der").read_bytes()


AUTHORITIES = [*LICENSED, "CrossCertTestCA5"]
ROOTS = ["KISA-RootCA-1", "KISA-RootCA-4", "Kisa_Test_RootCA_7"]
SIGNER = "test-signer-crosscert"
IDENTIFY_DATA = "1.2.410.200004.10.1.1"
BMP_STRING = 0x1E


def certificate(name: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(der(name))


# What trips implementations is in these certificates: if it were not, the tests below would show nothing.


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_says_nothing_about_the_use_of_its_key(name: str) -> None:
    assert not [e for e in certificate(name).extensions if e.oid == ExtensionOID.KEY_USAGE]


@pytest.mark.parametrize("name", [*AUTHORITIES, SIGNER])
def test_all_below_the_roots_carry_identify_data(name: str) -> None:
    names = certificate(name).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert IDENTIFY_DATA in {other.type_id.dotted_string for other in names.get_values_for_type(x509.OtherName)}


@pytest.mark.parametrize("name", AUTHORITIES)
def test_an_authority_demands_a_policy_at_once_and_writes_its_notice_in_bmp_string(name: str) -> None:
    extensions = certificate(name).extensions
    constraints = extensions.get_extension_for_class(x509.PolicyConstraints)
    assert (constraints.critical, constraints.value.require_explicit_policy) == (True, 0)
    listed = asn1_x509.Certificate.load(der(name))["tbs_certificate"]["extensions"]
    policies = next(e["extn_value"].contents for e in listed if e["extn_id"].native == "certificate_policies")
    assert BMP_STRING in {e.tag for e in elements(policies)}


def test_the_signer_s_certificate_names_the_wrong_root_and_the_right_key() -> None:
    identifier = certificate(SIGNER).extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    authority = certificate("CrossCertTestCA5")
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert identifier.authority_cert_issuer is not None
    assert identifier.authority_cert_issuer[0].value != authority.issuer
    assert identifier.key_identifier == own.key_identifier


@pytest.mark.parametrize("name", LICENSED)
def test_a_licensed_authority_leads_to_root_4(name: str) -> None:
    trust = TrustStore.of([der("KISA-RootCA-4")], settings=WITHOUT_LISTS)
    assert validate(der(name), [], trust, NEW_YEAR_2025).path.code == "PKI-110"


@pytest.mark.parametrize("name", LICENSED)
def test_a_licensed_authority_does_not_lead_to_root_1(name: str) -> None:
    trust = TrustStore.of([der("KISA-RootCA-1")], settings=WITHOUT_LISTS)
    assert validate(der(name), [], trust, NEW_YEAR_2025).path.code == "PKI-111"


def test_the_test_signer_leads_to_the_test_root_though_it_names_another() -> None:
    """Its authorityKeyIdentifier has the wrong authorityCertIssuer; its subjectAltName holds identifyData."""
    trust = TrustStore.of([der("Kisa_Test_RootCA_7")], [der("CrossCertTestCA5")], settings=WITHOUT_LISTS)
    result = validate(der("test-signer-crosscert"), [], trust, NEW_YEAR_2022)
    assert result.path.code == "PKI-110"


def test_the_test_signer_needs_its_authority_and_has_expired_since() -> None:
    root, authority, signer = der("Kisa_Test_RootCA_7"), der("CrossCertTestCA5"), der("test-signer-crosscert")
    alone = TrustStore.of([root], settings=WITHOUT_LISTS)
    assert validate(signer, [], alone, NEW_YEAR_2022).path.code == "PKI-111"
    assert validate(signer, [authority], alone, NEW_YEAR_2022).path.code == "PKI-110"
    assert validate(signer, [authority], alone, NEW_YEAR_2025).path.code == "PKI-112"


@pytest.mark.parametrize(
    ("policy", "code"), [("1.2.410.200004.5.4.1.3", "PKI-110"), ("1.2.410.200004.5.4.1.2", "PKI-160")]
)
def test_the_policy_of_the_test_signer_is_the_one_that_its_certificate_names(policy: str, code: str) -> None:
    settings = TrustSettings(revocation=Revocation.NONE, path=PathInputs(initial_policy_set=frozenset({policy})))
    trust = TrustStore.of([der("Kisa_Test_RootCA_7")], [der("CrossCertTestCA5")], settings=settings)
    assert validate(der(SIGNER), [], trust, NEW_YEAR_2022).path.code == code


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (ProductRules(), "PKI-162"),
        (ProductRules(also=frozenset({"1.2.410.200004.5.4.1.3"})), "PKI-148"),
        (ProductRules(accepted=frozenset({"1.2.410.200004.5.4.1.2"})), "PKI-145"),
    ],
)
def test_the_test_signer_s_certificate_is_for_a_server(rules: ProductRules, code: str) -> None:
    trust = TrustStore.of([der("Kisa_Test_RootCA_7")], [der("CrossCertTestCA5")], settings=WITHOUT_LISTS)
    asks = ProductQuestion(rules, Holder.PERSONAL)
    result = validate(der(SIGNER), [], trust, NEW_YEAR_2022, asks=asks)
    assert [f.code for f in (result.path, *result.product)] == ["PKI-110", code, "PKI-146"]


def test_a_root_that_has_ended_is_an_anchor_for_nobody() -> None:
    trust = TrustStore.of([der("KISA-RootCA-1")], settings=WITHOUT_LISTS)
    before, after = datetime(2025, 8, 24, tzinfo=UTC), datetime(2025, 8, 25, tzinfo=UTC)
    assert validate(der("KISA-RootCA-1"), [], trust, before).path.code == "PKI-114"  # signed with SHA-1, by itself
    assert validate(der("KISA-RootCA-1"), [], trust, after).path.code == "PKI-112"


def test_without_revocation_lists_a_real_signer_stays_unproven() -> None:
    trust = TrustStore.of([der("Kisa_Test_RootCA_7")], [der("CrossCertTestCA5")])
    result = validate(der("test-signer-crosscert"), [], trust, NEW_YEAR_2022)
    assert [(f.code, f.effect) for f in result.revocation] == [("PKI-122", Indication.INDETERMINATE)]
