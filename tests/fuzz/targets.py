"""What is fuzzed, by name: functions of bytes that return when every property holds, and raise when one does not.

They need no fuzzer: `test_corpus` puts every kept input through them.
"""

from __future__ import annotations

import binascii
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Final
from zlib import crc32

from cryptography import x509
from cryptography.x509 import ocsp

from certs import TrustStore
from certs.errors import CertsRefusal
from certs.identify_data import IdentifyData
from certs.keys import load_certificates, load_pkcs12, load_private_key
from certs.locations import locations
from certs.npki.private_key_info import random_of
from certs.settings import parse_settings
from consent import strict_json
from consent.charset import Charset
from consent.errors import LANGS, CodedError
from consent.form import Consent, render
from evidence import check, decode_lines, encode_lines, scan, to_line
from service.inspection import Reader, describe
from signer import Prepared
from tests.fuzz.accepted import openssl_vouches, require_sound
from tests.fuzz.mutate import elements_of
from tests.fuzz.pki import JUDGED_AT, PKI, TEXT, TRUST
from tests.fuzz.seeds import PASSWORD
from tests.verifier.forge import Forge
from verifier import Indication, policies, verify_der
from verifier.der import INTEGER, OCTET_STRING
from verifier.policies import VerifyPolicy

Target = Callable[[bytes], None]
READER = Reader(JUDGED_AT, "ko", "ko")


def _passes(der: bytes, trust: TrustStore, policy: VerifyPolicy = policies.KFTC) -> bool:
    verdict = verify_der(der, trust=trust, policy=policy, at=JUDGED_AT)
    for finding in verdict.findings:
        assert finding.code != "CMS-199", finding.details
        for lang in LANGS:
            finding.message(lang), finding.remedy(lang)
    return verdict.indication is Indication.TOTAL_PASSED


def _refused(error: CodedError) -> None:
    """A refusal has its words in both languages."""
    for lang in LANGS:
        assert error.message(lang)
        assert error.remedy(lang)


def message(data: bytes) -> None:
    """What passes was signed just so, can be written in one way only, and passes OpenSSL; `cms` asks for no more."""
    passed = _passes(data, TRUST)
    if passed:
        require_sound(data, TRUST)
    if passed or crc32(data) % 4 == 0:  # twice the time for every message would be half as many messages
        assert _passes(data, TRUST, policies.CMS) or not passed
        describe(data, READER)


_MESSAGES: Final = {name: Forge(PKI, payer=name, content=TEXT.encode()).der() for name in ("rsa", "revoked")}
_ISSUER: Final = PKI.intermediates[0].certificate


def crl(data: bytes) -> None:
    """The list of the authority that issued to both: who passes is not on it, and OpenSSL agrees."""
    trust = _with(crls=(PKI.root.crl, data), ocsp=())
    if trust is None:
        return
    for name, der in _MESSAGES.items():
        if _passes(der, trust):
            loaded = x509.load_der_x509_crl(data)
            assert loaded.next_update_utc is not None
            assert loaded.next_update_utc >= JUDGED_AT
            if loaded.last_update_utc < loaded.next_update_utc:  # else there is no time at which OpenSSL takes it
                require_sound(der, trust, max(JUDGED_AT, loaded.last_update_utc))  # ADR 0016: later lists know more
            serial = PKI.payers[name].certificate.serial_number
            assert loaded.is_signature_valid(_ISSUER.public_key())  # type: ignore[arg-type] # it is RSA
            assert loaded.get_revoked_certificate_by_serial_number(serial) is None


def response(data: bytes) -> None:
    """The only word about either: who passes is good by it, and OpenSSL agrees."""
    trust = _with(crls=(PKI.root.crl,), ocsp=(data,))
    if trust is None:
        return
    for name, der in _MESSAGES.items():
        if _passes(der, trust):
            certificate = PKI.payers[name].certificate
            answers = ocsp.load_der_ocsp_response(data).responses
            said = [one for one in answers if one.serial_number == certificate.serial_number]
            good = [one for one in said if one.certificate_status is ocsp.OCSPCertStatus.GOOD]
            good = [one for one in good if one.next_update_utc is not None and one.next_update_utc >= JUDGED_AT]
            by = {one.hash_algorithm.name for one in good}
            assert any(openssl_vouches(data, certificate, _ISSUER, name, trust) for name in by)


def _with(*, crls: tuple[bytes, ...], ocsp: tuple[bytes, ...]) -> TrustStore | None:
    """The trust folder with other lists and responses; None where they are refused."""
    try:
        return TrustStore.of([PKI.root.der], [a.der for a in PKI.intermediates], crls, ocsp)
    except CertsRefusal as refusal:
        _refused(refusal)
        return None


def certificate(data: bytes) -> None:
    """As an anchor, as an authority, and to be looked at."""
    describe(data, READER)
    try:
        loaded = load_certificates(data)
        items = TrustStore.of([data]).anchors
        _passes(_MESSAGES["rsa"], replace(TRUST, intermediates=items))
        _passes(_MESSAGES["rsa"], replace(TRUST, anchors=(*TRUST.anchors, *items)))
        list(locations(loaded))
        for one in loaded:
            IdentifyData.of(one)
    except CodedError as refusal:
        _refused(refusal)


def keys(data: bytes) -> None:
    if _asks_for_much_work(data):
        return
    for load in (load_pkcs12, load_private_key):
        for password in (None, PASSWORD.decode()):
            try:
                load(data, password)
            except CodedError as refusal:
                _refused(refusal)
    random_of(data)


def _asks_for_much_work(key: bytes) -> bool:
    """Whether a count of iterations stands in it, beside a salt, that would take long: as its owner wishes."""
    try:
        der = binascii.a2b_base64(key.partition(b"-----\n")[2].partition(b"-----")[0]) if key[:1] == b"-" else key
    except binascii.Error:
        return False
    for element in elements_of(der):
        for salt, count in pairwise(element.children):
            if salt.tag == OCTET_STRING and count.tag == INTEGER and count.end - count.body > 2:
                return True
        if element.tag == OCTET_STRING and _asks_for_much_work(der[element.body : element.end]):
            return True
    return False


def fb(data: bytes) -> None:
    """A file is read to its end whatever is in it, and one that is sound comes back byte for byte."""
    list(scan(io.BytesIO(data)))
    check(io.BytesIO(data))
    try:
        lines = [to_line(record) for record in decode_lines(io.BytesIO(data))]
    except CodedError as refusal:
        _refused(refusal)
        return
    out = io.BytesIO()
    encode_lines(lines, out)
    assert out.getvalue() == data


def lines(data: bytes) -> None:
    """What can be encoded comes back as the same file once more."""
    out = io.BytesIO()
    try:
        encode_lines(io.BytesIO(data), out)
    except CodedError as refusal:
        _refused(refusal)
        return
    fb(out.getvalue())


def form(data: bytes) -> None:
    try:
        consent = Consent.from_json(strict_json.parse(data))
        for charset in Charset:
            render(consent, charset)
    except ValueError:
        return  # not JSON: what reads the file says so
    except CodedError as refusal:
        _refused(refusal)


def prepared(data: bytes) -> None:
    try:
        read = Prepared.from_json(data)
    except CodedError as refusal:
        _refused(refusal)
        return
    assert Prepared.from_json(read.to_json()) == read


def settings(data: bytes) -> None:
    try:
        parse_settings(data)
    except CodedError as refusal:
        _refused(refusal)


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "message": message,
        "crl": crl,
        "ocsp": response,
        "certificate": certificate,
        "keys": keys,
        "fb": fb,
        "lines": lines,
        "form": form,
        "prepared": prepared,
        "settings": settings,
    }
)
