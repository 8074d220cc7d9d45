"""Looking at the evidence of a record: what the institute's check of the form leaves out, and a court would not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from consent.errors import CodedError
from consent.kinds import KINDS
from evidence.agreement import Compared, compare, text_of
from evidence.content import KINDS_BY_EXTENSION, Agreement
from evidence.content import compare as compare_content
from evidence.faults import Place
from evidence.frames import Frame
from evidence.remarks import DIFFERS_FROM_FORM, NO_TEXT, NOT_IN_TEXT, OTHER_CONTENT, UNKNOWN_CONTENT, Remark
from evidence.vouching import require_vouched
from verifier.verdict import Verdict

Judging = Callable[[str, bytes], Verdict | None]
"""The verdict on evidence of a kind. Its CodedError says why there can be none."""


@dataclass(frozen=True)
class Looking:
    """Looks at records; `judge` judges signed evidence, None: no signature is looked at."""

    judge: Judging | None = None

    def __call__(self, frame: Frame) -> Iterator[Remark]:
        kind = KINDS.get(frame.values.get("evidence_type", ""))
        if kind is None or not frame.evidence:
            return
        if not kind.is_der:
            yield from _content(frame)
            return
        if self.judge is not None:
            yield from self._verdict(self.judge, frame)
        yield from _agreement(frame.values, frame.evidence, frame.place)

    def _verdict(self, judge: Judging, frame: Frame) -> Iterator[Remark]:
        kind = KINDS[frame.values["evidence_type"]]
        try:
            verdict = judge(kind.code, frame.evidence)
            require_vouched(kind, frame.evidence, verdict, frame.place.number)
        except CodedError as error:
            yield Remark(error.code, frame.place, error.details, is_grave=True)


def _content(frame: Frame) -> Iterator[Remark]:
    extension = frame.values.get("extension", "").lower()
    if extension not in KINDS_BY_EXTENSION:
        return
    agreement, found = compare_content(extension, frame.evidence)
    if agreement is Agreement.NO:
        yield Remark(OTHER_CONTENT, frame.place, {"extension": extension, "found": found}, is_grave=True)
    elif agreement is Agreement.UNKNOWN:
        yield Remark(UNKNOWN_CONTENT, frame.place, {"extension": extension})


def _agreement(values: Mapping[str, str], der: bytes, place: Place) -> Iterator[Remark]:
    text = text_of(der)
    if text is None:
        yield Remark(NO_TEXT, place, is_grave=True)
        return
    compared = compare(values, text)
    if compared.differing:
        yield _names(DIFFERS_FROM_FORM, place, compared.differing, is_grave=True)
    if compared.not_found:
        yield _names(NOT_IN_TEXT, place, compared.not_found, is_grave=False)


def _names(code: str, place: Place, names: tuple[str, ...], *, is_grave: bool) -> Remark:
    details = {"fields": ", ".join(names), "labels": Compared.labels(names)}
    return Remark(code, place, details, is_grave=is_grave)
