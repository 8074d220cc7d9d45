"""A record's table as a way of reading and writing many records column by column: the short way of sound records.

All of it is derived from the table and says nothing of its own. It knows two answers: the records as the fields would
give them, or None, and then `Record` goes field by field, which alone says what is wrong. A test holds that whatever
is accepted here is accepted there, with the same texts and the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from struct import Struct
from typing import Final, Generic, NamedTuple, TypeVar

from evidence.faults import FieldError
from evidence.field import Field, Mode

BYTES: Final = "latin-1"  # one character for each byte, whatever it is
KEPT: Final = 4096  # texts of a field that are remembered as good
END: Final = "|"  # put behind texts that are looked at together; one that holds it after a SPACE goes the long way
ENDS_IN_FILL: Final = " " + END
LINE: Final = b"\n"  # stands in no text
FROM_START: Final = (0,)

Column = Sequence[str]
"""The texts that one field has in record after record; a single one where it is the same in all of them."""


class Columns(NamedTuple):
    """The texts of so many records by the name of their field."""

    records: int
    texts: Mapping[str, Column]

    def rows(self, names: Sequence[str]) -> Iterable[tuple[str, ...]]:
        """The texts of these fields record by record; a single row where no two records differ in them."""
        columns = [self.texts[name] for name in names]
        longest = max(map(len, columns))
        return zip(*(one if len(one) == longest else repeat(one[0], longest) for one in columns), strict=True)


class AtOnce:
    """The fields of one table.

    A field with a list of values, a form or a date is looked up among the texts that have proved good; what is not
    there yet is asked of the field itself. All others are told by their characters alone.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        """At least three fields must be without a constant, and none of them of two-byte characters."""
        self.total = sum(one.width for one in fields)
        self.names = tuple(one.name for one in fields if one.const is None)
        self._constants = {one.name: one.const for one in fields if one.const is not None}
        self._layout = "".join(f"{one.width}s" for one in fields)
        self._readings = tuple((one.name, _reading(one)) for one in fields)
        self._fillings = tuple((one.name, _filling(one)) for one in fields)

    def read(self, raw: bytes | bytearray, starts: Sequence[int] = FROM_START) -> list[dict[str, str]] | None:
        """The texts of the records that begin at these bytes; None: not every field of all of them is sound."""
        shared: dict[str, str] = {}
        several: list[tuple[str, Column]] = []
        cut = zip(*map(Struct(self._layout).unpack_from, repeat(raw), starts), strict=True)
        for (name, texts_of), column in zip(self._readings, cut, strict=True):
            texts = texts_of(_same(column) or column)
            if texts is None:
                return None
            shared[name] = texts[0]
            if len(texts) > 1:
                several.append((name, texts))
        records = [shared.copy() for _ in starts]
        for name, texts in several:
            for values, text in zip(records, texts, strict=True):
                values[name] = text
        return records

    def encode(self, records: Sequence[Mapping[str, str]]) -> list[bytes] | None:
        """The bytes of each record; None: a text does not fit its field, or the names are not those of the table."""
        columns = self.columns(records, {})
        return None if columns is None else self.write(columns)

    def columns(self, records: Sequence[Mapping[str, str]], given: Mapping[str, Column]) -> Columns | None:
        """The texts of records by field, those that are `given` aside; None: the names are not those of the table."""
        names = [name for name in self.names if name not in given]
        try:
            rows = list(map(itemgetter(*names), records))
        except KeyError:
            return None
        if set(map(len, records)) != {len(names)} and not all(map(self._has_besides(names, given), records)):
            return None
        cut = zip(names, zip(*rows, strict=True), strict=True)
        return Columns(len(rows), {**{name: _same(column) or column for name, column in cut}, **given})

    def write(self, columns: Columns) -> list[bytes] | None:
        """The bytes of each record; None: not every text fits its field."""
        pieces: list[Iterable[str]] = []
        shared = ""  # what all records have since the last field in which they differ
        for name, filled in self._fillings:
            texts = filled(columns.texts.get(name, ()))
            if texts is None:
                return None
            if len(texts) == 1:
                shared += texts[0]
            else:
                pieces += (repeat(shared, columns.records), texts)
                shared = ""
        lines = list(map("".join, zip(*pieces, repeat(shared, columns.records), strict=True)))
        # Filling only ever makes longer: a text that is too wide for its field makes its record too long.
        return list(map(str.encode, lines)) if set(map(len, lines)) == {self.total} else None

    def _has_besides(self, names: Sequence[str], given: Mapping[str, Column]) -> Callable[[Mapping[str, str]], bool]:
        """Whether a record that has these names has nothing else but what is given, and constants that are right."""

        def has(values: Mapping[str, str]) -> bool:
            constants = [name for name in self._constants if name in values]
            known = len(names) + len(constants) + sum(name in values for name in given)
            return len(values) == known and all(values[name] == self._constants[name] for name in constants)

        return has


def at_once(fields: Sequence[Field]) -> AtOnce | None:
    """None for a table that has to be gone through field by field."""
    free = [one for one in fields if one.const is None]
    return None if len(free) < 3 or any(one.mode.hangul for one in free) else AtOnce(fields)


Piece = TypeVar("Piece", bound=str | bytes)


def _same(column: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The one that all of them are; empty where they differ."""
    first = column[0]
    return column[:1] if first == column[-1] and column.count(first) == len(column) else ()


class _Known(Generic[Piece]):
    """What has proved good for a field, and what it becomes: its bytes in the whole width, or a text."""

    def __init__(self, learn: Callable[[Piece], str]) -> None:
        """`learn` asks the field, which may refuse."""
        self.learn = learn
        self.good: dict[Piece, str] = {}

    def all(self, column: Sequence[Piece]) -> Column | None:
        """What these become; None: the field does not take one of them."""
        try:
            return list(map(self.good.__getitem__, column))
        except KeyError:
            return self._asked(column)

    def _asked(self, column: Sequence[Piece]) -> Column | None:
        try:
            good = {piece: self.good.get(piece) or self.learn(piece) for piece in set(column)}
        except FieldError:
            return None
        if len(self.good) >= KEPT:
            self.good.clear()
        self.good.update(good)
        return list(map(good.__getitem__, column))


def _is_looked_up(one: Field) -> bool:
    return bool(one.values or one.pattern or one.date or one.mode is Mode.A)


def _reading(one: Field) -> Callable[[Sequence[bytes]], Column | None]:
    """What makes a field's texts of its bytes; None for an answer where one of them is not sound."""
    if one.const is not None:
        return partial(_constant_read, raw=one.encode(one.const), text=one.const)
    if _is_looked_up(one) or (one.mode is Mode.N and one.may_be_blank):
        return _Known(one.decode).all
    if one.mode is Mode.N:
        return _digits_read
    return partial(_plain_read, may_be_blank=one.may_be_blank)


def _constant_read(column: Sequence[bytes], *, raw: bytes, text: str) -> Column | None:
    return (text,) if column[0] == raw and len(column) == 1 else None


def _digits_read(column: Sequence[bytes]) -> Column | None:
    return LINE.join(column).decode(BYTES).split("\n") if b"".join(column).isdigit() else None


def _plain_read(column: Sequence[bytes], *, may_be_blank: bool) -> Column | None:
    whole = b"".join(column).decode(BYTES)
    if not (whole.isascii() and whole.isprintable()):
        return None
    texts = list(map(str.rstrip, LINE.join(column).decode(BYTES).split("\n")))
    return texts if may_be_blank or all(texts) else None


def _filling(one: Field) -> Callable[[Column], Column | None]:
    """What makes a field's bytes, as text, of its texts; None for an answer where one of them may not be sound."""
    if one.const is not None:
        return partial(_constant_filled, filled=one.encode(one.const).decode(BYTES))
    if _is_looked_up(one) or (one.mode is Mode.N and one.may_be_blank):
        return _Known(partial(_filled, one)).all
    if one.mode is Mode.N:
        return partial(_numbers_filled, width=one.width)
    return partial(_plain_filled, width=one.width, may_be_blank=one.may_be_blank)


def _filled(one: Field, text: str) -> str:
    return one.encode(text).decode(BYTES)


def _constant_filled(_: Column, *, filled: str) -> Column:
    return (filled,)


def _numbers_filled(column: Column, *, width: int) -> Column | None:
    joined = "".join(column)
    if not (all(column) and joined.isascii() and joined.isdigit()):
        return None
    return list(map(str.rjust, column, repeat(width), repeat("0")))


def _plain_filled(column: Column, *, width: int, may_be_blank: bool) -> Column | None:
    joined = END.join((*column, ""))
    if ENDS_IN_FILL in joined or not (joined.isascii() and joined.isprintable()):
        return None
    return list(map(str.ljust, column, repeat(width))) if may_be_blank or all(column) else None
