"""signPri.key: opened and written in both schemes, and every refusal, of which those after the password are one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

import pytest
from asn1crypto import core, keys, pem
from asn1crypto import pkcs12 as asn1_pkcs12
from asn1crypto.algos import DigestAlgorithm, EncryptionAlgorithm
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from certs.demo import DemoPki
from certs.demo_certificates import PayerProfile, payer_key_pair
from certs.errors import (
    CertificateForEncryption,
    KeyAlgorithmUnsupported,
    KeyEncryptionUnsupported,
    KeyFileTruncated,
    KeyIterationsExcessive,
    KeyNotOfCertificate,
    NotCertificates,
    NotKeyFile,
    PairExchanged,
    PasswordMissing,
    PasswordWrong,
)
from certs.key_encryption import MOST_ITERATIONS
from certs.keys import load_pkcs12, load_private_key, open_private_key
from certs.npki import Scheme, key_file, lock, lock_key, open_pair, seed
from certs.npki.private_key_info import private_key_info, random_of
from consent.errors import CodedError

PASSWORD: Final = "qwer1234!@"
RANDOM: Final = bytes(range(20))
KEY: Final = ec.generate_private_key(ec.SECP256R1())
SCHEMES: Final = list(Scheme)


def locked(info: bytes, scheme: Scheme, password: str = PASSWORD, *, padded: bool = True) -> bytes:
    """Any bytes encrypted as a key would be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "private_key_info", lambda *_: info)
        if not padded:
            patch.setattr(lock, "_padded", lambda data: data)
        return lock_key(KEY, None, password, scheme)


def der_of(pair_key: object) -> bytes:
    made: bytes = pair_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("payer", ["rsa", "ecdsa", "ecdsa384"])
def test_a_key_comes_back_with_its_random(pki: DemoPki, payer: str, scheme: Scheme) -> None:
    pair = pki.payers[payer]
    data = lock_key(pair.private_key, RANDOM, PASSWORD, scheme)
    opened = open_private_key(data, PASSWORD)
    assert opened.private_key.public_key() == pair.private_key.public_key()
    assert opened.random == RANDOM
    assert (
        load_private_key(pem.armor("ENCRYPTED PRIVATE KEY", data), PASSWORD).public_key()
        == opened.private_key.public_key()
    )
    assert open_private_key(lock_key(pair.private_key, None, PASSWORD, scheme), PASSWORD).random is None
    assert lock_key(pair.private_key, RANDOM, PASSWORD, scheme) != data


@pytest.mark.parametrize("scheme", SCHEMES)
@given(password=st.text(st.characters(codec="utf-8"), max_size=12))
def test_any_password_locks_and_opens(scheme: Scheme, password: str) -> None:
    data = lock_key(KEY, RANDOM, password, scheme)
    assert open_private_key(data, password).random == RANDOM
    with pytest.raises(PasswordWrong):
        open_private_key(data, password + "x")
    with pytest.raises(PasswordMissing):
        open_private_key(data, None)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_password_of_hangul_may_stand_in_cp949(monkeypatch: pytest.MonkeyPatch, scheme: Scheme) -> None:
    word = "비밀번호1!"
    in_utf_8 = lock_key(KEY, RANDOM, word, scheme)
    monkeypatch.setattr(lock, "pbkdf1", lambda _, *rest: seed.pbkdf1(word.encode("cp949"), *rest))
    monkeypatch.setattr(lock, "pbkdf2", lambda _, *rest: seed.pbkdf2(word.encode("cp949"), *rest))
    in_cp949 = lock_key(KEY, RANDOM, word, scheme)
    for data in (in_utf_8, in_cp949):
        assert open_private_key(data, word).random == RANDOM
        with pytest.raises(PasswordWrong):
            open_private_key(data, "비밀번호1")
    as_bytes = word.encode("cp949").decode("utf-8", errors="surrogateescape")  # as a file in CP949 is read
    assert open_private_key(in_cp949, as_bytes).random == RANDOM


def test_the_derivation_is_that_of_the_scheme() -> None:
    """PBKDF1 (RFC 8018 §5.1) over SHA-1, written out; the vector from SHA-1 over the last four bytes."""
    derived = hashlib.sha1(b"password" + b"saltsalt").digest()
    for _ in range(999):
        derived = hashlib.sha1(derived).digest()
    assert seed.pbkdf1(b"password", b"saltsalt", 1000) == (derived[:16], hashlib.sha1(derived[16:]).digest()[:16])


def test_seed_is_that_of_its_vectors() -> None:
    """RFC 4269 appendix B.1: one block, the vector zero."""
    key, block = bytes(16), bytes(range(16))
    assert seed.encrypt(key, bytes(16), block).hex() == "5ebac6e0054e166819aff1cc6d346cdb"
    assert seed.decrypt(key, bytes(16), seed.encrypt(key, bytes(16), block)) == block


def test_pbes2_may_name_hmac_sha256() -> None:
    plain = private_key_info(KEY, RANDOM)
    data = pbes2(prf="1.2.840.113549.2.9", key_bytes=16, info=plain, digest=hashes.SHA256())
    assert open_private_key(data, PASSWORD).random == RANDOM
    assert open_private_key(pbes2(prf="1.2.840.113549.2.7", info=plain), PASSWORD).random == RANDOM


def pbes2(
    *,
    iterations: int = 1,
    prf: str | None = None,
    key_bytes: int | None = None,
    iv: bytes = bytes(16),
    info: bytes | None = None,
    digest: hashes.HashAlgorithm | None = None,
) -> bytes:
    """An EncryptedPrivateKeyInfo written by another library; with `info`, one that opens."""
    data = bytes(32)
    if info is not None:
        data = seed.encrypt(
            seed.pbkdf2(PASSWORD.encode(), b"saltsalt", 1, digest or hashes.SHA1()), iv, lock._padded(info)
        )
    fields = [core.OctetString(b"saltsalt"), core.Integer(iterations)]
    fields += [core.Integer(key_bytes)] if key_bytes is not None else []
    fields += [sequence(core.ObjectIdentifier(prf), core.Null())] if prf is not None else []
    kdf = sequence(core.ObjectIdentifier("1.2.840.113549.1.5.12"), sequence(*fields))
    cipher = sequence(core.ObjectIdentifier("1.2.410.200004.1.4"), core.OctetString(iv))
    scheme = sequence(core.ObjectIdentifier("1.2.840.113549.1.5.13"), sequence(kdf, cipher))
    return bytes(sequence(scheme, core.OctetString(data)).dump())


def sequence(*fields: core.Asn1Value) -> core.Sequence:
    made = core.Sequence()
    made._contents = b"".join(field.dump() for field in fields)
    return made


def pbes1(iterations: int, oid: str = "1.2.410.200004.1.15", data: bytes = bytes(32)) -> bytes:
    parameters = sequence(core.OctetString(b"saltsalt"), core.Integer(iterations))
    return bytes(sequence(sequence(core.ObjectIdentifier(oid), parameters), core.OctetString(data)).dump())


def scrypt(cost: int, block_size: int, parallelisation: int) -> bytes:
    fields = (core.OctetString(b"saltsalt"), *map(core.Integer, (cost, block_size, parallelisation)))
    kdf = sequence(core.ObjectIdentifier("1.3.6.1.4.1.11591.4.11"), sequence(*fields))
    cipher = sequence(core.ObjectIdentifier("2.16.840.1.101.3.4.1.42"), core.OctetString(bytes(16)))
    scheme = sequence(core.ObjectIdentifier("1.2.840.113549.1.5.13"), sequence(kdf, cipher))
    return bytes(sequence(scheme, core.OctetString(bytes(32))).dump())


EXCESSIVE: Final = MOST_ITERATIONS + 1


@pytest.mark.parametrize(
    "data",
    [
        *(pbes1(count) for count in (EXCESSIVE, 2**31, 2**63, 2**64, 2**200)),
        *(pbes2(iterations=count) for count in (EXCESSIVE, 2**64)),
        *(pbes1(EXCESSIVE, oid) for oid in ("1.2.840.113549.1.12.1.3", "1.2.840.113549.1.5.3")),
        *(scrypt(*work) for work in ((2**21, 1, 1), (2**18, 8, 1), (2, 2**30, 1), (2, 1, 2**30), (2**70, 1, 1))),
    ],
)
def test_no_key_file_may_demand_hours(data: bytes) -> None:
    for form in (data, pem.armor("ENCRYPTED PRIVATE KEY", data), pem.armor("ENCRYPTED PRIVATE KEY", data, {"a": "b"})):
        with pytest.raises((KeyIterationsExcessive, NotKeyFile)) as refused:
            load_private_key(form, PASSWORD)
        assert b": b" in form or refused.type is KeyIterationsExcessive


@pytest.mark.parametrize("data", [pbes1(1), pbes2(), scrypt(2**14, 8, 1), pbes1(1, "1.2.840.113549.1.12.1.3")])
def test_what_is_asked_of_common_keys_is_carried_out(data: bytes) -> None:
    with pytest.raises(PasswordWrong):
        load_private_key(data, PASSWORD)


@pytest.mark.parametrize("place", ["mac", "PBMAC1", "certificates", "key", "scrypt"])
def test_no_pkcs12_may_demand_hours(pki: DemoPki, place: str) -> None:
    pair, protection = pki.payers["ecdsa"], BestAvailableEncryption(PASSWORD.encode())
    data = pkcs12.serialize_key_and_certificates(None, pair.private_key, pair.certificate, None, protection)
    assert load_pkcs12(data, PASSWORD).certificate == pair.certificate
    pfx = asn1_pkcs12.Pfx.load(data)
    certificates, shrouded = pfx.authenticated_safe
    bags = asn1_pkcs12.SafeContents.load(shrouded["content"].native)
    if place == "mac":
        pfx["mac_data"]["iterations"] = EXCESSIVE
    elif place == "PBMAC1":
        pfx["mac_data"]["mac"]["digest_algorithm"] = pbmac1(EXCESSIVE)
    elif place == "scrypt":
        hours = core.Sequence.load(scrypt(2**17, 1, 2**17))[0]
        certificates["content"]["encrypted_content_info"]["content_encryption_algorithm"] = EncryptionAlgorithm.load(
            hours.dump()
        )
    elif place == "certificates":
        demand(certificates["content"]["encrypted_content_info"]["content_encryption_algorithm"])
    else:
        demand(bags[0]["bag_value"]["encryption_algorithm"])
        shrouded["content"] = core.OctetString(bags.dump(force=True))
    pfx["auth_safe"]["content"] = core.OctetString(pfx.authenticated_safe.dump(force=True))
    for password in (PASSWORD, None):
        with pytest.raises(KeyIterationsExcessive):
            load_pkcs12(pfx.dump(force=True), password)


def test_a_pkcs12_whose_derivation_cannot_be_read_is_not_opened(pki: DemoPki) -> None:
    pair, protection = pki.payers["ecdsa"], BestAvailableEncryption(PASSWORD.encode())
    data = pkcs12.serialize_key_and_certificates(None, pair.private_key, pair.certificate, None, protection)
    pfx = asn1_pkcs12.Pfx.load(data)
    for algorithm, refusal in ((pbmac1(0), PasswordWrong), (pbmac1("x"), PasswordWrong)):
        pfx["mac_data"]["mac"]["digest_algorithm"] = algorithm
        with pytest.raises(refusal):
            load_pkcs12(pfx.dump(force=True), PASSWORD)


def pbmac1(iterations: int | str) -> DigestAlgorithm:
    """RFC 9579: the MAC's key comes from PBKDF2; the iterations beside it count for nothing."""
    count = core.Integer(iterations) if isinstance(iterations, int) else core.UTF8String(iterations)
    parameters = sequence(core.OctetString(b"saltsalt"), count)
    kdf = sequence(core.ObjectIdentifier("1.2.840.113549.1.5.12"), parameters)
    mac = sequence(core.ObjectIdentifier("1.2.840.113549.2.9"), core.Null())
    return DigestAlgorithm.load(sequence(core.ObjectIdentifier("1.2.840.113549.1.5.14"), sequence(kdf, mac)).dump())


def demand(algorithm: EncryptionAlgorithm) -> None:
    algorithm["parameters"]["key_derivation_func"]["parameters"]["iteration_count"] = EXCESSIVE


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (pbes1(0), NotKeyFile),
        (pbes1(-1), NotKeyFile),
        (pbes1(1, data=b""), NotKeyFile),
        (pbes1(1, data=bytes(31)), NotKeyFile),
        (pbes2(iv=bytes(8)), NotKeyFile),
        (pbes2(iv=bytes(16)).replace(b"\x04\x10" + bytes(16), b"\x05\x10" + bytes(16), 1), NotKeyFile),
        (pbes2(key_bytes=24), NotKeyFile),
        (pbes2(prf="1.2.840.113549.2.11"), KeyEncryptionUnsupported),
        (
            pbes2().replace(bytes.fromhex("06082a831a8c9a440104"), bytes.fromhex("06082a831a8c9a44010e")),
            KeyEncryptionUnsupported,
        ),
        (pbes1(1, "1.2.410.200046.1.1.34"), KeyEncryptionUnsupported),  # of ARIA
        (pbes1(1, "1.2.410.200004.1.4"), KeyEncryptionUnsupported),  # SEED-CBC by itself
    ],
)
def test_what_the_open_part_shows_is_told_without_a_password(data: bytes, refusal: type[CodedError]) -> None:
    for password in (PASSWORD, None):
        with pytest.raises(refusal):
            load_private_key(data, password)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_key_that_is_no_rsa_and_no_curve_is_refused(scheme: Scheme) -> None:
    kcdsa = keys.PrivateKeyInfo.load(der_of(KEY))
    info = kcdsa.dump().replace(bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a831a8c9a4401")[:9])
    for plain in (der_of(dsa.generate_private_key(1024)), der_of(ed25519.Ed25519PrivateKey.generate()), info):
        with pytest.raises(KeyAlgorithmUnsupported):
            load_private_key(locked(plain, scheme), PASSWORD)


def test_without_seed_in_openssl_the_encryption_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    data = lock_key(KEY, RANDOM, PASSWORD, Scheme.PBES2)

    def lacking(*_: object) -> None:
        raise UnsupportedAlgorithm("SEED")

    monkeypatch.setattr(seed, "Cipher", lacking)
    with pytest.raises(KeyEncryptionUnsupported):
        load_private_key(data, PASSWORD)
    with pytest.raises(KeyEncryptionUnsupported):
        lock_key(KEY, RANDOM, PASSWORD, Scheme.PBES2)


# No refusal tells how far an attempt came.


STEPS: Final = ("pbkdf1", "pbkdf2", "decrypt", "_unpadded", "_read", "load_der_private_key", "random_of")


def steps(monkeypatch: pytest.MonkeyPatch, data: bytes, password: str) -> tuple[list[str], str, str]:
    """What opening did before it was refused, with the code and the message."""
    done: list[str] = []

    def recorded(name: str) -> Callable[..., Any]:
        real = getattr(key_file, name)

        def step(*arguments: Any) -> Any:
            done.append(f"{name} {[len(one) if isinstance(one, bytes) else one for one in arguments[1:3]]}")
            return real(*arguments)

        return step

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(key_file, name, recorded(name))
        with pytest.raises(CodedError) as refused:
            load_private_key(data, password)
    return [step.replace(repr(hashes.SHA1()), "") for step in done], refused.value.code, str(refused.value)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_wrong_password_bad_padding_and_damage_are_one(monkeypatch: pytest.MonkeyPatch, scheme: Scheme) -> None:
    info = private_key_info(KEY, RANDOM)
    info += bytes(-len(info) % 16)
    whole = locked(info[: len(info) - 16], scheme, padded=True)
    size = len(whole)
    cases = {
        "wrong password": steps(monkeypatch, whole, "x" * len(PASSWORD)),
        "padding that is none": steps(monkeypatch, locked(bytes(len(info)), scheme, padded=False), PASSWORD),
        "padded, no key": steps(monkeypatch, locked(b"0" * (len(info) - 16), scheme), PASSWORD),
        "padded, half a key": steps(monkeypatch, locked(info[: len(info) - 32] + bytes(16), scheme), PASSWORD),
        "another key's": steps(monkeypatch, locked(info[:60] + bytes(8) + info[68:-16], scheme), PASSWORD),
        "a whole key, not padded": steps(monkeypatch, locked(_whole_blocks(), scheme, padded=False), PASSWORD),
        "last byte flipped": steps(monkeypatch, whole[: size - 1] + bytes([whole[-1] ^ 1]), PASSWORD),
    }
    ours = {
        name: (len(done), [one.split()[0] for one in done], code, text) for name, (done, code, text) in cases.items()
    }
    assert len({str(one) for one in ours.values()}) == 1, ours
    derivation = "pbkdf2" if scheme is Scheme.PBES2 else "pbkdf1"
    assert ours["wrong password"][1] == [derivation, "decrypt", "_unpadded", "_read", "load_der_private_key"]
    assert ours["wrong password"][2] == "PKI-023"


def _whole_blocks() -> bytes:
    """A key that is whole without padding: R fills it to a block."""
    made = next(info for n in range(40) if not len(info := private_key_info(KEY, bytes(n))) % 16)
    assert load_private_key(made, None).public_key() == KEY.public_key()
    return made


# Whatever the bytes, a key or a coded refusal.


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_file_that_is_cut_short_says_so(scheme: Scheme) -> None:
    data = lock_key(KEY, RANDOM, PASSWORD, scheme)
    for length in range(len(data)):
        with pytest.raises(NotKeyFile) as refused:
            load_private_key(data[:length], PASSWORD)
        assert (refused.type is KeyFileTruncated) == (length >= 2)


@pytest.fixture(scope="module", params=SCHEMES)
def quick(request: pytest.FixtureRequest) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "ITERATIONS", 1)
        return lock_key(KEY, RANDOM, PASSWORD, request.param)


@given(data=st.data())
def test_a_flipped_bit_gives_the_key_or_a_refusal(quick: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 8 * len(quick) - 1))
    damaged = bytearray(quick)
    damaged[at // 8] ^= 1 << at % 8
    try:
        opened = open_private_key(bytes(damaged), PASSWORD)
    except CodedError:
        return
    assert opened.private_key.public_key() == KEY.public_key()


@given(data=st.binary(max_size=200), password=st.none() | st.text(max_size=3), scheme=st.sampled_from(SCHEMES))
def test_whatever_is_encrypted_ends_in_a_key_or_a_refusal(data: bytes, password: str | None, scheme: Scheme) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "ITERATIONS", 1)
        whole = locked(data, scheme, password or "")
    with pytest.raises(CodedError):
        open_private_key(whole, password)
    assert random_of(data) is None


@given(
    st.binary(max_size=30),
    st.sampled_from([2**k for k in (0, 7, 8, 15, 31, 63, 70)]),
    st.binary(max_size=20),
    st.sampled_from([None, "1.2.840.113549.2.7", "1.2.3"]),
)
def test_whatever_the_open_part_says_ends_in_a_refusal(data: bytes, count: int, iv: bytes, prf: str | None) -> None:
    for whole in (
        pbes1(min(count, 2**8), data=data),
        pbes2(iterations=count, iv=iv, prf=prf) if count > 2**20 else data,
    ):
        with pytest.raises(CodedError):
            open_private_key(whole, PASSWORD)


# R.


def test_r_is_read_from_a_plain_key_too() -> None:
    assert open_private_key(private_key_info(KEY, RANDOM), None).random == RANDOM
    assert open_private_key(private_key_info(KEY, None), "any").random is None


def test_other_attributes_are_passed_over_and_a_bad_one_is_none() -> None:
    plain = private_key_info(KEY, RANDOM)
    oid = bytes.fromhex("060a2a831a8c9a440a010103")
    assert oid in plain
    assert random_of(plain.replace(oid, oid[:-1] + b"\x04")) is None
    bits = b"\x03\x15\x00" + RANDOM
    assert random_of(plain.replace(bits, b"\x04\x15\x00" + RANDOM)) is None
    assert random_of(plain.replace(bits, b"\x03\x15\x01" + RANDOM[:-1] + b"\x02")) is None


def test_neither_key_nor_r_is_shown() -> None:
    shown = repr(open_private_key(private_key_info(KEY, RANDOM), None))
    assert "private_key" not in shown
    assert "random" not in shown


# Pairs.


def test_a_pair_opens_with_its_random(pki: DemoPki) -> None:
    pair = pki.payers["rsa"]
    certificate = pair.certificate.public_bytes(Encoding.DER)
    opened = open_pair(certificate, lock_key(pair.private_key, RANDOM, PASSWORD, Scheme.PBES2), PASSWORD)
    assert (opened.certificate, opened.random, opened.others) == (pair.certificate, RANDOM, ())
    assert "random" not in repr(opened)


def test_a_pair_that_is_none_is_told_why(pki: DemoPki) -> None:
    own, other = (pki.payers[name].certificate.public_bytes(Encoding.DER) for name in ("rsa", "corporate"))
    key = lock_key(pki.payers["rsa"].private_key, RANDOM, PASSWORD, Scheme.SEED_CBC_WITH_SHA1)
    km_pair = payer_key_pair(
        PayerProfile("km", 0, "p256", "홍길동", "홍길동", signs=False), pki.intermediates[0].key_pair, pki.at, RANDOM
    )
    km_certificate = km_pair.certificate.public_bytes(Encoding.DER)
    km_key = lock_key(km_pair.private_key, None, PASSWORD, Scheme.PBES2)
    for certificate, private_key, refusal in (
        (other, key, KeyNotOfCertificate),
        (own, km_key, KeyNotOfCertificate),
        (km_certificate, km_key, CertificateForEncryption),
        (km_certificate, key, CertificateForEncryption),
        (key, own, PairExchanged),
        (key, key, NotCertificates),
        (b"", key, NotCertificates),
        (own, own, NotKeyFile),
        (pki.root.der, key, KeyNotOfCertificate),  # which says nothing of what its key is for
    ):
        with pytest.raises(refusal):
            open_pair(certificate, private_key, PASSWORD)


def test_encoding_a_key_with_its_random_is_der() -> None:
    plain = private_key_info(KEY, RANDOM)
    assert asn1.encode_der(asn1.decode_der(_Any, plain)) == plain


@asn1.sequence
class _Any:
    version: int
    algorithm: asn1.TLV
    private_key: bytes
    attributes: asn1.TLV
