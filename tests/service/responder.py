"""An OCSP responder that says what it is told to."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.service.authority import DAY, Authority
from tests.service.http_server import whole


class Responder:
    """Answers OCSP requests about the payer."""

    def __init__(self, pki: Authority, **said: Any) -> None:
        self.pki = pki
        self.said: dict[str, Any] = {
            "status": ocsp.OCSPCertStatus.GOOD,
            "issued": pki.at,
            "days": 7,
            "about": "payer",
            "by": "ca",
        } | said

    def __call__(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        request = ocsp.load_der_ocsp_request(body)
        assert handler.headers["Content-Type"] == "application/ocsp-request"
        assert request.serial_number == self.pki["payer"].certificate.serial_number
        whole(handler, self.response())

    def response(self) -> bytes:
        said, is_revoked = self.said, self.said["status"] is ocsp.OCSPCertStatus.REVOKED
        signer = self.pki[said["by"]]
        builder = ocsp.OCSPResponseBuilder().add_response(
            self.pki[said["about"]].certificate,
            self.pki["ca"].certificate,
            hashes.SHA1(),
            said["status"],
            said["issued"],
            said["issued"] + said["days"] * DAY if said["days"] else None,
            self.pki.at - DAY if is_revoked else None,
            None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer.certificate)
        if said["by"] != "ca":
            builder = builder.certificates([signer.certificate])
        return builder.sign(signer.private_key, hashes.SHA256()).public_bytes(Encoding.DER)
