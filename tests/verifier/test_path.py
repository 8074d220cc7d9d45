"""Trust: which anchors, intermediates, CRLs and settings let a signer's certificate pass, and which do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from certs import PathInputs, Revocation, TrustSettings, TrustStore
from certs.demo import DemoAuthority, DemoPki, build_demo_pki
from tests.conftest import BUILT_AT
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge
from verifier import Check, Indication, Verdict

PASSED, UNCLEAR, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


def of(verdict: Verdict, check: Check) -> list[tuple[str, Indication]]:
    return [(f.code, f.effect) for f in verdict.findings if f.check is check]


def trust_of(pki: DemoPki, *, crls: list[bytes] | None = None, settings: TrustSettings | None = None) -> TrustStore:
    authorities = (pki.root, *pki.intermediates)
    return TrustStore.of(
        anchors=[pki.root.der],
        intermediates=[a.der for a in pki.intermediates],
        crls=[a.crl for a in authorities] if crls is None else crls,
        settings=settings,
    )


def crl(authority: DemoAuthority, this_update: datetime, revoked: tuple[int, datetime] | None = None) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(this_update)
        .next_update(this_update + timedelta(days=30))
    )
    if revoked is not None:
        serial, at = revoked
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        )
    return builder.sign(authority.key_pair.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_an_unknown_root_is_refused(forge: Forge, judge: Judge) -> None:
    stranger = build_demo_pki(at=BUILT_AT)
    verdict = judge(forge.but(intermediates=True).der(), trust=stranger.trust())
    assert of(verdict, Check.PATH) == [("PKI-111", FAILED)]
    assert verdict.not_run == {Check.REVOCATION}


def test_a_root_in_the_message_is_not_trusted(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    """Only the trust folder decides what an anchor is."""
    der = forge.but(intermediates=True, extra_certificates=[pki.root.der]).der()
    assert of(judge(der, trust=build_demo_pki(at=BUILT_AT).trust()), Check.PATH) == [("PKI-111", FAILED)]


def test_the_signer_s_own_certificate_is_no_anchor(forge: Forge, judge: Judge) -> None:
    own = forge.pair.certificate.public_bytes(Encoding.DER)
    assert of(judge(forge.der(), trust=TrustStore.of([own])), Check.PATH) == [("PKI-111", FAILED)]


def test_an_intermediate_may_come_with_the_message(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    trust = TrustStore.of([pki.root.der], crls=[a.crl for a in (pki.root, *pki.intermediates)])
    assert judge(forge.but(intermediates=True).der(), trust=trust).indication is PASSED
    assert of(judge(forge.der(), trust=trust), Check.PATH) == [("PKI-111", FAILED)]


def test_an_expired_anchor_is_refused(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    after = pki.root.certificate.not_valid_after_utc + timedelta(days=1)
    assert of(judge(forge.der(), at=after), Check.PATH) == [("PKI-112", FAILED)]


def test_without_revocation_lists_nothing_is_proven(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    verdict = judge(forge.der(), trust=trust_of(pki, crls=[]))
    assert verdict.indication is UNCLEAR
    assert of(verdict, Check.REVOCATION) == [("PKI-122", UNCLEAR)]


@pytest.mark.parametrize("missing", [0, 1])
def test_every_certificate_of_the_path_needs_its_list(forge: Forge, judge: Judge, pki: DemoPki, missing: int) -> None:
    lists = [pki.root.crl, pki.intermediates[0].crl]
    del lists[missing]
    assert judge(forge.der(), trust=trust_of(pki, crls=lists)).indication is UNCLEAR


def test_a_stale_list_proves_nothing_and_says_until_when_it_was_good(forge: Forge, judge: Judge) -> None:
    verdict = judge(forge.der(), at=BUILT_AT + timedelta(days=60))
    assert verdict.indication is UNCLEAR
    assert of(verdict, Check.REVOCATION) == [("PKI-123", UNCLEAR)]


def test_a_list_signed_by_somebody_else_proves_nothing(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    stranger = build_demo_pki(at=BUILT_AT)
    forged = [a.crl for a in (stranger.root, *stranger.intermediates)]
    assert judge(forge.der(), trust=trust_of(pki, crls=forged)).indication is UNCLEAR


def test_a_list_issued_after_the_time_in_question_counts(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    authority = pki.intermediates[0]
    later = crl(authority, JUDGED_AT + timedelta(days=10))
    assert judge(forge.der(), trust=trust_of(pki, crls=[pki.root.crl, later])).indication is PASSED


def test_a_list_issued_after_the_certificate_ended_proves_nothing(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    """Authorities drop expired certificates from their lists."""
    authority = pki.intermediates[0]
    later = crl(authority, forge.pair.certificate.not_valid_after_utc + timedelta(days=10))
    assert judge(forge.der(), trust=trust_of(pki, crls=[pki.root.crl, later])).indication is UNCLEAR


def test_revocation_counts_from_its_date(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    authority, serial = pki.intermediates[0], forge.pair.certificate.serial_number
    at = JUDGED_AT + timedelta(days=3)
    lists = [pki.root.crl, crl(authority, at + timedelta(days=1), (serial, at))]
    assert judge(forge.der(), trust=trust_of(pki, crls=lists)).indication is PASSED
    late = judge(forge.der(), trust=trust_of(pki, crls=lists), at=at + timedelta(days=2))
    assert of(late, Check.REVOCATION) == [("PKI-121", FAILED)]


def test_a_revoked_authority_revokes_its_certificates(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    serial = pki.intermediates[0].certificate.serial_number
    lists = [crl(pki.root, BUILT_AT, (serial, BUILT_AT - timedelta(days=1))), pki.intermediates[0].crl]
    verdict = judge(forge.der(), trust=trust_of(pki, crls=lists))
    assert verdict.indication is not PASSED
    assert of(verdict, Check.REVOCATION)[0][1] is not PASSED


MODES = {mode: TrustSettings(revocation=mode) for mode in Revocation}


def test_mode_if_present_passes_without_lists_and_says_so(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    verdict = judge(forge.der(), trust=trust_of(pki, crls=[], settings=MODES[Revocation.IF_PRESENT]))
    assert verdict.indication is PASSED
    assert of(verdict, Check.REVOCATION) == [("PKI-125", PASSED)]


@pytest.mark.parametrize("present", [0, 1])
def test_mode_if_present_uses_the_lists_there_are(forge: Forge, judge: Judge, pki: DemoPki, present: int) -> None:
    lists = [[pki.root.crl, pki.intermediates[0].crl][present]]
    verdict = judge(forge.der(), trust=trust_of(pki, crls=lists, settings=MODES[Revocation.IF_PRESENT]))
    assert of(verdict, Check.REVOCATION) == [("PKI-125", PASSED), ("PKI-120", PASSED)]


@pytest.mark.parametrize("with_root_list", [False, True])
def test_mode_if_present_refuses_who_is_on_a_list(
    forge: Forge, judge: Judge, pki: DemoPki, with_root_list: bool
) -> None:
    lists = [pki.intermediates[0].crl, *([pki.root.crl] if with_root_list else [])]
    trust = trust_of(pki, crls=lists, settings=MODES[Revocation.IF_PRESENT])
    assert ("PKI-121", FAILED) in of(judge(forge.but(payer="revoked").der(), trust=trust), Check.REVOCATION)


def test_mode_if_present_refuses_an_authority_on_a_list_though_the_signer_s_own_list_is_missing(
    forge: Forge, judge: Judge, pki: DemoPki
) -> None:
    serial = pki.intermediates[0].certificate.serial_number
    lists = [crl(pki.root, BUILT_AT, (serial, BUILT_AT - timedelta(days=1)))]
    trust = trust_of(pki, crls=lists, settings=MODES[Revocation.IF_PRESENT])
    assert ("PKI-121", FAILED) in of(judge(forge.der(), trust=trust), Check.REVOCATION)


def test_mode_if_present_does_not_take_a_stale_list_for_none(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    trust = trust_of(pki, settings=MODES[Revocation.IF_PRESENT])
    assert judge(forge.der(), trust=trust, at=BUILT_AT + timedelta(days=60)).indication is UNCLEAR


def test_mode_none_does_not_look(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    verdict = judge(forge.but(payer="revoked").der(), trust=trust_of(pki, settings=MODES[Revocation.NONE]))
    assert verdict.indication is PASSED
    assert of(verdict, Check.REVOCATION) == [("PKI-124", PASSED)]


def test_path_inputs_come_from_the_trust_folder(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    personal = frozenset({"1.2.410.200005.1.1.1"})
    inputs = PathInputs(initial_policy_set=personal, explicit_policy=True)
    trust = trust_of(pki, settings=TrustSettings(path=inputs))
    assert judge(forge.der(), trust=trust).indication is PASSED
    refused = judge(forge.but(payer="corporate").der(), trust=trust)
    assert of(refused, Check.PATH) == [("PKI-160", FAILED)]
    (finding,) = (f for f in refused.findings if f.code == "PKI-160")
    assert finding.details["accepted"] in personal
    assert finding.details["found"] not in personal


def test_a_policy_that_is_not_accepted_is_not_blamed_for_another_fault(forge: Forge, judge: Judge) -> None:
    inputs = PathInputs(initial_policy_set=frozenset({"1.2.3"}), explicit_policy=True)
    trust = forge.pki.trust(TrustSettings(path=inputs))
    verdict = judge(forge.der(), trust=trust, at=forge.pair.certificate.not_valid_after_utc + timedelta(days=1))
    assert ("PKI-112", FAILED) in of(verdict, Check.PATH)


def test_the_evidence_kinds_of_the_folder_go_with_the_verdict(forge: Forge, judge: Judge, pki: DemoPki) -> None:
    trust = trust_of(pki, settings=TrustSettings(kinds=frozenset({"7"})))
    assert judge(forge.der(), trust=trust).evidence_kinds == {"7"}


def test_a_certificate_signed_by_another_key_of_the_same_name_is_refused(
    forge: Forge, judge: Judge, pki: DemoPki
) -> None:
    """Names alone prove nothing: the same PKI built twice has equal names and other keys."""
    twin = build_demo_pki(at=BUILT_AT)
    mixed = replace(twin, payers=pki.payers)
    trust = trust_of(mixed)
    assert of(judge(forge.der(), trust=trust), Check.PATH) == [("PKI-111", FAILED)]


@pytest.mark.parametrize("at", [datetime(2026, 5, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)])
def test_outside_the_validity_nothing_passes(forge: Forge, judge: Judge, at: datetime) -> None:
    assert judge(forge.der(), at=at).indication is FAILED
