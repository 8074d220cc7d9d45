"""Did the key of the signer's certificate make this signature (RFC 5652 §5.6)?"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from verifier.algorithms import DIGESTS, SIGNATURES, SignatureAlgorithm
from verifier.cms import SignerInfo
from verifier.der import INTEGER, SEQUENCE, read_der
from verifier.subject import Subject
from verifier.verdict import Check, Finding

_ALGORITHM = "signerInfos[0].signatureAlgorithm"
_VALUE = "signerInfos[0].signature"
_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}

_PASSED = Finding.passed(Check.SIGNATURE, "CMS-180", _VALUE, "RFC 5652 §5.6")


def check_signature(subject: Subject) -> Iterator[Finding]:
    signed_data, signer_info, certificate = subject.signed_data, subject.signer_info, subject.signer_certificate
    if signed_data is None or signed_data.econtent is None or signer_info is None or certificate is None:
        return
    digest = DIGESTS.get(signer_info.digest_algorithm.oid)
    algorithm = SIGNATURES.get(signer_info.signature_algorithm.oid)
    if algorithm is None:
        oid = signer_info.signature_algorithm.oid[:64]
        yield Finding.failed(Check.SIGNATURE, "CMS-182", _ALGORITHM, "설계서 V3.8 2.5.2", oid=oid)
        return
    if digest is None or digest not in subject.policy.digests:
        return  # the digest check says why
    key = certificate.public_key()
    faults = [*_algorithm_faults(signer_info, algorithm, digest, key)]
    yield from faults
    if faults or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return
    attributes = signer_info.signed_attrs
    message = signed_data.econtent if attributes is None else attributes.signed_bytes
    malformed = _form_fault(key, signer_info.signature)
    if malformed is not None:
        yield malformed
    elif _verifies(key, signer_info.signature, message, digest):
        yield _PASSED
    else:
        yield Finding.failed(Check.SIGNATURE, "CMS-181", _VALUE, "RFC 5652 §5.6")


def _form_fault(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, signature: bytes) -> Finding | None:
    """Modules that pad a number or write r and s side by side are told so; that it cannot verify would help nobody."""
    if isinstance(key, rsa.RSAPublicKey):
        expected = (key.key_size + 7) // 8
        if len(signature) == expected:
            return None
        size = len(signature)
        return Finding.failed(Check.SIGNATURE, "CMS-191", _VALUE, "RFC 8017 §8.2.2", size=size, expected=expected)
    root, faults = read_der(signature)
    if root is None or faults or root.tag != SEQUENCE or [c.tag for c in root.children] != [INTEGER, INTEGER]:
        return Finding.failed(Check.SIGNATURE, "CMS-190", _VALUE, "RFC 3279 §2.2.3")
    return None


def _algorithm_faults(
    signer_info: SignerInfo, algorithm: SignatureAlgorithm, digest: str, key: CertificatePublicKeyTypes
) -> Iterator[Finding]:
    parameters = signer_info.signature_algorithm
    if algorithm.digest not in {None, digest}:
        yield Finding.failed(Check.SIGNATURE, "CMS-184", _ALGORITHM, "RFC 5754 §3")
    if not isinstance(key, rsa.RSAPublicKey if algorithm.key_type == "rsa" else ec.EllipticCurvePublicKey):
        yield Finding.failed(Check.SIGNATURE, "CMS-183", _ALGORITHM, "RFC 5754 §3")
    if parameters.parameters and not (algorithm.key_type == "rsa" and parameters.has_no_parameters):
        yield Finding.failed(Check.SIGNATURE, "CMS-185", f"{_ALGORITHM}.parameters", "RFC 5754 §3.2, §3.3")


def _verifies(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, signature: bytes, message: bytes, digest: str) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), _HASHES[digest])
        else:
            key.verify(signature, message, ec.ECDSA(_HASHES[digest]))
    except InvalidSignature:
        return False
    return True
