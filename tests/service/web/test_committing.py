"""What requests write together, whichever thread writes it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

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
