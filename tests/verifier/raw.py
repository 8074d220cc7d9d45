"""Signature values and certificates put together by hand: what no library would write."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certs.keys import KeyPair, PrivateKey
from tests.conftest import BUILT_AT
from tests.verifier.forge import sign
from tests.verifier.surgery import tlv
from verifier.der import read_der

NULL: Final = tlv(0x05)
SHA_256: Final = hashes.SHA256()
OIDS: Final = {
    "sha1": bytes.fromhex("06052b0e03021a"),
    "sha256": bytes.fromhex("0609608648016503040201"),
    "sha384": bytes.fromhex("0609608648016503040202"),
}
ORDERS: Final = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": int(
        "ffffffffffffffffffffffffffffffffffffffffffffffff"  # of SEC 2, version 2, 2.5.1
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        16,
    ),
}


def integer(value: int) -> bytes:
    """An INTEGER of DER, whatever its sign."""
    size = 1 + (value if value >= 0 else ~value).bit_length() // 8
    return tlv(0x02, value.to_bytes(size, signed=True))


# -- RSA -----------------------------------------------------------------------------------------


def numbers(pair: KeyPair) -> rsa.RSAPrivateNumbers:
    if not isinstance(pair.private_key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    return pair.private_key.private_numbers()


def modulus_bytes(pair: KeyPair) -> int:
    return numbers(pair).public_numbers.n.bit_length() // 8


def raw_rsa(pair: KeyPair, block: bytes | int) -> bytes:
    """The private key applied to a block as it stands."""
    own = numbers(pair)
    value = block if isinstance(block, int) else int.from_bytes(block)
    return pow(value, own.d, own.public_numbers.n).to_bytes(modulus_bytes(pair))


def digest_info(message: bytes, digest: str = "sha256", parameters: bytes = NULL) -> bytes:
    return tlv(0x30, tlv(0x30, OIDS[digest], parameters), tlv(0x04, hashlib.new(digest, message).digest()))


def block(
    info: bytes, size: int, *, start: bytes = b"\x00\x01", padding: bytes = b"\xff", end: bytes = b"\x00"
) -> bytes:
    """EMSA-PKCS1-v1_5 (RFC 8017 §9.2): start, as much padding as there is room for, end, DigestInfo."""
    return start + padding * (size - len(start) - len(end) - len(info)) + end + info


def cube_root(value: int) -> int:
    """The smallest whole number whose cube is not below `value`."""
    low, high = 0, 1 << (value.bit_length() // 3 + 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < value else (low, middle)
    return low


def forged_with_garbage_after(message: bytes, size: int) -> bytes:
    """Bleichenbacher 2006: a cube that opens like a padded hash of `message`. Nobody's private key is needed."""
    head = b"\x00\x01" + b"\xff" * 8 + b"\x00" + digest_info(message)
    forged = cube_root(int.from_bytes(head.ljust(size, b"\x00")))
    if not (forged**3).to_bytes(size).startswith(head):
        raise ValueError("the modulus is too small for this forgery")
    return forged.to_bytes(size)


def forged_with_garbage_parameters(message: bytes, size: int) -> bytes:
    """Garbage in the parameters of the DigestInfo and the hash at the very end, which has to be odd."""
    digest = tlv(0x04, hashlib.sha256(message).digest())
    room = size - 11 - 4 - 4 - 4 - len(OIDS["sha256"]) - len(digest)
    head = b"".join(
        (
            b"\x00\x01" + b"\xff" * 8 + b"\x00",
            b"\x30\x82" + (room + 8 + len(OIDS["sha256"]) + len(digest)).to_bytes(2),
            b"\x30\x82" + (room + 4 + len(OIDS["sha256"])).to_bytes(2) + OIDS["sha256"],
            b"\x04\x82" + room.to_bytes(2),
        )
    )
    bits = 8 * len(digest)
    low = pow(int.from_bytes(digest), pow(3, -1, 1 << (bits - 2)), 1 << bits)
    high = cube_root(int.from_bytes(head.ljust(size, b"\x00")))
    forged = ((high >> bits) + 1 << bits) | low
    cube = (forged**3).to_bytes(size)
    if not (cube.startswith(head) and cube.endswith(digest)):
        raise ValueError("the hash is even, or the modulus too small")
    return forged.to_bytes(size)


# -- ECDSA ---------------------------------------------------------------------------------------


def order(pair: KeyPair) -> int:
    if not isinstance(pair.private_key, ec.EllipticCurvePrivateKey):
        raise TypeError("not an elliptic-curve key")
    return ORDERS[pair.private_key.curve.name]


def ecdsa(encode: Callable[[int, int, int], bytes]) -> Callable[[KeyPair, bytes, str], bytes]:
    """A signer who writes r and s of a valid signature as `encode`, given also the order of the group, says."""

    def signer(pair: KeyPair, message: bytes, digest: str) -> bytes:
        r, s = decode_dss_signature(sign(pair, message, digest))
        return encode(r, s, order(pair))

    return signer


def ecdsa_value(r: int, s: int) -> bytes:
    return tlv(0x30, integer(r), integer(s))


# -- certificates --------------------------------------------------------------------------------

Extension = tuple[x509.ExtensionType, bool]
CA: Final[Extension] = (x509.BasicConstraints(ca=True, path_length=None), True)


def _policy(oid: str) -> Extension:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None)]), True


FOR_PERSONS: Final = _policy("1.2.410.200005.1.1.1")
FOR_ANYTHING: Final = _policy("2.5.29.32.0")


def named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certified(
    issuer: KeyPair | None,
    subject: str | x509.Name,
    *extensions: Extension,
    key: PrivateKey | None = None,
    serial: int | None = None,
    issuer_name: x509.Name | None = None,
    digest: hashes.SHA256 | hashes.SHA224 = SHA_256,
    days: int = 300,
) -> KeyPair:
    """A certificate with these extensions and no others; self-signed without an issuer. A string is a common name."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = named(subject) if isinstance(subject, str) else subject
    above = issuer.certificate.subject if issuer else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name or above)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(BUILT_AT - timedelta(days=1))
        .not_valid_after(BUILT_AT + timedelta(days=days))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(issuer.private_key if issuer else key, digest)
    return KeyPair(key, certificate, (issuer.certificate,) if issuer else ())


def der_of(pair: KeyPair) -> bytes:
    return pair.certificate.public_bytes(Encoding.DER)


def parts(certificate: bytes) -> tuple[bytes, bytes]:
    """What is signed, and the algorithm beside it: of a certificate or a list."""
    root, _ = read_der(certificate)
    if root is None:
        raise ValueError("not even BER")
    signed, algorithm, _ = root.children
    return certificate[signed.start : signed.end], certificate[algorithm.start : algorithm.end]


def with_signature(certificate: bytes, make: Callable[[bytes], bytes]) -> bytes:
    """The certificate or list with the signature that `make` makes of what is signed."""
    signed, algorithm = parts(certificate)
    return tlv(0x30, signed, algorithm, tlv(0x03, b"\x00", make(signed)))


def resigned(certificate: bytes, issuer: KeyPair, change: Callable[[bytes], bytes]) -> bytes:
    """The certificate with `change` made to what is signed, and honestly signed again."""
    signed, algorithm = parts(certificate)
    changed = change(signed)
    return tlv(0x30, changed, algorithm, tlv(0x03, b"\x00", sign(issuer, changed, "sha256")))
