"""What is in a signed DER, a certificate or a key file, for a person."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certs.keys import ILLEGIBLE, load_certificates
from consent.charset import strict_decode
from consent.errors import CodedError, Lang
from consent.text import charsets_of
from service import korean
from service.suitability import suitability
from signer import remaining_text_bytes
from verifier.algorithms import DIGESTS, SIGNATURES
from verifier.cms import ID_SIGNING_TIME, SignedData, read_signed_data
from verifier.der import OCTET_STRING, SEQUENCE, Element, dotted_oid, read_der, read_time
from verifier.fields import StructureFault

MASK: Final = "***"
_POLICIES_SHOWN: Final = 10
_LONGEST_NAME: Final = 1000  # characters that are shown

_KEY_ENCRYPTIONS: Final = {
    "1.2.840.113549.1.5.13": "PBES2 (RFC 8018)",
    "1.2.410.200004.1.15": "seedCBCWithSHA1 (NPKI)",
    "1.2.840.113549.1.12.1.3": "pbeWithSHAAnd3-KeyTripleDES-CBC (PKCS#12)",
}


@dataclass(frozen=True)
class Row:
    """One line: a label of this project's terms and a value; `personal` values are masked, a fault counts as one.

    `ko` is the value in Korean, where `service.korean` cannot make it from the English one.
    """

    label: str
    value: str
    personal: bool = False
    depth: int = 0
    is_fault: bool = False
    ko: str = ""


@dataclass(frozen=True)
class Reader:
    """Who is told, as of when (certificates end), and by whose hours: "en" those of UTC, "ko" those of Korea."""

    at: datetime
    lang: Lang
    hours: Lang


def describe(data: bytes, reader: Reader) -> tuple[str, list[Row]] | None:
    """What `data` is and what is in it; None for something that none of Dongui's parts reads, FB files among it."""
    if data.startswith(b"-----BEGIN ") or b"\n-----BEGIN " in data:
        return _pem(data, reader)
    root, faults = read_der(data)
    if root is None:
        return None
    try:
        signed_data = read_signed_data(data, root)
    except StructureFault:
        return _other_der(data, root, reader)
    return "signed-data", [*_faults(len(faults)), *_signed_data(data, signed_data, reader)]


def in_korean(row: Row) -> tuple[str, str]:
    """Label and value; what somebody else wrote, names and fields of FB files, stays as it is."""
    name = korean.label(row.label)
    is_ours = name != row.label and not row.personal
    return name, row.ko or (korean.value(row.value) if is_ours else row.value)


def _faults(count: int) -> Iterator[Row]:
    if count:
        yield Row("encoding", f"not DER: {count} deviations; `dongui verify` lists them")


def _signed_data(der: bytes, signed_data: SignedData, reader: Reader) -> Iterator[Row]:
    yield Row("version", str(signed_data.version))
    yield Row("digest algorithms", ", ".join(_digest_name(a.oid) for a in signed_data.digest_algorithms))
    content = signed_data.econtent
    if content is None:
        yield Row("content", "detached")
    else:
        charsets = charsets_of(content)
        yield Row("content", f"{len(content)} bytes, {charsets[0].value if charsets else 'no consent text'}")
        if charsets:
            yield Row("text", strict_decode(content, charsets[0]), personal=True)
    for i, signer_info in enumerate(signed_data.signer_infos):
        yield Row(f"signer {i}", f"version {signer_info.version}")
        yield Row("serial number", _hex(signer_info.serial_number), depth=1)
        yield Row("digest algorithm", _digest_name(signer_info.digest_algorithm.oid), depth=1)
        yield Row("signature algorithm", _signature_name(signer_info.signature_algorithm.oid), depth=1)
        attributes = signer_info.signed_attrs.attributes if signer_info.signed_attrs else ()
        yield Row("signed attributes", ", ".join(_ATTRIBUTES.get(a.oid, a.oid) for a in attributes) or "none", depth=1)
        for time in (v for a in attributes if a.oid == ID_SIGNING_TIME for v in a.values):
            at = read_time(time.tag, der[time.body : time.end])
            yield Row("signing time (claimed)", at.isoformat() if at else "malformed", depth=1)
        yield Row("signature", f"{len(signer_info.signature)} bytes", depth=1)
    for i, certificate in enumerate(signed_data.certificates):
        yield Row(f"certificate {i}", f"{len(certificate)} bytes")
        yield from _certificate_rows(certificate, reader, depth=1)


_ATTRIBUTES: Final = {
    "1.2.840.113549.1.9.3": "content-type",
    "1.2.840.113549.1.9.4": "message-digest",
    "1.2.840.113549.1.9.5": "signing-time",
    "1.2.840.113549.1.9.15": "S/MIME capabilities",
    "1.2.840.113549.1.9.16.2.47": "signing-certificate-v2",
    "1.2.840.113549.1.9.52": "CMS algorithm protection",
}


def _digest_name(oid: str) -> str:
    return DIGESTS.get(oid, oid)


def _signature_name(oid: str) -> str:
    known = SIGNATURES.get(oid)
    if known is None:
        return oid
    return known.key_type.upper() + (f" with {known.digest}" if known.digest else "")


def _hex(number: int | None) -> str:
    return "-" if number is None else f"{number:x}"


def _pem(data: bytes, reader: Reader) -> tuple[str, list[Row]] | None:
    if b"PRIVATE KEY-----" in data:
        encrypted = b"ENCRYPTED" in data
        return "private key", [Row("form", "PEM"), Row("encrypted", "yes" if encrypted else "no: keep it safe")]
    try:
        certificates = load_certificates(data)
    except CodedError:
        return None
    rows = [Row("form", f"PEM, {len(certificates)} certificate(s)")]
    for certificate in certificates:
        rows += _certificate_rows(certificate.public_bytes(Encoding.DER), reader, depth=0)
    return "certificate", rows


def _other_der(data: bytes, root: Element, reader: Reader) -> tuple[str, list[Row]] | None:
    try:
        load_certificates(data)
    except CodedError:
        return _key_or_store(data, root)
    return "certificate", list(_certificate_rows(data, reader, depth=0))


def _key_or_store(data: bytes, root: Element) -> tuple[str, list[Row]] | None:
    tags = [child.tag for child in root.children]
    if tags == [SEQUENCE, OCTET_STRING] and root.children[0].children:
        algorithm = root.children[0].children[0]
        oid = dotted_oid(data[algorithm.body : algorithm.end])
        return "private key", [Row("form", "PKCS#8, encrypted"), Row("encryption", _KEY_ENCRYPTIONS.get(oid, oid))]
    if root.tag != SEQUENCE or not root.children or data[root.children[0].body : root.children[0].end] not in _VERSIONS:
        return None
    if tags[1:2] == [SEQUENCE] and data[root.children[0].body] == _PFX_VERSION:
        return "PKCS#12", [Row("form", "keys and certificates, opened by a password")]
    if len(tags) >= 3:
        return "private key", [Row("form", "not encrypted: keep it safe")]
    return None


_VERSIONS: Final = frozenset({b"\x00", b"\x01", b"\x03"})
_PFX_VERSION: Final = 3


def _certificate_rows(der: bytes, reader: Reader, depth: int) -> Iterator[Row]:
    try:
        with warnings.catch_warnings(action="ignore"):  # its remarks on long names, which anybody can write
            (certificate,) = load_certificates(der)
            rows = list(_of_certificate(certificate, depth))
            more = suitability(certificate, reader.at, reader.lang, reader.hours)
            rows += [Row(label, value, depth=depth + deeper) for label, value, deeper in more]
    except (CodedError, *ILLEGIBLE):
        yield Row("certificate", "cannot be read", depth=depth)
        return
    yield from rows


def _told(name: x509.Name) -> str:
    """A name, or as much of it as anybody could want to read, and how many characters there are in all."""
    text = name.rfc4514_string()
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}… ({len(text):,})"


def _of_certificate(certificate: x509.Certificate, depth: int) -> Iterator[Row]:
    yield Row("subject", _told(certificate.subject), personal=not _is_authority(certificate), depth=depth)
    yield Row("issuer", _told(certificate.issuer), personal=_is_self_issued_by_a_person(certificate), depth=depth)
    yield Row("serial number", _hex(certificate.serial_number), depth=depth)
    yield Row("valid from", certificate.not_valid_before_utc.isoformat(), depth=depth)
    yield Row("valid until", certificate.not_valid_after_utc.isoformat(), depth=depth)
    yield Row("key", _key_name(certificate), depth=depth)
    yield Row("key usage", _usages(certificate) or "not restricted", depth=depth)
    yield Row("policies", _policies(certificate) or "none", depth=depth)
    if _is_authority(certificate):  # it signs no text
        return
    try:
        yield Row("room for text", f"{remaining_text_bytes(certificate)} bytes", depth=depth)
    except CodedError as error:
        ko = f"없음: {error.message('ko')} [{error.code}]"
        yield Row("room for text", f"none: {error}", depth=depth, ko=ko)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _is_self_issued_by_a_person(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject and not _is_authority(certificate)


def _key_name(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size} bits"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__


def _usages(certificate: x509.Certificate) -> str:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    named = {
        "digitalSignature": usage.digital_signature,
        "nonRepudiation": usage.content_commitment,
        "keyEncipherment": usage.key_encipherment,
        "dataEncipherment": usage.data_encipherment,
        "keyAgreement": usage.key_agreement,
        "keyCertSign": usage.key_cert_sign,
        "cRLSign": usage.crl_sign,
    }
    return ", ".join(name for name, given in named.items() if given)


def _policies(certificate: x509.Certificate) -> str:
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return ""
    return ", ".join(p.policy_identifier.dotted_string for p in list(policies)[:_POLICIES_SHOWN])
