"""What requests write together, whichever thread writes it."""

from __future__ import annotations

import errno
import fcntl
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evidence.store.errors import StoreUnavailable
from evidence.store.store import Writing
from service.web.access import Scope
from tests.service.desk import CONSENT, INSTITUTION
from tests.service.web_service import WebService

REFUSED = {"items": [{"consent": CONSENT, "institution_code": INSTITUTION}, {"text": ""}]}


def test_another_thread_that_writes_it_answers_each_in_its_language(service: WebService) -> None:
    """Whoever leads may be no request at all: what is past its time is swept away in the same way."""
    committer = service.resources.committer
    headers = [{**service.headers(Scope.SIGN), "Accept-Language": lang} for lang in ("ko", "en")]
    with ThreadPoolExecutor(2) as pool, committer._leading:
        asked = [
            pool.submit(service.client.application.test_client().post, "/v1/consents/batch", json=REFUSED, headers=one)
            for one in headers
        ]
        while len(committer._waiting) < 2:
            assert not any(one.done() for one in asked), [one.result().text for one in asked if one.done()]
            time.sleep(0.001)
        committer._commit(committer._take())
    korean, english = (one.result(20).get_json()["items"] for one in asked)
    assert [one["status"] for one in (*korean, *english)] == [201, 422, 201, 422]
    assert not korean[1]["problem"]["detail"].isascii()
    assert english[1]["problem"]["detail"].isascii()


class Ended(BaseException):
    """A thread is ended."""


def test_a_thread_that_is_ended_on_its_way_leaves_nobody_waiting(service: WebService) -> None:
    committer = service.resources.committer

    def ends(_: Writing) -> None:
        raise Ended

    with ThreadPoolExecutor(3) as pool:
        with committer._leading:
            works = [lambda _: "one", ends, lambda _: "other"]
            asked = [pool.submit(committer.run, work) for work in works]
            while len(committer._waiting) < 3:
                time.sleep(0.001)
        outcomes = [type(one.exception(20)) for one in asked]
    assert set(outcomes) <= {Ended, StoreUnavailable}
    assert Ended in outcomes
    assert committer.run(lambda _: "after") == "after"


def test_what_its_caller_was_told_has_failed_is_written_by_nobody_else(
    service: WebService, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer, written = service.resources.committer, []

    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", refused)
        with pytest.raises(StoreUnavailable):
            committer.run(lambda _: written.append("refused"))
    committer.run(lambda _: written.append("asked"))
    assert written == ["asked"]
