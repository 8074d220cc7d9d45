"""What has to be true of a message that passes, found out without the verifier: by OpenSSL, asn1crypto and the keys."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import tempfile
import textwrap
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs import TrustStore
from certs.keys import KeyPair
from tests.fuzz.pki import JUDGED_AT, PKI, TEXTS_SIGNED_DIRECTLY, public_key_of
from tests.verifier.forge import sign
from tests.verifier.surgery import tlv

OPENSSL: Final = shutil.which("openssl")
_ID_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_ID_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_DIGESTS: Final = {
    tlv(0x30, bytes.fromhex(oid), parameters): name
    for oid, name in (
        ("0609608648016503040201", "sha256"),
        ("0609608648016503040202", "sha384"),
        ("0609608648016503040203", "sha512"),
    )
    for parameters in (b"", b"\x05\x00")
}


class FalseAccept(AssertionError):
    """A message passed and should not have."""


def require_sound(der: bytes, trust: TrustStore, at: datetime = JUDGED_AT) -> None:
    """Return only if the message deserved to pass. `at` is for OpenSSL, which takes no list of a later time.

    Raises:
        FalseAccept: its key never signed what it says, it could be written in another way, or OpenSSL refuses it.
    """
    try:
        info = cms.ContentInfo.load(der, strict=True)
        signed = info["content"]
        if _rebuilt(signed) != der:
            raise FalseAccept("bytes that nothing accounts for")
        _require_signed(signed)
    except (ValueError, TypeError, KeyError) as error:
        raise FalseAccept(f"asn1crypto: {error}") from error
    if not openssl_accepts(der, trust, at):
        raise FalseAccept("OpenSSL refuses it")


def _rebuilt(signed: Any) -> bytes:
    """The only message that there is with this content, these attributes, certificates and this signature."""
    (signer,) = signed["signer_infos"]
    certificates = sorted(certificate.dump() for certificate in signed["certificates"])
    digest = signer["digest_algorithm"].dump()
    (set_digest,) = (algorithm.dump() for algorithm in signed["digest_algorithms"])
    if _DIGESTS[digest] != _DIGESTS[set_digest]:
        raise FalseAccept("two digest algorithms")
    payer = _payer(signed)[1]
    attributes = signer["signed_attrs"]
    signer_info = tlv(
        0x30,
        b"\x02\x01\x01",
        tlv(0x30, payer.issuer.dump(), payer["tbs_certificate"]["serial_number"].dump()),
        digest,
        tlv(0xA0, *sorted(attribute.dump() for attribute in attributes)) if attributes else b"",
        _signature_algorithm(signer),
        tlv(0x04, signer["signature"].native),
    )
    content = tlv(0x30, _ID_DATA, tlv(0xA0, tlv(0x04, signed["encap_content_info"]["content"].native)))
    whole = tlv(
        0x30,
        b"\x02\x01\x01",
        tlv(0x31, set_digest),
        content,
        tlv(0xA0, *certificates),
        tlv(0x31, signer_info),
    )
    return tlv(0x30, _ID_SIGNED_DATA, tlv(0xA0, whole))


def _signature_algorithm(signer: Any) -> bytes:
    algorithm = signer["signature_algorithm"]
    name, encoded = algorithm["algorithm"].native, bytes(algorithm.dump())
    oid = algorithm["algorithm"].dump()
    allowed = {tlv(0x30, oid)} | ({tlv(0x30, oid, b"\x05\x00")} if "rsa" in name else set())
    if encoded not in allowed:
        raise FalseAccept("parameters of the signature algorithm")
    return encoded


def _payer(signed: Any) -> tuple[KeyPair, asn1_x509.Certificate]:
    """Whose key the named certificate is of: one of ours, as nobody else has signed anything."""
    (signer,) = signed["signer_infos"]
    sid = signer["sid"].chosen
    for certificate in signed["certificates"]:
        one = certificate.chosen
        if (one.issuer.dump(), one.serial_number) == (sid["issuer"].dump(), sid["serial_number"].native):
            for pair in PKI.payers.values():
                if one.public_key.dump() == public_key_of(pair):
                    return pair, one
    raise FalseAccept("no payer's certificate is named")


def _require_signed(signed: Any) -> None:
    """The key signs the same bytes to the same signature: whether it ever made this one can be seen."""
    (signer,) = signed["signer_infos"]
    digest = _DIGESTS[signer["digest_algorithm"].dump()]
    content = signed["encap_content_info"]["content"].native
    attributes = signer["signed_attrs"]
    if attributes:
        message = b"\x31" + attributes.dump()[1:]
        if [a["type"].native for a in attributes].count("message_digest") != 1:
            raise FalseAccept("not one message digest")
        stated = {a["type"].native: [value.native for value in a["values"]] for a in attributes}
        if stated["message_digest"] != [hashlib.new(digest, content).digest()]:
            raise FalseAccept("another content was signed")
        if stated["content_type"] != ["data"]:
            raise FalseAccept("another type of content was signed")
    elif content in TEXTS_SIGNED_DIRECTLY:
        message = content
    else:
        raise FalseAccept("a content that was never signed by itself")
    if signer["signature"].native != sign(_payer(signed)[0], message, digest):
        raise FalseAccept("not the key's signature")


@lru_cache(maxsize=4096)
def openssl_accepts(der: bytes, trust: TrustStore, at: datetime) -> bool:
    """With the anchors, authorities and lists of the trust store; True without OpenSSL."""
    if OPENSSL is None:
        return True
    command = [OPENSSL, "cms", "-verify", "-inform", "DER", "-binary", "-in", "-", "-out", "/dev/null"]
    command += [
        "-crl_check_all",
        "-extended_crl",
        "-use_deltas",
        "-purpose",
        "any",
        "-CAfile",
        str(_ca_file(trust)),
        "-attime",
        str(int(at.timestamp())),
    ]
    return subprocess.run(command, input=der, capture_output=True, check=False, timeout=60).returncode == 0


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="dongui-fuzz-"))


def _ca_file(trust: TrustStore) -> Path:
    file = _folder() / "ca.pem"
    certificates = [_pem("CERTIFICATE", item.der) for item in (*trust.anchors, *trust.intermediates)]
    file.write_text("".join([*certificates, *(_pem("X509 CRL", item.der) for item in trust.crls)]))
    return file


def _pem(label: str, der: bytes) -> str:
    lines = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def openssl_vouches(
    response: bytes, of: x509.Certificate, issuer: x509.Certificate, id_hash: str, trust: TrustStore
) -> bool:
    """Whether `openssl ocsp` verifies the response and reads it as good; `id_hash` is what the response names it by."""
    if OPENSSL is None:
        return True
    named = {"certificate": of.public_bytes(Encoding.PEM), "issuer": issuer.public_bytes(Encoding.PEM)}
    for name, data in (named | {"response": response}).items():
        (_folder() / name).write_bytes(data)
    command = [OPENSSL, "ocsp", "-no_nonce", "-respin", str(_folder() / "response")]
    command += ["-issuer", str(_folder() / "issuer"), f"-{id_hash}", "-cert", str(_folder() / "certificate")]
    command += ["-CAfile", str(_ca_file(trust)), "-attime", str(int(JUDGED_AT.timestamp()))]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    # It compares the response's times with the clock, whatever -attime says, and only remarks on them.
    return (
        b"Response verify OK" in done.stderr and re.search(rb"^(?:.*: )?good$", done.stdout, re.MULTILINE) is not None
    )
