"""Requests that are read whole or refused, and whose JSON can be read in one way only."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from flask import Request, current_app

from consent import strict_json
from service.web.faults import BodyNotJson, BodyTooDeep, MediaTypeWrong

_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""Also one that never ends, which is no JSON: to look for the end of each again would take for ever."""


class StrictRequest(Request):
    """A request whose JSON is an object in UTF-8, no key twice, no deeper than allowed."""

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
            if "\\u" in text:  # half a surrogate pair is no character (RFC 8259 8.2), and cannot be written again
                json.dumps(found, ensure_ascii=False).encode()
        except ValueError:
            raise BodyNotJson from None
        if not isinstance(found, dict):
            raise BodyNotJson
        return found


def _depth(text: str) -> int:
    """How deep brackets nest, without recursion: those outside of strings, where others would hide them."""
    depth = deepest = 0
    for bracket in filter("[]{}".__contains__, _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
