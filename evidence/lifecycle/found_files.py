"""Files of the store by what an operator calls them: their number, or their name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.lifecycle.errors import FileNotClear, FileUnknown
from evidence.store.numbers import LARGEST
from evidence.store.schema import FILE


def find_file(connection: Connection, word: str, codes: Sequence[str]) -> Row[Any]:
    """The file of one of these codes with this number or name.

    Raises:
        FileUnknown: there is none.
        FileNotClear: several of that name were taken in; each has a number of its own.
    """
    query = select(FILE).where(FILE.c.code.in_(codes)).order_by(FILE.c.id)
    is_number = word.isascii() and word.isdigit() and int(word) <= LARGEST
    rows = connection.execute(query.where(FILE.c.id == int(word) if is_number else FILE.c.name == word)).all()
    if not rows:
        raise FileUnknown(word)
    if len(rows) > 1:
        raise FileNotClear(word, ", ".join(str(row.id) for row in rows))
    return rows[0]
