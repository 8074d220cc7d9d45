"""A record as one table of fields; reading, writing, checking and documentation derive from it (설계서 V3.8 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from evidence.at_once import AtOnce, at_once
from evidence.faults import FieldError, FieldMissing, Place, UnknownField
from evidence.field import NOWHERE, Field


@dataclass(frozen=True)
class Record:
    """The table of one record.

    Raises:
        ValueError: the widths do not add up to the printed total, or two fields share a name.
    """

    title: str
    total: int
    fields: tuple[Field, ...]
    offsets: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        widths = [f.width for f in self.fields]
        if sum(widths) != self.total:
            raise ValueError(f"{self.title}: fields take {sum(widths)} bytes, the record has {self.total}")
        names = [f.name for f in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.title}: a field name stands twice")
        if any(f.mode.hangul and f.width % 2 for f in self.fields):
            raise ValueError(f"{self.title}: a field for two-byte characters has an odd width")
        starts = accumulate(widths, initial=0)
        object.__setattr__(self, "offsets", dict(zip(names, starts, strict=False)))

    @cached_property
    def at_once(self) -> AtOnce | None:
        """The short way for sound records; None: there is none for this table."""
        return at_once(self.fields)

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    def decode(self, raw: bytes, place: Place = NOWHERE) -> dict[str, str]:
        """Read a record into its texts by name; `encode` of them gives the same bytes.

        Args:
            raw: exactly `total` bytes.
            place: of the record's first byte, for errors.

        Raises:
            FieldError: the first field that does not hold what it may.
        """
        values, errors = self.read(raw, place)
        for error in errors:
            raise error
        return values

    def read(self, raw: bytes, place: Place = NOWHERE) -> tuple[dict[str, str], list[FieldError]]:
        """Read what can be read: the texts of the sound fields, and an error for each of the others."""
        if len(raw) != self.total:
            raise ValueError(f"{self.title}: {len(raw)} bytes given, the record has {self.total}")
        if self.at_once is not None and (sound := self.at_once.read(raw)) is not None:
            return sound[0], []
        return self.read_by_field(raw, place)

    def read_by_field(self, raw: bytes, place: Place = NOWHERE) -> tuple[dict[str, str], list[FieldError]]:
        """As `read`, the long way."""
        values: dict[str, str] = {}
        errors: list[FieldError] = []
        for one in self.fields:
            start = self.offsets[one.name]
            try:
                values[one.name] = one.decode(raw[start : start + one.width], place.moved(start))
            except FieldError as error:
                errors.append(error)
        return values, errors

    def encode(self, values: Mapping[str, str], place: Place = NOWHERE) -> bytes:
        """Write a record. Fields with a constant may be left out, all others must be there.

        Raises:
            FieldMissing, UnknownField: the names are not those of the table.
            FieldError: a text does not fit its field.
        """
        if self.at_once is not None and (sound := self.at_once.encode((values,))) is not None:
            return sound[0]
        return self.encode_by_field(values, place)

    def encode_by_field(self, values: Mapping[str, str], place: Place = NOWHERE) -> bytes:
        """As `encode`, the long way."""
        for name in values:
            if name not in self.offsets:
                raise UnknownField(place, name, self.title)
        return b"".join(self._pieces(values, place))

    def _pieces(self, values: Mapping[str, str], place: Place) -> Iterator[bytes]:
        for one in self.fields:
            text = values.get(one.name, one.const)
            here = place.moved(self.offsets[one.name])
            if text is None:
                raise FieldMissing(here, one)
            yield one.encode(text, here)
