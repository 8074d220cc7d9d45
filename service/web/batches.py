"""Batches: every item answered as it would have been alone, in the order of what was asked, under the caller's ref."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from flask import Response
from pydantic import ValidationError

from consent.errors import CodedError, Lang
from evidence.store.answers import Answer
from evidence.store.store import Writing
from service.web import openapi
from service.web.access.required import resources
from service.web.faults import FieldsWrong, TooMuch
from service.web.idempotency import as_answer, written
from service.web.languages import lang
from service.web.problems import document, status_of

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Item(Generic[T]):
    """One item: what it came to, or why it was refused."""

    ref: str | None
    value: T | None
    error: CodedError | None

    def told(self, answer: Answer | None, spoken: Lang) -> dict[str, Any]:
        if self.error is not None or answer is None:
            error = self.error or FieldsWrong("-")
            status = status_of(error)
            said = document(error, status, spoken)
            return {"ref": self.ref, "status": int(status), "result": None, "problem": said}
        return {"ref": self.ref, "status": answer.status, "result": json.loads(answer.body), "problem": None}


@dataclass(frozen=True)
class Batch(Generic[T]):
    """All items of a request."""

    items: tuple[Item[T], ...]

    def mapped(self, work: Callable[[T], U]) -> Batch[U]:
        """Work on those that were not refused; what raises is refused."""
        return Batch(tuple(_tried(item.ref, item, work) for item in self.items))

    def written(self, work: Callable[[Writing, T], Answer]) -> Response:
        """Answer for all, with what `work` writes for those that were not refused: all in one transaction.

        An item that `work` refuses leaves nothing behind, and the others are written nevertheless.
        """
        spoken = lang()  # here: another request may run what this one writes

        def run(writing: Writing) -> Answer:
            def alone(value: T) -> Answer:
                with writing.apart():
                    return work(writing, value)

            try:
                with writing.apart():
                    done = [None if one.value is None else work(writing, one.value) for one in self.items]
                told = [one.told(answer, spoken) for one, answer in zip(self.items, done, strict=True)]
            except CodedError:  # seldom: only then each is written apart, which takes longer
                told = [one.told(one.value, spoken) for one in self.mapped(alone).items]
            return as_answer({"items": told})

        return written(run)


def each(items: Sequence[Any], work: Callable[[Any], T]) -> Batch[T]:
    """Take the items of a request one by one. Raises: TooMuch: there are more than the service takes."""
    limit = resources().settings.batch_limit
    if len(items) > limit:
        raise TooMuch("items", len(items), limit)
    return Batch(tuple(_tried(_ref(item), Item(_ref(item), item, None), work) for item in items))


def _tried(ref: str | None, item: Item[T], work: Callable[[T], U]) -> Item[U]:
    if item.error is not None or item.value is None:
        return Item(ref, None, item.error)
    try:
        return Item(ref, work(item.value), None)
    except ValidationError as error:
        return Item(ref, None, FieldsWrong(_names(error)))
    except CodedError as error:
        if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:  # not the item's fault: the request is refused
            raise
        return Item(ref, None, error)


def _names(error: ValidationError) -> str:
    names = sorted({".".join(map(str, one["loc"])) for one in error.errors(include_input=False, include_url=False)})
    return ", ".join(name if openapi.is_name(name) else "?" for name in names[:20])


def _ref(item: object) -> str | None:
    ref = item.get("ref") if isinstance(item, dict) else getattr(item, "ref", None)
    return ref if isinstance(ref, str) and len(ref) <= 200 else None
