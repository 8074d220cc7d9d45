"""What can be wrong with one field of one record, and where: the errors that the record tables raise."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from consent.errors import CodedError

if TYPE_CHECKING:
    from consent.wording import Detail
    from evidence.field import Field

SHOWN_WIDTH: Final = 10  # a wider field is never shown: shifted records carry personal data into fillers


class Part(StrEnum):
    """The three kinds of record a file is made of."""

    HEADER = "header"
    DATA = "data"
    TRAILER = "trailer"


class Place(NamedTuple):
    """Where in a file something stands.

    Attributes:
        part: kind of record.
        number: of the data record, counted from 1 as it stands in the file; 0 for header and trailer.
        offset: bytes from the start of the file.
        line: of the JSON lines or the list that the record is made from, counted from 1; 0 where there is none.
    """

    part: Part
    number: int = 0
    offset: int = 0
    line: int = 0

    @property
    def label(self) -> str:
        """`H`, `D` with the record's number, or `T`; the line behind it where there is one."""
        name = self.part.value[0].upper() + (str(self.number) if self.part is Part.DATA else "")
        return f"{name} (line {self.line})" if self.line else name

    @property
    def name_ko(self) -> str:
        label = self.part.value[0].upper() + (str(self.number) if self.part is Part.DATA else "")
        return f"레코드 {label}({self.line}번째 줄)" if self.line else f"레코드 {label}"

    @property
    def name_en(self) -> str:
        return f"Record {self.label}"

    @property
    def where_ko(self) -> str:
        """The record, and the byte in the file; a record that is made from a line has no byte yet, but has the line."""
        return self.name_ko if self.line else f"{self.name_ko}, {self.offset}바이트 위치"

    @property
    def where_en(self) -> str:
        return self.name_en if self.line else f"{self.name_en}, byte {self.offset}"

    def moved(self, by: int) -> Place:
        return self._replace(offset=self.offset + by)


class RecordError(CodedError):
    """Something wrong at a place of a file. The place and the response code (첨부1) are details like any other."""

    def __init__(self, place: Place, response_code: str, **details: Detail) -> None:
        super().__init__(
            part=place.part.value,
            number=place.number,
            record=place.label,
            where_ko=place.where_ko,
            where_en=place.where_en,
            offset=place.offset,
            line=place.line,
            response_code=response_code,
            **details,
        )

    @property
    def part(self) -> Part:
        return Part(str(self.details["part"]))

    @property
    def number(self) -> int:
        return int(self.details["number"])

    @property
    def offset(self) -> int:
        return int(self.details["offset"])

    @property
    def response_code(self) -> str:
        """The code the clearing institute is expected to answer with (첨부1)."""
        return str(self.details["response_code"])

    @property
    def field(self) -> str | None:
        """English name of the field; None where the record as a whole is meant."""
        name = self.details.get("field")
        return None if name is None else str(name)


class FieldError(RecordError):
    """A field holds, or was to hold, what it may not. `found` is masked for personal and for wide fields."""

    def __init__(self, place: Place, field: Field, found: str | bytes, **details: Detail) -> None:
        super().__init__(
            place, field.response_code, field=field.name, ko=field.ko, found=shown(field, found), **details
        )


def shown(field: Field, found: str | bytes) -> str:
    """Show what stood in a field, or `***` where that may be personal data."""
    if field.personal or field.width > SHOWN_WIDTH:
        return "***"
    return ascii(found.decode("latin-1") if isinstance(found, bytes) else found[: 2 * SHOWN_WIDTH])


class FieldTooLong(FieldError):
    """A value is wider than its field. Nothing is ever truncated."""

    code = "FB-010"

    def __init__(self, place: Place, field: Field, found: str, got: int) -> None:
        super().__init__(place, field, found, got=got, width=field.width)


class NotNumeric(FieldError):
    """An N field holds something other than the digits 0 to 9."""

    code = "FB-011"


class NotAscii(FieldError):
    """An AN field holds something other than printable ASCII, Hangul for instance (2.3 다)."""

    code = "FB-012"


class NotAlphabetic(FieldError):
    """An A field holds something other than letters of the English alphabet."""

    code = "FB-013"


class NotFullWidth(FieldError):
    """A field whose mode contains H holds something other than two-byte characters of KS X 1001 (2.3 다)."""

    code = "FB-014"


class WrongConstant(FieldError):
    """A field does not hold the one value that the specification prints."""

    code = "FB-015"

    def __init__(self, place: Place, field: Field, found: str | bytes) -> None:
        super().__init__(place, field, found, expected=ascii(field.const) if field.const else "SPACE")


class ValueNotAllowed(FieldError):
    """A field holds a value outside the printed list."""

    code = "FB-016"

    def __init__(self, place: Place, field: Field, found: str) -> None:
        super().__init__(place, field, found, allowed=", ".join(sorted(field.values)))


class NotADate(FieldError):
    """A date field holds no day of the calendar."""

    code = "FB-017"


class EdgeSpace(FieldError):
    """A value begins or ends with the fill of its field, so that it would not read back as it was given."""

    code = "FB-018"


class FieldMissing(FieldError):
    """A field was not given."""

    code = "FB-019"

    def __init__(self, place: Place, field: Field) -> None:
        super().__init__(place, field, "")


class UnknownField(RecordError):
    """A field was given that the record does not have."""

    code = "FB-020"

    def __init__(self, place: Place, name: str, title: str) -> None:
        super().__init__(place, "7199", field=ascii(name[:40]), title=title)


class FieldBlank(FieldError):
    """A field is blank that must not be."""

    code = "FB-021"


class WrongForm(FieldError):
    """A field does not have the form that its kind of number has, such as three digits for a bank code."""

    code = "FB-022"

    def __init__(self, place: Place, field: Field, found: str) -> None:
        super().__init__(place, field, found, form=field.pattern)
