"""A record's table as one pattern for reading and one template for writing: the short way of sound records.

Both are derived from the table and say nothing of their own. They know two answers: the records as the fields would
give them, or None, and then `Record` goes field by field, which alone says what is wrong. A test holds that whatever
is accepted here is accepted there, with the same texts and the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Final

from evidence.faults import FieldError
from evidence.field import Field, Mode

BYTES: Final = "latin-1"  # one character for each byte, whatever it is
KEPT: Final = 4096  # texts of a field that are remembered as good
END: Final = "|"  # put behind texts that are looked at together; one that holds it after a SPACE goes the long way
ENDS_IN_FILL: Final = " " + END

Column = Sequence[str]
"""The texts that one field has in record after record."""


class AtOnce:
    """The free fields of one table, those without a constant.

    A field with a list of values, a form or a date is looked up among the texts that have proved good; what is not
    there yet is asked of the field itself. All others are told by their characters alone.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        """At least two fields must be free, and none of them of two-byte characters."""
        free = [one for one in fields if one.const is None]
        self.total = sum(one.width for one in fields)
        self.names = tuple(one.name for one in free)
        self._constants = {one.name: one.const for one in fields if one.const is not None}
        self._order = {one.name: one.const or "" for one in fields}
        self._match = re.compile("".join(map(_pattern, fields))).fullmatch
        self._readable = tuple((at, _Known(one)) for at, one in enumerate(free) if _is_looked_up(one))
        self._texts = itemgetter(*self.names)
        self._filled = tuple(map(_filling, free))
        self._slots = tuple(f"%-{one.width}s" for one in free)
        self._template = "".join(map(_place_of, fields))

    def read(self, raw: bytes) -> dict[str, str] | None:
        """The texts of all fields of one record in the table's order; None: not every field is sound."""
        found = self._match(raw.decode(BYTES))
        if found is None:
            return None
        pieces = found.groups()
        for at, known in self._readable:
            if pieces[at] not in known and not known.learns(pieces[at]):
                return None
        values = self._order.copy()
        values.update(zip(self.names, map(str.rstrip, pieces), strict=False))
        return values

    def write(self, records: Sequence[Mapping[str, str]]) -> list[bytes] | None:
        """The bytes of each record; None: not every text fits its field, or the names are not those of the table.

        Going through the records column by column is what makes it quick.
        """
        try:
            rows = list(map(self._texts, records))
        except KeyError:
            return None
        if set(map(len, records)) != {len(self.names)} and not all(map(self._has_constants_besides, records)):
            return None
        slots, columns = [], []
        for slot, filled, column in zip(self._slots, self._filled, zip(*rows, strict=True), strict=True):
            same = column[:1] if column.count(column[0]) == len(column) else None
            pieces = filled(same or column)
            if pieces is None:
                return None
            slots.append((slot % pieces[0]).replace("%", "%%") if same else slot)
            columns += [] if same else [pieces]
        template = self._template % tuple(slots)
        lines = list(map(template.__mod__, zip(*columns, strict=True))) if columns else [template % ()] * len(rows)
        # Slots only ever grow: a text that is too wide for its field makes its record too long.
        return [line.encode(BYTES) for line in lines] if set(map(len, lines)) == {self.total} else None

    def _has_constants_besides(self, values: Mapping[str, str]) -> bool:
        given = [name for name in self._constants if name in values]
        return len(values) == len(self.names) + len(given) and all(
            values[name] == self._constants[name] for name in given
        )


def at_once(fields: Sequence[Field]) -> AtOnce | None:
    """None for a table that has to be gone through field by field."""
    free = [one for one in fields if one.const is None]
    return None if len(free) < 2 or any(one.mode.hangul for one in free) else AtOnce(fields)


class _Known(set[str]):
    """What has proved good for a field: its bytes, in the whole width, or texts that become them."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field

    def learns(self, piece: str) -> bool:
        """Whether the field takes these bytes; if so they are known from now on."""
        return self._takes(piece) and self._keep(piece)

    def learns_text(self, text: str) -> bool:
        """Likewise for a text; one that ends in fill would not read back as it is."""
        return not text.endswith(" ") and self._takes(text.ljust(self.field.width)) and self._keep(text)

    def filled(self, column: Column) -> Column | None:
        """The texts as they are: the template fills them up."""
        return column if self.issuperset(column) or all(map(self.learns_text, set(column))) else None

    def _takes(self, piece: str) -> bool:
        try:
            self.field.decode(piece.encode(BYTES))
        except (FieldError, UnicodeEncodeError):
            return False
        return True

    def _keep(self, one: str) -> bool:
        if len(self) >= KEPT:
            self.clear()
        self.add(one)
        return True


def _filling(one: Field) -> Callable[[Column], Column | None]:
    """What makes a field's bytes of its texts; None for an answer where one of them may not be sound."""
    if _is_looked_up(one):
        return _Known(one).filled
    if one.mode is Mode.N:
        return partial(_numbers, width=one.width)
    return partial(_plain, may_be_blank=one.may_be_blank)


def _numbers(column: Column, *, width: int) -> Column | None:
    joined = "".join(column)
    if not (all(column) and joined.isascii() and joined.isdigit()):
        return None
    return [text.rjust(width, "0") for text in column]


def _plain(column: Column, *, may_be_blank: bool) -> Column | None:
    joined = END.join((*column, ""))
    if ENDS_IN_FILL in joined or not (joined.isascii() and joined.isprintable()):
        return None
    return column if may_be_blank or all(column) else None


def _is_looked_up(one: Field) -> bool:
    return bool(one.values or one.pattern or one.date or one.mode is Mode.A)


def _pattern(one: Field) -> str:
    if one.const is not None:
        return re.escape(_constant(one))
    if one.mode is Mode.N and not _is_looked_up(one):
        return f"([0-9]{{{one.width}}}|[ ]{{{one.width}}})" if one.may_be_blank else f"([0-9]{{{one.width}}})"
    blank = "" if one.may_be_blank or _is_looked_up(one) else f"(?![ ]{{{one.width}}})"
    return f"({blank}[ -~]{{{one.width}}})"


def _place_of(one: Field) -> str:
    """In a template of templates: a constant, or room for the slot that a field's texts, or their one text, go into."""
    return "%s" if one.const is None else _constant(one).replace("%", "%%%%")


def _constant(one: Field) -> str:
    return one.encode(one.const or "").decode(BYTES)
