"""`/livez`: the process answers. `/readyz`: it can do its work, or what it lacks; for balancers and for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Final

from apiflask import APIFlask
from flask import Response

from consent.errors import CodedError
from service.list_times import ListTimes, list_faults, list_times
from service.settings_faults import KeysNotTaken, OverridesNotTaken, TrustNotTaken
from service.vouch import TrustFolders
from service.web.languages import lang
from service.web.operation.material import Material
from service.web.resources import Resources

_ANSWER_KEPT: Final = timedelta(seconds=1)
"""Anybody may ask, and asking writes to the store."""


@dataclass(frozen=True)
class Said:
    """One thing about the service.

    Attributes:
        part: store, trust, lists, keys or overrides.
        error: what is wrong with it.
        is_remark: the service works all the same.
    """

    part: str
    error: CodedError
    is_remark: bool = False


@dataclass
class Readiness:
    """Looks after everything that the service needs."""

    resources: Resources
    material: Material
    warning: timedelta
    _times: tuple[TrustFolders, list[ListTimes]] | None = None
    _last: tuple[datetime, list[Said]] | None = None
    _lock: Lock = field(default_factory=Lock)

    def said(self) -> list[Said]:
        with self.resources.places.left(), self._lock:  # the store may be busy for as long as a command writes
            at = self.resources.clock()
            if self._last is None or not timedelta(0) <= at - self._last[0] < _ANSWER_KEPT:
                found = [*self._store(at), *self._material(), *self._lists(at)]
                self._last = self.resources.clock(), found
            return self._last[1]

    def forget(self) -> None:
        """Look anew when somebody asks next."""
        self._last = None

    def _store(self, at: datetime) -> Iterator[Said]:
        try:
            with self.resources.store.writing(at):
                pass  # looks whether the log's head is as it was left, and writes it again
        except CodedError as error:
            yield Said("store", error)

    def _material(self) -> Iterator[Said]:
        if (fault := self.material.trust.fault) is not None:
            yield Said("trust", TrustNotTaken(fault.code))
        if (fault := self.material.keys.fault) is not None:
            yield Said("keys", KeysNotTaken(fault.code))
        days = self.material.calendar
        if days is not None and (fault := days.fault) is not None:
            yield Said("overrides", OverridesNotTaken(fault.code))

    def _lists(self, at: datetime) -> Iterator[Said]:
        trust = self.resources.trust()
        if self._times is None or self._times[0] is not trust:
            self._times = trust, list_times(trust, at)
        for error, is_remark in list_faults(self._times[1], at, self.warning):
            yield Said("lists", error, is_remark)


def register(app: APIFlask, readiness: Readiness) -> None:
    """Let the app answer probes; they need no key, and are no part of its document."""
    app.extensions["readiness"] = readiness

    @app.get("/livez")
    @app.doc(hide=True)
    def livez() -> Response:
        return _json({"status": "ok"}, HTTPStatus.OK)

    @app.get("/readyz")
    @app.doc(hide=True)
    def readyz() -> Response:
        return _ready(readiness)


def _ready(readiness: Readiness) -> Response:
    said = readiness.said()
    faults, remarks = ([one for one in said if one.is_remark is wanted] for wanted in (False, True))
    status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
    words = "not ready" if faults else "ready"
    return _json({"status": words, "faults": _told(faults), "remarks": _told(remarks)}, status)


def _told(said: Sequence[Said]) -> list[dict[str, str]]:
    spoken = lang()
    return [
        {
            "part": one.part,
            "code": one.error.code,
            "detail": one.error.message(spoken),
            "remedy": one.error.remedy(spoken),
        }
        for one in said
    ]


def _json(body: dict[str, object], status: HTTPStatus) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
