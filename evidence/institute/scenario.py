"""A rehearsal as one JSON object: what the other side asks, reports and answers (docs/institute.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, Final

from consent import strict_json
from consent.errors import CodedError
from evidence.codes import ACCEPTED, RESPONSE_CODES
from evidence.identity import Identity
from evidence.institute.files import (
    Asked,
    Change,
    Ended,
    Entry,
    Failure,
    Head,
    make_fb0211,
    make_fb0320,
    make_fb0410,
    make_fb0620,
    make_fb0933,
)
from evidence.writer import Written

HEAD_KEYS: Final = ("institution_code", "bank_code", "van_id", "institution_type")
CONSENT_KEYS: Final = (*Identity._fields, "holder_id", "applied_on")
KEYS: Final = frozenset({"day", "business_number", "consents", "responses", *HEAD_KEYS})
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "FB0410": ("request_type", "evidence_kind", "business_number"),
    "FB0211": ("requested_at", "channel"),
    "FB0320": ("ledger_date", "cancel_type", "channel"),
    "FB0620": ("extra", "submitter_type"),
    "FB0933": ("effective_on", "changed_on"),
}
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "FB0410": (),
    "FB0211": ("new_bank_code", "new_account_number"),
    "FB0320": (),
    "FB0620": ("failure_code",),
    "FB0933": (),
}
ANSWERS: Final = frozenset({"FB0120", "FB0421", "FB0222"})
Object = dict[str, Any]


class ScenarioNotJson(CodedError):
    """The file is not one JSON object."""

    code = "FB-120"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class ScenarioKeyWrong(CodedError):
    """A part of the scenario lacks a key, or has one that it cannot have."""

    code = "FB-121"

    def __init__(self, where: str, key: str) -> None:
        super().__init__(where=where, key=key)


class ScenarioValueWrong(CodedError):
    """A value does not have its form."""

    code = "FB-122"

    def __init__(self, where: str, key: str) -> None:
        super().__init__(where=where, key=key)


@dataclass(frozen=True)
class Scenario:
    """What a scenario says; whatever is refused is refused when it is parsed, or when a file is made of it."""

    head: Head
    files: Mapping[str, tuple[Object, ...]]
    responses: Mapping[str, Mapping[str, Any]]
    consents: Mapping[str, Object]
    business_number: str

    @classmethod
    def parse(cls, raw: bytes, name: str) -> Scenario:
        """Read a scenario.

        Raises:
            ScenarioNotJson, ScenarioKeyWrong, ScenarioValueWrong.
        """
        try:
            whole = strict_json.parse(raw)
        except ValueError:
            raise ScenarioNotJson(name) from None
        if not isinstance(whole, dict):
            raise ScenarioNotJson(name)
        _require_keys(whole, name, ("day",), (*KEYS, *OPTIONAL))
        texts = {key: _text(whole, name, key) for key in HEAD_KEYS if key in whole}
        head = Head(**{"institution_code": "", **texts}, day=_day(whole, name, "day"))
        consents = _part(whole, name, "consents")
        for number, one in enumerate(consents.values(), 1):  # a name may be a person's
            _require_keys(_object(one, "consents", str(number)), f"consents[{number}]", CONSENT_KEYS, ())
        return cls(
            head,
            {code: tuple(_entries(whole, code)) for code in OPTIONAL if code in whole},
            _responses(_part(whole, name, "responses")),
            consents,
            _text(whole, name, "business_number") if "business_number" in whole else "",
        )

    def make(self, code: str, out: BinaryIO) -> Written:
        """Write one of the files that the scenario lists.

        Raises:
            ScenarioKeyWrong, ScenarioValueWrong: an entry names no consent, or a value has not its form.
            RecordError: a value does not fit its field.
        """
        return _MAKERS[code](self, out)

    def forced(self, code: str) -> Callable[[int, Mapping[str, str]], str | None]:
        """The response codes that an FB0120 or FB0421 is to give, by payer number."""
        wanted = self.responses.get(code, {})
        return lambda _, values: wanted.get(values.get("payer_number", ""))

    def processed(self, _number: int, values: Mapping[str, str]) -> tuple[str, str]:
        """The two codes that the FB0222 is to give, by the payer number before the change."""
        cancelled, registered = self.responses.get("FB0222", {}).get(values["old_payer_number"], (ACCEPTED, ACCEPTED))
        return cancelled, registered

    def entries(self, code: str) -> Iterator[_Entry]:
        """Each with the consent that it is about."""
        for number, entry in enumerate(self.files[code], 1):
            where = f"{code}[{number}]"
            _require_keys(entry, where, ("consent", *NEEDED[code]), OPTIONAL[code])
            name = _text(entry, where, "consent")
            if name not in self.consents:
                raise ScenarioValueWrong(where, "consent")
            yield _Entry(where, entry, "consents", self.consents[name])


@dataclass(frozen=True)
class _Entry:
    where: str
    values: Object
    consent_where: str
    consent: Object

    @property
    def identity(self) -> Identity:
        return Identity(*(_text(self.consent, self.consent_where, key) for key in Identity._fields))

    @property
    def applied_on(self) -> date:
        return _day(self.consent, self.consent_where, "applied_on")

    @property
    def holder_id(self) -> str:
        return _text(self.consent, self.consent_where, "holder_id")

    def texts(self, *keys: str) -> dict[str, str]:
        return {key: _text(self.values, self.where, key) for key in keys if key in self.values}

    def day(self, key: str, default: date) -> date:
        return _day(self.values, self.where, key) if key in self.values else default

    def requested_at(self, default: date) -> datetime:
        if "requested_at" not in self.values:
            return datetime(default.year, default.month, default.day, 10, 0, 0)  # noqa: DTZ001 - the clock in Korea
        try:
            at = datetime.fromisoformat(_text(self.values, self.where, "requested_at"))
        except ValueError:
            raise ScenarioValueWrong(self.where, "requested_at") from None
        if at.tzinfo is not None:
            raise ScenarioValueWrong(self.where, "requested_at")
        return at


def _fb0410(scenario: Scenario, out: BinaryIO) -> Written:
    asked = (
        Asked(
            identity=one.identity,
            applied_on=one.applied_on,
            **{"business_number": scenario.business_number, **one.texts(*OPTIONAL["FB0410"])},
        )
        for one in scenario.entries("FB0410")
    )
    return make_fb0410(out, scenario.head, asked)


def _fb0211(scenario: Scenario, out: BinaryIO) -> Written:
    changes = (
        Change(
            identity=one.identity,
            holder_id=one.holder_id,
            requested_at=one.requested_at(scenario.head.day),
            **one.texts(*NEEDED["FB0211"], "channel"),
        )
        for one in scenario.entries("FB0211")
    )
    return make_fb0211(out, scenario.head, changes)


def _fb0320(scenario: Scenario, out: BinaryIO) -> Written:
    ended = (
        Ended(
            identity=one.identity,
            holder_id=one.holder_id,
            ledger_date=one.day("ledger_date", scenario.head.day),
            **one.texts("cancel_type", "channel"),
        )
        for one in scenario.entries("FB0320")
    )
    return make_fb0320(out, scenario.head, ended)


def _fb0620(scenario: Scenario, out: BinaryIO) -> Written:
    failures = (
        Failure(
            identity=one.identity, applied_on=one.applied_on, **one.texts("failure_code", "extra", "submitter_type")
        )
        for one in scenario.entries("FB0620")
    )
    return make_fb0620(out, scenario.head, failures)


def _fb0933(scenario: Scenario, out: BinaryIO) -> Written:
    entries = (
        Entry(
            identity=one.identity,
            applied_on=one.applied_on,
            effective_on=one.day("effective_on", one.applied_on),
            changed_on=one.day("changed_on", one.applied_on) if "changed_on" in one.values else None,
        )
        for one in scenario.entries("FB0933")
    )
    return make_fb0933(out, scenario.head, entries)


_MAKERS: Final = {"FB0410": _fb0410, "FB0211": _fb0211, "FB0320": _fb0320, "FB0620": _fb0620, "FB0933": _fb0933}


def _responses(part: Object) -> dict[str, Object]:
    for code, answers in part.items():
        if code not in ANSWERS:
            raise ScenarioKeyWrong("responses", _shown(code))
        for wanted in _object(answers, "responses", code).values():
            codes = wanted if code == "FB0222" and isinstance(wanted, list) else [wanted]
            is_pair = len(codes) == 2 or code != "FB0222"
            if not (is_pair and all(isinstance(one, str) and one in RESPONSE_CODES for one in codes)):
                raise ScenarioValueWrong(f"responses.{code}", "-")  # payer numbers are not repeated
    return part


def _entries(whole: Object, code: str) -> Iterator[Object]:
    if not isinstance(whole[code], list):
        raise ScenarioValueWrong("-", code)
    for number, entry in enumerate(whole[code], 1):
        yield _object(entry, code, str(number))


def _part(whole: Object, name: str, key: str) -> Object:
    return _object(whole.get(key, {}), name, key)


def _object(value: object, where: str, key: str) -> Object:
    if not isinstance(value, dict):
        raise ScenarioValueWrong(where, _shown(key))
    return value


def _require_keys(one: Object, where: str, needed: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    for key in needed:
        if key not in one:
            raise ScenarioKeyWrong(where, key)
    for key in one:
        if key not in needed and key not in allowed:
            raise ScenarioKeyWrong(where, _shown(key))


def _text(one: Object, where: str, key: str) -> str:
    if not isinstance(one[key], str):
        raise ScenarioValueWrong(where, key)
    return str(one[key])


def _day(one: Object, where: str, key: str) -> date:
    try:
        return date.fromisoformat(_text(one, where, key))
    except ValueError:
        raise ScenarioValueWrong(where, key) from None


def _shown(key: str) -> str:
    return ascii(key[:40])
