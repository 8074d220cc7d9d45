"""The published schema of verdicts: whatever the command and the server say follows it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from consent.errors import LANGS
from service.web.access import Scope
from tests.fuzz.pki import JUDGED_AT, TRUST
from tests.service.desk import Desk
from tests.service.running import called
from tests.service.web_service import web_service
from tests.verifier.said import cases
from verifier import Check, Indication, TimeSource, policies, verify_der
from verifier.reports.json_form import SCHEMA, as_json

FILE: Final = Path(__file__).parents[2] / "docs" / "schemas" / "verdict-1.json"
TEXT: Final[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
VALIDATOR: Final = Draft202012Validator(TEXT)
LARGE: Final = bytes(policies.KFTC.max_der_bytes + 2)


def follows(said: dict[str, Any]) -> dict[str, Any]:
    VALIDATOR.validate(said)
    return said


def described(schema: dict[str, Any], said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each key of the object, with what the schema has to say about it."""
    for key in said:
        yield key, schema["properties"][key]["description"]


def test_the_schema_is_one_and_names_itself() -> None:
    Draft202012Validator.check_schema(TEXT)
    assert TEXT["$id"] == TEXT["properties"]["schema"]["const"] == SCHEMA
    assert SCHEMA.rpartition(":")[2] in FILE.stem


def test_the_words_of_the_schema_are_those_of_the_code() -> None:
    assert TEXT["$defs"]["indication"]["enum"] == list(Indication.__members__)
    assert TEXT["$defs"]["check"]["enum"] == list(Check)
    assert TEXT["properties"]["time_source"]["enum"] == [*TimeSource, None]
    assert TEXT["properties"]["policy"]["enum"] == list(policies.POLICIES)


@pytest.mark.parametrize("lang", LANGS)
def test_every_line_of_the_command_follows_the_schema(desk: Desk, tmp_path: Path, lang: str) -> None:
    (tmp_path / "large.der").write_bytes(LARGE)
    (tmp_path / "text.der").write_bytes("동의".encode())
    (tmp_path / "empty.der").write_bytes(b"")
    files = [desk / "rsa.der", desk / "revoked.der", tmp_path / "nowhere.der", tmp_path]
    files += [tmp_path / f"{name}.der" for name in ("large", "text", "empty")]
    lines = [follows(line) for line in called("verify", *files, "--trust", desk.trust, "--json", lang=lang).lines]
    outcomes = [line["indication"] for line in lines]
    assert outcomes == ["TOTAL_PASSED", "TOTAL_FAILED", "INDETERMINATE", "INDETERMINATE", *["TOTAL_FAILED"] * 3]
    assert [line["time_source"] is None for line in lines] == [False, False, True, True, False, False, False]
    assert [line["sha256"] is None for line in lines] == [False, False, True, True, True, False, False]
    for line in lines:
        assert all(text for _, text in described(TEXT, line))
        for finding in line["findings"]:
            assert all(text for _, text in described(TEXT["$defs"]["finding"], finding))


def test_times_and_policies_of_every_kind_follow_the_schema(desk: Desk) -> None:
    late, received = (desk.pki.at + timedelta(days=20)).isoformat(), desk.pki.at.isoformat()
    for words in (
        ("--at", "signing-time"),
        ("--at", late, "--received-at", received),
        ("--policy", "cms"),
        ("--timestamped",),
        ("--at", "1999-01-01T00:00:00+09:00"),
    ):
        said = called("verify", desk / "rsa.der", "--trust", desk.trust, "--json", *words).json
        assert follows(said)["policy"] == ("cms" if "cms" in words else "kftc")


def test_every_golden_verdict_follows_the_schema() -> None:
    seen = set()
    for name, (der, trust, policy, at) in cases():
        verdict = verify_der(der, trust=trust, policy=policy, at=at)
        seen.add(follows(as_json(verdict, file=name, lang="ko"))["indication"])
    assert seen == set(Indication.__members__)


def test_what_the_server_answers_follows_the_schema(desk: Desk, tmp_path: Path) -> None:
    service = web_service(desk, tmp_path)
    for body in ((desk / "rsa.der").read_bytes(), (desk / "revoked.der").read_bytes(), b"", b"\x30\x80", LARGE):
        for query in ("", "?policy=cms", "?at=signing-time"):
            answer = service.client.post(f"/v1/verify{query}", data=body, headers=service.headers(Scope.VERIFY))
            assert answer.status_code == 200
            follows(json.loads(answer.data))


def test_a_verdict_on_nothing_follows_the_schema() -> None:
    follows(as_json(verify_der(b"", trust=TRUST, policy=policies.CMS, at=JUDGED_AT), file="-", lang="en"))


def _failed_finding(said: dict[str, Any]) -> None:
    said["findings"][0]["effect"] = "TOTAL_FAILED"


BROKEN: Final[dict[str, Callable[[dict[str, Any]], object]]] = {
    "no key may lack": lambda said: said.pop("sha256"),
    "another version": lambda said: said.update(schema="urn:dongui:verdict:2"),
    "a pass with a check that did not run": lambda said: said.update(not_run=["path"]),
    "a pass without findings": lambda said: said.update(findings=[]),
    "a pass with a finding against it": _failed_finding,
    "a pass at no time": lambda said: said.update(verified_at=None),
    "a time of another offset": lambda said: said.update(verified_at="2026-11-02T00:00:00+09:00"),
    "a refusal with a hash": lambda said: said.update(time_source=None),
    "a finding without its remedy": lambda said: said["findings"][0].pop("remedy"),
    "a check of another name": lambda said: said["findings"][0].update(check="luck"),
    "a hash in capitals": lambda said: said.update(sha256=said["sha256"].upper()),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_schema_refuses_what_no_verdict_says(desk: Desk, what: str) -> None:
    said = called("verify", desk / "rsa.der", "--trust", desk.trust, "--json").json
    said["sha256"] = "ab" * 32
    broken = copy.deepcopy(said)
    BROKEN[what](broken)
    assert VALIDATOR.is_valid(said)
    assert not VALIDATOR.is_valid(broken)
    assert VALIDATOR.is_valid({**said, "a key of tomorrow": 1})
