"""`dongui retention`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidence.lifecycle.intake import take_in_consents
from evidence.lifecycle.moving import Move, move
from evidence.lifecycle.states import Event
from evidence.store.store import Store
from service.stores import key_file, today
from tests.evidence.lifecycle.people import payers
from tests.service.running import called, refused


@pytest.fixture
def options(tmp_path: Path) -> tuple[object, ...]:
    """A store with three consents: one ended six years ago, one almost five, one never."""
    words = ("--store", tmp_path / "s.db", "--keys", tmp_path / "keys.json")
    assert called("store", "init", *words).code == 0
    store = Store.open(str(tmp_path / "s.db"), key_file(str(tmp_path / "keys.json")))
    list(take_in_consents(store, payers(3), lambda: datetime(2019, 1, 1, tzinfo=UTC)))
    now = datetime.now(UTC)
    for number, at in ((1, now - timedelta(days=6 * 365)), (2, now - timedelta(days=5 * 365 - 10))):
        with store.writing(at) as writing:
            move(writing, [Move(number, Event.WITHDRAWN)])
    store.close()
    return words


def test_what_is_due_is_listed_and_deleted_by_command_alone(options: tuple[object, ...]) -> None:
    listed = called("retention", "list", *options, "--json").lines
    assert [(one["consent"], one["due"]) for one in listed] == [(1, True), (2, False)]
    assert [one["consent"] for one in called("retention", "list", *options, "--days", 0, "--json").lines] == [1]
    assert "1 ended 5 years ago or more; 1 more fall due within 30 days" in called("retention", "list", *options).out
    before = (today() - timedelta(days=5 * 365 + 5)).isoformat()
    would = called("retention", "delete", "--before", before, *options, "--json")
    assert (would.code, would.json["consents"], would.json["deleted"]) == (1, 1, False)
    assert "--yes" in called("retention", "delete", "--before", before, *options, lang="ko").out
    done = called("retention", "delete", "--before", before, "--yes", *options, "--json")
    assert (done.code, done.json["consents"], done.json["evidence"]) == (0, 1, 1)
    assert called("log", "verify", *options).code == 0
    states = [one["state"] for one in called("consent", "list", *options, "--unmask", "--json").lines]
    assert states == ["deleted", "withdrawn", "queued"]
    assert "보존기간 경과 삭제" in called("consent", "show", 1, *options, lang="ko").out
    refused(called("consent", "show", 1, "--evidence", "-", *options), "SVC-125")
    assert called("consent", "show", 1, "--unmask", *options).code == 0
    assert "deleted: 1" in called("store", "show", *options).out


def test_what_has_to_be_kept_is_not_deleted(options: tuple[object, ...]) -> None:
    refused(called("retention", "delete", "--before", today().isoformat(), "--yes", *options), "FB-252")
    assert called("retention", "delete", "--before", "2015-01-01", "--yes", *options, "--json").json["consents"] == 0
