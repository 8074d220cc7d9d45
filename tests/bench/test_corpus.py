"""What is measured is what it is said to be: consents that pass, under lists that are as long and are really asked."""

from __future__ import annotations

import pytest
from cryptography import x509

from bench.corpus import AUTHORITIES, Population, populate, text
from bench.worker import require_passed
from certs import TrustStore
from verifier import Indication, policies, verify_der


@pytest.fixture(scope="module")
def population() -> Population:
    return populate("p256", 500, 2)


def test_every_consent_passes_with_lists_and_without(population: Population) -> None:
    for number in range(2 * len(population.payers)):
        der = population.consent(number)
        for trust in (population.trust, population.trust_without_lists):
            require_passed(der, trust, population.at)


def test_consents_are_different_and_of_the_size_that_consents_have(population: Population) -> None:
    assert population.consent(1) != population.consent(1 + len(population.payers))
    assert 1_400 < len(text(1).encoded) < 1_600


def test_the_lists_are_as_long_as_asked_for_and_signed(population: Population) -> None:
    lists = [x509.load_der_x509_crl(item.der) for item in population.trust.crls]
    assert [len(one) for one in lists] == [0] + [500] * AUTHORITIES
    for one, authority in zip(lists[1:], population.authorities, strict=True):
        assert one.is_signature_valid(authority.certificate.public_key())  # type: ignore[arg-type]
        assert len({entry.serial_number for entry in one}) == 500
        assert all(entry.extensions for entry in one)


def test_a_consent_that_does_not_pass_ends_the_run(population: Population) -> None:
    stranger = populate("p256", 1, 1).consent(0)
    with pytest.raises(SystemExit, match="a consent of the corpus is"):
        require_passed(stranger, population.trust, population.at)


def test_the_written_folder_judges_alike(population: Population, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = population.write_trust(tmp_path_factory.mktemp("trust"))
    trust = TrustStore.open(folder)
    assert [len(part) for part in (trust.anchors, trust.intermediates, trust.crls)] == [1, 3, 4]
    verdict = verify_der(population.consent(0), trust=trust, policy=policies.KFTC, at=population.at)
    assert verdict.indication is Indication.TOTAL_PASSED
