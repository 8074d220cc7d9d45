"""What ended long ago goes, and nothing else; what is left still proves itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from certs.demo import DemoPki
from evidence import DataRecord, read_file
from evidence.build import Registration
from evidence.lifecycle.drafts import Draft
from evidence.lifecycle.fb0410 import settle_fb0420
from evidence.lifecycle.files import FileState, NewFile, NewRecord, add_file, add_records
from evidence.lifecycle.intake import identity_of, take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.retention import Removed, delete_ended, ended_before, require_over, years_before
from evidence.lifecycle.sending import Outbox
from evidence.lifecycle.signings import SignedEvidence, note_signed, open_signing
from evidence.lifecycle.states import ENDED, NEXT, Event, State
from evidence.lifecycle.take_in import take_in
from evidence.store.api_keys import BEARER, add_api_key
from evidence.store.errors import ConsentUnknown, EvidenceGone, RetentionNotOver
from evidence.store.finding import story_of
from evidence.store.log import verify_log, verify_states
from evidence.store.pieces import Piece, read_piece
from evidence.store.rekeying import rows_left, seal_anew
from evidence.store.rows import verify_consents, verify_files
from evidence.store.schema import CONSENT, EVIDENCE, EVIDENCE_ISSUER, FILE, FILE_RECORD, VERDICT
from evidence.store.signing_tokens import add_token
from evidence.store.store import Store
from evidence.store.web_schema import SIGNING, SIGNING_TOKEN
from tests.evidence.lifecycle.institute import fb0410, fb0421
from tests.evidence.lifecycle.people import clock, payer
from tests.evidence.signed import signed

LONG_AGO = datetime(2020, 3, 1, 3, 0, tzinfo=UTC)
DAY = date(2020, 3, 2)


def withdrawn(store: Store, at: datetime, *numbers: int) -> None:
    with store.writing(at) as writing:
        move(writing, [Move(number, Event.WITHDRAWN) for number in numbers])


def in_a_file(store: Store, *consents: int | None) -> None:
    """A file of long ago with a record of each of these consents; None: of one that the store does not know."""
    new = NewFile(
        code="FB0320",
        direction="in",
        state=FileState.CLOSED,
        name="FB0320.20200301",
        process_date=LONG_AGO.date(),
        institution_code="",
        bank_code="",
        records=len(consents),
        header={},
    )
    with store.writing(LONG_AGO) as writing:
        number = writing.next_id(FILE)
        add_file(writing, number, new, {})
        records = [
            NewRecord(number=at, texts={"payer_number": f"A-{at}"}, consent_id=consent, identity=b"x")
            for at, consent in enumerate(consents, 1)
        ]
        add_records(writing, number, records)


def deleted(store: Store, day: date = DAY) -> list[Removed]:
    removed = list(delete_ended(store, day, clock))
    with store.reading() as connection:
        assert [*verify_log(connection, store.keys), *verify_states(connection)] == []
        assert [*verify_files(connection), *verify_consents(store, connection)] == []
    assert list(delete_ended(store, day, clock)) == []
    return removed


def test_what_ended_before_the_day_goes_and_nothing_else(store: Store, pki: DemoPki) -> None:
    consents = [signed(pki, 1), payer(2), signed(pki, 3), payer(4), payer(5)]
    list(take_in_consents(store, consents, lambda: LONG_AGO))
    in_a_file(store, 1, 3, None)
    withdrawn(store, LONG_AGO, 1, 2)
    withdrawn(store, LONG_AGO + timedelta(days=1), 3)
    with store.reading() as connection:
        assert [row.id for row in ended_before(connection, DAY)] == [1, 2]
        names = [bytes(row.sha256).hex() for row in connection.execute(select(EVIDENCE).order_by(EVIDENCE.c.id))]
    assert deleted(store) == [Removed(2, 2, 1), Removed(0, 0, 1)]
    with store.reading() as connection:
        story = story_of(connection, 1)
        assert (story.consent.state, story.consent.ended_on, story.evidence) == ("deleted", LONG_AGO.date(), None)
        assert [row.event for row in story.log][-2:] == ["withdrawn", "deleted"]
        for column in ("identity", "payer_hash", "account_hash", "holder_hash", "sealed"):
            assert bytes(getattr(story.consent, column)) == b""
        states = connection.execute(select(CONSENT.c.state).order_by(CONSENT.c.id)).scalars().all()
        assert states == ["deleted", "deleted", "withdrawn", "queued", "queued"]
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (EVIDENCE, VERDICT, EVIDENCE_ISSUER)
        ]
        assert counts == [3, 1, 1]
        assert [read_piece(store, connection, number) for number in (3, 4)] == [one.evidence for one in consents[2:4]]
        texts = connection.execute(select(FILE_RECORD.c.sealed).order_by(FILE_RECORD.c.number)).scalars().all()
        assert [bool(one) for one in texts] == [False, True, False]
    assert store.files is not None
    with pytest.raises(EvidenceGone):
        store.files.get(names[1])
    assert store.files.get(names[3])
    assert rows_left(store) == 0
    assert list(seal_anew(store, clock)) == []


def test_evidence_that_another_consent_has_stays(store: Store) -> None:
    one = payer(1)
    list(take_in_consents(store, [one, replace(one, payer_number="B")], lambda: LONG_AGO))
    withdrawn(store, LONG_AGO, 1)
    assert deleted(store) == [Removed(1, 0, 0)]
    with store.reading() as connection:
        assert read_piece(store, connection, 1) == one.evidence
    withdrawn(store, LONG_AGO, 2)
    assert deleted(store) == [Removed(1, 1, 0)]


def registration_texts(one: Registration) -> dict[str, str]:
    named = {name: getattr(one, name) for name in ("holder_id_type", "holder_id", "trace_number")}
    return {**identity_of(one)._asdict(), **named, "applied_on": one.applied_on.isoformat()}


def signed_over_http(store: Store, one: Registration, *handles: str, registered: bool = True) -> None:
    """One evidence, signed under each of these handles by a browser with a token."""
    piece = Piece.of(one.evidence_kind, one.extension, one.evidence, one.verdict)
    made = SignedEvidence(piece, piece.sha256, piece.sha256, one if registered else None)
    with store.writing(LONG_AGO) as writing:
        key = add_api_key(writing, handles[0], BEARER, {"sign"}, None).key.number
        texts = registration_texts(one) if registered else None
        draft = Draft("text", "utf-8", texts, ref="theirs")
        opened = [open_signing(writing, handle, draft, LONG_AGO + timedelta(hours=1)) for handle in handles]
        for signing in opened:
            add_token(writing, signing.number, key, LONG_AGO + timedelta(hours=1))
            note_signed(writing, [(signing, made)])


def left(store: Store) -> tuple[list[str], int, int]:
    """The handles of what was signed over HTTP, and how many tokens and pieces of evidence there are."""
    with store.reading() as connection:
        tokens, evidence = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (SIGNING_TOKEN, EVIDENCE)
        )
        handles = connection.execute(select(SIGNING.c.handle).order_by(SIGNING.c.id)).scalars().all()
        return list(handles), tokens, evidence


def test_what_was_signed_over_http_goes_as_a_whole(store: Store, pki: DemoPki) -> None:
    signed_over_http(store, signed(pki, 1), "one", "again")
    signed_over_http(store, signed(pki, 2), "two")
    withdrawn(store, LONG_AGO, 1)
    assert left(store) == (["one", "again", "two"], 3, 2)
    assert deleted(store) == [Removed(1, 1, 0)]
    assert left(store) == (["two"], 1, 1)


def test_evidence_that_was_signed_without_a_consent_too_stays(store: Store, pki: DemoPki) -> None:
    one = signed(pki, 1)
    signed_over_http(store, one, "registered")
    signed_over_http(store, one, "alone", registered=False)
    withdrawn(store, LONG_AGO, 1)
    assert deleted(store) == [Removed(1, 0, 0)]
    assert left(store) == (["alone"], 1, 1)
    with store.reading() as connection:
        assert read_piece(store, connection, 1) == one.evidence


@pytest.mark.parametrize("settled", [False, True])
def test_what_an_open_audit_asks_for_stays_until_it_is_closed(store: Store, tmp_path: Path, settled: bool) -> None:
    """Deleted, it could not be answered any more, or a file that is settled could never be built."""
    list(take_in_consents(store, [payer(1), payer(2)], lambda: LONG_AGO))
    withdrawn(store, LONG_AGO, 1, 2)
    one = payer(1)
    asked = {name: getattr(one, name) for name in ("institution_code", "payer_number", "bank_code", "account_number")}
    take_in(store, fb0410([asked | {"applied_on": "20261102"}]), "audit", clock())
    if settled:
        with store.writing(clock()) as writing:
            settle_fb0420(writing, DAY, refused=[])
    assert deleted(store) == [Removed(1, 1, 0)]
    outbox = Outbox(store, tmp_path, clock)
    (answer,) = outbox.send("FB0420", partial(settle_fb0420, refused=[]), DAY)
    with (tmp_path / answer.name).open("rb") as stream:
        assert [item.evidence for item in read_file(stream) if isinstance(item, DataRecord)] == [one.evidence]
    take_in(store, fb0421(tmp_path / answer.name), "audit's end", clock())
    assert deleted(store) == [Removed(1, 1, 2)]


def test_the_same_consent_may_be_given_again(store: Store) -> None:
    list(take_in_consents(store, [payer(1)], lambda: LONG_AGO))
    withdrawn(store, LONG_AGO, 1)
    deleted(store)
    (taken,) = take_in_consents(store, [payer(1)], clock)
    assert taken.added == (2,)


def test_evidence_files_that_nobody_can_reach_stop_it(store: Store) -> None:
    list(take_in_consents(store, [payer(1)], lambda: LONG_AGO))
    withdrawn(store, LONG_AGO, 1)
    store.files = None
    with pytest.raises(EvidenceGone):
        deleted(store)
    with store.reading() as connection:
        assert story_of(connection, 1).consent.state == "withdrawn"
        with pytest.raises(ConsentUnknown):
            story_of(connection, 2)


def test_nothing_that_lives_can_be_deleted() -> None:
    assert {state for state, event in NEXT if event is Event.DELETED} == ENDED - {State.DELETED}
    assert not {event for state, event in NEXT if state is State.DELETED}


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 99))
def test_a_time_of_retention_is_never_short(today: date, years: int) -> None:
    """Whatever may be deleted ended at least so many calendar years ago."""
    latest = years_before(today, years)
    assert (latest.year, latest.month) == (today.year - years, today.month)
    assert latest.day == today.day or (today.month, today.day, latest.day) == (2, 29, 28)
    require_over(latest + timedelta(days=1), today, years)
    with pytest.raises(RetentionNotOver):
        require_over(latest + timedelta(days=2), today, years)


def test_nothing_of_a_deleted_consent_is_left_in_the_clear_or_sealed(store: Store) -> None:
    list(take_in_consents(store, [payer(1)], lambda: LONG_AGO))
    withdrawn(store, LONG_AGO, 1)
    deleted(store)
    with store.reading() as connection:
        row = connection.execute(text("SELECT * FROM consent")).mappings().one()
    assert {name for name, value in row.items() if isinstance(value, bytes | memoryview) and bytes(value)} == set()
