"""A service that answers by script, to see what the page does when the real one would never answer so.

It prepares and completes with `signer`, and each of its answers can be exchanged for another one, or lost on the way.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from playwright.sync_api import Page, Route

from consent.text import Charset, ConsentText
from signer import Prepared, complete, prepare

Answer = dict[str, Any]
LOST = "lost"
"""The request does not come through."""
UNHEARD = "unheard"
"""It is carried out, and the answer does not come back."""


@dataclass
class Scripted:
    """One consent at `path` of the page's own origin.

    Attributes:
        text: of it.
        at: signing-time.
        charset: of the text.
        change: by step, what is made of an answer before it is sent.
        troubles: by step, what happens to its next requests: `LOST`, `UNHEARD`, or a problem with its status.
        asked: the steps that came, with Idempotency-Key and body.
        made: the DERs that were made; more than one would be a consent signed twice.
    """

    text: str
    at: datetime
    charset: Charset = Charset.UTF_8
    state: str = "open"
    change: dict[str, Callable[[Answer], Answer]] = field(default_factory=dict)
    troubles: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    made: list[bytes] = field(default_factory=list)
    _answers: dict[str, tuple[str | None, Answer]] = field(default_factory=dict)
    _prepared: Prepared | None = None
    _done: Answer = field(default_factory=dict)

    def stand_for(self, page: Page, path: str = "/service") -> None:
        page.route(f"**{path}/v1/consents/**", self._handle)

    def steps(self) -> list[str]:
        return [step for step, _, _ in self.asked]

    def _handle(self, route: Route) -> None:
        request = route.request
        step = request.url.rpartition("/")[2]
        step = step if step in {"prepare", "complete"} else "consent"
        headers = request.headers
        self.asked.append((step, headers.get("idempotency-key"), request.post_data))
        self.tokens.append(headers["authorization"])
        trouble = self.troubles[step].pop(0) if self.troubles.get(step) else None
        if trouble == LOST:
            route.abort()
            return
        if isinstance(trouble, tuple):
            status, problem = trouble
            route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(problem))
            return
        answer = self._once(step, headers.get("idempotency-key"), request.post_data)
        if trouble == UNHEARD:
            route.abort()
            return
        if step in self.change:
            answer = self.change[step](answer)
        route.fulfill(status=200, content_type="application/json", body=json.dumps(answer))

    def _once(self, step: str, key: str | None, body: str | None) -> Answer:
        if key is None:
            return self._consent()
        if key in self._answers:
            same, answer = self._answers[key]
            assert same == body, "an Idempotency-Key with another body"
            return answer
        asked = json.loads(body or "")
        answer = self._prepare(asked) if step == "prepare" else self._complete(asked)
        self._answers[key] = body, answer
        return answer

    @property
    def _encoded(self) -> bytes:
        return self.text.encode("euc-kr" if self.charset is Charset.EUC_KR else "utf-8")

    def _consent(self) -> Answer:
        return {
            "id": "abc",
            "state": self.state,
            "text": self.text,
            "charset": self.charset.value,
            "content": base64.b64encode(self._encoded).decode(),
            "content_sha256": hashlib.sha256(self._encoded).hexdigest(),
            "evidence": self._done.get("evidence", {}).get("sha256"),
            "receipt": self._done.get("receipt"),
        }

    def _prepare(self, asked: Answer) -> Answer:
        certificate = x509.load_der_x509_certificate(base64.b64decode(asked["certificate"]))
        text = ConsentText.of(self.text, self.charset)
        self._prepared = prepare(text, certificate, at=self.at, digest=asked["digest"], signing_certificate_v2=True)
        is_ec = isinstance(certificate.public_key(), EllipticCurvePublicKey)
        return {
            "id": "abc",
            "to_be_signed": base64.b64encode(self._prepared.to_be_signed).decode(),
            "digest": asked["digest"],
            "algorithm": "ECDSA" if is_ec else "RSASSA-PKCS1-v1_5",
        }

    def _complete(self, asked: Answer) -> Answer:
        assert self._prepared is not None
        der = complete(self._prepared, base64.b64decode(asked["signature"]))
        self.made.append(der)
        self.state = "signed"
        evidence = {"sha256": hashlib.sha256(der).hexdigest(), "size": len(der), "der": base64.b64encode(der).decode()}
        receipt = {
            "version": 1,
            "evidence_sha256": evidence["sha256"],
            "content_sha256": hashlib.sha256(self._encoded).hexdigest(),
            "certificate_sha256": hashlib.sha256(self._prepared.certificate).hexdigest(),
        }
        self._done = {"id": "abc", "evidence": evidence, "verdict": {"indication": "TOTAL_PASSED"}, "receipt": receipt}
        return self._done
