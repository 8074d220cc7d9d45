"""`/v1/verify`: a verdict on a DER, and nothing else; nothing is kept."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response, request

from certs import Holder
from consent.kinds import KINDS
from service.errors import HolderUnknown, PolicyUnknown
from service.inputs import STDIN, judging_time, receipt_time
from service.kind_faults import KindUnknown
from service.web.access import Scope, requires
from service.web.access.required import resources
from service.web.batches import each
from service.web.idempotency import as_answer, idempotent, response
from service.web.languages import lang
from service.web.models.base import decoded
from service.web.models.consents import ItemsOut
from service.web.models.evidence import VerdictOut, VerifyItem, VerifyMany, VerifyQuery
from service.web.operation.metrics import count_verdict
from verifier import Receipt, policies, verify_der
from verifier.policies import VerifyPolicy
from verifier.reports.json_form import as_json
from verifier.subject import At

blueprint: Final = APIBlueprint("verify", __name__, url_prefix="/v1/verify", tag="verdicts")
_HOLDERS: Final = (Holder.PERSONAL.value, Holder.CORPORATE.value)
_BODY: Final = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@blueprint.post("")
@requires(Scope.VERIFY)
@idempotent(writes=False)
@blueprint.input(VerifyQuery, location="query")
@blueprint.output(VerdictOut)
@blueprint.doc(
    summary="Judge a DER, which is the body",
    operation_id="verify",
    extensions={"x-body": _BODY},
)
def verify_one(query_data: VerifyQuery) -> Response:
    """The answer is what `dongui verify --json` prints."""
    judging = _Judging.of(query_data.policy, query_data.at, query_data.holder)
    return response(as_answer(judging.told(request.get_data(cache=True), query_data.kind, query_data.received_at)))


@blueprint.post("/batch")
@requires(Scope.VERIFY)
@idempotent(writes=False)
@blueprint.input(VerifyMany)
@blueprint.output(ItemsOut)
@blueprint.doc(summary="Judge many DERs", operation_id="verifyMany")
def verify_many(json_data: VerifyMany) -> Response:
    judging = _Judging.of(json_data.policy, json_data.at, json_data.holder)

    def one(item: VerifyItem) -> dict[str, Any]:
        return judging.told(decoded(item.der, "der"), item.kind, item.received_at)

    batch = each(json_data.items, one)
    spoken = lang()
    items = [item.told(None if item.value is None else as_answer(item.value), spoken) for item in batch.items]
    return response(as_answer({"items": items}))


class _Judging:
    """By what all of a request is judged."""

    def __init__(self, policy: VerifyPolicy, at: At, holder: Holder | None) -> None:
        self.policy, self.at, self.holder = policy, at, holder

    @classmethod
    def of(cls, policy: str, at: str, holder: str | None) -> _Judging:
        """Raises: PolicyUnknown, TimeNotUnderstood, HolderUnknown."""
        rules = policies.POLICIES.get(policy)
        if rules is None:
            raise PolicyUnknown(", ".join(policies.POLICIES))
        if holder is not None and holder not in _HOLDERS:
            raise HolderUnknown(", ".join(_HOLDERS))
        return cls(rules, judging_time(at), None if holder is None else Holder(holder))

    def told(self, der: bytes, kind: str | None, received_at: str | None) -> dict[str, Any]:
        """Raises: KindUnknown, KindNotSaid, KindNotVouched, ReceiptInTheFuture, TimeNotUnderstood."""
        if kind is not None and not (kind in KINDS and KINDS[kind].is_der):
            raise KindUnknown(", ".join(code for code, one in KINDS.items() if one.is_der))
        trust = resources().trust().of(kind)
        proofs = [] if received_at is None else [Receipt(sha256(der).digest(), receipt_time(received_at))]
        verdict = verify_der(der, trust=trust, policy=self.policy, at=self.at, proofs=proofs, holder=self.holder)
        count_verdict(verdict.indication.name)
        return as_json(verdict, file=STDIN, lang=lang())
