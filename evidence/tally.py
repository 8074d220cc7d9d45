"""Keeping count while a file goes by: sequence numbers and the counts in header and trailer (7123)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evidence.faults import Place, RecordError
from evidence.file_faults import CountMismatch, WrongSequence
from evidence.layouts.shape import FileLayout


class Tally:
    """Counts the data records of one file."""

    def __init__(self, layout: FileLayout) -> None:
        self.layout = layout
        self.counted = 0
        self.declared = ""
        self.header_place: Place | None = None

    def header(self, values: Mapping[str, str], place: Place) -> None:
        """Remember the count in the header; it may be blank where the table allows that, or unreadable."""
        self.declared = values.get("record_count", "")
        self.header_place = place.moved(self.layout.header.offsets["record_count"])

    def data(self, values: Mapping[str, str], place: Place) -> Iterator[RecordError]:
        """Count a data record. Its sequence number has to be its place in the file, 1 being the first."""
        self.counted += 1
        found = values.get("sequence")
        if found is not None and int(found) != self.counted:
            yield WrongSequence(place.moved(self.layout.data.offsets["sequence"]), self.counted, found)

    def trailer(self, values: Mapping[str, str], place: Place) -> Iterator[RecordError]:
        """Compare both counts with the number of data records."""
        if self.declared and self.header_place is not None and int(self.declared) != self.counted:
            field = self.layout.header.field("record_count")
            yield CountMismatch(self.header_place, field.name, field.ko, int(self.declared), self.counted)
        total = values.get("total")
        if total is not None and int(total) != self.counted:
            field = self.layout.trailer.field("total")
            here = place.moved(self.layout.trailer.offsets["total"])
            yield CountMismatch(here, field.name, field.ko, int(total), self.counted)
