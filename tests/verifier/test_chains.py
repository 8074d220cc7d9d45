"""Chains that are long, looped, crossed or crowded, and authorities that are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs import Revocation, TrustSettings, TrustStore
from certs.keys import KeyPair, PrivateKey
from tests.verifier.conftest import Judge
from tests.verifier.forge import Forge, sign
from tests.verifier.raw import (
    CA,
    Extension,
    block,
    certified,
    der_of,
    digest_info,
    named,
    numbers,
    parts,
    resigned,
    with_signature,
)
from tests.verifier.surgery import elements, replaced_where, tlv, with_certificates
from tests.verifier.test_key_vectors import rsa_info
from verifier import Indication, policies
from verifier.search import MAX_ENCLOSED, MAX_PATH_CERTIFICATES, MAX_SIGNATURES_TRIED
from verifier.signatures import is_issued_with

WITHOUT_LISTS = TrustSettings(revocation=Revocation.NONE)
PASSED = Indication.TOTAL_PASSED


def trusting(anchors: Sequence[KeyPair], intermediates: Sequence[KeyPair | bytes] = ()) -> TrustStore:
    ders = [i if isinstance(i, bytes) else der_of(i) for i in intermediates]
    return TrustStore.of([der_of(a) for a in anchors], ders, settings=WITHOUT_LISTS)


def message(forge: Forge, signer: KeyPair, *enclosed: KeyPair | bytes) -> bytes:
    ders = [e if isinstance(e, bytes) else der_of(e) for e in enclosed]
    return forge.but(pki=replace(forge.pki, payers={"rsa": signer}), extra_certificates=ders).der()


def outcome(judge: Judge, der: bytes, trust: TrustStore) -> set[str]:
    """What is against the message under `cms`, which takes any length and number of certificates."""
    verdict = judge(der, trust=trust, policy=policies.CMS)
    found = {f.code for f in verdict.findings if f.effect is not PASSED}
    assert (verdict.indication is PASSED) == (not found)
    return found


@pytest.fixture(scope="module")
def root() -> KeyPair:
    return certified(None, "root", CA)


def chain(root: KeyPair, length: int) -> list[KeyPair]:
    """Certificates from below the root down to a signer: `length` of them."""
    pairs, above = [], root
    for n in range(length):
        above = certified(above, f"{n}", *([CA] if n < length - 1 else []))
        pairs.append(above)
    return pairs


@pytest.mark.parametrize(
    ("length", "found"), [(MAX_PATH_CERTIFICATES, set()), (MAX_PATH_CERTIFICATES + 1, {"PKI-111"})]
)
def test_a_path_has_ten_certificates_at_most(
    forge: Forge, judge: Judge, root: KeyPair, length: int, found: set[str]
) -> None:
    *authorities, signer = chain(root, length)
    assert outcome(judge, message(forge, signer, *authorities), trusting([root])) == found


def test_a_long_path_is_not_walked(forge: Forge, judge: Judge, root: KeyPair, monkeypatch: pytest.MonkeyPatch) -> None:
    *authorities, signer = chain(root, MAX_ENCLOSED)
    tried = counted(monkeypatch)
    assert outcome(judge, message(forge, signer, *authorities), trusting([root])) == {"PKI-111"}
    assert 0 < len(tried) <= MAX_PATH_CERTIFICATES + 1


def counted(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Grows by one with each signature of a certificate that the search verifies."""
    tried: list[None] = []

    def counting(public_key: bytes, certificate: asn1_x509.Certificate) -> bool:
        tried.append(None)
        return is_issued_with(public_key, certificate)

    monkeypatch.setattr("verifier.search.is_issued_with", counting)
    return tried


@pytest.mark.parametrize("bits", [3072, 4096])
def test_authorities_of_the_newest_generation_have_longer_keys(forge: Forge, judge: Judge, bits: int) -> None:
    """Since 2026 the Korean root certifies RSA-3072."""
    root = certified(None, "root", CA, key=rsa.generate_private_key(65537, 2048))
    authority = certified(root, "authority", CA, key=rsa.generate_private_key(65537, bits))
    signer = certified(authority, "signer", key=rsa.generate_private_key(65537, bits))
    der = message(forge, signer, authority)
    assert outcome_of_kftc(judge, der, trusting([root])) == set()


# -- Loops ---------------------------------------------------------------------------------------


def key() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def crossed() -> tuple[KeyPair, KeyPair, KeyPair, KeyPair]:
    """A and B as roots, A as certified by B, B as certified by A."""
    a, b = certified(None, "A", CA), certified(None, "B", CA)
    a_by_b = certified(b, "A", CA, key=a.private_key)
    b_by_a = certified(a, "B", CA, key=b.private_key)
    return a, b, a_by_b, b_by_a


def test_authorities_that_certified_each_other_lead_to_either_and_to_nobody_else(
    forge: Forge, judge: Judge, root: KeyPair
) -> None:
    a, b, a_by_b, b_by_a = crossed()
    signer = certified(a, "signer")
    der = message(forge, signer, a_by_b, b_by_a)
    for anchors in ([a], [b], [a, b]):
        assert outcome(judge, der, trusting(anchors)) == set()
        assert outcome(judge, message(forge, signer), trusting(anchors, [a_by_b, b_by_a])) == set()
    assert outcome(judge, der, trusting([root])) == {"PKI-111"}
    assert outcome(judge, message(forge, signer), trusting([root], [a_by_b, b_by_a])) == {"PKI-111"}
    assert outcome(judge, message(forge, signer), trusting([b])) == {"PKI-111"}


def test_a_loop_of_self_issued_certificates_ends(forge: Forge, judge: Judge, root: KeyPair) -> None:
    """One name, twelve keys, each of which certified the next, and the last the first."""
    keys = [key() for _ in range(12)]
    first = certified(None, "loop", CA, key=keys[0])
    links = [first]
    for n in range(1, 12):
        links.append(certified(links[-1], "loop", CA, key=keys[n]))
    closing = certified(links[-1], "loop", CA, key=keys[0])
    signer = certified(links[-1], "signer")
    assert outcome(judge, message(forge, signer, *links[1:], closing), trusting([root])) == {"PKI-111"}
    der = message(forge, certified(links[4], "signer"), *links[1:], closing)
    assert outcome(judge, der, trusting([first])) == set()


def test_a_signer_s_certificate_that_signed_itself_is_its_own_authority_for_nobody(
    forge: Forge, judge: Judge, root: KeyPair
) -> None:
    alone = certified(None, "signer", CA)
    assert outcome(judge, message(forge, alone), trusting([root])) == {"PKI-111"}
    namesake = certified(None, "root", CA)
    assert outcome(judge, message(forge, namesake), trusting([root])) == {"PKI-111"}


# -- Crowds --------------------------------------------------------------------------------------


def test_ten_thousand_certificates_are_refused_before_they_are_read(
    forge: Forge, judge: Judge, root: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each as short as one can be, so that they fit into the 4 MiB of the policy."""
    tried = counted(monkeypatch)
    der = crowded(forge, root, 10_000)
    assert len(der) < policies.CMS.max_der_bytes
    assert outcome(judge, der, trusting([root])) == {"CMS-121"}
    assert outcome_of_kftc(judge, der, trusting([root])) == {"CMS-102"}
    assert tried == []


def test_of_more_certificates_than_any_message_needs_none_is_read(
    forge: Forge, judge: Judge, root: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them of the name of the signer's issuer, and the genuine one among them."""
    assert outcome(judge, crowded(forge, root, MAX_ENCLOSED - 1), trusting([root])) == set()
    tried = counted(monkeypatch)
    for count in (MAX_ENCLOSED, 2_500):
        assert outcome(judge, crowded(forge, root, count), trusting([root])) == {"PKI-164"}
    assert tried == []


def test_authorities_that_certify_each_other_cost_a_fixed_number_of_signatures(
    forge: Forge, judge: Judge, root: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight keys of one name, each certified by each of the others: more ways through them than anybody could go."""
    first = [certified(None, "authority", CA) for _ in range(8)]
    crossed = [certified(a, "authority", CA, key=b.private_key) for a in first for b in first if a is not b]
    der = message(forge, certified(first[0], "signer"), *crossed)
    tried = counted(monkeypatch)
    assert outcome(judge, der, trusting([root])) == {"PKI-116"}
    assert 0 < len(tried) <= MAX_SIGNATURES_TRIED


def crowded(forge: Forge, root: KeyPair, count: int) -> bytes:
    """A message with the certificate of the signer's authority and `count` of the same name that are worth nothing."""
    authority = certified(root, "authority", CA)
    signer = certified(authority, "signer")
    sample = der_of(certified(root, "authority"))
    serial = next(e for e in elements(sample) if e.tag == 0x02 and e.end - e.body > 8)
    head, tail = sample[: serial.start], sample[serial.end :]
    body_bytes = serial.end - serial.body
    copies = [head + tlv(0x02, b"\x01" + n.to_bytes(body_bytes - 1)) + tail for n in range(count)]
    return with_certificates(message(forge, signer), *copies, der_of(signer), der_of(authority))


def outcome_of_kftc(judge: Judge, der: bytes, trust: TrustStore) -> set[str]:
    return {f.code for f in judge(der, trust=trust).findings if f.effect is not PASSED}


# -- Authorities that are none -------------------------------------------------------------------


def usage(**uses: bool) -> Extension:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    others = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: uses.get(name, False) for name in (*names, *others)}), True


def purposes(*oids: x509.ObjectIdentifier) -> Extension:
    return x509.ExtendedKeyUsage(oids), False


def constraints(
    *, permitted: list[x509.GeneralName] | None = None, excluded: list[x509.GeneralName] | None = None
) -> Extension:
    return x509.NameConstraints(permitted, excluded), True


UNKNOWN: Extension = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)
DIRECTORY = x509.DirectoryName(named("signer"))
OTHER_NAME = x509.OtherName(x509.ObjectIdentifier("1.2.410.200004.10.1.1"), b"\x30\x00")
WEB, MAIL = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION
ANY = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE

AUTHORITIES: dict[str, tuple[tuple[Extension, ...], set[str]]] = {
    "sound": ((CA,), set()),
    "for certificates and lists": ((CA, usage(key_cert_sign=True, crl_sign=True)), set()),
    "for mail": ((CA, purposes(WEB, MAIL)), set()),
    "for anything": ((CA, purposes(ANY)), set()),
    "no extension at all": ((), {"PKI-115"}),
    "no authority": (((x509.BasicConstraints(ca=False, path_length=None), True),), {"PKI-115"}),
    "keyUsage without keyCertSign": ((CA, usage(crl_sign=True, digital_signature=True)), {"PKI-115"}),
    "keyCertSign without basicConstraints": ((usage(key_cert_sign=True),), {"PKI-115"}),
    "unknown critical extension": ((CA, UNKNOWN), {"PKI-115"}),
    "unknown extension, not critical": ((CA, (UNKNOWN[0], False)), set()),
    "signer's name excluded": ((CA, constraints(excluded=[DIRECTORY])), {"PKI-115"}),
    "another name permitted": ((CA, constraints(permitted=[x509.DirectoryName(named("x"))])), {"PKI-115"}),
    "signer's name permitted": ((CA, constraints(permitted=[DIRECTORY])), set()),
    "otherName excluded": ((CA, constraints(excluded=[OTHER_NAME])), {"PKI-118"}),
    "another otherName permitted": ((CA, constraints(permitted=[OTHER_NAME])), {"PKI-118"}),
    "for web servers": ((CA, purposes(WEB)), {"PKI-142"}),
    "for OCSP responses": ((CA, purposes(ExtendedKeyUsageOID.OCSP_SIGNING)), {"PKI-142"}),
}


@pytest.mark.parametrize(("extensions", "found"), AUTHORITIES.values(), ids=AUTHORITIES)
@pytest.mark.parametrize("trusted", [False, True], ids=["enclosed", "in the trust folder"])
def test_an_authority_is_one_only_as_far_as_its_certificate_says(
    forge: Forge, judge: Judge, root: KeyPair, extensions: tuple[Extension, ...], found: set[str], trusted: bool
) -> None:
    authority = certified(root, "authority", *extensions)
    identity = x509.SubjectAlternativeName([OTHER_NAME]), False
    signer = certified(authority, "signer", identity)
    der = message(forge, signer) if trusted else message(forge, signer, authority)
    assert outcome(judge, der, trusting([root], [authority] if trusted else [])) == found


def test_an_authority_that_may_have_none_below_it_has_none(forge: Forge, judge: Judge, root: KeyPair) -> None:
    last = certified(root, "last", (x509.BasicConstraints(ca=True, path_length=0), True))
    assert outcome(judge, message(forge, certified(last, "signer"), last), trusting([root])) == set()
    below = certified(last, "below", CA)
    assert outcome(judge, message(forge, certified(below, "signer"), last, below), trusting([root])) == {"PKI-115"}


def test_an_authority_of_version_1_is_none(forge: Forge, judge: Judge, root: KeyPair) -> None:
    """A certificate of version 1 cannot say that it is an authority's (RFC 5280 §6.1.4 (k))."""
    authority = certified(root, "authority")
    first = resigned(der_of(authority), root, version_1)
    der = message(forge, certified(authority, "signer"))
    assert outcome(judge, der, trusting([root], [first])) == {"PKI-115"}


def version_1(signed: bytes) -> bytes:
    """What is signed of a certificate without extensions, as version 1."""
    tag = next(e for e in elements(signed) if e.tag == 0x02 and e.end - e.body > 8)
    return tlv(0x30, signed[tag.start :])


WEAK_KEYS: dict[str, Callable[[], PrivateKey]] = {
    "RSA-1024": lambda: rsa.generate_private_key(65537, 1024),
    "P-192": lambda: ec.generate_private_key(ec.SECP192R1()),
    "P-224": lambda: ec.generate_private_key(ec.SECP224R1()),
}


def test_a_certificate_over_a_hash_of_224_bits_is_refused(forge: Forge, judge: Judge) -> None:
    """As evidence and revocation lists are; what the anchor is signed with says nothing."""
    root = certified(None, "root", CA, digest=hashes.SHA224())
    authority = certified(root, "authority", CA)
    assert outcome(judge, message(forge, certified(authority, "signer"), authority), trusting([root])) == set()
    weak = certified(root, "authority", CA, digest=hashes.SHA224())
    assert outcome(judge, message(forge, certified(weak, "signer"), weak), trusting([root])) == {"PKI-114"}
    signer = certified(authority, "signer", digest=hashes.SHA224())
    assert outcome(judge, message(forge, signer, authority), trusting([root])) == {"PKI-114"}


@pytest.mark.parametrize("make", WEAK_KEYS.values(), ids=WEAK_KEYS)
def test_an_authority_with_a_weak_key_is_refused(
    forge: Forge, judge: Judge, root: KeyPair, make: Callable[[], PrivateKey]
) -> None:
    authority = certified(root, "authority", CA, key=make())
    signer = certified(authority, "signer")
    assert outcome(judge, message(forge, signer, authority), trusting([root])) == {"PKI-114"}
    weak_root = certified(None, "weak root", CA, key=authority.private_key)
    assert outcome(judge, message(forge, certified(weak_root, "signer")), trusting([weak_root])) == {"PKI-114"}


def test_an_authority_whose_modulus_has_a_small_factor_is_refused(forge: Forge, judge: Judge, root: KeyPair) -> None:
    """Anybody can compute its private key, and certify whom he likes."""
    authority = certified(root, "authority", CA, key=rsa.generate_private_key(65537, 2048))
    public = numbers(authority).public_numbers
    own = asn1_x509.Certificate.load(der_of(authority)).public_key.dump()
    broken = resigned(
        der_of(authority),
        root,
        lambda signed: replaced_where(signed, own.__eq__, lambda _: rsa_info(public.n * 751, 65537)),
    )
    private = pow(65537, -1, (numbers(authority).p - 1) * (numbers(authority).q - 1) * 750)
    modulus, size = public.n * 751, (public.n * 751).bit_length() // 8 + 1

    def sign_with_it(signed: bytes) -> bytes:
        return pow(int.from_bytes(block(digest_info(signed), size)), private, modulus).to_bytes(size)

    signer = certified(authority, "signer")
    certificate = with_signature(der_of(signer), sign_with_it)
    der = with_certificates(message(forge, signer), certificate, broken)
    assert outcome(judge, der, trusting([root])) == {"PKI-114"}


def test_an_authority_certified_with_sha_1_is_refused(forge: Forge, judge: Judge) -> None:
    root = certified(None, "root", CA, key=rsa.generate_private_key(65537, 2048))
    authority = certified(root, "authority", CA)
    signed, algorithm = (part.replace(SHA256_WITH_RSA, SHA1_WITH_RSA) for part in parts(der_of(authority)))
    weak = tlv(0x30, signed, algorithm, tlv(0x03, b"\x00", sign(root, signed, "sha1")))
    assert outcome(judge, message(forge, certified(authority, "signer"), weak), trusting([root])) == {"PKI-114"}


SHA256_WITH_RSA, SHA1_WITH_RSA = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")


# -- Anchors -------------------------------------------------------------------------------------

BASIC = x509.ObjectIdentifier("2.5.29.19")
ANCHORS: dict[str, tuple[tuple[Extension, ...], set[str]]] = {
    "sound": ((CA,), set()),
    "no extension at all": ((), {"PKI-111"}),
    "no authority": (((x509.BasicConstraints(ca=False, path_length=None), True),), {"PKI-111"}),
    "keyUsage without keyCertSign": ((CA, usage(digital_signature=True)), {"PKI-111"}),
    "one authority below": (((x509.BasicConstraints(ca=True, path_length=1), True),), set()),
    "no authority below": (((x509.BasicConstraints(ca=True, path_length=0), True),), {"PKI-115"}),
    "signer's name excluded": ((CA, constraints(excluded=[DIRECTORY])), {"PKI-115"}),
    "another name permitted": ((CA, constraints(permitted=[x509.DirectoryName(named("x"))])), {"PKI-115"}),
    "signer's name permitted": (
        (CA, constraints(permitted=[DIRECTORY, x509.DirectoryName(named("authority"))])),
        set(),
    ),
    "for web servers": ((CA, purposes(WEB)), {"PKI-111"}),
    "basicConstraints that cannot be read": (((x509.UnrecognizedExtension(BASIC, b"\x30\x01"), True),), {"PKI-111"}),
}


@pytest.mark.parametrize(("extensions", "found"), ANCHORS.values(), ids=ANCHORS)
def test_an_anchor_is_taken_at_its_word(
    forge: Forge, judge: Judge, extensions: tuple[Extension, ...], found: set[str]
) -> None:
    root = certified(None, "root", *extensions)
    authority = certified(root, "authority", CA)
    der = message(forge, certified(authority, "signer"), authority)
    assert outcome(judge, der, trusting([root])) == found


def test_a_payer_s_certificate_among_the_anchors_makes_nobody_s_certificate_good(forge: Forge, judge: Judge) -> None:
    payer = forge.pki.payers["ecdsa"]
    der = message(forge, certified(payer, "signer"))
    assert outcome(judge, der, trusting([payer])) == {"PKI-111"}
    alone = certified(None, "signer")
    assert outcome(judge, message(forge, alone), trusting([alone])) == {"PKI-111"}


def test_an_anchor_of_version_1_is_one(forge: Forge, judge: Judge) -> None:
    root = certified(None, "root")
    first = resigned(der_of(root), root, version_1)
    trust = TrustStore.of([first], settings=WITHOUT_LISTS)
    assert outcome(judge, message(forge, certified(root, "signer")), trust) == set()
