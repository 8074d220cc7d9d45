"""identifyData: the codec, its refusals, and the VID."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from certs.demo import DemoPki
from certs.errors import IdentifyDataMalformed
from certs.identify_data import IDENTIFY_DATA, VID, IdentifyData, VirtualId, virtual_id
from tests.verifier.raw import certified


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.none() | st.binary(max_size=64))
def test_identify_data_round_trips(name: str, value: bytes | None) -> None:
    vid = None if value is None else VirtualId(x509.ObjectIdentifier("1.3.14.3.2.26"), value)
    data = IdentifyData(name, vid)
    assert IdentifyData.decode(data.other_name().value) == data
    assert data.other_name().type_id == IDENTIFY_DATA


def test_the_vid_hashes_number_and_random_twice() -> None:
    number, random = "0000000000000", bytes(range(20))
    inner = b"\x13\x0d" + number.encode() + b"\x03\x15\x00" + random
    content = b"\x30" + bytes([len(inner)]) + inner
    assert virtual_id(number, random).value == hashlib.sha256(hashlib.sha256(content).digest()).digest()


def test_a_payer_of_the_demo_has_name_and_vid_and_an_authority_only_the_name(pki: DemoPki) -> None:
    payer = IdentifyData.of(pki.payers["rsa"].certificate)
    assert payer is not None
    assert payer.real_name == "홍길동"
    assert payer.virtual_id is not None
    assert len(payer.virtual_id.value) == 32
    authority = IdentifyData.of(pki.intermediates[0].certificate)
    assert authority is not None
    assert authority.virtual_id is None
    assert IdentifyData.of(pki.root.certificate) is None


def test_the_name_is_not_shown() -> None:
    assert "홍길동" not in repr(IdentifyData("홍길동"))


def test_user_info_of_other_kinds_is_passed_over() -> None:
    class Any(core.Sequence):  # type: ignore[misc]
        _fields = [("type", core.ObjectIdentifier), ("value", core.Integer)]  # noqa: RUF012 - asn1crypto's way

    class Items(core.SequenceOf):  # type: ignore[misc]
        _child_spec = Any

    class Identify(core.Sequence):  # type: ignore[misc]
        _fields = [("real_name", core.UTF8String), ("user_info", Items)]  # noqa: RUF012 - asn1crypto's way

    other = Identify({"real_name": "가", "user_info": [{"type": "1.2.3", "value": 5}]}).dump()
    assert IdentifyData.decode(other) == IdentifyData("가")
    not_a_vid = Identify({"real_name": "가", "user_info": [{"type": VID.dotted_string, "value": 5}]}).dump()
    with pytest.raises(IdentifyDataMalformed):
        IdentifyData.decode(not_a_vid)


def test_two_vids_are_refused() -> None:
    der = IdentifyData("가", virtual_id("0", b"r")).other_name().value
    name, info = der[2:7], der[7:]
    item = info[2:]
    twice = name + b"\x30\x81" + bytes([2 * len(item)]) + item * 2
    with pytest.raises(IdentifyDataMalformed):
        IdentifyData.decode(b"\x30\x81" + bytes([len(twice)]) + twice)


def test_two_identify_data_are_refused(pki: DemoPki) -> None:
    """Which of them is meant is not ours to guess: one may be the holder's, and one somebody else's."""
    mine, other = (IdentifyData(name, virtual_id("0", b"r")).other_name() for name in ("가", "나"))
    authority = pki.intermediates[0].key_pair
    for names in ([mine, other], [other, mine], [mine, mine]):
        certificate = certified(authority, "signer", (x509.SubjectAlternativeName(names), False)).certificate
        with pytest.raises(IdentifyDataMalformed):
            IdentifyData.of(certificate)


@given(st.binary(max_size=60))
def test_no_bytes_end_in_a_foreign_exception(data: bytes) -> None:
    for der in (data, b"\x30" + bytes([len(data)]) + data):
        with suppress(IdentifyDataMalformed):
            IdentifyData.decode(der)


def test_other_alternative_names_are_passed_over_and_a_malformed_one_is_refused(pki: DemoPki) -> None:
    der = pki.payers["rsa"].certificate.public_bytes(Encoding.DER)
    oid = bytes.fromhex("06092a831a8c9a440a0101")
    assert oid in der
    renamed = x509.load_der_x509_certificate(der.replace(oid, oid[:-1] + b"\x7f", 1))
    assert IdentifyData.of(renamed) is None
    broken = bytearray(der)
    broken[der.index(oid) - 4] = 0x31  # GeneralNames becomes a SET
    with pytest.raises(IdentifyDataMalformed):
        IdentifyData.of(x509.load_der_x509_certificate(bytes(broken)))
