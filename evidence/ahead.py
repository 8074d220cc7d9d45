"""A stream of which a piece has been read ahead: pipes hand out less at a time than a record takes."""

from __future__ import annotations

from io import BufferedReader, BytesIO
from typing import BinaryIO, Final

CHUNK: Final = 1 << 19  # bytes read ahead, or skipped, at a time


class Ahead:
    """What has been read and not been taken yet stands in `held`, from `at` to `end`.

    The memory is used again: new memory of that size costs more than all that is read into it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self._is_plain = type(stream) in {BufferedReader, BytesIO}  # what is made after them may know `read` alone
        self.held = bytearray()
        self.at = self.end = 0
        self.piece = 0  # bytes read at a time; what is no FB file is refused after a few

    def has(self, size: int) -> bool:
        """Whether there are so many more bytes; they stay where they are."""
        if self.end - self.at < size:
            self._read(size)
        return self.end - self.at >= size

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; they stay where they are."""
        self.has(size)
        return bytes(memoryview(self.held)[self.at : min(self.at + size, self.end)])

    def take(self, size: int) -> bytes:
        """As `peek`, and past them."""
        taken = self.peek(size)
        self.at += len(taken)
        return taken

    def skip(self, size: int) -> int:
        """Go past `size` bytes without keeping them; return how many there were."""
        left = size
        while left > 0 and (piece := self.take(min(left, CHUNK))):
            left -= len(piece)
        return size - left

    def _read(self, size: int) -> None:
        left = self.held[self.at : self.end]
        room = max(size, len(left) + self.piece)
        if len(self.held) < room:
            self.held = bytearray(room)
        self.held[: len(left)] = left
        self.at, self.end = 0, len(left)
        with memoryview(self.held) as whole:
            while self.end < size and (count := self._fill(whole[self.end : room])):
                self.end += count

    def _fill(self, view: memoryview) -> int:
        """Read as much as comes at once; 0 at the end."""
        if self._is_plain:
            return self.stream.readinto(view) or 0  # type: ignore[attr-defined]
        piece = self.stream.read(len(view)) or b""  # None: of a stream that does not wait
        view[: len(piece)] = piece
        return len(piece)
