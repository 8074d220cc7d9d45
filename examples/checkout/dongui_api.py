"""The shop's side of the service's API: server to server, with the API key that no browser ever sees."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 10


class Refused(Exception):
    """The service refused, or did not answer; `said` is for the payer."""

    def __init__(self, status: int, said: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.said = said


@dataclass(frozen=True)
class DonguiApi:
    """The service at `url`, called with an API key of scope `sign` and `evidence`."""

    url: str
    api_key: str = field(repr=False)

    def open_consent(self, body: dict[str, Any], attempt: str, lang: str) -> dict[str, Any]:
        """Open a consent; the same `attempt` gives the same one, however often it is asked for."""
        return self._json("POST", "/v1/consents", lang, body, attempt)

    def consent(self, number: str, lang: str) -> dict[str, Any]:
        return self._json("GET", f"/v1/consents/{quote(number, safe='')}", lang)

    def token(self, number: str, attempt: str, lang: str) -> str:
        """A one-time token for this consent: all that the payer's browser gets."""
        answer = self._json("POST", f"/v1/consents/{quote(number, safe='')}/tokens", lang, {}, attempt)
        return str(answer["token"])

    def evidence(self, sha256: str) -> bytes:
        return self._asked("GET", f"/v1/evidence/{quote(sha256, safe='')}.der", "ko")

    def _json(
        self, method: str, path: str, lang: str, body: dict[str, Any] | None = None, attempt: str | None = None
    ) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._asked(method, path, lang, body, attempt))
        return answer

    def _asked(
        self, method: str, path: str, lang: str, body: dict[str, Any] | None = None, attempt: str | None = None
    ) -> bytes:
        headers = {"Authorization": f"Bearer {self.api_key}", "Accept-Language": lang}
        if attempt is not None:
            headers["Idempotency-Key"] = attempt
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode()
        try:
            with urlopen(Request(self.url + path, data, headers, method=method), timeout=PATIENCE_SECONDS) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            raise Refused(error.code, _said(error)) from None
        except (URLError, TimeoutError, ConnectionError):
            raise Refused(HTTPStatus.BAD_GATEWAY) from None


def _said(error: HTTPError) -> str:
    """What an RFC 9457 problem says to a person."""
    try:
        problem = json.loads(error.read())
        return " ".join(problem[part] for part in ("detail", "remedy") if problem.get(part))
    except (ValueError, TypeError, AttributeError):
        return ""
