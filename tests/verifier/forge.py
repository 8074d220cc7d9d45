"""Signed messages with one thing wrong, built with asn1crypto: nothing of `signer` takes part in judging the judge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import algos, cms, core, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo import DemoPki
from certs.keys import KeyPair

SIGNED_AT: Final = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TEXT: Final = "출금이체 동의\n본인은 자동납부에 동의합니다.\n".encode()
_HASHES: Final = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}

Mutation = Callable[[Any], None]
Signer = Callable[[KeyPair, bytes, str], bytes]


def _nothing(_: object) -> None:
    return


def sign(pair: KeyPair, message: bytes, digest: str) -> bytes:
    """The same bytes each time (RFC 6979): it can be told afterwards whether a key signed a message."""
    if isinstance(pair.private_key, rsa.RSAPrivateKey):
        return pair.private_key.sign(message, padding.PKCS1v15(), _HASHES[digest])
    return pair.private_key.sign(message, ec.ECDSA(_HASHES[digest], deterministic_signing=True))


@dataclass(frozen=True)
class Forge:
    """A recipe for one message. Whatever is not changed is as it should be.

    Attributes:
        attributes: changes the list of signed attributes before it is signed; None signs the content directly.
        signer_info, signed_data: change the finished asn1crypto structures, unsigned.
        intermediates: whether the issuing authority's certificate is enclosed.
        signer: makes the signature value out of the payer's key pair, the signed bytes and the digest's name.
    """

    pki: DemoPki
    payer: str = "rsa"
    content: bytes | None = TEXT
    digest: str = "sha256"
    signature_algorithm: str | None = None
    at: datetime = SIGNED_AT
    attributes: Mutation | None = _nothing
    signer_info: Mutation = _nothing
    signed_data: Mutation = _nothing
    intermediates: bool = False
    extra_certificates: Sequence[bytes] = field(default=())
    signer: Signer = sign

    def but(self, **changes: Any) -> Forge:
        return replace(self, **changes)

    @property
    def pair(self) -> KeyPair:
        return self.pki.payers[self.payer]

    def der(self) -> bytes:
        content = self.content or b""
        info = self._signer_info(content)
        encap: dict[str, object] = {"content_type": "data"}
        if self.content is not None:
            encap["content"] = content
        certificates = [self.pair.certificate.public_bytes(Encoding.DER)]
        if self.intermediates:
            certificates += [other.public_bytes(Encoding.DER) for other in self.pair.others]
        certificates += self.extra_certificates
        signed = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [{"algorithm": self.digest}],
                "encap_content_info": encap,
                "certificates": [cms.CertificateChoices.load(der) for der in certificates],
                "signer_infos": [info],
            }
        )
        self.signed_data(signed)
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump(force=True))

    def _signer_info(self, content: bytes) -> cms.SignerInfo:
        certificate = x509.Certificate.load(self.pair.certificate.public_bytes(Encoding.DER))
        attributes = None
        message = content
        if self.attributes is not None:
            attributes = self._attributes(content)
            message = attributes.dump(force=True)
        is_rsa = isinstance(self.pair.private_key, rsa.RSAPrivateKey)
        algorithm = self.signature_algorithm or ("rsassa_pkcs1v15" if is_rsa else f"{self.digest}_ecdsa")
        info = cms.SignerInfo(
            {
                "version": "v1",
                "sid": {
                    "issuer_and_serial_number": {
                        "issuer": certificate.issuer,
                        "serial_number": certificate.serial_number,
                    }
                },
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": self.digest}),
                "signature_algorithm": {"algorithm": algorithm},
                "signature": self.signer(self.pair, message, self.digest),
            }
        )
        if attributes is not None:
            info["signed_attrs"] = attributes
        self.signer_info(info)
        return info

    def _attributes(self, content: bytes) -> cms.CMSAttributes:
        listed = [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.new(self.digest, content).digest()]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": self.at})]}),
        ]
        if self.attributes is not None:
            self.attributes(listed)
        return cms.CMSAttributes(listed)


def attribute(oid: str, *values: core.Asn1Value) -> cms.CMSAttribute:
    """Any attribute, with its values as they are."""
    return cms.CMSAttribute({"type": oid, "values": list(values)})
