"""Revocation lists put together by hand: long ones, and entries that no library would write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from asn1crypto import crl as asn1_crl
from cryptography import x509

from certs.demo_certificates import crl
from certs.keys import KeyPair
from tests.conftest import BUILT_AT
from tests.verifier.forge import sign
from tests.verifier.raw import integer
from tests.verifier.surgery import tlv

CERTIFICATE_ISSUER = bytes.fromhex("0603551d1d")
REASON = bytes.fromhex("0603551d15")
INVALIDITY_DATE = bytes.fromhex("0603551d18")
DAYS = 30


def entry(serial_number: int, *extensions: bytes, at: datetime = BUILT_AT, tag: int = 0x17) -> bytes:
    """`tag` is that of its date: UTCTime or GeneralizedTime."""
    date = tlv(tag, at.strftime("%y%m%d%H%M%SZ" if tag == 0x17 else "%Y%m%d%H%M%SZ").encode())
    return tlv(0x30, integer(serial_number), date, *((tlv(0x30, *extensions),) if extensions else ()))


def extension(oid: bytes, value: bytes, *, critical: bool = False) -> bytes:
    return tlv(0x30, oid, *((b"\x01\x01\xff",) if critical else ()), tlv(0x04, value))


def reason(flag: x509.ReasonFlags) -> bytes:
    return extension(REASON, x509.CRLReason(flag).public_bytes())


def list_of(
    issuer: KeyPair, entries: Iterable[bytes], *extensions: bytes, at: datetime = BUILT_AT, days: int = DAYS
) -> bytes:
    """A list with these entries, and these extensions beside the usual ones."""
    usual = asn1_crl.CertificateList.load(crl(issuer, [1], at, days))
    fields = usual["tbs_cert_list"]
    head = [fields[name].dump() for name in ("version", "signature", "issuer", "this_update", "next_update")]
    more = tlv(0xA0, tlv(0x30, fields["crl_extensions"].contents, *extensions))
    signed = tlv(0x30, *head, tlv(0x30, *entries), more)
    algorithm = usual["signature_algorithm"].dump()
    return tlv(0x30, signed, algorithm, tlv(0x03, b"\0" + sign(issuer, signed, "sha256")))


def long_list(issuer: KeyPair, serial_numbers: Iterable[int], at: datetime = BUILT_AT) -> bytes:
    told = reason(x509.ReasonFlags.key_compromise)
    return list_of(issuer, (entry(number, told, at=at - timedelta(days=7)) for number in serial_numbers), at=at)
