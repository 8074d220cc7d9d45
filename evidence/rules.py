"""What a record's evidence must be like beyond the form of each field: kind, extension, holder's id (2.5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from consent.form_fields import is_birth_date, is_business_number
from consent.kinds import KINDS
from evidence.at_once import KEPT, Columns
from evidence.codes import ACCEPTED
from evidence.faults import FieldBlank, FieldError, Place, RecordError
from evidence.field import NOWHERE, Field
from evidence.record import Record

LARGEST: Final = max(kind.max_bytes for kind in KINDS.values())  # bytes of evidence that any record may carry
SMALLEST: Final = min(kind.max_bytes for kind in KINDS.values())  # and that every record may


class KindNotAllowed(FieldError):
    """Evidence is declared without one of the kinds 1 to 7."""

    code = "FB-050"


class WrongExtension(FieldError):
    """The extension is not one that the kind of evidence may have."""

    code = "FB-051"

    def __init__(self, place: Place, field: Field, found: str, kind: str) -> None:
        allowed = KINDS[kind].extensions
        super().__init__(place, field, found, kind=kind, allowed=", ".join(sorted(allowed)) if allowed else "*")


class EvidenceTooLarge(FieldError):
    """There are more bytes of evidence than its kind allows."""

    code = "FB-052"

    def __init__(self, place: Place, field: Field, kind: str, got: int) -> None:
        limit = KINDS[kind].max_bytes if kind in KINDS else LARGEST
        super().__init__(place, field, str(got), kind=kind, got=got, limit=limit)


class EvidenceMissing(RecordError):
    """A record that must carry evidence has none."""

    code = "FB-053"

    def __init__(self, place: Place, field: Field) -> None:
        super().__init__(place, "7122", field=field.name, ko=field.ko)


class EvidenceNotExpected(RecordError):
    """A cancellation, or an answer that says there is none, carries evidence all the same."""

    code = "FB-054"

    def __init__(self, place: Place, field: Field, got: int) -> None:
        super().__init__(place, "7199", field=field.name, ko=field.ko, got=got)


class ExtensionNotExpected(FieldError):
    """An answer that says there is no evidence names an extension (4.6.2)."""

    code = "FB-055"


class WrongHolderId(FieldError):
    """The holder's id does not have the form of its type: YYMMDD, ten digits, or a passport number."""

    code = "FB-056"

    def __init__(self, place: Place, field: Field, found: str, id_type: str) -> None:
        super().__init__(place, field, found, id_type=id_type)


def limit_of(kind: str) -> int:
    """Bytes of evidence that a record of this kind may carry; the largest of all where the kind is not known."""
    return KINDS[kind].max_bytes if kind in KINDS else LARGEST


def expects_evidence(values: Mapping[str, str]) -> bool | None:
    """Whether a data record has to carry evidence; None where the field that says so could not be read."""
    if "cancellation" in values:
        return values["cancellation"] == "N"
    if "evidence_present" in values:
        return values["evidence_present"] == "Y"
    return None


def check_record(record: Record, values: Mapping[str, str], place: Place) -> list[RecordError]:
    """Look at what the sound fields of a data record say together.

    Args:
        record: table of the data record; most without evidence have nothing to check here.
        values: texts of the fields that could be read.
        place: of the record's first byte.
    """
    return [error for rule in _rules_for(record) for error in rule.look(record, values, place)]


def hold(record: Record, columns: Columns) -> bool:
    """Whether `check_record` finds nothing wrong with any of these records, whose fields are all sound."""
    return all(rule.holds(record, columns) for rule in _rules_for(record))


class _Rule:
    """One thing to look at, which depends on nothing but the texts of a few fields, those of them that a table has."""

    def __init__(self, look: Callable[[Record, Mapping[str, str], Place], Iterable[RecordError]], *reads: str) -> None:
        self.look, self.reads = look, reads
        self._passed: dict[tuple[str, ...], set[tuple[str, ...]]] = {}

    def holds(self, record: Record, columns: Columns) -> bool:
        """Each combination of texts is looked at once, and remembered if it passes."""
        names = tuple(name for name in self.reads if name in record.offsets)
        if not names:
            return True
        passed = self._passed.setdefault(names, set())
        new = set(columns.rows(names)) - passed
        if any(any(self.look(record, dict(zip(names, row, strict=True)), NOWHERE)) for row in new):
            return False
        if len(passed) >= KEPT:
            passed.clear()
        passed |= new
        return True


def _rules_for(record: Record) -> tuple[_Rule, ...]:
    if "evidence_size" not in record.offsets or "response_code" in record.offsets:
        # FB0120 and FB0421 give back what was sent, faults included
        return RECEIPT if "receipt_code" in record.offsets else ()
    return SUBMITTED


def _check_receipt(record: Record, values: Mapping[str, str], place: Place) -> Iterator[FieldBlank]:
    """An institution that takes a change says under which code and number it goes on (4.4.2, data 14 and 16)."""
    if values.get("receipt_code") == ACCEPTED and "register_code" not in record.offsets:
        for name in ("new_institution_code", "new_payer_number"):
            if values.get(name) == "":
                yield FieldBlank(*_at(record, name, place), "")


def _check_evidence(record: Record, values: Mapping[str, str], place: Place) -> list[RecordError]:
    """Whether kind, extension and size are those that a record with, or without, evidence has."""
    size = values.get("evidence_size")
    has_evidence = None if size is None else int(size) > 0
    wrong = _wrong(values.get("evidence_type"), values.get("extension"), expects_evidence(values), has_evidence)
    return [refusal(record, values, place) for refusal in wrong if _is_for(refusal, record)]


Refusal = Callable[[Record, Mapping[str, str], Place], RecordError]


@lru_cache(maxsize=4096)
def _wrong(
    kind: str | None,
    extension: str | None,
    expected: bool | None,  # noqa: FBT001 - what is cached takes no names
    has_evidence: bool | None,  # noqa: FBT001
) -> tuple[Refusal, ...]:
    """What is wrong with a record's evidence; None stands for what could not be read."""
    refusals: list[Refusal] = []
    if expected:
        if kind is not None and kind not in KINDS:
            refusals.append(_kind_not_allowed)
        elif kind is not None and extension is not None and not KINDS[kind].accepts_extension(extension):
            refusals.append(_wrong_extension)
        if has_evidence is False:
            refusals.append(_evidence_missing)  # a size over the kind's limit is found when the record is read
    elif expected is False:
        if has_evidence:
            refusals.append(_evidence_not_expected)
        if extension:
            refusals.append(_extension_not_expected)
    return tuple(refusals)


def _is_for(refusal: Refusal, record: Record) -> bool:
    """A cancellation may keep the extension that it was registered with; an answer that there is none may not."""
    return refusal is not _extension_not_expected or "evidence_present" in record.offsets


def _kind_not_allowed(record: Record, values: Mapping[str, str], place: Place) -> RecordError:
    return KindNotAllowed(*_at(record, "evidence_type", place), values["evidence_type"])


def _wrong_extension(record: Record, values: Mapping[str, str], place: Place) -> RecordError:
    return WrongExtension(*_at(record, "extension", place), values["extension"], values["evidence_type"])


def _evidence_missing(record: Record, _: Mapping[str, str], place: Place) -> RecordError:
    return EvidenceMissing(*_at(record, "evidence_size", place))


def _evidence_not_expected(record: Record, values: Mapping[str, str], place: Place) -> RecordError:
    return EvidenceNotExpected(*_at(record, "evidence_size", place), int(values["evidence_size"]))


def _extension_not_expected(record: Record, values: Mapping[str, str], place: Place) -> RecordError:
    return ExtensionNotExpected(*_at(record, "extension", place), values["extension"])


def check_holder(record: Record, values: Mapping[str, str], place: Place) -> list[RecordError]:
    """Whether the holder's id has the form that its type asks for (4.2.1.1, data 5 and 6)."""
    id_type, holder_id = values.get("holder_id_type"), values.get("holder_id")
    if id_type is None or holder_id is None or HOLDER_ID[id_type](holder_id):
        return []
    return [WrongHolderId(*_at(record, "holder_id", place), holder_id, id_type)]


def _is_plain_business_number(text: str) -> bool:
    """Without the hyphens that the consent form allows."""
    return "-" not in text and is_business_number(text)


def _is_passport_number(text: str) -> bool:
    return re.fullmatch("[0-9A-Za-z]{5,13}", text) is not None


HOLDER_ID: Final[Mapping[str, Callable[[str], bool]]] = {
    "0": lru_cache(maxsize=40_000)(is_birth_date),  # there are fewer days
    "1": _is_plain_business_number,
    "2": _is_passport_number,
}


def _at(record: Record, name: str, place: Place) -> tuple[Place, Field]:
    return place.moved(record.offsets[name]), record.field(name)


RECEIPT: Final = (_Rule(_check_receipt, "receipt_code", "register_code", "new_institution_code", "new_payer_number"),)
SUBMITTED: Final = (
    _Rule(_check_evidence, "evidence_type", "extension", "evidence_size", "cancellation", "evidence_present"),
    _Rule(check_holder, "holder_id_type", "holder_id"),
)
