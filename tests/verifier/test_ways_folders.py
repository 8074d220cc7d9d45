"""Trust folders put together by chance, in which few keys, names, numbers and times meet often: both ways agree.

Nothing here need make sense. Authorities share names and keys, certify each other and payers of their own name, and
revoke and forgive by lists of every kind; payers are judged again and again, at the very times that count.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs import Holder, ProductRules, Revocation, TrustSettings, TrustStore
from certs.demo_certificates import CORPORATE, PERSONAL, PERSONAL_BANK
from certs.identify_data import IdentifyData, virtual_id
from certs.settings import PathInputs
from tests.fuzz.pki import PKI
from tests.verifier.forge import Forge
from tests.verifier.raw import parts
from tests.verifier.surgery import replaced, tlv, with_certificates
from tests.verifier.ways import by_whole_lists, the_long_way
from verifier import policies
from verifier.der import read_der
from verifier.proofs import Receipt
from verifier.standing import Standing
from verifier.verify import judge, subject_of

FOLDERS = 12
JUDGEMENTS = 50
START = datetime(2026, 6, 1, tzinfo=UTC)
TIMES = [START + timedelta(days=days) for days in (-40, -20, -10, -5, 0, 5, 10, 20, 40, 400)]
SHIFTS = [timedelta(0), *(timedelta(microseconds=n) for n in (-1_000_000, -1, 1, 500_000, 1_000_000))]
KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in range(11, 17)]
SERIALS = (1, 7, 2**64 + 7, 2**63, 2**159 - 1, 2**128 + 1)
OIDS = (PERSONAL, CORPORATE, PERSONAL_BANK, "2.5.29.32.0", "1.2.3.4")
REASONS = (
    x509.ReasonFlags.certificate_hold,
    x509.ReasonFlags.remove_from_crl,
    x509.ReasonFlags.superseded,
    x509.ReasonFlags.key_compromise,
)
MESSAGE = Forge(PKI, payer="ecdsa").der()


def name(text: str, *, printable: bool = False) -> x509.Name:
    kind = _ASN1Type.PrintableString if printable else _ASN1Type.UTF8String
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text, _type=kind)])


NAMES = [name("A"), name("B"), name("a"), name("A", printable=True), name("C")]
SUBJECTS = [*NAMES, name("payer"), name("payer"), name("홍길동"), x509.Name([])]


class Certified(NamedTuple):
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


class Chance(random.Random):
    """Throws the dice for one folder."""

    def often(self) -> bool:
        return self.random() < 0.85

    def seldom(self) -> bool:
        return self.random() < 0.05

    def certified(
        self, issuer: Certified | None, subject: x509.Name, extensions: list[x509.ExtensionType]
    ) -> Certified:
        key = self.choice(KEYS)
        begin, end = (TIMES[0], TIMES[-1]) if self.often() else sorted(self.sample(TIMES, 2))
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(self.choice(SERIALS))
            .not_valid_before(begin)
            .not_valid_after(end)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return Certified(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)

    def authority(self, issuer: Certified | None) -> Certified:
        extensions: list[x509.ExtensionType] = [identifier(b"\1")]
        length = self.choice((None, None, None, None, 0, 1))
        extensions.append(x509.BasicConstraints(ca=True, path_length=length))
        if self.seldom():
            kept = [x509.DirectoryName(self.choice(NAMES))]
            extensions.append(x509.NameConstraints(None, kept))
        if self.often():
            extensions.append(policy("2.5.29.32.0"))
        if self.seldom():
            extensions.append(x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None))
        return self.certified(issuer, self.choice(NAMES), extensions)

    def payer(self, issuer: Certified) -> Certified:
        extensions = [identifier(self.choice((b"\1", b"\2", b"")))]
        if self.often():
            extensions.append(policy(self.choice(OIDS[: 1 if self.often() else None])))
        if self.seldom():
            extensions.append(x509.BasicConstraints(ca=self.often(), path_length=None))
        if self.seldom():
            extensions.append(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]))
        if self.seldom():
            extensions.append(x509.AuthorityKeyIdentifier(b"\2", None, None))
        if self.random() < 0.3:
            extensions.append(x509.SubjectAlternativeName([holder(self.choice("가나다"))]))
        if self.random() < 0.3:
            extensions.append(x509.CRLDistributionPoints([point(self.choice("xy"))]))
        return self.certified(issuer, self.choice(SUBJECTS), extensions)

    def revocation_list(self, issuer: Certified) -> bytes:
        begin, end = (TIMES[3], TIMES[7]) if self.random() < 0.7 else sorted(self.sample(TIMES, 2))
        spelt = issuer.certificate.subject if self.often() else self.choice(NAMES)
        builder = x509.CertificateRevocationListBuilder().issuer_name(spelt).last_update(begin).next_update(end)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier(b"\1", None, None), critical=False)
        if self.seldom():
            builder = builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)
        if self.seldom():
            builder = builder.add_extension(self.scope(), critical=True)
        for _ in range(self.choice((0, 0, 0, 0, 1, 2))):
            builder = builder.add_revoked_certificate(self.entry())
        der = builder.sign(issuer.key, hashes.SHA224() if self.seldom() else hashes.SHA256()).public_bytes(Encoding.DER)
        return without_end(der, issuer.key) if self.seldom() else der

    def entry(self) -> x509.RevokedCertificate:
        builder = x509.RevokedCertificateBuilder().serial_number(self.choice(SERIALS))
        builder = builder.revocation_date(self.choice(TIMES))
        if self.often():
            builder = builder.add_extension(x509.CRLReason(self.choice(REASONS)), critical=False)
        if self.seldom():
            builder = builder.add_extension(x509.InvalidityDate(self.choice(TIMES)), critical=False)
        if self.seldom():
            others = [x509.DirectoryName(self.choice(NAMES))]
            builder = builder.add_extension(x509.CertificateIssuer(others), critical=True)
        return builder.build()

    def scope(self) -> x509.IssuingDistributionPoint:
        users, indirect = self.often(), self.seldom()
        reasons = frozenset({x509.ReasonFlags.key_compromise}) if self.seldom() else None
        return x509.IssuingDistributionPoint(
            point("x").full_name,
            None,
            users,
            False,
            reasons,
            indirect,
            False,
        )

    def settings(self) -> TrustSettings:
        rules = ProductRules(frozenset({PERSONAL, CORPORATE})) if self.seldom() else ProductRules()
        wanted = PathInputs(frozenset({PERSONAL}), explicit_policy=True) if self.seldom() else PathInputs()
        mode = self.choice((Revocation.REQUIRE, Revocation.IF_PRESENT, Revocation.IF_PRESENT, Revocation.NONE))
        return TrustSettings(revocation=mode, products=rules, path=wanted)


def identifier(digest: bytes) -> x509.ExtensionType:
    return x509.SubjectKeyIdentifier(digest)


def policy(oid: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None)])


def point(of: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(f"http://dongui.example/{of}.crl")], None, None, None)


def holder(real_name: str) -> x509.OtherName:
    return IdentifyData(real_name, virtual_id("0" * 13, b"R" * 20)).other_name()


def without_end(der: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    signed, algorithm = parts(der)
    root, _ = read_der(signed)
    assert root is not None
    end = root.children[4]
    changed = tlv(0x30, signed[root.body : end.start], signed[end.end :])
    signature = key.sign(changed, ec.ECDSA(hashes.SHA256()))
    return tlv(0x30, changed, algorithm, tlv(0x03, b"\0" + signature))


@lru_cache(maxsize=256)
def message(certificate: bytes, *others: bytes) -> bytes:
    """Signed by somebody else; that is another matter than who is named."""
    root, _ = read_der(certificate)
    assert root is not None
    fields = root.children[0].children
    sid = tlv(0x30, *(certificate[fields[place].start : fields[place].end] for place in (3, 1)))
    der = with_certificates(MESSAGE, certificate, *others)
    root, _ = read_der(der)
    assert root is not None
    return replaced(der, root.children[1].children[0].children[-1].children[0].children[1], sid)


def folder(chance: Chance) -> tuple[TrustStore, list[Certified], list[Certified]]:
    roots = [chance.authority(None) for _ in range(chance.choice((1, 1, 2)))]
    authorities = list(roots)
    for _ in range(chance.choice((0, 1, 2, 3, 4))):
        authorities.append(chance.authority(chance.choice(authorities)))
    lists = [chance.revocation_list(one) for one in authorities for _ in range(chance.choice((1, 1, 1, 2)))]
    payers = [chance.payer(chance.choice(authorities[-2:])) for _ in range(10)]
    trusted = [one.der for one in authorities[len(roots) :] if chance.often()]
    trusted += [one.der for one in payers[:1] if chance.seldom()]
    store = TrustStore.of([one.der for one in roots], trusted, lists, settings=chance.settings())
    return store, authorities, payers


def judgements(chance: Chance) -> Iterator[tuple[str, bool]]:
    """What is found the quick way, and whether the long way finds the same."""
    store, authorities, payers = folder(chance)
    _ = subject_of(b"", trust=store, policy=policies.KFTC, at=START).standing
    for _ in range(JUDGEMENTS):
        others = [one.der for one in authorities if chance.seldom()]
        at = chance.choice(TIMES[3:7] if chance.often() else TIMES) + chance.choice(SHIFTS)
        der = message(chance.choice([*payers, *payers, *authorities]).der, *others)
        proofs = [Receipt(hashlib.sha256(der).digest(), at)] if chance.seldom() else []
        subject = subject_of(
            der,
            trust=store,
            policy=chance.choice((policies.KFTC, policies.CMS)),
            at="signing-time" if chance.seldom() else at,
            proofs=proofs,
            holder=Holder.PERSONAL if chance.seldom() else None,
        )
        quick = judge(subject)
        long = the_long_way(subject)
        agree = quick == judge(long) == judge(by_whole_lists(subject)) and subject.path_result == long.path_result
        yield " ".join(sorted({one.code for one in quick.findings})), agree


def test_whatever_the_folder_both_ways_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    recalled = Counter[bool]()
    recall = Standing.recall

    def counted(*args: object) -> object:
        result = recall(*args)  # type: ignore[arg-type]
        recalled[result is not None] += 1
        return result

    monkeypatch.setattr(Standing, "recall", counted)
    for seed in range(FOLDERS):
        for number, (codes, agree) in enumerate(judgements(Chance(seed))):
            assert agree, (seed, number, codes)
    assert recalled[True] > FOLDERS  # one in each at least, on the whole
