"""Under which code the institution debits at each bank, and which codes are partly exempt, as the settings have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from evidence.faults import Part, Place
from evidence.layouts import LAYOUTS
from evidence.store.schema import CONSENT, SETTING
from evidence.store.store import Writing

_NAME: Final = "institution:"
_EXEMPT: Final = "partly-exempt:"


@dataclass(frozen=True)
class Contracts:
    """Institution codes by bank; empty: the same code at all of them.

    Attributes:
        codes: by bank, whatever the code before the change.
        own: by the code before the change, and by bank: they go before `codes`, for a store of several institutions.
    """

    codes: Mapping[str, str]
    own: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, connection: Connection) -> Contracts:
        query = select(SETTING.c.name, SETTING.c.value).where(SETTING.c.name.startswith(_NAME)).order_by(SETTING.c.name)
        codes: dict[str, str] = {}
        own: dict[str, dict[str, str]] = {}
        for row in connection.execute(query):
            bank, _, old = row.name.removeprefix(_NAME).partition(":")
            (own.setdefault(old, {}) if old else codes)[bank] = row.value
        return cls(codes, own)

    @property
    def all_codes(self) -> frozenset[str]:
        """Every code that is set, at whatever bank."""
        return frozenset(code for codes in (self.codes, *self.own.values()) for code in codes.values())

    def institution_after(self, asked: Mapping[str, str]) -> str:
        """The institution code after a change of account (FB0211); "" where there is no contract with the new bank.

        At the bank where it is the consent's own code stays: there is a contract, or it could not have been registered.
        """
        old = asked["old_institution_code"]
        codes = {**self.codes, **self.own.get(old, {})}
        stays = not codes or asked["new_bank_code"] == asked["old_bank_code"]
        return old if stays else codes.get(asked["new_bank_code"], "")


def set_institution(writing: Writing, bank: str, code: str, old: str = "") -> None:
    """Set the institution code at a bank, or take it away with "".

    Args:
        writing: a transaction on the store.
        bank: its code.
        code: of the institution there.
        old: for changes from this institution code alone; "" for those from any.

    Raises:
        FieldError: a code does not fit its field.
    """
    for name, text in (("new_institution_code", code), ("old_institution_code", old)):
        if text:
            LAYOUTS["FB0221"].data.field(name).encode(text, Place(Part.DATA))
    name = f"{_NAME}{bank}:{old}" if old else _NAME + bank
    writing.connection.execute(delete(SETTING).where(SETTING.c.name == name))
    if code:
        writing.connection.execute(insert(SETTING), [{"name": name, "value": code}])
    details = {"bank": bank, "institution": code}
    writing.log.add("institution_set", details=details | ({"of": old} if old else {}))


def are_several(connection: Connection) -> bool:
    """Whether live consents have several institution codes at one bank, as those of several institutions have."""
    query = select(CONSENT.c.bank_code).where(CONSENT.c.live).group_by(CONSENT.c.bank_code)
    query = query.having(func.count(CONSENT.c.institution_code.distinct()) > 1).limit(1)
    return connection.execute(query).first() is not None


def has_institution(connection: Connection, code: str) -> bool:
    """Whether an institution code is one of the store's: of a consent, or of the settings."""
    if connection.execute(select(CONSENT.c.id).where(CONSENT.c.institution_code == code).limit(1)).first() is not None:
        return True
    return code in partly_exempt(connection) or code in Contracts.of(connection).all_codes


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
