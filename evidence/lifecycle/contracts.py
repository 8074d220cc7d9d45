"""Under which code the institution debits at each bank, and which codes are partly exempt, as the settings have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from evidence.faults import Part, Place
from evidence.layouts import LAYOUTS
from evidence.store.schema import CONSENT, SETTING
from evidence.store.store import Writing

_NAME: Final = "institution:"
_EXEMPT: Final = "partly-exempt:"


@dataclass(frozen=True)
class Contracts:
    """Institution codes by bank; empty: the same code at all of them."""

    codes: Mapping[str, str]

    @classmethod
    def of(cls, connection: Connection) -> Contracts:
        query = select(SETTING.c.name, SETTING.c.value).where(SETTING.c.name.startswith(_NAME))
        return cls({row.name.removeprefix(_NAME): row.value for row in connection.execute(query)})

    def institution_after(self, asked: Mapping[str, str]) -> str:
        """The institution code after a change of account (FB0211); "" where there is no contract with the new bank.

        At the bank where it is the consent's own code stays: there is a contract, or it could not have been registered.
        """
        old = asked["old_institution_code"]
        stays = not self.codes or asked["new_bank_code"] == asked["old_bank_code"]
        return old if stays else self.codes.get(asked["new_bank_code"], "")


def set_institution(writing: Writing, bank: str, code: str) -> None:
    """Set the institution code at a bank, or take it away with "".

    Raises:
        FieldError: the code does not fit its field.
    """
    if code:
        LAYOUTS["FB0221"].data.field("new_institution_code").encode(code, Place(Part.DATA))
    name = _NAME + bank
    writing.connection.execute(delete(SETTING).where(SETTING.c.name == name))
    if code:
        writing.connection.execute(insert(SETTING), [{"name": name, "value": code}])
    writing.log.add("institution_set", details={"bank": bank, "institution": code})


def has_institution(connection: Connection, code: str) -> bool:
    """Whether an institution code is one of the store's: of a consent, or of the settings."""
    if connection.execute(select(CONSENT.c.id).where(CONSENT.c.institution_code == code).limit(1)).first() is not None:
        return True
    return code in partly_exempt(connection) or code in Contracts.of(connection).codes.values()


def partly_exempt(connection: Connection) -> tuple[str, ...]:
    """The institution codes that register by R00 and keep their evidence for audits (4.2, 일부면제기관)."""
    query = select(SETTING.c.name).where(SETTING.c.name.startswith(_EXEMPT, autoescape=True)).order_by(SETTING.c.name)
    return tuple(name.removeprefix(_EXEMPT) for name in connection.execute(query).scalars())


def set_partly_exempt(writing: Writing, code: str, *, exempt: bool) -> None:
    """Say whether an institution code is one of a partly exempt institution; what is queued goes out accordingly.

    Raises:
        FieldError: the code does not fit its field.
    """
    LAYOUTS["FB0110"].data.field("institution_code").encode(code, Place(Part.DATA))
    name = _EXEMPT + code
    writing.connection.execute(delete(SETTING).where(SETTING.c.name == name))
    if exempt:
        writing.connection.execute(insert(SETTING), [{"name": name, "value": "yes"}])
    writing.log.add("partly_exempt_set", details={"institution": code, "exempt": "yes" if exempt else "no"})
