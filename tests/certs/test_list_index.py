"""Where a list's entries stand: each is found, as its bytes are, and what is no list has no index."""

from __future__ import annotations

import pickle
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import crl as asn1_crl
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from certs.demo_certificates import crl
from certs.list_index import ListIndex
from tests.conftest import BUILT_AT
from tests.fuzz.pki import PKI
from tests.verifier.lists import CERTIFICATE_ISSUER, entry, extension, list_of, long_list, reason
from tests.verifier.pkits import FOLDER
from tests.verifier.raw import integer
from tests.verifier.surgery import elements, tlv

ISSUER = PKI.intermediates[0].key_pair
SERIAL_NUMBERS = st.one_of(
    st.integers(-(2**16), 2**16), st.integers(-(2**160), 2**160), st.sampled_from([2**n for n in range(200)])
)
UNLIKE = tlv(0x30, integer(5), tlv(0x17, b"260601000000Z"))


def entries_of(der: bytes) -> list[tuple[int, bytes]]:
    """As asn1crypto has them: each serial number with its entry's bytes."""
    revoked = asn1_crl.CertificateList.load(der)["tbs_cert_list"]["revoked_certificates"]
    return [(one["user_certificate"].native, one.dump()) for one in revoked]


def check(der: bytes) -> None:
    """That the index has what is in the list, by both libraries."""
    index, entries = ListIndex.of(der), entries_of(der)
    numbers = [number for number, _ in entries]
    assert list(index) == numbers == [one.serial_number for one in x509.load_der_x509_crl(der)]
    assert len(index) == len(numbers)
    assert index.excerpt(numbers) == der
    assert bytes(index.signed) == asn1_crl.CertificateList.load(der)["tbs_cert_list"].dump()
    chosen = random.Random(len(der)).sample(numbers, len(numbers) // 2)
    assert entries_of(index.excerpt(chosen)) == [one for one in entries if one[0] in chosen]
    for number in numbers[:200]:
        assert number in index
        assert entries_of(index.excerpt([number])) == [one for one in entries if one[0] == number]
    for number in {-1, 0, 1, 2**64, *(number + 1 for number in numbers[:200])} - set(numbers):
        assert number not in index


@given(st.lists(SERIAL_NUMBERS, max_size=60))
def test_every_serial_number_is_found_with_all_its_entries(numbers: list[int]) -> None:
    """Twice, too, negative ones, and of any length."""
    check(list_of(ISSUER, [entry(number) for number in (*numbers, *numbers[:5])]))


def test_entries_of_any_length_are_found() -> None:
    long = [
        entry(n, extension(bytes.fromhex("06032a0304"), bytes(length))) for n, length in enumerate(range(0, 400, 7))
    ]
    check(list_of(ISSUER, [*long, entry(2**1100), entry(-(2**1100)), entry(2**70_000), entry(7)]))
    check(long_list(ISSUER, [random.Random(n).getrandbits(100) for n in range(5000)]))


def test_serial_numbers_that_share_a_bucket_are_kept_apart() -> None:
    """Whoever numbers certificates can see to it: CRC-32 is no secret."""
    alike = [n for n in range(2**20) if zlib.crc32(integer(n)[2:]) & 0x3FF == 7]
    check(list_of(ISSUER, [entry(number) for number in alike[:500]]))


def test_a_list_without_entries_has_none() -> None:
    for der in (crl(ISSUER, [], BUILT_AT, 30), list_of(ISSUER, [])):
        index = ListIndex.of(der)
        assert (len(index), list(index), 0 in index, index.excerpt([0, 1])) == (0, [], False, der)


@pytest.mark.parametrize("path", sorted((FOLDER / "crls").glob("*.crl")), ids=lambda path: path.stem)
def test_the_lists_of_pkits_are_found_whole(path: Path) -> None:
    der = path.read_bytes()
    check(der) if entries_of(der) else None


def test_it_is_known_whether_entries_may_name_other_authorities() -> None:
    told = reason(x509.ReasonFlags.superseded)
    assert not ListIndex.of(list_of(ISSUER, [entry(1, told)])).names_issuers
    assert ListIndex.of(list_of(ISSUER, [entry(1, told), entry(2, extension(CERTIFICATE_ISSUER, b"?"))])).names_issuers
    outside = list_of(ISSUER, [entry(1)], extension(CERTIFICATE_ISSUER, b"?"))
    assert not ListIndex.of(outside).names_issuers


@pytest.mark.parametrize(
    "bad",
    [
        tlv(0x30, b"\x02\x02\x00\x05", UNLIKE[-15:]),
        tlv(0x30, b"\x02\x02\xff\x85", UNLIKE[-15:]),
        tlv(0x30, b"\x02\x00", UNLIKE[-15:]),
        tlv(0x30, b"\x02\x81\x01\x05", UNLIKE[-15:]),
        tlv(0x30, b"\x0a\x01\x05", UNLIKE[-15:]),
        tlv(0x31, UNLIKE[2:]),
        b"\x30\x81" + UNLIKE[1:],
        b"\x30\x80" + UNLIKE[2:] + b"\0\0",
        tlv(0x30, UNLIKE[2:], b"\x05\x00"),
        tlv(0x30, UNLIKE[2:], b"\x30\x02\x30\x00"),
        tlv(0x30, integer(5)),
        tlv(0x30, integer(5), tlv(0x17, b"260631000000Z")),
        tlv(0x30, integer(5), tlv(0x17, b"2606010000Z")),
        tlv(0x30, integer(5), tlv(0x18, b"20260601000000.5Z")),
        tlv(0x30, integer(5), tlv(0x16, b"260601000000Z")),
        UNLIKE[:-1],
        UNLIKE + b"\0",
    ],
)
def test_one_entry_in_other_form_than_strict_der_makes_it_no_list(bad: bytes) -> None:
    for entries in ([bad], [entry(1), bad, entry(2)], [entry(1), entry(2), bad]):
        with pytest.raises(ValueError, match=r"."):
            ListIndex.of(list_of(ISSUER, entries))


def outcome(read: Callable[[bytes], object], der: bytes) -> object:
    try:
        return read(der)
    except (ValueError, x509.InvalidVersion):
        return None


def test_whatever_is_changed_it_has_what_the_library_reads_or_nothing() -> None:
    chance = random.Random(5)
    told = reason(x509.ReasonFlags.key_compromise)
    der = list_of(ISSUER, [entry(n, told) for n in (1, 300, 2**64, -7, 2**150)])
    refused = 0
    for _ in range(4000):
        changed = bytearray(der)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            place = chance.randrange(len(der))
            kind = chance.random()
            if kind < 0.7:
                changed[place] = chance.choice((0, 1, 2, 0x17, 0x30, 0x7F, 0x80, 0x81, 0xFF, chance.randrange(256)))
            elif kind < 0.85:
                del changed[place]
            else:
                changed.insert(place, chance.randrange(256))
        data = bytes(changed)
        found = outcome(lambda d: list(ListIndex.of(d)), data)
        assert found == outcome(lambda d: [one.serial_number for one in x509.load_der_x509_crl(d)], data)
        refused += found is None
    assert 400 < refused < 3900


def test_a_changed_list_that_is_still_one_is_taken_apart_where_its_parts_are() -> None:
    """An excerpt of everything is the list itself, whatever stands around its entries."""
    chance = random.Random(6)
    der = list_of(ISSUER, [entry(n) for n in (1, 300, 2**64)])
    kept = 0
    for element in elements(der):
        for value in (0, 1, 0x17, 0x18, 0x30, 0xA0, chance.randrange(256)):
            changed = der[: element.start] + bytes([value]) + der[element.start + 1 :]
            index = outcome(ListIndex.of, changed)
            if isinstance(index, ListIndex) and len(index):
                kept += 1
                assert index.excerpt(index) == changed
    assert kept > 20


def test_it_goes_from_one_process_to_another() -> None:
    index = ListIndex.of(long_list(ISSUER, range(100)))
    again = pickle.loads(pickle.dumps(index))
    assert (again.der, list(again), again.excerpt([7])) == (index.der, list(index), index.excerpt([7]))
