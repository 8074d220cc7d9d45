"""An authority with a second key, for its lists alone, which is revoked: from then on they vouch for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore
from tests.verifier.test_ways_folders import message, name, policy
from tests.verifier.ways import the_long_way
from verifier import policies
from verifier.verdict import Check
from verifier.verify import judge, subject_of

TOP, LISTS, AUTHORITY, FIRST, SECOND = (ec.derive_private_key(number, ec.SECP256R1()) for number in range(21, 26))
REVOKED, ISSUED = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
INVALID = datetime(2026, 3, 15, tzinfo=UTC)
BEFORE, AFTER = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
IS_AUTHORITY = (x509.BasicConstraints(ca=True, path_length=None), policy("2.5.29.32.0"))
SIGNS_LISTS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
Key = ec.EllipticCurvePrivateKey


def certificate(of: str, key: Key, by: str, with_key: Key, number: int, *extensions: x509.ExtensionType) -> bytes:
    builder = x509.CertificateBuilder().subject_name(name(of)).issuer_name(name(by)).public_key(key.public_key())
    builder = builder.serial_number(number).not_valid_before(START).not_valid_after(END)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(with_key, hashes.SHA256()).public_bytes(Encoding.DER)


def list_by(issuer: str, key: Key, revoked: Sequence[int] = (), *extensions: x509.ExtensionType) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(name(issuer)).last_update(ISSUED).next_update(END)
    for number in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(REVOKED)
        for extension in (x509.CRLReason(x509.ReasonFlags.superseded), *extensions):
            entry = entry.add_extension(extension, critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


PAYERS = [
    certificate("payer", key, "A", AUTHORITY, number, policy("1.2.3.4"))
    for number, key in ((100, FIRST), (101, SECOND))
]


def trust_with(*lists: bytes) -> TrustStore:
    return TrustStore.of(
        [certificate("R", TOP, "R", TOP, 1, *IS_AUTHORITY)],
        [
            certificate("A", AUTHORITY, "R", TOP, 10, *IS_AUTHORITY),
            certificate("A", LISTS, "R", TOP, 11, *IS_AUTHORITY, SIGNS_LISTS),
        ],
        [*lists, list_by("A", LISTS)],
    )


def codes_both_ways(payer: bytes, trust: TrustStore, at: datetime) -> list[str]:
    for _ in range(2):  # a store's first message goes the long way
        subject = subject_of(message(payer), trust=trust, policy=policies.CMS, at=at)
        verdict = judge(subject)
    assert subject.common is not None
    assert verdict == judge(the_long_way(subject))
    return [finding.code for finding in verdict.findings if finding.check is Check.REVOCATION]


@pytest.mark.parametrize("payers", [PAYERS, PAYERS[:1] * 2], ids=["two payers", "one payer"])
def test_lists_by_a_revoked_key_are_not_remembered_as_those_before(payers: list[bytes]) -> None:
    trust = trust_with(list_by("R", TOP, [11]))
    found = [codes_both_ways(payer, trust, at) for payer, at in zip(payers, (BEFORE, AFTER), strict=True)]
    assert found == [["PKI-120"], ["PKI-122"]]


def test_lists_by_a_key_that_was_invalid_since_are_not_remembered_as_those_before() -> None:
    trust = trust_with(list_by("R", TOP, [11], x509.InvalidityDate(INVALID.replace(tzinfo=None))))
    times = (BEFORE, INVALID + (REVOKED - INVALID) / 2)
    found = [codes_both_ways(payer, trust, at) for payer, at in zip(PAYERS, times, strict=True)]
    assert found == [["PKI-120"], ["PKI-122"]]
