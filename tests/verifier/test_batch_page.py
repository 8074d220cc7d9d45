"""The page over a batch: it says what the figures say, in both languages; words of others stay words."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from string import Formatter
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.errors import LANGS, Lang
from tests.batch_tables import NOT_READ, ROWS, failed, row, table_of, unclear
from tests.verifier.reading import Html, squeezed
from tests.verifier.test_batch_figures import figures, parquet
from verifier.batch.figures import Figures
from verifier.batch.origin import Origin, origin_of
from verifier.batch.tally import Counts
from verifier.reports.batch_html import as_batch_html
from verifier.reports.batch_page import OwnReport, batch_page, share, words
from verifier.reports.charts import bar, columns, steps
from verifier.reports.terms import OUTCOMES, check_name
from verifier.verdict import Check, Indication

MADE: Final = (datetime(2026, 11, 22, 1, tzinfo=UTC), "dongui 0.1.0")
HOSTILE: Final = '"><script>alert(1)</script>{{ 7*7 }}&lt;\u202e\x1b[31m\x00\u0301' + "W" * 3000
USUAL: Final = [
    *(row(id=f"{n}.der", signing_time=datetime(2026, 1 + n, 5, tzinfo=UTC)) for n in range(9)),
    failed(id="broken.der", time_source="signing-time"),
    unclear(id="unclear.der", not_run=["digest"]),
    NOT_READ,
]
each_lang: Final = pytest.mark.parametrize("lang", LANGS)


def page(rows: Sequence[dict[str, Any]] | Figures, lang: Lang, *, masked: bool = False, **own: Any) -> Html:
    made = rows if isinstance(rows, Figures) else figures(rows)
    reports = [OwnReport(**({"command": f"dongui report {one.sha256}"} | own)) for one in made.failing]
    about = "commands-about"
    return Html(
        as_batch_html(
            batch_page(
                made, lang, file="v.parquet", origin=Origin(), made=MADE, own=reports, own_about=about, masked=masked
            )
        )
    )


def classes(found: Html, tag: str) -> list[str]:
    return [of.get("class") or "" for name, of in found.elements if name == tag]


@each_lang
def test_a_page_says_everything_there_is(lang: Lang) -> None:
    found = page(USUAL, lang)
    text = squeezed(found.text)
    for heading in (
        *("subject", "months", "findings", "not-run", "issuers", "products", "keys", "time-sources", "oldest"),
        *("ages", "ends", "cost", "slowest", "not-judged", "failing"),
    ):
        assert squeezed(words()[heading][lang]) in text
    for said in ("9", "75.00%", "2026-09", "CMS-161", "broken.der", "unclear.der", "2026/lost.der", "RSA2048"):
        assert said in text
    authority = {"ko": "금융결제원(yessign),Class3", "en": "KFTC(yessign),Class3"}[lang]
    product = {"ko": "개인범용공동인증서(금융결제원yessign)", "en": "generalpurpose(KFTCyessign)"}[lang]
    digest = {"ko": "메시지다이제스트가원문과일치하지않습니다.", "en": "Themessagedigestisnotthatofthecontent"}[lang]
    assert authority in text and product in text and digest in text
    assert {"ko": "18:00:00(UTC+09:00)", "en": "09:00:00(UTC)"}[lang] in text
    assert "{" not in found.text and "…" not in words()["title"][lang]


@each_lang
def test_a_sample_that_was_all_there_is_is_none(lang: Lang) -> None:
    sentences = [
        batch_page(figures([row()]), lang, file="x", origin=Origin(rows=1, sample=size), made=MADE, own=[])["sentences"]
        for size in (1, 2)
    ]
    assert sentences[0][1:] == sentences[1]


@each_lang
def test_checks_stand_in_the_order_they_are_made(lang: Lang) -> None:
    names = ["structure", "digest", "path"]
    made = figures([failed(not_run=sorted(names)), failed(not_run=[*names, "input"])])
    found = batch_page(made, lang, file="x", origin=Origin(), made=MADE, own=[OwnReport()] * 2)
    said = [one["name"][0]["t"] for one in found["not_run"]]
    assert said == [*(check_name(Check(name), lang) for name in names), words()["check-input"][lang]]


@each_lang
def test_a_page_loads_and_runs_nothing(lang: Lang) -> None:
    made = figures(USUAL)
    reports = [OwnReport(href=f"reports/{n}.html") for n, _ in enumerate(made.failing)]
    raw = as_batch_html(
        batch_page(made, lang, file="x", origin=Origin(), made=MADE, own=reports, own_about="commands-about-reports")
    )
    found = Html(raw)
    assert not found.tags & {"script", "img", "iframe", "object", "link", "form", "use", "image", "foreignobject"}
    assert [value for _, _, value in found.leads_out()] == [f"reports/{n}.html" for n in range(len(reports))]
    (style,) = found.all("style")
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [of["content"] for name, of in found.elements if of.get("http-equiv") == "Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\((?!#)|@import|https?:", style)
    ids = [of["id"] for _, of in found.elements if "id" in of]
    assert len(ids) == len(set(ids))
    named = [value for _, of in found.elements for name, value in of.items() if name in {"aria-labelledby", "href"}]
    for target in " ".join(str(value) for value in named).split():
        assert target.removeprefix("#") in ids or target.startswith("reports/")


@each_lang
def test_a_chart_can_be_read_without_seeing_it(lang: Lang) -> None:
    found = page(USUAL, lang)
    charts = [of for name, of in found.elements if name == "svg" and of.get("class") == "columns"]
    assert len(charts) == 3
    for chart in charts:
        assert chart["role"] == "img"
        title, desc = str(chart["aria-labelledby"]).split()
        assert found.all("title", id=title)[0]
        assert found.all("desc", id=desc)[0]
    assert [of.get("aria-hidden") or of["role"] for name, of in found.elements if name == "svg"].count("true") >= 4
    rows = [of for name, of in found.elements if name == "tr"]
    assert len(rows) > 30
    for outcome in ("TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED"):
        assert outcome in classes(found, "rect")


@each_lang
@pytest.mark.parametrize("masked", [False, True])
def test_words_of_others_stay_words(lang: Lang, masked: bool) -> None:
    names = ("id", "signer", "issuer", "key", "product", "time_source", "sha256")
    rows = [kind(**dict.fromkeys(names, HOSTILE)) for kind in (row, failed, unclear)]
    rows.append(failed(id=HOSTILE, signer=HOSTILE, codes=[HOSTILE], not_run=[HOSTILE, "input"]))
    found = page(rows, lang, masked=masked, command=HOSTILE)
    assert found.tags == page(USUAL, lang, masked=masked).tags
    assert found.leads_out() == []
    assert "<script>alert(1)</script>{{ 7*7 }}&lt;U+202EU+001B[31mU+0000U+0301W" in found.text
    assert not {"\u202e", "\x1b", "\x00", "\u0301"} & set(found.text)
    for text in re.findall(r"\S+", found.text):
        assert len(text) < 1400


@each_lang
def test_a_masked_page_names_nobody(lang: Lang) -> None:
    own = failed(id="HONG.der", signer="CN=GIL", issuer="CN=GIL")
    rows = [*(row(id="HONG", signer="CN=GIL", time_source="signing-time"), own, unclear(id="HONG", signer="CN=GIL"))]
    assert "HONG" in page(rows, lang).text and "GIL" in page(rows, lang).text
    masked = page(rows, lang, masked=True, command="")
    assert "HONG" not in masked.text and "GIL" not in masked.text
    assert "ab" * 32 in masked.text and words()["masked"][lang] in masked.text
    assert words()["issuer-self"][lang] in masked.text


@each_lang
def test_what_a_row_has_for_a_report_is_said(lang: Lang) -> None:
    rows = [failed()]
    linked = page(rows, lang, href="r/a.html", command="", outcome=Indication.TOTAL_PASSED)
    assert [of["href"] for name, of in linked.elements if name == "a"][-1] == "r/a.html"
    outcome = {"ko": "적합", "en": "PASSED"}[lang]
    assert words()["otherwise"][lang].format(outcome=outcome) in linked.text
    assert words()["report-changed"][lang] in page(rows, lang, missing="report-changed", command="").text
    assert words()["no-command"][lang] in page(rows, lang, command="").text
    assert "dongui report abab" in page(rows, lang).text


@each_lang
def test_a_table_of_some_rows_says_so(lang: Lang) -> None:
    made = figures(USUAL)
    origin = Origin(policy="cms", rows=5000, only=("TOTAL_FAILED", "<b>"), sample=700)
    own = [OwnReport()] * len(made.failing)
    found = Html(as_batch_html(batch_page(made, lang, file="x", origin=origin, made=MADE, own=own)))
    for said in ("cms", "5,000", f"{OUTCOMES[Indication.TOTAL_FAILED][lang]}, <b>", "700"):
        assert said in found.text
    assert "cms" not in page(USUAL, lang).text


@pytest.mark.parametrize(
    ("about", "origin"),
    [
        (
            {"policy": "cms", "holder": "personal", "rows": 7, "sample": 3, "only": ["CMS-161"], "more": 1},
            Origin("cms", "personal", 7, ("CMS-161",), 3),
        ),
        ({"policy": "x", "holder": 1, "rows": -1, "sample": True, "only": "failed"}, Origin()),
        ({"only": ["TOTAL_FAILED", "failed", "CMS-161\n", "\x1b]0;CMS-161\x07", 7]}, Origin(only=("TOTAL_FAILED",))),
        ({}, Origin()),
        ([], Origin()),
        (None, Origin()),
    ],
)
def test_a_table_says_what_batch_it_is_of(about: object, origin: Origin) -> None:
    told = table_of(USUAL).replace_schema_metadata({"dongui.batch": json.dumps(about)})
    assert origin_of(parquet(told)) == origin
    assert origin_of(parquet(table_of(USUAL))) == origin_of(io.BytesIO(b"id,x")) == Origin()
    broken = table_of(USUAL).replace_schema_metadata({"dongui.batch": b"\xff{"})
    assert origin_of(parquet(broken)) == Origin()


@each_lang
def test_nothing_at_all_makes_a_page(lang: Lang) -> None:
    found = page([], lang)
    for key in ("none-judged", "findings-none", "oldest-none", "cost-none", "not-judged-none", "failing-none"):
        assert words()[key][lang] in found.text
    assert "svg" in found.tags


@settings(max_examples=25)
@given(ROWS, st.sampled_from(LANGS), st.booleans())
def test_any_rows_make_a_page_of_the_same_elements(rows: list[dict[str, Any]], lang: Lang, masked: bool) -> None:
    found = page(rows, lang, masked=masked)
    assert found.leads_out() == []
    assert found.tags <= page(USUAL, lang).tags


@pytest.mark.parametrize("key", words())
def test_both_languages_say_the_same(key: str) -> None:
    korean, english = ({name for _, name, _, _ in Formatter().parse(words()[key][lang]) if name} for lang in LANGS)
    assert korean == english
    assert re.search("[가-힣]", words()[key]["ko"]) or key == "from-to"
    assert not re.search("[가-힣]", words()[key]["en"])


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_share_is_all_or_nothing_only_if_it_is(part: int, more: int) -> None:
    said = share(part, part + more)
    assert (said == "0%") == (part == 0)
    assert (said == "100%") == (part > 0 and more == 0)


@given(st.integers(0, 10**12))
def test_a_scale_has_few_lines_and_holds_everything(largest: int) -> None:
    step, most = steps(largest)
    assert most >= largest
    assert most - step < max(largest, 1)
    assert 1 <= most // step <= 4
    assert str(step).strip("0") in {"1", "2", "5"}


@given(st.builds(Counts, *[st.integers(0, 10**9)] * 3), st.integers(0, 10**9))
def test_a_bar_stays_in_its_place_and_shows_everything(counts: Counts, more: int) -> None:
    pieces = bar(counts, counts.rows + more)
    assert {one["kind"] for one in pieces} == {kind.name for kind in Indication if counts[kind]}
    for one in pieces:
        assert 0 < float(one["width"]) <= 100
        assert float(one["x"]) + float(one["width"]) <= 100.02


@given(st.lists(st.builds(Counts, *[st.integers(0, 10**7)] * 3), min_size=1, max_size=60))
def test_columns_stay_in_the_chart(counts: list[Counts]) -> None:
    made = columns([("x", one) for one in counts], ["m"] * len(counts))
    for column, one in zip(made["columns"], counts, strict=True):
        assert len(column["pieces"]) == sum(bool(count) for count in one)
        for piece in column["pieces"]:
            assert made["left"] <= float(piece["x"])
            assert float(piece["x"]) + float(piece["width"]) <= made["right"] + 0.02
            assert float(piece["y"]) >= 0
            assert float(piece["y"]) + float(piece["height"]) <= made["foot"] + 0.02


@each_lang
def test_on_a_narrow_screen_every_figure_has_its_name_beside_it(lang: Lang) -> None:
    found = page(USUAL, lang)
    figures_of = [of for name, of in found.elements if name == "td" and (of.get("class") or "") == "n"]
    assert figures_of
    assert [of for of in figures_of if not of.get("data-label")] == []
