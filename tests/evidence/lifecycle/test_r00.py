"""Partly exempt institutions: a list for their R00 goes out, and the FB0120 that HYPHEN earns for it comes back."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from evidence import LAYOUTS, FieldError, write_file
from evidence.file_faults import NotWritable
from evidence.lifecycle.cancelling import queue_cancellations
from evidence.lifecycle.contracts import partly_exempt, set_partly_exempt
from evidence.lifecycle.errors import AnswersNothing, AnswersSeveral, RecordNotSent
from evidence.lifecycle.facts import facts_of
from evidence.lifecycle.fb0110 import settle_fb0110, settle_r00
from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.take_in import take_in
from evidence.store.schema import EVIDENCE, FILE_RECORD
from evidence.store.store import Store
from tests.evidence.lifecycle.people import DAY, NOW, clock, payer
from tests.evidence.lifecycle.test_sending import require_whole, states

EXEMPT = "5512345678"
OTHER = "9912345678"


@pytest.fixture
def outbox(store: Store, tmp_path: Path) -> Outbox:
    """Consents 1 and 3 of an institution that is partly exempt, 2 of another."""
    folder = tmp_path / "outbox"
    folder.mkdir()
    with store.writing(NOW) as writing:
        set_partly_exempt(writing, EXEMPT, exempt=True)
    some = [payer(1, institution=EXEMPT), payer(2), payer(3, institution=EXEMPT)]
    list(take_in_consents(store, some, clock))
    return Outbox(store, folder, clock)


def listed(outbox: Outbox) -> tuple[str, list[dict[str, Any]]]:
    (one,) = outbox.send("R00", settle_r00, DAY)
    lines = (outbox.folder / one.name).read_bytes().splitlines()
    return one.name, [json.loads(line) for line in lines]


def answer(lines: list[dict[str, Any]], errors: Mapping[int, str], **changes: str) -> io.BytesIO:
    """An FB0120 about the FB0110 that HYPHEN made: with numbers and days of its own."""
    blank = {"trace_number": "", "realtime": "N", "sub_institution_code": "", "extension": "", "evidence_size": "0"}
    names = [one.name for one in LAYOUTS["FB0120"].data.fields]
    rows = [
        {name: text for name, text in (blank | line | changes).items() if name in names}
        | {"sequence": str(900 + at), "response_code": errors[at], "applied_on": "20261103"}
        for at, line in enumerate(lines, 1)
        if at in errors
    ]
    head = {"van_code": "VKN", "institution_code": EXEMPT, "process_date": "20261102", "bank_code": "", "van_id": ""}
    counts = {"total": str(len(lines)), "accepted": str(len(lines) - len(rows)), "rejected": str(len(rows))}
    out = io.BytesIO()
    write_file(out, LAYOUTS["FB0120"], head, [(row, b"") for row in rows], trailer=lambda: counts)
    return io.BytesIO(out.getvalue())


def test_the_list_has_the_consents_of_exempt_institutions_and_fb0110_the_others(store: Store, outbox: Outbox) -> None:
    name, lines = listed(outbox)
    assert name == "R00_20261102_000001"
    assert [line.pop("number") for line in lines] == [1, 2]
    assert lines[0] == {
        "applied_on": "20261102",
        "holder_id_type": "0",
        "holder_id": "800101",
        "institution_code": EXEMPT,
        "payer_number": "A-00000001",
        "bank_code": "004",
        "account_number": "00000000000001",
        "evidence_type": "1",
        "cancellation": "N",
    }
    assert states(store) == ["sent", "queued", "sent"]
    (other,) = outbox.send("FB0110", settle_fb0110, DAY)
    assert other.records == 1
    assert list(outbox.send("R00", settle_r00, DAY)) == []


def test_it_is_delivered_with_a_manifest_and_its_evidence_stays(store: Store, outbox: Outbox) -> None:
    name, _ = listed(outbox)
    manifest = json.loads((outbox.folder / f"{name}.manifest.json").read_text())
    assert (manifest["code"], manifest["transmission_code"], manifest["records"]) == ("R00", "I0R", 2)
    with store.reading() as connection:
        assert connection.execute(select(FILE_RECORD.c.evidence_id)).scalars().all() == [None, None]
        assert len(connection.execute(select(EVIDENCE.c.id)).all()) == 3


def test_a_list_that_was_stopped_is_finished_with_the_same_bytes(store: Store, outbox: Outbox, tmp_path: Path) -> None:
    gone = Outbox(store, tmp_path / "not there", clock)
    with pytest.raises(NotWritable):
        list(gone.send("R00", settle_r00, DAY))
    assert states(store) == ["sent", "queued", "sent"]
    (one,) = outbox.send("R00", settle_r00, DAY)
    assert (one.carried_on, one.records) == (True, 2)


def test_an_fb0120_accepts_and_rejects_what_the_list_had(store: Store, outbox: Outbox) -> None:
    _, lines = listed(outbox)
    taken = take_in(store, answer(lines, {2: "7109"}), "from the institute", NOW)
    assert taken.events == {"rejected": 1, "accepted": 1}
    assert states(store) == ["accepted", "queued", "rejected"]
    require_whole(store)


@pytest.mark.parametrize("changes", [{"account_number": "99"}, {"holder_id": "810101"}, {"evidence_type": "4"}])
def test_what_the_list_did_not_have_is_refused(store: Store, outbox: Outbox, changes: dict[str, str]) -> None:
    _, lines = listed(outbox)
    with pytest.raises(RecordNotSent):
        take_in(store, answer(lines, {2: "7109"}, **changes), "from the institute", NOW)
    assert states(store) == ["sent", "queued", "sent"]


def test_an_fb0120_of_another_institution_is_no_answer_to_the_list(store: Store, outbox: Outbox) -> None:
    _, lines = listed(outbox)
    raw = answer(lines, {}).getvalue().replace(EXEMPT.encode(), OTHER.encode())
    with pytest.raises(AnswersNothing):
        take_in(store, io.BytesIO(raw), "from the institute", NOW)


def test_two_lists_that_an_answer_may_be_about_are_told_by_name(store: Store, outbox: Outbox) -> None:
    name, lines = listed(outbox)
    list(take_in_consents(store, [payer(n, institution=EXEMPT) for n in (8, 9)], clock))
    listed(outbox)
    with pytest.raises(AnswersSeveral):
        take_in(store, answer(lines, {}), "from the institute", NOW)
    assert take_in(store, answer(lines, {}), "from the institute", NOW, answers=name).events == {"accepted": 2}


def test_a_cancellation_goes_the_same_way(store: Store, outbox: Outbox) -> None:
    _, lines = listed(outbox)
    take_in(store, answer(lines, {}), "from the institute", NOW)
    with store.writing(NOW) as writing:
        queue_cancellations(writing, [3])
    _, (line,) = listed(outbox)
    assert (line["payer_number"], line["cancellation"]) == ("A-00000003", "Y")
    raw = answer([line], {})
    assert take_in(store, raw, "from the institute", NOW).events == {"cancel_accepted": 1}


def test_what_waits_is_due_by_r00(store: Store, outbox: Outbox) -> None:
    with store.reading() as connection:
        facts = facts_of(store, connection, DAY)
    assert {one.institution_code: one.file for one in facts.consents} == {EXEMPT: "R00", OTHER: "FB0110"}
    listed(outbox)
    with store.reading() as connection:
        assert [one.code for one in facts_of(store, connection, DAY).sent] == ["R00"]


def test_an_institution_may_hand_in_again(store: Store, outbox: Outbox) -> None:
    with store.writing(NOW) as writing:
        set_partly_exempt(writing, EXEMPT, exempt=False)
        assert partly_exempt(writing.connection) == ()
    assert list(outbox.send("R00", settle_r00, DAY)) == []
    (one,) = outbox.send("FB0110", settle_fb0110, DAY)
    assert one.records == 3
    with store.writing(NOW) as writing, pytest.raises(FieldError):
        set_partly_exempt(writing, "x" * 21, exempt=True)
