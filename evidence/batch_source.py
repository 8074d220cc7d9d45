"""The evidence in an FB file as references for a batch (`verifier.batch`): where each record's DER lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evidence.faults import Part
from evidence.frames import Frame, frames
from evidence.layouts import LAYOUTS
from verifier.batch.chunks import Chunk, grouped

WITH_EVIDENCE = tuple(code for code, layout in LAYOUTS.items() if layout.evidence is not None)


def is_fb_file(path: Path) -> bool:
    """Whether it begins as a file with evidence does."""
    with path.open("rb") as stream:
        return stream.read(7) in {b"H" + code.encode() for code in WITH_EVIDENCE}


class FbSource:
    """The DERs of an FB0110 or FB0420.

    Attributes:
        left_out: records of the file that hold none, or one of another kind; known when `chunks` has come to its end.
    """

    def __init__(self, path: Path, stamp: str, kinds: frozenset[str]) -> None:
        """`kinds` are the evidence kinds that are to be judged."""
        self.path, self.stamp, self.kinds = path, stamp, kinds
        self.left_out = 0

    def chunks(self) -> Iterator[Chunk]:
        """References to the evidence of every record, by its number in the file.

        A record that is damaged so that its evidence cannot be told comes out as a row without bytes, and so does
        whatever keeps the file from being read to its end: nothing says what would have come behind it.
        """
        for entries in grouped(self._entries()):
            yield Chunk("ranges", str(self.path), self.stamp, tuple(entries), ("",))

    def _entries(self) -> Iterator[tuple[str, int, int]]:
        self.left_out = 0
        with self.path.open("rb") as stream:
            for frame in frames(stream):
                entry = self._entry(frame)
                if entry is not None:
                    yield entry

    def _entry(self, frame: Frame) -> tuple[str, int, int] | None:
        place = frame.place
        if place.part is not Part.DATA or frame.layout is None:
            name = "header" if place.part is Part.HEADER else "trailer"
            return (name, -1, 0) if frame.errors else None
        identity = f"{place.number:010}"
        if frame.evidence and frame.values.get("evidence_type") in self.kinds:
            return identity, place.offset + frame.layout.data.total, len(frame.evidence)
        if frame.errors:
            return identity, -1, 0
        self.left_out += 1
        return None
