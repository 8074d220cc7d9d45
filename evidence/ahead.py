"""A stream of which a piece has been read ahead: pipes hand out less at a time than a record takes."""

from __future__ import annotations

from typing import BinaryIO, Final

CHUNK: Final = 1 << 18  # bytes read, or skipped, at a time


class Ahead:
    """What has been read and not been taken yet stands in `held`, from `at` on."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.held = b""
        self.at = 0
        self.piece = 0  # bytes read at a time; what is no FB file is refused after a few

    def has(self, size: int) -> bool:
        """Whether there are so many more bytes; they stay where they are."""
        if len(self.held) - self.at < size:
            self._read(size)
        return len(self.held) - self.at >= size

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; they stay where they are."""
        self.has(size)
        return self.held[self.at : self.at + size]

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
        pieces = [self.held[self.at :]]
        size -= len(pieces[0])
        while size > 0 and (piece := self.stream.read(max(size, self.piece))):
            pieces.append(piece)
            size -= len(piece)
        self.held = b"".join(pieces)
        self.at = 0
