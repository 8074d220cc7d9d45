"""Who is let in, for how long, and what stands in the way of everybody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.security import check_password_hash

from evidence.store.web_schema import CONSOLE_SESSION, CONSOLE_USER
from service.web.console import users
from service.web.console.roles import Role
from service.web.console.sessions import IDLE, LASTS
from service.web.console.users import LOCKED, TRIES, find_user, set_disabled, set_password, set_role
from tests.service.console.conftest import HASH
from tests.service.console.house import PASSWORD, House

SECURE = "https://console.example"
EVERY_VIEW = ("/", "/search", "/consents", "/consents/1", "/fix", "/files", "/files/1", "/charts", "/users", "/look")
EVERY_FORM = (
    *("/search", "/look", "/password", "/logout", "/users", "/users/1/role", "/users/1/password", "/users/1/disabled"),
    *("/consents/1/unmask", "/files/1/records/1/unmask", "/fix/requeue", "/fix/consents/2/amend"),
    *("/fix/consents/2/withdraw", "/fix/consents/2/cancel", "/fix/consents/2/hold"),
    "/fix/consents/2/void",
    *("/fix/files/3/1/done", "/fix/files/3/1/receipt"),
)


def cookies(response: object) -> dict[str, str]:
    return {line.split("=", 1)[0]: line for line in response.headers.getlist("Set-Cookie")}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", EVERY_VIEW)
def test_without_a_login_there_is_nothing_to_be_seen(house: House, path: str) -> None:
    response = house.visitor().get(path)
    assert (response.status_code, response.location) == (303, "/console/login")


def test_every_route_is_looked_at_above(house: House) -> None:
    """A route that is added has to stand among those that need a login, and a token."""
    rules = [rule for rule in house.app.url_map.iter_rules() if rule.endpoint.startswith("console.")]
    posts = {re.sub(r"\d+", "#", path) for path in EVERY_FORM} | {"/login"}
    assert {
        re.sub("<.*?>", "#", rule.rule.removeprefix("/console")) for rule in rules if "POST" in (rule.methods or ())
    } == posts


def test_a_session_is_a_random_value_whose_hash_alone_is_kept(house: House) -> None:
    browser = house.visitor("viewer")
    cookie = browser.client.get_cookie("dongui-console")
    assert cookie is not None
    assert len(cookie.value) >= 43
    with house.store.reading() as connection:
        (kept,) = connection.execute(select(CONSOLE_SESSION.c.hash)).scalars()
    assert kept == house.store.keys.digest("console session", cookie.value)
    assert cookie.value.encode() not in kept
    assert house.visitor("viewer").client.get_cookie("dongui-console") != cookie


def test_cookies_are_for_this_host_over_tls_alone(house: House) -> None:
    browser = house.visitor()
    browser.base = SECURE
    visit = cookies(browser.get("/login"))["__Host-dongui-visit"]
    session = cookies(browser.log_in("viewer"))["__Host-dongui-console"]
    for cookie in (visit, session):
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert "Expires" not in cookie
    assert browser.is_in()


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"])
def test_on_this_machine_cookies_work_without_tls(house: House, base: str) -> None:
    browser = house.visitor()
    browser.base = base
    cookie = cookies(browser.log_in("viewer"))["dongui-console"]
    assert "Secure" not in cookie
    assert {"HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))


@pytest.mark.parametrize("base", ["http://console.example", "http://10.0.0.7", "http://127.0.0.1.example"])
def test_elsewhere_they_do_not(house: House, base: str) -> None:
    assert "Secure" in cookies(house.visitor().client.get("/console/login", base_url=base))["__Host-dongui-visit"]


def test_a_login_gives_a_new_value_whatever_was_there_before(house: House) -> None:
    """Who has planted a cookie in somebody's browser does not get their session."""
    browser = house.visitor()
    browser.client.set_cookie("dongui-console", "planted", domain="localhost")
    assert browser.log_in("viewer").status_code == 303
    cookie = browser.client.get_cookie("dongui-console")
    assert cookie is not None
    assert cookie.value != "planted"
    before = cookie.value
    browser.bare_post("/login", {"form_token": browser.token("/"), "name": "viewer", "password": PASSWORD})
    other = house.visitor()
    other.client.set_cookie("dongui-console", before, domain="localhost")
    assert not other.is_in()


def test_logging_out_ends_the_session_wherever_its_cookie_went(house: House) -> None:
    browser, thief = house.visitor("viewer"), house.visitor()
    cookie = browser.client.get_cookie("dongui-console")
    assert cookie is not None
    thief.client.set_cookie("dongui-console", cookie.value, domain="localhost")
    assert thief.is_in()
    assert browser.post("/logout").location == "/console/login"
    assert not thief.is_in()
    assert [row.details for row in house.log("user_logged_out")] == ['{"user":1}']


def test_a_session_ends_when_nobody_uses_it(house: House) -> None:
    browser = house.visitor("viewer")
    for _ in range(3):
        house.now += IDLE - timedelta(minutes=2)
        assert browser.is_in()
    house.now += IDLE + timedelta(minutes=1)
    response = browser.get("/")
    assert response.location == "/console/login?ended=1"
    assert "Your session has ended" in browser.text("/login?ended=1")


def test_a_session_ends_after_a_working_day_however_busy(house: House) -> None:
    browser, end = house.visitor("viewer"), house.now + LASTS
    while house.now < end - timedelta(minutes=20):
        house.now += timedelta(minutes=20)
        assert browser.is_in() == (house.now < end)
    house.now = end
    assert not browser.is_in()


def test_wrong_name_and_wrong_password_are_answered_alike(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def check(known: str, word: str) -> bool:
        asked.append(known)
        return check_password_hash(known, word)

    monkeypatch.setattr(users, "check_password_hash", check)
    browser = house.visitor()
    token = re.compile("[0-9a-f]{64}")
    nobody, somebody = browser.log_in("nobody"), browser.log_in("viewer", "x" * 12)
    assert (nobody.status_code, token.sub("", nobody.text)) == (somebody.status_code, token.sub("", somebody.text))
    assert nobody.status_code == 403
    assert "SVC-260" in nobody.text
    assert len(asked) == 2  # the name that nobody has cost a password hash, too
    assert len({known.split("$")[0] for known in asked}) == 1


def test_passwords_are_hashed_slowly() -> None:
    assert HASH == "scrypt:32768:8:1"


def test_after_five_wrong_passwords_the_right_one_does_not_help(house: House) -> None:
    browser = house.visitor()
    wrong = [browser.log_in("viewer", "wrong password!") for _ in range(TRIES)]
    locked = browser.log_in("viewer")
    token = re.compile("[0-9a-f]{64}")
    assert {token.sub("", response.text) for response in (*wrong, locked)} == {token.sub("", locked.text)}
    assert locked.status_code == 403
    assert [row.details for row in house.log("user_locked")] == ['{"user":1}']
    assert house.visitor("operator").is_in()
    house.now += LOCKED + timedelta(seconds=1)
    assert browser.log_in("viewer").status_code == 303


def test_a_right_password_takes_the_wrong_ones_away(house: House) -> None:
    browser = house.visitor()
    for _ in range(2):
        for _ in range(TRIES - 1):
            assert browser.log_in("viewer", "wrong password!").status_code == 403
        assert house.visitor().log_in("viewer").status_code == 303
    with house.store.reading() as connection:
        assert connection.execute(select(CONSOLE_USER.c.failed_logins).where(CONSOLE_USER.c.id == 1)).scalar() == 0


def test_who_is_disabled_is_out_at_once(house: House) -> None:
    browser = house.visitor("operator")
    with house.store.writing(house.now) as writing:
        set_disabled(writing, find_user(writing.connection, "operator"), disabled=True)
    assert not browser.is_in()
    assert house.visitor().log_in("operator").status_code == 403


def test_a_new_password_ends_what_the_old_one_began(house: House) -> None:
    browser = house.visitor("viewer")
    with house.store.writing(house.now) as writing:
        set_password(writing, find_user(writing.connection, "viewer"), "another long password")
    assert not browser.is_in()
    assert house.visitor().log_in("viewer").status_code == 403


@pytest.mark.parametrize("what", ["password", "disabled"])
@pytest.mark.parametrize("path", ["/login", "/password"])
def test_what_happens_while_a_password_is_looked_at_counts(
    house: House, monkeypatch: pytest.MonkeyPatch, what: str, path: str
) -> None:
    """Else whoever knows the old password would be in after it was taken away, or take the new one away."""
    browser = house.visitor("viewer" if path == "/password" else None)
    said = {"name": "viewer", "password": PASSWORD, "before": PASSWORD}
    said |= dict.fromkeys(("new", "again"), "a wholly new password")
    said["form_token"] = browser.token("/" if path == "/password" else "/login")

    def check(known: str, word: str) -> bool:
        with house.store.writing(house.now) as writing:
            user = find_user(writing.connection, "viewer")
            if what == "password":
                set_password(writing, user, "another long password")
            else:
                set_disabled(writing, user, disabled=True)
        return check_password_hash(known, word)

    with monkeypatch.context() as patched:
        patched.setattr(users, "check_password_hash", check)
        response = browser.bare_post(path, said)
    assert response.status_code == {"/login": 403, "/password": 422}[path]
    assert not browser.is_in()
    with house.store.reading() as connection:
        assert connection.execute(select(CONSOLE_SESSION.c.user_id)).all() == []
    assert house.visitor().log_in("viewer", "another long password").status_code == (303 if what == "password" else 403)


def test_a_role_holds_from_the_next_page_on(house: House) -> None:
    browser = house.visitor("operator")
    with house.store.writing(house.now) as writing:
        set_role(writing, find_user(writing.connection, "operator"), Role.VIEWER)
    assert browser.post("/consents/1/unmask").status_code == 403
    assert house.log("unmasked") == []


@pytest.mark.parametrize("path", EVERY_FORM)
def test_no_form_is_taken_that_this_session_did_not_make(house: House, path: str) -> None:
    browser, foreign = house.visitor("administrator"), house.visitor("administrator")
    before = house.log("user_acted", "unmasked", "user_added", "user_role", "user_password", "user_disabled")
    tokens = ("", "0" * 64, foreign.token("/"), house.visitor().token(), "\xe9" * 64)
    for token in tokens:
        response = browser.bare_post(path, {"form_token": token})
        assert response.status_code == 403, token
        assert "SVC-261" in response.text
    assert browser.bare_post(path, {}).status_code == 403
    response = browser.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, "SVC-261" in response.text) == (403, True)
    assert house.log("user_acted", "unmasked", "user_added", "user_role", "user_password", "user_disabled") == before
    assert browser.is_in()


def test_a_login_form_of_another_visit_is_not_taken(house: House) -> None:
    """Else somebody could be logged in under a stranger's name without noticing."""
    token = house.visitor().token()
    response = house.visitor().bare_post("/login", {"form_token": token, "name": "viewer", "password": PASSWORD})
    assert response.status_code == 403
    assert "SVC-261" in response.text


def test_pages_may_load_and_keep_nothing(house: House) -> None:
    browser = house.visitor("viewer")
    for response in (
        browser.get("/"),
        browser.get("/consents/99"),
        house.visitor().get("/login"),
        browser.get("/users"),
    ):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert not re.search(
            r"<style|<script(?! src=\"/static/console.js\" defer></script>)| style=| on[a-z]+=", response.text
        )


def test_ones_own_password(house: House) -> None:
    browser = house.visitor("viewer")
    new = {"new": "a wholly new password", "again": "a wholly new password"}
    for values, code in (
        ({**new, "before": "not this one"}, "SVC-274"),
        ({**new, "before": PASSWORD, "again": "another"}, "SVC-275"),
        ({"before": PASSWORD, "new": "short", "again": "short"}, "SVC-265"),
    ):
        response = browser.post("/password", values)
        assert response.status_code == 422
        assert code in response.text
    other = house.visitor("viewer")
    assert browser.post("/password", {**new, "before": PASSWORD}).status_code == 303
    assert browser.is_in()
    assert not other.is_in()
    assert house.visitor().log_in("viewer").status_code == 403
    assert house.visitor().log_in("viewer", new["new"]).status_code == 303


def test_the_password_so_far_cannot_be_guessed_either(house: House) -> None:
    browser = house.visitor("viewer")
    new = {"new": "a wholly new password", "again": "a wholly new password"}
    for _ in range(TRIES):
        assert "SVC-274" in browser.post("/password", {**new, "before": "not this one"}).text
    assert "SVC-274" in browser.post("/password", {**new, "before": PASSWORD}).text
    assert len(house.log("user_locked")) == 1


def test_the_console_is_found_without_the_last_stroke(house: House) -> None:
    response = house.visitor().client.get("/console", base_url="http://localhost")
    assert (response.status_code, response.location) == (308, "http://localhost/console/")


def test_a_language_is_chosen_and_kept(house: House) -> None:
    browser = house.visitor(lang="en")
    assert "Log in" in browser.text("/login")
    assert "로그인" in browser.text("/login?lang=ko")
    assert "로그인" in browser.text("/login")
    assert "로그인" in house.visitor(lang="fr, ko;q=0.5, en;q=0.2").text("/login")
    address = browser.get("/login?lang=ko&_scheme=javascript&_external=1&_anchor=x").text
    assert 'href="/console/login?lang=en"' in address
    assert "javascript" not in address


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/consents/1"])
@pytest.mark.parametrize("name", ["endpoint", "values", "self", "number", "_method", "_anything", "lang"])
def test_no_name_in_an_address_breaks_a_page(house: House, path: str, name: str) -> None:
    for browser in (house.visitor(), house.visitor("viewer")):
        here, there = browser.get(path), browser.get(f"{path}?{name}=x&after=1")
        assert there.status_code == here.status_code
        if here.status_code == 200:
            assert f'href="/console{path}?' in there.text


def test_an_address_has_only_so_many_tries(house: House) -> None:
    """Whatever names it tries, and whatever else it sends along."""
    browser = house.visitor()
    token = browser.token()
    codes = [
        browser.bare_post(
            "/login",
            {"form_token": token, "name": f"name{number}", "password": "x"},
            headers={"Authorization": f"Bearer {number}"},
        ).status_code
        for number in range(32)
    ]
    assert codes[:30] == [403] * 30
    assert codes[30:] == [429] * 2
    assert browser.get("/login").status_code == 200
