"""Did the key of the signer's certificate make this signature (RFC 5652 §5.6)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from verifier.algorithms import DIGESTS, SIGNATURES, SignatureAlgorithm
from verifier.cms import SignerInfo
from verifier.common_layout import CommonMessage
from verifier.straight import are_two_integers
from verifier.subject import Subject
from verifier.verdict import Check, Finding

_ALGORITHM: Final = "signerInfos[0].signatureAlgorithm"
_VALUE: Final = "signerInfos[0].signature"
_HASHES: Final = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_ECDSA: Final = {name: ec.ECDSA(hashed) for name, hashed in _HASHES.items()}
_PADDING: Final = padding.PKCS1v15()

_PASSED: Final = Finding.passed(Check.SIGNATURE, "CMS-180", _VALUE, "RFC 5652 §5.6")
_FAILED: Final = Finding.failed(Check.SIGNATURE, "CMS-181", _VALUE, "RFC 5652 §5.6")


def check_signature(subject: Subject) -> Iterator[Finding]:
    signed_data, signer_info, key = subject.signed_data, subject.signer_info, subject.signer_key
    if signed_data is None or signed_data.econtent is None or signer_info is None or key is None:
        return
    digest = DIGESTS.get(signer_info.digest_algorithm.oid)
    algorithm = SIGNATURES.get(signer_info.signature_algorithm.oid)
    if algorithm is None:
        oid = signer_info.signature_algorithm.oid[:64]
        yield Finding.failed(Check.SIGNATURE, "CMS-182", _ALGORITHM, "설계서 V3.8 2.5.2", oid=oid)
        return
    if digest is None or digest not in subject.policy.digests:
        return  # the digest check says why
    fits = isinstance(key, rsa.RSAPublicKey if algorithm.key_type == "rsa" else ec.EllipticCurvePublicKey)
    faults = [*_algorithm_faults(signer_info, algorithm, digest, fits=fits)]
    yield from faults
    if faults:
        return
    attributes = signer_info.signed_attrs
    message = signed_data.econtent if attributes is None else attributes.signed_bytes
    if algorithm.key_type == "rsa":
        yield _of_rsa(cast("rsa.RSAPublicKey", key), signer_info.signature, message, digest)
    else:
        yield _of_ec(cast("ec.EllipticCurvePublicKey", key), signer_info.signature, message, digest)


def signature_again(_subject: Subject, message: CommonMessage, _before: Sequence[Finding]) -> Sequence[Finding]:
    """The algorithms are of the kind, and what sort of key it is, is of the shape."""
    signer, digest = message.signer, message.kind.digest
    if signer.shape.is_of_rsa:
        return (_of_rsa(cast("rsa.RSAPublicKey", signer.public_key), message.signature, message.signed, digest),)
    return (_of_ec(cast("ec.EllipticCurvePublicKey", signer.public_key), message.signature, message.signed, digest),)


def _algorithm_faults(
    signer_info: SignerInfo, algorithm: SignatureAlgorithm, digest: str, *, fits: bool
) -> Iterator[Finding]:
    """`fits`: whether the key is one for such signatures."""
    parameters = signer_info.signature_algorithm
    if algorithm.digest not in {None, digest}:
        yield Finding.failed(Check.SIGNATURE, "CMS-184", _ALGORITHM, "RFC 5754 §3")
    if not fits:
        yield Finding.failed(Check.SIGNATURE, "CMS-183", _ALGORITHM, "RFC 5754 §3")
    if parameters.parameters and not (algorithm.key_type == "rsa" and parameters.has_no_parameters):
        yield Finding.failed(Check.SIGNATURE, "CMS-185", f"{_ALGORITHM}.parameters", "RFC 5754 §3.2, §3.3")


# A signature of the wrong form could never verify; modules that pad a number or write r and s side by side are told so.


def _of_rsa(key: rsa.RSAPublicKey, signature: bytes, message: bytes, digest: str) -> Finding:
    expected = (key.key_size + 7) // 8
    if len(signature) != expected:
        size = len(signature)
        return Finding.failed(Check.SIGNATURE, "CMS-191", _VALUE, "RFC 8017 §8.2.2", size=size, expected=expected)
    try:
        key.verify(signature, message, _PADDING, _HASHES[digest])
    except InvalidSignature:
        return _FAILED
    return _PASSED


def _of_ec(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes, digest: str) -> Finding:
    if not are_two_integers(signature):
        return Finding.failed(Check.SIGNATURE, "CMS-190", _VALUE, "RFC 3279 §2.2.3")
    try:
        key.verify(signature, message, _ECDSA[digest])
    except InvalidSignature:
        return _FAILED
    return _PASSED
