"""NIST's Public Key Interoperability Test Suite (PKITS 1.0.1), as the PyPI package `cryptography-vectors` carries it.

Each test has a signed S/MIME message with the text beside the signature. Here the text is put into the message and the
certificates into DER order; SignerInfo and every certificate stay byte for byte as they are.
"""

from __future__ import annotations

import email
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cryptography_vectors

from certs import PathInputs, TrustSettings, TrustStore
from tests.verifier.surgery import elements, replaced, tlv

FOLDER = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
ID_DATA = bytes.fromhex("06092a864886f70d010701")
NOT_LOADABLE = frozenset({"DSAParametersInheritedCACert"})  # a key without its parameters is no key to `cryptography`


class Case(NamedTuple):
    """One test or sub-test: a message, the inputs of path validation, and whether it has to be accepted."""

    message: str
    valid: bool
    policies: tuple[int, ...] = ()
    explicit_policy: bool = False
    inhibit_policy_mapping: bool = False
    inhibit_any_policy: bool = False

    @property
    def name(self) -> str:
        flags = [name for name in self._fields[3:] if getattr(self, name)]
        return " ".join([self.message, *map(str, self.policies), *flags])

    @property
    def settings(self) -> TrustSettings:
        return TrustSettings(
            path=PathInputs(
                initial_policy_set=frozenset(f"2.16.840.1.101.3.2.1.48.{number}" for number in self.policies),
                explicit_policy=self.explicit_policy,
                inhibit_policy_mapping=self.inhibit_policy_mapping,
                inhibit_any_policy=self.inhibit_any_policy,
            )
        )


# Tests whose outcome depends on the inputs; for all others the name says it (PKITS §4.8 to §4.12).
WITH_INPUTS = (
    Case("AllCertificatesSamePolicyTest1", True, explicit_policy=True),
    Case("AllCertificatesSamePolicyTest1", True, (1,), explicit_policy=True),
    Case("AllCertificatesSamePolicyTest1", False, (2,), explicit_policy=True),
    Case("AllCertificatesSamePolicyTest1", True, (1, 2), explicit_policy=True),
    Case("AllCertificatesNoPoliciesTest2", True),
    Case("AllCertificatesNoPoliciesTest2", False, explicit_policy=True),
    Case("DifferentPoliciesTest3", True),
    Case("DifferentPoliciesTest3", False, explicit_policy=True),
    Case("DifferentPoliciesTest3", False, (1, 2), explicit_policy=True),
    *(Case(f"DifferentPoliciesTest{number}", False) for number in (4, 5, 7, 8, 9, 12)),
    Case("OverlappingPoliciesTest6", True),
    Case("OverlappingPoliciesTest6", True, (1,)),
    Case("OverlappingPoliciesTest6", False, (2,)),
    Case("AllCertificatesSamePoliciesTest10", True, (1,)),
    Case("AllCertificatesSamePoliciesTest10", True, (2,)),
    Case("AllCertificatesSamePoliciesTest10", True),
    Case("AllCertificatesAnyPolicyTest11", True),
    Case("AllCertificatesAnyPolicyTest11", True, (1,)),
    *(Case("AllCertificatesSamePoliciesTest13", True, (number,)) for number in (1, 2, 3)),
    Case("AnyPolicyTest14", True, (1,)),
    Case("AnyPolicyTest14", False, (2,)),
    *(Case(f"UserNoticeQualifierTest{number}", True) for number in (15, 16, 17, 19)),
    Case("UserNoticeQualifierTest18", True, (1,)),
    Case("UserNoticeQualifierTest18", True, (2,)),
    Case("CPSPointerQualifierTest20", True, explicit_policy=True),
    Case("ValidPolicyMappingTest1", True, (1,)),
    Case("ValidPolicyMappingTest1", False, (2,)),
    Case("ValidPolicyMappingTest1", False, inhibit_policy_mapping=True),
    Case("InvalidPolicyMappingTest2", False),
    Case("InvalidPolicyMappingTest2", False, inhibit_policy_mapping=True),
    Case("ValidPolicyMappingTest3", False, (1,)),
    Case("ValidPolicyMappingTest3", True, (2,)),
    Case("ValidPolicyMappingTest5", True, (1,)),
    Case("ValidPolicyMappingTest5", False, (6,)),
    Case("ValidPolicyMappingTest6", True, (1,)),
    Case("ValidPolicyMappingTest6", False, (6,)),
    Case("ValidPolicyMappingTest12", True, (1,)),
    Case("ValidPolicyMappingTest12", True, (2,)),
    Case("inhibitAnyPolicyTest3", True),
    Case("inhibitAnyPolicyTest3", False, inhibit_any_policy=True),
    Case("MissingCRLTest1", False),
)


def cases() -> Iterator[Case]:
    """Every test and sub-test that has a message."""
    yield from WITH_INPUTS
    done = {case.message for case in WITH_INPUTS}
    for path in sorted((FOLDER / "smime").glob("Signed*.eml")):
        name = path.stem.removeprefix("Signed")
        if name not in done:
            yield Case(name, valid=name.startswith("Valid"))


@cache
def message(name: str) -> bytes:
    """The signed message as DER that carries its text."""
    parts = email.message_from_bytes((FOLDER / "smime" / f"Signed{name}.eml").read_bytes())
    signature = parts.get_payload(1).get_payload(decode=True)  # type: ignore[union-attr]
    if not isinstance(signature, bytes):
        raise TypeError(name)
    # What was signed is the text part in canonical form, its line ends CR LF (RFC 8551 §3.1.1).
    text = parts.get_payload(0).as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")  # type: ignore[union-attr]
    encap = next(e for e in elements(signature) if signature[e.start : e.end] == tlv(0x30, ID_DATA))
    der = replaced(signature, encap, tlv(0x30, ID_DATA, tlv(0xA0, tlv(0x04, text))))
    certificates = next(e for e in elements(der) if e.tag == 0xA0 and len(e.children) > 1)
    return replaced(der, certificates, tlv(0xA0, *sorted(der[c.start : c.end] for c in certificates.children)))


def certificate(name: str) -> bytes:
    return (FOLDER / "certs" / f"{name}.crt").read_bytes()


@cache
def trust(settings: TrustSettings) -> TrustStore:
    """The one trust folder of all tests: the anchor, every authority, every CRL."""
    authorities = [p for p in sorted((FOLDER / "certs").glob("*.crt")) if not p.stem.endswith("EE")]
    return TrustStore.of(
        anchors=[certificate("TrustAnchorRootCertificate")],
        intermediates=[p.read_bytes() for p in authorities if p.stem not in NOT_LOADABLE],
        crls=[p.read_bytes() for p in sorted((FOLDER / "crls").glob("*.crl"))],
        settings=settings,
    )
