"""What can be wrong with a file as a whole: which file it is, its order, its counts, its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent.errors import CodedError
from consent.system_reasons import WRITING_KO
from evidence.faults import Part, Place, RecordError

if TYPE_CHECKING:
    from evidence.field import Field

START = Place(Part.HEADER)
FORMAT = "7199"  # 첨부1 나: 기타 FORMAT 오류
COUNTS = "7123"  # Data 건수 불일치
SUMS = "7124"  # Data 총 건수 불일치


class SumMismatch(RecordError):
    """Two counts of the trailer do not add up to its total."""

    code = "FB-023"

    def __init__(self, place: Place, fields: tuple[Field, Field], total: int, added: int) -> None:
        first, second = fields
        super().__init__(
            place,
            SUMS,
            field=first.name,
            ko=first.ko,
            second=second.name,
            second_title=second.ko,
            total=total,
            sum=added,
        )


class LineEndsVary(RecordError):
    """The header of a file that is printed without line ends has CR/LF behind it, and another record has not."""

    code = "FB-024"

    def __init__(self, place: Place) -> None:
        super().__init__(place, FORMAT)


class SoundDespiteErrors(RecordError):
    """The trailer calls the file sound although it lists records with errors (4.6.3)."""

    code = "FB-025"

    def __init__(self, place: Place, field: Field, refused: int) -> None:
        super().__init__(place, FORMAT, field=field.name, ko=field.ko, refused=refused)


class EmptyFile(RecordError):
    """There is not one byte."""

    code = "FB-030"

    def __init__(self) -> None:
        super().__init__(START, FORMAT)


class NotAnFbFile(RecordError):
    """The file does not begin with `H` and a file code of the specification."""

    code = "FB-031"

    def __init__(self, known: str) -> None:
        super().__init__(START, "7116", known=known)


class LayoutNotSpecified(RecordError):
    """The specification names this file and gives no layout for it."""

    code = "FB-032"

    def __init__(self, file_code: str, title: str) -> None:
        super().__init__(START, "7116", file_code=file_code, title=title)


class CutShort(RecordError):
    """The file ends within a record."""

    code = "FB-034"

    def __init__(self, place: Place, needed: int, got: int) -> None:
        super().__init__(place, FORMAT, needed=needed, got=got)


class NotARecord(RecordError):
    """Where a record had to begin stands something that is neither a data record nor a trailer."""

    code = "FB-035"

    def __init__(self, place: Place) -> None:
        super().__init__(place, "7115")


class WrongSequence(RecordError):
    """Sequence numbers do not run 1, 2, 3 and so on."""

    code = "FB-036"

    def __init__(self, place: Place, expected: int, found: str) -> None:
        super().__init__(place, FORMAT, field="sequence", ko="처리순번", expected=expected, found=found)


class CountMismatch(RecordError):
    """A count in header or trailer is not the number of data records."""

    code = "FB-037"

    def __init__(self, place: Place, field: str, ko: str, declared: int, counted: int) -> None:
        super().__init__(place, COUNTS, field=field, ko=ko, declared=declared, counted=counted)


class AfterTrailer(RecordError):
    """Something stands behind the trailer."""

    code = "FB-038"

    def __init__(self, place: Place) -> None:
        super().__init__(place, FORMAT)


class NoTrailer(RecordError):
    """The file ends without a trailer."""

    code = "FB-039"

    def __init__(self, place: Place) -> None:
        super().__init__(place, FORMAT)


class PaddingNotBlank(RecordError):
    """Behind the evidence stands something other than SPACE before the block ends."""

    code = "FB-040"

    def __init__(self, place: Place) -> None:
        super().__init__(place, FORMAT)


class CannotContinue(RecordError):
    """A record is damaged such that where the next one begins is not known; the rest was not read."""

    code = "FB-041"

    def __init__(self, place: Place) -> None:
        super().__init__(place, FORMAT)


class SizeMismatch(RecordError):
    """The declared size is not the number of bytes of evidence that were given."""

    code = "FB-042"

    def __init__(self, place: Place, declared: int, got: int) -> None:
        super().__init__(place, "7121", field="evidence_size", declared=declared, got=got)


class WrongFile(RecordError):
    """The file is sound, but another one was asked for."""

    code = "FB-043"

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(START, "7116", wanted=wanted, found=found)


class AnswersOneFile(CodedError):
    """A result file (FB0120, FB0421) was to be merged or split: its numbers and counts are those of one other file."""

    code = "FB-049"

    def __init__(self, file_code: str, title: str) -> None:
        super().__init__(file_code=file_code, title=title)


class HeadersDiffer(CodedError):
    """Files were to be merged whose headers say different things, beyond the bank and the count."""

    code = "FB-084"

    def __init__(self, file: str, field: Field) -> None:
        super().__init__(file=file, field=field.name, ko=field.ko)


class PartExists(CodedError):
    """A file was to be split, and one of its parts is there already."""

    code = "FB-085"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class NotWritable(CodedError):
    """An output file cannot be made, filled or put in its place. `number` is the system's (errno)."""

    code = "FB-044"

    def __init__(self, name: str, reason: str, number: int = 0) -> None:
        super().__init__(name=name, reason=reason, reason_ko=WRITING_KO.get(number, reason))
