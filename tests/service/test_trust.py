"""`dongui trust`: what a folder holds, what has ended, and whom it needs to reach."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from certs.demo_certificates import crl
from service.holdings import Item
from tests.service.running import called, refused

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_demo_pki(at=AT)


@pytest.fixture
def trust(pki: DemoPki, tmp_path: Path) -> Path:
    return write_demo_pki(pki, tmp_path, password="x")


def told(trust: Path, at: datetime) -> tuple[int, dict[str, str]]:
    ran = called("trust", "show", trust, "--at", at.isoformat(), "--json")
    return ran.code, {item["place"]: item["state"] for item in json.loads(ran.stdout)["items"]}


def test_everything_in_a_fresh_folder_is_good(trust: Path) -> None:
    code, states = told(trust, AT + timedelta(days=1))
    assert code == 0
    assert set(states) == {
        *("anchors/root.pem", "intermediates/ca-rsa.pem", "intermediates/ca-ecdsa.pem"),
        *("crls/root.crl", "crls/ca-rsa.crl", "crls/ca-ecdsa.crl"),
    }
    assert set(states.values()) == {"good"}


def test_a_list_that_ends_soon_or_has_ended_is_named(trust: Path) -> None:
    assert told(trust, AT + timedelta(days=25))[1]["crls/ca-rsa.crl"] == "ends soon"
    code, states = told(trust, AT + timedelta(days=31))
    assert (code, states["crls/ca-rsa.crl"], states["crls/root.crl"]) == (1, "ended", "good")


def test_a_superseded_list_does_not_count(pki: DemoPki, trust: Path) -> None:
    """The next list of the same authorities lies beside the old ones, which have ended."""
    for authority in pki.intermediates:
        newer = crl(authority.key_pair, [], AT + timedelta(days=30), days=30)
        (trust / "crls" / f"{authority.name}-next.crl").write_bytes(newer)
    code, states = told(trust, AT + timedelta(days=31))
    assert code == 0
    assert "crls/ca-rsa.crl" not in states


@pytest.mark.parametrize(("lang", "word"), [("en", "ENDED"), ("ko", "만료")])
def test_it_is_told_in_both_languages(trust: Path, lang: str, word: str) -> None:
    ran = called("trust", "show", trust, "--at", (AT + timedelta(days=400)).isoformat(), lang=lang)
    assert ran.code == 1
    assert word in ran.stdout.decode()


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    refused(called("trust", "show", tmp_path / "nowhere"), "PKI-001")
    refused(called("trust", "hosts", tmp_path / "nowhere"), "PKI-001")


def test_hosts_are_those_of_the_authorities_and_of_the_signers_named(trust: Path) -> None:
    signer = trust.parent / "keys" / "rsa.crt.pem"
    ran = called("trust", "hosts", trust, signer, "--json")
    assert ran.code == 0
    rows = json.loads(ran.stdout)
    assert {(row["host"], row["port"], row["protocol"]) for row in rows} == {
        ("crl.dongui.example", 80, "http"),
        ("dir.dongui.example", 389, "ldap"),
    }
    assert all(row["uses"] == ["crl"] for row in rows)
    assert b"389/tcp" in called("trust", "hosts", trust, signer).stdout


def test_a_file_that_is_no_certificate_is_refused(trust: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"nothing")
    refused(called("trust", "hosts", trust, tmp_path / "x"), "PKI-029")


def test_the_far_end_of_time_is_a_time_like_any_other(trust: Path) -> None:
    """RFC 5280 §4.1.2.5 ends certificates without an end in the last second of the year 9999."""
    code, _ = told(trust, datetime(9999, 12, 30, tzinfo=UTC))
    assert code == 1
    assert Item("anchors/root.der", {"en": "root", "ko": "root"}, datetime.max.replace(tzinfo=UTC)).state(
        datetime(9999, 12, 30, tzinfo=UTC)
    ) == ("ends soon")
