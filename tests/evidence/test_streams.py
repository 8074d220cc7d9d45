"""Large files: constant memory, and streams that cannot be rewound."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from evidence import build_fb0110, check, decode_lines, encode_lines, predict, read_file, to_line
from tests.evidence.samples import DAY, built, raw_file, registration

MEBIBYTE = 1 << 20
RECORDS = 120
IMAGE = bytes(300_000)


class Pipe(io.RawIOBase):
    """Neither seekable nor kept: only the size and digest of what went in."""

    def __init__(self) -> None:
        self.size = 0
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raw = bytes(data)  # type: ignore[call-overload]
        self.size += len(raw)
        self.digest.update(raw)
        return len(raw)


class Generated(io.RawIOBase):
    """A file made while it is read: a header, one record over and over, a trailer."""

    def __init__(self, records: int) -> None:
        self.pieces = self._pieces(records)
        self.rest = b""

    @staticmethod
    def _pieces(records: int) -> Iterator[bytes]:
        head = raw_file("FB0110", [], declared=str(records))[:1024]
        record = raw_file("FB0110", [IMAGE], evidence_type="1", extension="jpg")[1024:-1024]
        yield head
        for number in range(1, records + 1):
            yield record[:1] + f"{number:010}".encode() + record[11:]
        yield raw_file("FB0110", [], total=str(records))[-1024:]

    def read(self, size: int = -1) -> bytes:
        if not self.rest:
            self.rest = next(self.pieces, b"")
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


@pytest.fixture
def peak() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


def test_a_large_file_is_read_in_constant_memory(peak: Callable[[], int]) -> None:
    total = len([item.offset for item in read_file(Generated(RECORDS))])  # type: ignore[arg-type]
    assert total == RECORDS + 2
    assert RECORDS * len(IMAGE) > 32 * MEBIBYTE
    assert peak() < 5 * MEBIBYTE


def test_a_large_file_is_checked_in_constant_memory(peak: Callable[[], int]) -> None:
    # one consent over and over
    assert {one.response_code for one in predict(Generated(RECORDS))} == {"0000", "7125"}  # type: ignore[arg-type]
    assert check(Generated(RECORDS)).by_code == {"0000": 3, "7125": RECORDS - 1}  # type: ignore[arg-type]
    assert peak() < 5 * MEBIBYTE


def test_a_large_file_is_written_in_constant_memory_to_a_pipe(peak: Callable[[], int]) -> None:
    one = registration(IMAGE, evidence_kind="1", extension="jpg", verdict=None)
    pipe = Pipe()
    result = build_fb0110(
        pipe,  # type: ignore[arg-type]
        institution_code="9912345678",
        process_date=DAY,
        records=(one for _ in range(RECORDS)),
    )
    assert peak() < 8 * MEBIBYTE
    assert result.written.size == pipe.size > 32 * MEBIBYTE
    assert result.written.sha256 == pipe.digest.digest()


def test_lines_are_made_and_read_in_constant_memory(peak: Callable[[], int]) -> None:
    pipe = Pipe()
    encode_lines((to_line(one) for one in decode_lines(Generated(40))), pipe)  # type: ignore[arg-type]
    assert peak() < 8 * MEBIBYTE
    assert pipe.size > 11 * MEBIBYTE


def test_a_hundred_mebibytes_of_zeros_are_refused_at_once() -> None:
    class Zeros(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return bytes(size)

    zeros = Zeros()
    report = check(zeros)  # type: ignore[arg-type]
    assert not report.sound
    assert zeros.taken < 100


def test_the_same_records_give_the_same_bytes() -> None:
    assert built([registration()]) == built([registration()])
