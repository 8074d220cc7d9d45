"""A time-stamping authority below the demo's, whose tokens pyHanko makes; what is not changed is as it should be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import algos, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from certs.demo import DemoPki
from certs.keys import KeyPair
from tests.conftest import BUILT_AT

DAY = timedelta(days=1)
TIME_STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
Change = Callable[[Any], None]


def tsa_key_pair(
    pki: DemoPki,
    *,
    usage: x509.ExtendedKeyUsage | None = TIME_STAMPING,
    critical: bool = True,
    first: datetime = BUILT_AT - DAY,
    days: int = 365,
) -> KeyPair:
    """An RSA key and its certificate from the demo's RSA authority."""
    issuer = pki.intermediates[0].key_pair
    key = rsa.generate_private_key(65_537, 2048)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Demo TSA")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(777)
        .not_valid_before(first)
        .not_valid_after(first + days * DAY)
    )
    policies = pki.payers["rsa"].certificate.extensions.get_extension_for_class(x509.CertificatePolicies)
    builder = builder.add_extension(policies.value, critical=False)  # its authority demands some
    if usage is not None:
        builder = builder.add_extension(usage, critical=critical)
    return KeyPair(key, builder.sign(issuer.private_key, hashes.SHA256()))


class Tsa(DummyTimeStamper):
    """pyHanko's stand-in for an authority; `tst_info` and `attributes` change what it signs."""

    def __init__(self, pair: KeyPair, *, tst_info: Change | None = None, attributes: Change | None = None) -> None:
        key = pair.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        super().__init__(
            asn1_x509.Certificate.load(pair.certificate.public_bytes(Encoding.DER)), keys.PrivateKeyInfo.load(key)
        )
        self.pair, self.tst_info, self.attributes = pair, tst_info, attributes

    def _build_tst_info(self, *arguments: Any) -> Any:
        info = super()._build_tst_info(*arguments)
        if self.tst_info is not None:
            self.tst_info(info)
        return info

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> Any:
        signature, attributes = super()._sign_tst_info(tst_info_data, md_algorithm, dt)
        if self.attributes is not None:
            from tests.verifier.forge import sign  # noqa: PLC0415

            self.attributes(attributes)
            signature = sign(self.pair, attributes.dump(force=True), md_algorithm)
        return signature, attributes

    def response(self, der: bytes, at: datetime, digest: str = "sha256") -> bytes:
        """TimeStampResp over `der`, as of `at`."""
        self.fixed_dt = at
        imprint = tsp.MessageImprint(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": digest}),
                "hashed_message": hashlib.new(digest, der).digest(),
            }
        )
        request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True})
        return bytes(self.request_tsa_response(request).dump())

    def token(self, der: bytes, at: datetime, digest: str = "sha256") -> bytes:
        return bytes(tsp.TimeStampResp.load(self.response(der, at, digest))["time_stamp_token"].dump())
