"""Batches: every item answered as it would have been alone, in the order of what was asked, under the caller's ref."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from consent.errors import CodedError
from evidence.store.answers import Answer
from service.web import openapi
from service.web.access.required import resources
from service.web.faults import FieldsWrong
from service.web.idempotency import as_answer
from service.web.problems import problem, status_of

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Item(Generic[T]):
    """One item: what it came to, or why it was refused."""

    ref: str | None
    value: T | None
    error: CodedError | None

    def told(self, answer: Answer | None) -> dict[str, Any]:
        if self.error is not None or answer is None:
            error = self.error or FieldsWrong("-")
            return {"ref": self.ref, "status": int(status_of(error)), "result": None, "problem": problem(error)}
        return {"ref": self.ref, "status": answer.status, "result": json.loads(answer.body), "problem": None}


@dataclass(frozen=True)
class Batch(Generic[T]):
    """All items of a request."""

    items: tuple[Item[T], ...]

    def mapped(self, work: Callable[[T], U]) -> Batch[U]:
        """Work on those that were not refused; what raises is refused."""
        return Batch(tuple(_tried(item.ref, item, work) for item in self.items))

    def written(self, work: Callable[[T], Answer]) -> Answer:
        """Answer for all, with what `work` writes for those that were not refused: all in one transaction."""
        told = [one.told(None if one.error or one.value is None else work(one.value)) for one in self.items]
        return as_answer({"items": told})


def each(items: Sequence[Any], work: Callable[[Any], T]) -> Batch[T]:
    """Take the items of a request one by one. Raises: FieldsWrong: there are more than the service takes."""
    if len(items) > resources().settings.batch_limit:
        raise FieldsWrong("items")
    return Batch(tuple(_tried(_ref(item), Item(_ref(item), item, None), work) for item in items))


def _tried(ref: str | None, item: Item[T], work: Callable[[T], U]) -> Item[U]:
    if item.error is not None or item.value is None:
        return Item(ref, None, item.error)
    try:
        return Item(ref, work(item.value), None)
    except ValidationError as error:
        return Item(ref, None, FieldsWrong(_names(error)))
    except CodedError as error:
        return Item(ref, None, error)


def _names(error: ValidationError) -> str:
    names = sorted({".".join(map(str, one["loc"])) for one in error.errors(include_input=False, include_url=False)})
    return ", ".join(name if openapi.is_name(name) else "?" for name in names[:20])


def _ref(item: object) -> str | None:
    ref = item.get("ref") if isinstance(item, dict) else getattr(item, "ref", None)
    return ref if isinstance(ref, str) and len(ref) <= 200 else None
