"""`dongui users`: who may use the console."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.new_passwords import VARIABLE
from tests.service.console.house import PASSWORD
from tests.service.running import Ran, called, refused


class Users:
    def __init__(self, folder: Path) -> None:
        self.options = ("--store", folder / "s.db", "--keys", folder / "keys.json")
        self.password = folder / "password.txt"
        self.password.write_text(f"{PASSWORD}\n")
        assert called("store", "init", *self.options).code == 0

    def run(self, *words: object, lang: str = "en") -> Ran:
        return called("users", *words, *self.options, lang=lang)

    def add(self, name: str, *more: object, lang: str = "en") -> Ran:
        return self.run("add", name, "--password-file", self.password, *more, lang=lang)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Users:
    monkeypatch.delenv(VARIABLE, raising=False)
    return Users(tmp_path)


def test_somebody_is_added_changed_and_shut_out(people: Users) -> None:
    assert people.run("list").out == "Nobody may use the console yet; `dongui users add` lets somebody in.\n"
    assert people.add("kim").out == "✔ user 1: kim, viewer\n"
    assert people.add("lee", "--role", "operator", lang="ko").out == "✔ 사용자 2번: lee, 담당자\n"
    assert people.run("role", "kim", "administrator", lang="ko").out == "✔ kim: 관리자\n"
    assert people.run("disable", "lee").out == "✔ lee is shut out\n"
    listed = people.run("list", "--json").lines
    assert [(one["user"], one["name"], one["role"], one["state"]) for one in listed] == [
        (1, "kim", "administrator", "active"),
        (2, "lee", "operator", "disabled"),
    ]
    assert [line.split()[:3] for line in people.run("list").out.splitlines()] == [
        ["1", "kim", "administrator"],
        ["2", "lee", "operator"],
    ]
    assert people.run("disable", "lee", "--undo").out == "✔ lee may log in again\n"
    assert people.run("password", "lee", "--password-file", people.password, "--json").json == {
        "user": 2,
        "name": "lee",
    }
    logged = called("log", "show", *people.options, lang="ko").out
    for words in ("콘솔 사용자 등록", "콘솔 사용자 권한 변경", "콘솔 사용자 사용 중지", "콘솔 비밀번호 변경"):
        assert words in logged
    assert called("log", "verify", *people.options).code == 0
    assert PASSWORD not in logged + people.run("list", "--json").out


def test_what_is_refused(people: Users, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    people.add("kim")
    refused(people.add("kim"), "SVC-263")
    refused(people.add("Kim Cheol"), "SVC-266")
    refused(people.run("add", "K im"), "SVC-266")  # before a password is asked for
    refused(people.run("add", "kim"), "SVC-263")
    refused(people.run("role", "nobody", "viewer"), "SVC-264")
    refused(people.run("add", "lee"), "SVC-267")
    monkeypatch.setenv(VARIABLE, "too short")
    refused(people.run("add", "lee"), "SVC-265")
    monkeypatch.setenv(VARIABLE, "x" * 201)
    refused(people.run("add", "lee"), "SVC-265")
    assert people.run("role", "kim", "emperor").code == 2
