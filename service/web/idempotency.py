"""Idempotency-Key: whatever is asked twice is done once, and answered alike.

The answer is kept in the very transaction that does what was asked, so that a crash leaves either both or neither.
Errors are not kept: nothing was done, and the same request may be sent again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue

from evidence.store.answers import Answer, Asked, find_answer, keep_answer
from evidence.store.store import Writing
from service.web.access.required import caller, resources
from service.web.faults import (
    CredentialsRefused,
    IdempotencyKeyMalformed,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    RequestRunning,
)

View = TypeVar("View", bound=Callable[..., Any])
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
                    return _response(said, replayed=True)
                if caller().is_used:  # it hears the first answer again, and opens nothing else
                    raise CredentialsRefused
                answered = view(*args, **kwargs)
                return answered if writes else _kept(answered, asked)

        spec = getattr(view, "_spec", {})
        extensions = {**spec.get("extensions", {}), "x-writes": writes}
        once._spec = {**spec, "extensions": extensions}  # type: ignore[attr-defined] # noqa: SLF001
        return cast("View", once)

    return decorate


def written(work: Callable[[Writing], Answer]) -> Response:
    """Run what a request writes, keep its answer with it, and give that."""
    asked: Asked | None = g.asked
    store, clock = resources().store, resources().clock

    def run(writing: Writing) -> tuple[Answer, bool]:
        if asked is not None:  # another worker may have been faster after all
            found = find_answer(store, writing.connection, asked, clock())
            if found is not None:
                return _same(found), True
        answer = work(writing)
        if asked is not None:
            keep_answer(writing, asked, answer)
        return answer, False

    answer, replayed = resources().committer.run(run)
    return _response(answer, replayed=replayed)


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
    ours = resources()
    with ours.store.reading() as connection:
        found = find_answer(ours.store, connection, asked, ours.clock())
    return None if found is None else _same(found)


def _same(found: tuple[bool, Answer]) -> Answer:
    is_same, answer = found
    if not is_same:
        raise IdempotencyKeyReused
    return answer


def _kept(answered: ResponseReturnValue, asked: Asked) -> Response:
    response = make_response(answered)
    if response.status_code < HTTPStatus.BAD_REQUEST and not response.is_streamed:
        headers = {"Content-Type": response.headers["Content-Type"]}
        answer = Answer(response.status_code, headers, response.get_data(as_text=True))
        resources().committer.run(lambda writing: keep_answer(writing, asked, answer))
    return response


def _response(answer: Answer, *, replayed: bool) -> Response:
    response = Response(answer.body, answer.status, content_type="application/json")
    response.headers.update(answer.headers)
    if replayed:
        response.headers[REPLAYED] = "true"
    return response
