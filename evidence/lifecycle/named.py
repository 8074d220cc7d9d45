"""Consents that the records of a file name, and what such a file does to them, record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Integer, cast, or_, select

from evidence.banks import shipped
from evidence.identity import Identity
from evidence.lifecycle.files import FileState, NewRecord
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.states import AT_THE_BANK, Event, State, after, possible
from evidence.lifecycle.taking import Taking
from evidence.reader import DataRecord
from evidence.store.keyring import Keys
from evidence.store.schema import CONSENT
from evidence.store.store import Writing, groups

AT_ONCE: Final = 500
NEAREST: Final = 5
"""How many consents a remark names that are like one we do not have."""


@dataclass
class Named:
    """A consent that a record names: the live one, else the last of its identity; moved on as records go by."""

    consent_id: int
    state: State
    applied_on: date
    file_id: int | None
    code: str | None  # response or failure code that it stands with

    @property
    def known_to_bank(self) -> bool:
        """Whether it was ever handed in: what is mended and queued again was."""
        return self.state in AT_THE_BANK or self.file_id is not None

    def can(self, event: Event) -> bool:
        """Whether something that happens at the bank can happen to it."""
        return self.known_to_bank and possible(self.state, event, self.code)


@dataclass(frozen=True)
class Effect:
    """What one record comes to: an event, or a remark in its place."""

    code: str
    event: Event | None
    remark: str = ""


def take_in_effects(
    taking: Taking, effect: Callable[[Mapping[str, str], Named | None], Effect], *, remark_unknown: str
) -> None:
    """Take in a file whose records name consents one by one, in their order; nothing that one of them says is refused.

    Args:
        taking: the file.
        effect: what a record does to the consent it names, None where there is no such consent.
        remark_unknown: the remark that is made about a record whose consent is not ours.
    """
    taking.enter(FileState.CLOSED)
    for some in groups(taking.records(), AT_ONCE):
        identities = identities_of(taking.writing, [record.fields for record in some])
        named = find(taking.writing, identities)
        entries, moves = [], []
        for record, identity in zip(some, identities, strict=True):
            one = named.get(identity)
            said = effect(record.fields, one)
            if said.event is not None and one is not None:
                one.state, one.code = after(one.consent_id, one.state, said.event, one.code), said.code
                moves.append(
                    Move(one.consent_id, said.event, said.code, file_id=taking.file_id, record_number=record.sequence)
                )
            elif said.remark == remark_unknown:
                near = nearest(taking.writing.connection, taking.writing.keys, record.fields)
                taking.remark(said.remark, record.sequence, code=said.code, **told_near(near))
            else:
                taking.remark(said.remark, record.sequence, None if one is None else one.consent_id, code=said.code)
            entries.append(_entry(record, identity, one, said))
        taking.enter_records(entries)
        move(taking.writing, moves)


def _entry(record: DataRecord, identity: bytes, one: Named | None, said: Effect) -> NewRecord:
    return NewRecord(
        number=record.sequence,
        texts=record.fields,
        consent_id=None if one is None else one.consent_id,
        identity=identity,
        code=said.code,
        outcome=said.remark or str(said.event),
    )


def identities_of(writing: Writing, named: Sequence[Mapping[str, str]]) -> list[bytes]:
    """The keyed hashes by which consents are found that records name.

    A file names the bank of today (대표코드, 설계서 V3.8 4.7.1), and the evidence may name one that it took over: where
    no consent has exactly what a record says, that of the same account under such a code is meant.
    """
    own = [_identity(writing, fields, fields["bank_code"]) for fields in named]
    merged = {one: fields for one, fields in zip(own, named, strict=True) if _codes_before(fields["bank_code"])}
    there = _known(writing, merged)
    before = {
        one: [_identity(writing, fields, code) for code in _codes_before(fields["bank_code"])]
        for one, fields in merged.items()
        if one not in there
    }
    known = _known(writing, (other for others in before.values() for other in others))
    return [next((other for other in before.get(one, ()) if other in known), one) for one in own]


def _known(writing: Writing, identities: Iterable[bytes]) -> set[bytes]:
    """Those of the identities that a consent has, or had."""
    known: set[bytes] = set()
    for some in groups(identities, AT_ONCE):
        query = select(CONSENT.c.identity).where(CONSENT.c.identity.in_(some))
        known.update(bytes(one) for one in writing.connection.execute(query).scalars())
    return known


def _identity(writing: Writing, fields: Mapping[str, str], bank_code: str) -> bytes:
    named = Identity(fields["institution_code"], fields["payer_number"], bank_code, fields["account_number"])
    return named.hashed(writing.keys.digest)


@cache
def _codes_before(code: str) -> tuple[str, ...]:
    return shipped().codes_before(code)


def find(writing: Writing, identities: Sequence[bytes]) -> dict[bytes, Named]:
    """The consents of these identities: of each the one that is alive, else the last."""
    query = select(CONSENT.c.identity, *NAMED).where(CONSENT.c.identity.in_(identities))
    query = query.order_by(CONSENT.c.live, CONSENT.c.id)
    return {bytes(row.identity): named(row) for row in writing.connection.execute(query)}


NAMED: Final = (CONSENT.c.id, CONSENT.c.state, CONSENT.c.applied_on, CONSENT.c.file_id, CONSENT.c.code)


def named(row: Any) -> Named:  # noqa: ANN401 - a row of the table
    """A consent by the columns of `NAMED`."""
    return Named(row.id, State(row.state), row.applied_on, row.file_id, row.code)


def nearest(connection: Connection, keys: Keys, fields: Mapping[str, str], before: str = "") -> list[int]:
    """Consents with the payer number or the account number that a record names; those with both first, then the latest.

    Args:
        connection: to the store.
        keys: of the store.
        fields: of the record.
        before: `old_` or `new_` where it has two of each.
    """
    payer, account = (fields[before + name] for name in ("payer_number", "account_number"))
    alike = [
        column == keys.digest(name, text)
        for name, text, column in (
            ("payer_number", payer, CONSENT.c.payer_hash),
            ("account_number", account, CONSENT.c.account_hash),
        )
        if text
    ]
    if not alike:
        return []
    both = sum((cast(one, Integer) for one in alike[1:]), cast(alike[0], Integer))
    query = select(CONSENT.c.id).where(or_(*alike)).order_by(both.desc(), CONSENT.c.id.desc()).limit(NEAREST)
    return list(connection.execute(query).scalars())


def told_near(found: Sequence[int]) -> dict[str, str]:
    """The nearest consents as the details of a remark."""
    numbers = ", ".join(map(str, found))
    return {"near": numbers or "none", "near_ko": numbers or "없음"}
