"""A signed form stands behind what it says, and behind nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from certs.demo import DemoPki
from consent import Charset
from consent.form import Consent, render
from evidence import Registration, build_fb0110
from evidence.lifecycle.intake import take_in_consents
from evidence.store.store import Store
from evidence.vouching import SignedForAnother
from tests.conftest import BUILT_AT
from tests.evidence.lifecycle.people import clock
from tests.service.desk import CONSENT, INSTITUTION, evidence
from tests.service.running import ACCOUNT
from verifier import policies, verify_der


@pytest.fixture(params=[Charset.UTF_8, Charset.EUC_KR])
def signed(pki: DemoPki, request: pytest.FixtureRequest) -> Registration:
    """A consent on our own form, and the record that says the same."""
    der = evidence(pki, "rsa", render(Consent.from_json(CONSENT), request.param))
    verdict = verify_der(der, trust=pki.trust(), policy=policies.KFTC, at=BUILT_AT)
    return Registration(
        applied_on=date(2026, 11, 2),
        holder_id_type="0",
        holder_id=str(CONSENT["holder_id"]),
        institution_code=INSTITUTION,
        payer_number="A-1029",
        bank_code="004",
        account_number=ACCOUNT,
        evidence_kind="2",
        extension="der",
        evidence=der,
        verdict=verdict,
        line=1,
    )


OTHERS = [
    {"account_number": "99999999999999"},
    {"payer_number": "A-1030"},
    {"bank_code": "088"},
    {"applied_on": date(2026, 11, 3)},
    {"holder_id": "700101"},
]


def test_the_same_consent_is_taken(store: Store, signed: Registration) -> None:
    (taken,) = take_in_consents(store, [signed], clock)
    assert (len(taken.added), taken.refused) == (1, ())
    build_fb0110(BytesIO(), institution_code="", process_date=date(2026, 11, 2), records=[signed])


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: next(iter(other)))
def test_another_than_the_form_says_is_refused(store: Store, signed: Registration, other: dict[str, str]) -> None:
    """A form for one account must never take money from another."""
    record = replace(signed, **other)  # type: ignore[arg-type]
    with pytest.raises(SignedForAnother) as caught:
        list(take_in_consents(store, [record], clock))
    assert (caught.value.details["fields"], caught.value.details["line"]) == (next(iter(other)), 1)
    with pytest.raises(SignedForAnother):
        build_fb0110(BytesIO(), institution_code="", process_date=date(2026, 11, 3), records=[record])
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM consent").scalar_one() == 0
