"""Writes the inputs that fuzzing starts from into corpus/, beside those kept there: `python -m tests.fuzz.seeds`."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509 import ocsp

from certs.demo_folder import TRUST_TOML
from certs.npki import Scheme, lock_key
from certs.npki.private_key_info import private_key_info
from consent import Charset, ConsentText
from evidence import LAYOUTS, decode_lines, to_line
from signer import prepare
from tests.evidence.samples import built, cancellation, raw_file, registration
from tests.fuzz.pki import FOLDER, PKI, TEXT, TEXTS_SIGNED_DIRECTLY, name_of
from tests.verifier.forge import Forge
from tests.verifier.test_findings import ATTRIBUTE_DEFECTS, DEFECTS

PASSWORD = b"demo"


def messages() -> Iterable[bytes]:
    """Sound messages of every form, and one for each defect that the tests know."""
    forge = Forge(PKI, content=TEXT.encode())
    recipes = [forge.but(payer=payer, digest=digest) for payer in ("rsa", "ecdsa") for digest in ("sha256", "sha512")]
    recipes += [forge.but(payer=payer, intermediates=True) for payer in ("ecdsa", "ecdsa384", "corporate")]
    recipes += [forge.but(payer="ecdsa", content=content) for content in TEXTS_SIGNED_DIRECTLY]
    recipes += [forge.but(payer="ecdsa", content=content, attributes=None) for content in TEXTS_SIGNED_DIRECTLY]
    recipes += [forge.but(**{"payer": "ecdsa", **changes}) for changes, _ in DEFECTS.values()]
    recipes += [forge.but(payer="ecdsa", attributes=change) for change, _ in ATTRIBUTE_DEFECTS.values()]
    return (recipe.der() for recipe in recipes)


def lists() -> Iterable[bytes]:
    """Of the authority that issued to `rsa` and `revoked`."""
    authority = PKI.intermediates[0].key_pair
    entry = x509.RevokedCertificateBuilder().serial_number(PKI.payers["revoked"].certificate.serial_number)
    entry = entry.revocation_date(PKI.at)
    held = entry.add_extension(x509.CRLReason(x509.ReasonFlags.certificate_hold), critical=False)
    issuer = x509.CertificateIssuer([x509.DirectoryName(authority.certificate.subject)])
    invalid = entry.add_extension(x509.InvalidityDate(PKI.at.replace(tzinfo=None)), critical=False)
    bare = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    bare = bare.last_update(PKI.at).next_update(PKI.at + timedelta(days=30))
    point = x509.IssuingDistributionPoint(None, None, False, False, None, True, False)
    builders = (
        bare,
        bare.add_revoked_certificate(held.build()).add_revoked_certificate(invalid.build()),
        bare.add_revoked_certificate(entry.add_extension(issuer, critical=True).build()).add_extension(point, True),
        bare.add_extension(x509.DeltaCRLIndicator(1), critical=True).add_extension(x509.CRLNumber(2), critical=False),
    )
    signed = (builder.sign(authority.private_key, hashes.SHA256()) for builder in builders)
    return [PKI.intermediates[0].crl, *(crl.public_bytes(Encoding.DER) for crl in signed)]


def responses() -> Iterable[bytes]:
    return (
        _response(payer, status, algorithm)
        for payer in ("rsa", "revoked")
        for status in ocsp.OCSPCertStatus
        for algorithm in (hashes.SHA1(), hashes.SHA256())
    )


def _response(payer: str, status: ocsp.OCSPCertStatus, algorithm: hashes.SHA1 | hashes.SHA256) -> bytes:
    authority = PKI.intermediates[0].key_pair
    is_revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=PKI.payers[payer].certificate,
        issuer=authority.certificate,
        algorithm=algorithm,
        cert_status=status,
        this_update=PKI.at,
        next_update=PKI.at + timedelta(days=30),
        revocation_time=PKI.at if is_revoked else None,
        revocation_reason=x509.ReasonFlags.certificate_hold if is_revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificate)
    return builder.sign(authority.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def keys() -> Iterable[bytes]:
    pair = PKI.payers["ecdsa"]
    key, encrypted = pair.private_key, BestAvailableEncryption(PASSWORD)
    yield key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    yield key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, encrypted)
    yield key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encrypted)
    yield key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    yield pkcs12.serialize_key_and_certificates(b"demo", key, pair.certificate, pair.others, encrypted)
    yield pkcs12.serialize_key_and_certificates(b"demo", key, pair.certificate, None, NoEncryption())
    yield private_key_info(key, bytes(20))
    for scheme in Scheme:
        yield lock_key(key, bytes(20), PASSWORD.decode(), scheme)


def certificates() -> Iterable[bytes]:
    pairs = (PKI.root.key_pair, PKI.intermediates[1].key_pair, PKI.payers["ecdsa"])
    return (pair.certificate.public_bytes(encoding) for pair in pairs for encoding in (Encoding.DER, Encoding.PEM))


def files() -> list[bytes]:
    made = [built([]), built([registration(evidence=b"\x30" * 700), cancellation()])]
    return made + [raw_file(code, [b""]) for code in LAYOUTS if code != "FB0110"]


def forms() -> Iterable[bytes]:
    page = (FOLDER.parents[1] / "docs" / "consent-form.md").read_text(encoding="utf-8")
    yield page.partition("```json\n")[2].partition("```")[0].encode()


def sessions() -> Iterable[bytes]:
    text = ConsentText.of(TEXT, Charset.UTF_8)
    for payer in ("rsa", "ecdsa"):
        pair = PKI.payers[payer]
        yield prepare(text, pair.certificate, at=PKI.at, intermediates=pair.others).to_json().encode()


def main() -> None:
    lines = ("\n".join(to_line(record) for record in decode_lines(io.BytesIO(file))).encode() for file in files())
    made: dict[str, Iterable[bytes]] = {
        "message": messages(),
        "crl": lists(),
        "ocsp": responses(),
        "certificate": certificates(),
        "keys": keys(),
        "fb": files(),
        "lines": lines,
        "form": forms(),
        "prepared": sessions(),
        "settings": [TRUST_TOML.encode()],
    }
    for target, inputs in made.items():
        folder = FOLDER / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for data in inputs:
            (folder / name_of(data)).write_bytes(data)


if __name__ == "__main__":
    main()
