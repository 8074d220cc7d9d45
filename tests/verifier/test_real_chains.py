"""Real certificates of the Korean public-key infrastructure lead to their roots. They are not part of the project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs import Revocation, TrustSettings, TrustStore
from verifier import Indication
from verifier.path import validate

NPKI = Path(__file__).parents[3] / "shared" / "npki"
pytestmark = pytest.mark.skipif(not NPKI.is_dir(), reason="the real certificates are not beside the project")

WITHOUT_LISTS = TrustSettings(revocation=Revocation.NONE)
NEW_YEAR_2025 = datetime(2025, 1, 1, tzinfo=UTC)
NEW_YEAR_2022 = datetime(2022, 1, 1, tzinfo=UTC)
LICENSED = ["CrossCertCA4", "yessignCA-Class3", "signGATE-CA6", "SignKorea-CA4", "TradeSignCA4"]


def der(name: str) -> bytes:
    return (NPKI / f"{name}.der").read_bytes()


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


def test_without_revocation_lists_a_real_signer_stays_unproven() -> None:
    trust = TrustStore.of([der("Kisa_Test_RootCA_7")], [der("CrossCertTestCA5")])
    result = validate(der("test-signer-crosscert"), [], trust, NEW_YEAR_2022)
    assert [(f.code, f.effect) for f in result.revocation] == [("PKI-122", Indication.INDETERMINATE)]
