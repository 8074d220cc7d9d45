"""Keeping count while a file goes by: sequence numbers, and the counts in header and trailer (7123, 7124)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evidence.codes import ACCEPTED, IN_ORDER
from evidence.faults import Place, RecordError
from evidence.file_faults import CountMismatch, SoundDespiteErrors, SumMismatch, WrongSequence
from evidence.layouts.shape import FileLayout, Outcome


class Tally:
    """Counts the data records of one file."""

    def __init__(self, layout: FileLayout) -> None:
        self.layout = layout
        self.counted = 0
        self.accepted = dict.fromkeys((one.accepted for one in layout.outcomes), 0)
        self.refused = 0
        self.says_sound = "sound" in layout.trailer.offsets
        self.counts_only = not layout.outcomes and not self.says_sound
        self.declared = ""
        self.header_place: Place | None = None

    def header(self, values: Mapping[str, str], place: Place) -> None:
        """Remember the count in the header; it may be blank where the table allows that, or unreadable."""
        self.declared = values.get("record_count", "")
        self.header_place = place.moved(self.layout.header.offsets["record_count"])

    def count(self, values: Mapping[str, str]) -> None:
        """Count a data record, and what its codes say."""
        self.counted += 1
        for one in self.layout.outcomes:
            self.accepted[one.accepted] += values.get(one.code) in IN_ORDER
        if self.says_sound:
            self.refused += values.get("response_code") != ACCEPTED

    def count_all(self, records: Sequence[Mapping[str, str]]) -> None:
        """Count data records."""
        if self.counts_only:
            self.counted += len(records)
        else:
            for values in records:
                self.count(values)

    def data(self, values: Mapping[str, str], place: Place) -> Iterator[RecordError]:
        """Count a data record. Its sequence number has to be its place in the file, 1 being the first.

        Those of FB0120 are the numbers that the records had in FB0110.
        """
        self.count(values)
        found = values.get("sequence")
        if found is not None and not self.layout.refused_only and int(found) != self.counted:
            yield WrongSequence(place.moved(self.layout.data.offsets["sequence"]), self.counted, found)

    def closing(self) -> dict[str, str]:
        """What the data records say about the trailer: all its counts, but those of FB0120 and FB0421 of other files.

        FB0120 counts the rejected ones only; `requested` of FB0421 stands in FB0410.
        """
        texts = {self.layout.counted: str(self.counted)}
        if not self.layout.refused_only:
            for one in self.layout.outcomes:
                accepted = self.accepted[one.accepted]
                texts |= {one.accepted: str(accepted), one.rejected: str(self.counted - accepted)}
        if self.says_sound:
            texts["sound"] = "N" if self.refused else "Y"
        return texts

    def trailer(self, values: Mapping[str, str], place: Place) -> Iterator[RecordError]:
        """Compare the counts with the number of data records, and with each other."""
        if self.declared and self.header_place is not None and int(self.declared) != self.counted:
            field = self.layout.header.field("record_count")
            yield CountMismatch(self.header_place, field.name, field.ko, int(self.declared), self.counted)
        counted = values.get(self.layout.counted)
        if counted is not None and int(counted) != self.counted:
            field = self.layout.trailer.field(self.layout.counted)
            here = place.moved(self.layout.trailer.offsets[field.name])
            yield CountMismatch(here, field.name, field.ko, int(counted), self.counted)
        for one in self.layout.outcomes:
            yield from self._sum(one, values, place)
        if self.refused and values.get("sound") == "Y":
            sound = self.layout.trailer.field("sound")
            yield SoundDespiteErrors(place.moved(self.layout.trailer.offsets["sound"]), sound, self.refused)

    def _sum(self, one: Outcome, values: Mapping[str, str], place: Place) -> Iterator[RecordError]:
        total, accepted, rejected = (values.get(name) for name in ("total", one.accepted, one.rejected))
        if total is None or accepted is None or rejected is None:
            return
        if int(accepted) + int(rejected) != int(total):
            trailer = self.layout.trailer
            fields = (trailer.field(one.accepted), trailer.field(one.rejected))
            here = place.moved(trailer.offsets[one.accepted])
            yield SumMismatch(here, fields, int(total), int(accepted) + int(rejected))
