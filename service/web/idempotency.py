"""Idempotency-Key: whatever is asked twice is done once, and answered alike.

The answer is kept in the very transaction that does what was asked, so that a crash leaves either both or neither.
Errors are not kept: nothing was done, and the same request may be sent again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from functools import cache, wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue

from evidence.store.answers import Answer, Asked, find_answer, find_answers, keep_answers
from evidence.store.store import Writing
from service.web.access.required import caller, end_view, resources, store_view
from service.web.committing import one_by_one
from service.web.faults import (
    CredentialsRefused,
    IdempotencyKeyMalformed,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    RequestRunning,
)

View = TypeVar("View", bound=Callable[..., Any])
Work = TypeVar("Work")
HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_FORM: Final = re.compile(r"[\x21-\x7e]{1,255}")


def idempotent(*, writes: bool) -> Callable[[View], View]:
    """Let a view take Idempotency-Key.

    Args:
        writes: whether it writes, and therefore needs one; such a view answers through `written`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def once(*args: object, **kwargs: object) -> object:
            g.asked = asked = _asked(is_needed=writes)
            if asked is None:
                return view(*args, **kwargs)
            with resources().claims.claim(asked.key) as is_first:
                if not is_first:
                    raise RequestRunning
                said = _said(asked)
                if said is not None:
                    return response(said, replayed=True)
                if caller().is_used:  # it hears the first answer again, and opens nothing else
                    raise CredentialsRefused
                answered = view(*args, **kwargs)
                return answered if writes else _kept(answered, asked)

        spec = getattr(view, "_spec", {})
        extensions = {**(spec.get("extensions") or {}), "x-writes": writes}
        once._spec = {**spec, "extensions": extensions}  # type: ignore[attr-defined] # noqa: SLF001
        return cast("View", once)

    return decorate


def written(work: Callable[[Writing], Answer]) -> Response:
    """Run what a request writes, keep its answer with it, and give that."""
    context = copy_context()  # another request's thread may write it
    return written_together(one_by_one, lambda writing: context.run(work, writing))


def written_together(together: Callable[[Writing, Sequence[Work]], Sequence[Answer]], item: Work) -> Response:
    """As `written`, for what costs less when several requests write it at once: `together` does so for some."""
    end_view()
    asked: Asked | None = g.asked
    run = _once_each(together)
    answer, replayed = resources().committer.run_together(run, (asked, item))
    return response(answer, replayed=replayed)


@cache
def _once_each(
    together: Callable[[Writing, Sequence[Work]], Sequence[Answer]],
) -> Callable[[Writing, Sequence[tuple[Asked | None, Work]]], Sequence[tuple[Answer, bool]]]:
    def run(writing: Writing, items: Sequence[tuple[Asked | None, Work]]) -> list[tuple[Answer, bool]]:
        asked = [one for one, _ in items if one is not None]
        known = find_answers(writing.store, writing.connection, asked, writing.time)  # another worker was faster
        said = {key: _same(found) for key, found in known.items()}
        left = [(one, item) for one, item in items if one is None or one.key not in said]
        answers = together(writing, [item for _, item in left]) if left else []
        keep_answers(writing, [(one, new) for (one, _), new in zip(left, answers, strict=True) if one is not None])
        fresh = iter(answers)
        return [
            (said[one.key], True) if one is not None and one.key in said else (next(fresh), False) for one, _ in items
        ]

    return run


def as_answer(body: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK, **headers: str) -> Answer:
    """A JSON answer; `headers` with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(int(status), named, json.dumps(body, ensure_ascii=False))


def _asked(*, is_needed: bool) -> Asked | None:
    presented = request.headers.get(HEADER)
    if presented is None:
        if is_needed:
            raise IdempotencyKeyMissing
        return None
    if not _FORM.fullmatch(presented):
        raise IdempotencyKeyMalformed
    digest = resources().store.keys.digest
    body = request.get_data(cache=True)
    said = (request.method, request.full_path, request.content_type or "", body.hex())
    return Asked(digest("idempotency key", f"{caller().name}\0{presented}"), digest("request", json.dumps(said)))


def _said(asked: Asked) -> Answer | None:
    found = find_answer(resources().store, store_view(), asked, resources().clock())
    return None if found is None else _same(found)


def _same(found: tuple[bool, Answer]) -> Answer:
    is_same, answer = found
    if not is_same:
        raise IdempotencyKeyReused
    return answer


def _kept(answered: ResponseReturnValue, asked: Asked) -> Response:
    made = make_response(answered)
    if made.status_code < HTTPStatus.BAD_REQUEST and not made.is_streamed:
        headers = {"Content-Type": made.headers["Content-Type"]}
        answer = Answer(made.status_code, headers, made.get_data(as_text=True))
        end_view()
        resources().committer.run(lambda writing: keep_answers(writing, [(asked, answer)]))
    return made


def response(answer: Answer, *, replayed: bool = False) -> Response:
    """An answer on its way out."""
    made = Response(answer.body, answer.status, content_type="application/json")
    made.headers.update(answer.headers)
    if replayed:
        made.headers[REPLAYED] = "true"
    return made
