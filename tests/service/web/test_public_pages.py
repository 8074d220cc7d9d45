"""Pages for everybody: where to go, a receipt, the API; each in the language that is asked for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from consent.errors import LANGS, Lang
from service.web.docs_page import docs_words
from service.web.public_pages import words
from tests.service.web_service import WebService

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
each_lang = pytest.mark.parametrize("lang", LANGS)


def seen(service: WebService, path: str, accepted: str = "en") -> str:
    response = service.client.get(path, headers={"Accept": BROWSER, "Accept-Language": accepted})
    assert response.status_code == 200
    assert not re.search(r"<script|<style|style=|\son[a-z]+=\"", response.text)
    return response.text


def operations(service: WebService) -> Iterator[dict[str, Any]]:
    for methods in service.client.get("/openapi.json").get_json()["paths"].values():
        yield from methods.values()


@pytest.mark.parametrize("accepted", ["*/*", "application/json", "application/problem+json", None])
def test_a_program_finds_nothing_at_the_root(service: WebService, accepted: str | None) -> None:
    answer = service.client.get("/", headers={} if accepted is None else {"Accept": accepted})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "SVC-220")


@each_lang
def test_a_browser_is_told_where_to_go(service: WebService, lang: Lang) -> None:
    text = seen(service, "/", lang)
    assert f'<html lang="{lang}">' in text
    assert [path for path in ("/receipt", "/console/", "/docs") if f'href="{path}?lang={lang}"' not in text] == []


@pytest.mark.parametrize("path", ["/", "/receipt", "/docs"])
def test_an_address_names_the_language_and_links_to_the_other(service: WebService, path: str) -> None:
    text = seen(service, f"{path}?lang=ko", "en")
    assert '<html lang="ko">' in text
    assert '<a href="?lang=en" lang="en" hreflang="en">English</a>' in text
    assert '<html lang="en">' in seen(service, f"{path}?lang=fr", "en")


@each_lang
@pytest.mark.parametrize(("content", "code"), [(b"", "SVC-268"), (b"{}", "SVC-225")])
def test_what_is_no_receipt_is_refused_with_its_code_and_a_remedy(
    service: WebService, lang: Lang, content: bytes, code: str
) -> None:
    answer = service.client.post(f"/receipt?lang={lang}", data={"receipt": (io.BytesIO(content), "r.json")})
    assert answer.status_code == 422
    assert f"<code>{code}</code>" in answer.text
    assert f'<html lang="{lang}">' in answer.text
    assert "<p>→ " in answer.text


@each_lang
def test_every_operation_is_in_a_group_of_the_contents(service: WebService, lang: Lang) -> None:
    text = seen(service, f"/docs?lang={lang}")
    contents = text.partition('aria-labelledby="contents"')[2].partition("</nav>")[0]
    for one in operations(service):
        assert f'href="#{one["operationId"]}"' in contents
        assert text.count(f'<h3 id="{one["operationId"]}"') == 1
    assert [name for name in docs_words()["groups"] if f'href="#group-{name}"' not in contents] == []


def test_the_words_are_those_of_the_document(service: WebService) -> None:
    document = service.client.get("/openapi.json").get_json()
    assert set(docs_words()["operations"]) == {one["operationId"] for one in operations(service)}
    assert set(docs_words()["groups"]) == {one["name"] for one in document["tags"]}
    assert set(docs_words()["statuses"]) == {status for one in operations(service) for status in one["responses"]}
    described = set(_descriptions(document))
    assert set(docs_words()["meanings"]) <= described
    for said in words().values():
        assert set(said) == set(LANGS)
        assert re.search("[가-힣]", said["ko"]) or said["ko"].startswith("API")
        assert not re.search("[가-힣]", said["en"])


def _descriptions(within: object) -> Iterator[str]:
    if isinstance(within, dict):
        if isinstance(within.get("description"), str):
            yield within["description"]
        for one in within.values():
            yield from _descriptions(one)
    elif isinstance(within, list):
        for one in within:
            yield from _descriptions(one)


def test_every_meaning_is_in_the_pages_language(service: WebService) -> None:
    cells = {lang: re.findall("<(?:td|dd)>(.+?)</(?:td|dd)>", seen(service, f"/docs?lang={lang}")) for lang in LANGS}
    assert [one for one in cells["ko"] if not re.search("[가-힣]", re.sub("1~100", "가", one))] == []
    assert [one for one in cells["en"] if re.match("[가-힣]", one)] == []
    assert len(cells["ko"]) == len(cells["en"]) > 100


def test_parameters_are_described_and_statuses_sorted(service: WebService) -> None:
    for one in operations(service):
        assert [it["name"] for it in one["parameters"] if not it["description"]] == []
        assert list(one["responses"]) == sorted(one["responses"])


def test_lists_and_alternatives_are_opened(service: WebService) -> None:
    text = seen(service, "/docs?lang=ko")
    assert "<code>items[].receipt.evidence_sha256</code>" in text
    assert (
        "<code>apiKey</code> (권한 <code>files</code>) 또는 <code>messageSignature</code> (권한 <code>files</code>)"
        in text
    )
