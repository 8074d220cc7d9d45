"""Where in a revocation list (CRL) the entries of a serial number stand.

A list may have a million entries, of which a verdict asks about a few. Read as objects they take a gigabyte; here it is
twelve to sixteen bytes each, and the list itself stays the only place that says what an entry is.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from zlib import crc32

from cryptography import x509

_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02
_TIMES: Final = frozenset({0x17, 0x18})
_BYTES_A_BUCKET: Final = 32  # entries have 20 at least, and about 40 as a rule
_CERTIFICATE_ISSUER: Final = bytes.fromhex("0603551d1d")  # RFC 5280 §5.3.3
_BOOLEAN: Final = 0x01
_CRITICAL: Final = bytes.fromhex("0101ff04")  # TRUE, before the value of an extension


class Layout(NamedTuple):
    """Where the parts of a list begin and end (RFC 5280 §5.1); `entries` is empty where it revokes nothing."""

    signed: slice
    fields: slice
    entries: slice
    extensions: slice
    signature: slice


@dataclass(frozen=True, eq=False)
class ListIndex:
    """The entries of one list, in buckets by the CRC-32 of their serial numbers.

    Attributes:
        der: the list.
        names_issuers: whether an entry may say of which authority the certificates are, from there on.
        offsets: where each entry begins, in the list's order.
        before: for each entry, the number, from 1, of the one before it in the same bucket; 0 for none.
        last: for each bucket, the number of its last entry.
    """

    der: bytes = field(repr=False)
    names_issuers: bool
    offsets: array[int] = field(repr=False)
    before: array[int] = field(repr=False)
    last: array[int] = field(repr=False)
    layout: Layout = field(repr=False)

    @classmethod
    def of(cls, der: bytes) -> ListIndex:
        """Read a list through once.

        Raises:
            ValueError, x509.InvalidVersion: it is no X.509 CRL in strict DER.
        """
        x509.load_der_x509_crl(der)  # reads every entry: that all is well-formed need not be looked at again
        layout = layout_of(der)
        at, end = layout.entries.start, layout.entries.stop
        # A power of two, of about as many buckets as entries.
        last = array("I", bytes(4 << ((end - at) // _BYTES_A_BUCKET).bit_length()))
        mask = len(last) - 1
        offsets, before = array("I"), array("I")
        number = 0
        while at < end:  # a million times: what `_contents` does stands here again, without the cost of calling it
            length = der[at + 1]
            if length < 0x80:
                body = at + 2
                after = body + length
            else:
                body, after = _contents(der, at)
            length = der[body + 1]
            stop = body + 2 + length if length < 0x80 else _contents(der, body)[1]
            bucket = crc32(der[body:stop]) & mask
            offsets.append(at)
            before.append(last[bucket])
            number += 1
            last[bucket] = number
            at = after
        names_issuers = der.find(_CERTIFICATE_ISSUER, layout.entries.start, end) >= 0
        return cls(der, names_issuers, offsets, before, last, layout)

    @property
    def signed(self) -> memoryview:
        """What of the list is signed."""
        return memoryview(self.der)[self.layout.signed]

    def __len__(self) -> int:
        return len(self.offsets)

    def __iter__(self) -> Iterator[int]:
        """The serial numbers."""
        return map(self._number_at, self.offsets)

    def _number_at(self, offset: int) -> int:
        start, stop = _contents(self.der, _contents(self.der, offset)[0])
        return int.from_bytes(self.der[start:stop], signed=True)

    def __contains__(self, serial_number: int) -> bool:
        return self.holds(_integer(serial_number))

    def holds(self, serial_number: bytes) -> bool:
        """The same of an encoded INTEGER in strict DER."""
        der = self.der
        number = self.last[crc32(serial_number) & (len(self.last) - 1)]
        while number:
            at = self.offsets[number - 1]
            length = der[at + 1]
            if der.startswith(serial_number, at + 2 if length < 0x80 else at + 2 + (length & 0x7F)):
                return True
            number = self.before[number - 1]
        return False

    def critical(self, known: Collection[bytes]) -> Iterator[int]:
        """Serial numbers of the entries that have critical extensions beside the known, encoded OIDs.

        An entry may be named more than once.
        """
        end = self.layout.entries.stop
        at = self.der.find(_CRITICAL, self.layout.entries.start, end)
        while at >= 0:
            entry = self.offsets[bisect_right(self.offsets, at) - 1]
            if any(oid not in known for oid in self._critical_in(entry)):
                yield self._number_at(entry)
            at = self.der.find(_CRITICAL, at + 1, end)

    def _critical_in(self, entry: int) -> Iterator[bytes]:
        """Encoded OIDs of the critical extensions of an entry."""
        der = self.der
        at, end = _contents(der, entry)
        for _ in range(2):  # serial number, date
            at = _contents(der, at)[1]
        if at < end:
            at, end = _contents(der, at)
        while at < end:
            inner, following = _contents(der, at)
            critical = _contents(der, inner)[1]
            if der[critical] == _BOOLEAN:
                yield der[inner:critical]
            at = following

    def excerpt(self, serial_numbers: Iterable[int]) -> bytes:
        """The list with its entries of these numbers alone, byte for byte and in their order; its signature fails."""
        if self.layout.entries.start == self.layout.entries.stop:
            return self.der
        found = sorted({at for number in serial_numbers for at in self._found(number)})
        entries = b"".join(self.der[at : _contents(self.der, at)[1]] for at in found)
        fields, extensions = self.der[self.layout.fields], self.der[self.layout.extensions]
        signed = _sequence(fields + _sequence(entries) + extensions)
        return _sequence(signed + self.der[self.layout.signature])

    def _found(self, serial_number: int) -> Iterator[int]:
        der, wanted = self.der, _integer(serial_number)
        number = self.last[crc32(wanted) & (len(self.last) - 1)]
        while number:
            at = self.offsets[number - 1]
            length = der[at + 1]
            if der.startswith(wanted, at + 2 if length < 0x80 else at + 2 + (length & 0x7F)):
                yield at
            number = self.before[number - 1]


def layout_of(der: bytes) -> Layout:
    """Of a list that was read as strict DER before."""
    signed, _ = _contents(der, 0)
    fields, end = _contents(der, signed)
    at = fields
    if der[at] == _INTEGER:  # version
        at = _contents(der, at)[1]
    for _ in ("signature", "issuer", "thisUpdate"):
        at = _contents(der, at)[1]
    if at < end and der[at] in _TIMES:  # nextUpdate
        at = _contents(der, at)[1]
    entries = slice(at, at)
    extensions = at
    if at < end and der[at] == _SEQUENCE:
        entries = slice(*_contents(der, at))
        extensions = entries.stop
    return Layout(slice(signed, end), slice(fields, at), entries, slice(extensions, end), slice(end, len(der)))


def _contents(der: bytes, at: int) -> tuple[int, int]:
    """Where the contents of an element begin and end."""
    length = der[at + 1]
    if length < 0x80:
        return at + 2, at + 2 + length
    body = at + 2 + (length & 0x7F)
    return body, body + int.from_bytes(der[at + 2 : body])


def _sequence(contents: bytes) -> bytes:
    return _header(_SEQUENCE, len(contents)) + contents


def _integer(number: int) -> bytes:
    """As DER has it: as short as can be, also of the negative numbers that authorities gave."""
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return _header(_INTEGER, size) + number.to_bytes(size, signed=True)


def _header(tag: int, length: int) -> bytes:
    if length < 0x80:
        return bytes((tag, length))
    digits = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(digits))) + digits
