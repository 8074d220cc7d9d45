"""Requests that are read whole or refused, and whose JSON can be read in one way only."""

from __future__ import annotations

from typing import Any

from flask import Request, current_app

from consent import strict_json
from service.web.faults import BodyNotJson, BodyTooDeep, MediaTypeWrong


class StrictRequest(Request):
    """A request whose JSON is an object in UTF-8, no key twice, no deeper than allowed."""

    def get_data(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it is in Werkzeug
        """Read the body.

        Raises:
            RequestEntityTooLarge: it is beyond the limit. Of one that comes in chunks, Werkzeug would give the part
                before the limit and say nothing.
        """
        is_new = "_cached_data" not in self.__dict__
        data = super().get_data(*args, **kwargs)
        if is_new and not self.content_length and len(data) == self.max_content_length:
            self.stream.read(1)
        return data

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:  # noqa: ANN401, ARG002, FBT001, FBT002
        """Read the body.

        Raises:
            MediaTypeWrong, BodyNotJson, BodyTooDeep.
        """
        if self.mimetype != "application/json":
            raise MediaTypeWrong("application/json")
        limit: int = current_app.config["JSON_DEPTH"]
        try:
            text = self.get_data(cache=True).decode()
            if _depth(text) > limit:
                raise BodyTooDeep(limit)
            found = strict_json.parse(text)
        except ValueError:
            raise BodyNotJson from None
        if not isinstance(found, dict):
            raise BodyNotJson
        return found


def _depth(text: str) -> int:
    """How deep brackets nest, those in strings counted too: an upper bound is enough, and costs no recursion."""
    depth = deepest = 0
    for bracket in filter("[]{}".__contains__, text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
