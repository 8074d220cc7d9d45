"""Reports: what they say is what the verdict says, in both languages, and nobody's words become anything but text."""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from string import Formatter
from typing import Any, Final

import pytest
import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from certs import Revocation, TrustSettings, TrustStore
from certs.demo import DemoPki, build_demo_pki
from certs.keys import KeyPair
from certs.products import ANY_POLICY
from consent.errors import LANGS, Lang
from tests.conftest import BUILT_AT
from tests.fuzz.pki import PKI, TRUST
from tests.verifier.conftest import JUDGED_AT
from tests.verifier.forge import SIGNED_AT, TEXT, Forge
from tests.verifier.raw import CA, certified, der_of
from tests.verifier.reading import Html, fonts, objects, pdf, pdf_text, squeezed
from tests.verifier.test_product import policy as policies_named
from tests.verifier.time_stamps import Tsa, tsa_key_pair
from verifier import SIGNING_TIME, Indication, Receipt, TimeStamp, policies, verify_der
from verifier.reports import facts, glyphs
from verifier.reports import pdf as reports_pdf
from verifier.reports.facts import Report, report_on
from verifier.reports.html import as_html
from verifier.reports.page import MASK, page_of, words
from verifier.reports.pdf import PdfNotMade, as_pdf
from verifier.reports.terms import OUTCOMES, clock, told

REPORTS: Final = Path(facts.__file__).parent
MADE_AT: Final = datetime(2026, 6, 3, 1, 2, 3, tzinfo=UTC)
HOSTILE: Final = (
    "<script>alert(1)</script><img src=http://example.com/x onerror=y> {{ 7*7 }} {% raw %} &amp; ' \"\n"
    '#read("/etc/passwd") #import "@preview/cetz:0.1.0" $x$ *b* _i_ @ref <label> `raw` // c /* d */ \\ = h\n'
    "a    b   tab\there\u202eevil\u202c zero\u200bwidth nul\x00 bell\x07 filler\u3164 nb\xa0sp\n"
    "\nnfd e\u0301\n뷁 漢字 國 😀 שלום\r\nlone\rreturn\n"
)


def report(der: bytes, trust: TrustStore = TRUST, **changes: Any) -> Report:
    told: dict[str, Any] = {"policy": policies.KFTC, "at": JUDGED_AT, "file": "동의.der", "made_at": MADE_AT}
    return report_on(der, trust=trust, **{**told, "maker": "dongui 0", **changes})


def sound(**changes: Any) -> bytes:
    return Forge(PKI, **changes).der()


CASES: Final[dict[str, tuple[Callable[[], Report], Indication]]] = {
    "passing": (lambda: report(sound()), Indication.TOTAL_PASSED),
    "revoked": (lambda: report(sound(payer="revoked")), Indication.TOTAL_FAILED),
    "altered": (lambda: report(sound().replace("자동납부".encode(), "자동이체".encode())), Indication.TOTAL_FAILED),
    "no lists": (lambda: report(sound(), replace(TRUST, crls=())), Indication.INDETERMINATE),
    "no root": (lambda: report(sound(), build_demo_pki(at=BUILT_AT).trust()), Indication.TOTAL_FAILED),
    "no signed message": (lambda: report("동의합니다".encode()), Indication.TOTAL_FAILED),
    "nothing": (lambda: report(b""), Indication.TOTAL_FAILED),
    "too large": (lambda: report(bytes(10_241), is_whole=False), Indication.TOTAL_FAILED),
    "no text": (lambda: report(sound(content=bytes(range(256)))), Indication.TOTAL_FAILED),
    "hostile": (lambda: report(sound(content=HOSTILE.encode()), policy=policies.CMS), Indication.TOTAL_PASSED),
}


@cache
def case_of(case: str) -> Report:
    return CASES[case][0]()


@cache
def page_of_case(case: str, lang: Lang) -> Html:
    return Html(as_html(case_of(case), lang))


@cache
def document_of(case: str, lang: Lang) -> bytes:
    return as_pdf(case_of(case), lang)


each_case: Final = pytest.mark.parametrize("case", CASES)
each_lang: Final = pytest.mark.parametrize("lang", LANGS)
needs_openssl: Final = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl command is not installed"
)


@each_case
@each_lang
def test_both_forms_say_what_the_verdict_says(case: str, lang: Lang) -> None:
    one, indication = case_of(case), CASES[case][1]
    assert one.verdict.indication is indication
    page, document = page_of_case(case, lang), pdf_text(document_of(case, lang))
    (outcome,) = page.all("h2", id="outcome")
    mark = {"TOTAL_PASSED": "✔", "INDETERMINATE": "?", "TOTAL_FAILED": "✘"}[indication.name]
    assert outcome == f"{mark} {OUTCOMES[indication][lang]}"
    for text in (squeezed(page.text), document):
        assert squeezed(outcome) in text
        for finding in one.verdict.findings:
            for part in (finding.code, told(finding, lang, clock), finding.where, finding.reference):
                assert squeezed(part) in text or part == "-"
            if finding.effect is not Indication.TOTAL_PASSED:
                assert squeezed(finding.remedy(lang)) in text
        assert ("앞선오류로" in text or "becauseofwhatfailedbefore" in text) == bool(one.verdict.not_run)
        assert (one.verdict.der_sha256.hex() in text) == one.is_whole
        assert ("2026-06-02" in text) == (one.verdict.verified_at is not None)


def test_a_report_changes_no_verdict() -> None:
    for der in (sound(), sound(payer="revoked"), b"x"):
        judged = verify_der(der, trust=TRUST, policy=policies.KFTC, at=JUDGED_AT)
        assert report(der).verdict == judged


@each_case
@each_lang
def test_a_page_stands_alone_and_runs_nothing(case: str, lang: Lang) -> None:
    page = page_of_case(case, lang)
    assert not page.tags & {"script", "img", "iframe", "link", "object", "embed", "form", "svg", "base"}
    assert page.leads_out() == []
    (style,) = page.all("style")
    assert "url(" not in style and "@import" not in style
    (policy,) = [found["content"] for tag, found in page.elements if found.get("http-equiv")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@each_case
@each_lang
def test_a_page_can_be_read_out(case: str, lang: Lang) -> None:
    page = page_of_case(case, lang)
    assert page.elements[0] == ("html", {"lang": lang})
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {"header", "main", "footer", "section", "table", "thead"} <= page.tags
    assert {found.get("scope") for tag, found in page.elements if tag == "th"} == {"col", "row"}
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    named = [found["aria-labelledby"] for _, found in page.elements if "aria-labelledby" in found]
    assert set(named) <= set(ids)


@each_case
@each_lang
def test_a_document_is_tagged_archivable_and_holds_its_fonts(case: str, lang: Lang) -> None:
    made = document_of(case, lang)
    reader: Any = pdf(made)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == {"ko": "ko-KR", "en": "en-US"}[lang]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    outcome = OUTCOMES[CASES[case][1]][lang]
    assert reader.metadata.title == f"{words()['title-' + case_of(case).verdict.policy][lang]}: {outcome}"
    assert reader.metadata.creation_date == MADE_AT
    xmp = root["/Metadata"].get_data()
    for identified in (b"<pdfuaid:part>1<", b"<pdfaid:part>2<", b"<pdfaid:conformance>A<"):
        assert identified in xmp
    parts = [*objects(made)]
    assert len(fonts(parts)) >= 2
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & one.keys() for one in fonts(parts))
    assert any("NotoSansCJKkr" in str(one["/FontName"]) for one in fonts(parts))
    for one in parts:
        if isinstance(one, dict):
            assert not {"/JS", "/JavaScript", "/OpenAction", "/AA", "/URI", "/Launch", "/EmbeddedFiles"} & one.keys()
    tags = {one.get("/S") for one in parts if isinstance(one, dict) and "/P" in one}
    assert {"/H1", "/H2", "/Table", "/TH", "/TR", "/TD"} <= tags


@each_case
@each_lang
def test_the_same_report_gives_the_same_bytes(case: str, lang: Lang) -> None:
    again = CASES[case][0]() if case != "no root" else case_of(case)  # its trust has new keys each time
    assert as_html(again, lang) == as_html(case_of(case), lang)
    assert as_pdf(again, lang) == document_of(case, lang)


def test_the_signed_text_is_shown_as_it_was_signed() -> None:
    one = case_of("passing")
    assert Html(as_html(one, "ko")).consent() == TEXT.decode().split("\n")
    assert squeezed(TEXT.decode()) in pdf_text(as_pdf(one, "ko"))
    for text in (squeezed(Html(as_html(one, "en")).text), pdf_text(as_pdf(one, "en"))):
        assert hashlib.sha256(TEXT).hexdigest() in text
        assert f"charsetUTF-8,{len(TEXT)}bytes" in text
    euc_kr = report(sound(content="뷁 없는 글".replace("뷁", "벽").encode("euc-kr")))
    assert Html(as_html(euc_kr, "ko")).consent() == ["벽 없는 글"]
    assert "문자집합EUC-KR" in pdf_text(as_pdf(euc_kr, "ko"))
    cp949 = report(sound(content="뷁 동의합니다".encode("cp949")))
    assert Html(as_html(cp949, "ko")).consent() == ["뷁 동의합니다"]
    assert "CP949로읽어" in pdf_text(as_pdf(cp949, "ko"))


def test_words_of_others_stay_words() -> None:
    one = replace(case_of("hostile"), file='"><script>x</script>\u202e{{ 7*7 }}.der')
    for lang in LANGS:
        page = Html(as_html(one, lang))
        assert page.consent() == [
            *HOSTILE.split("\n")[:2],
            "a    b   tabU+0009hereU+202EevilU+202C zeroU+200Bwidth nulU+0000 bellU+0007 fillerU+3164 nbU+00A0sp",
            "",
            "nfd eU+0301",
            "뷁 漢字 國 😀 שלום",
            "loneU+000Dreturn",
            "",
        ]
        assert '"><script>x</script>U+202E{{ 7*7 }}.der' in page.text
        document = pdf_text(as_pdf(one, lang))
        for line in HOSTILE.split("\n")[:2]:
            assert squeezed(line) in document
        assert "뷁漢字國U+1F600U+05E9U+05DCU+05D5U+05DD" in document
        assert "loneU+000Dreturn" in document
        assert "root:" not in document


def test_names_in_certificates_stay_words() -> None:
    name = "<img src=x onerror=y>{{ 7*7 }}#read(1)\u202e" + "갑돌갑돌"
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(BUILT_AT).not_valid_after(BUILT_AT + timedelta(days=30))
    pair = KeyPair(key, builder.sign(key, hashes.SHA256()))
    one = report(Forge(replace(PKI, payers={"x": pair}), payer="x").der())
    for lang in LANGS:
        page = Html(as_html(one, lang))
        assert page.leads_out() == []
        for text in (squeezed(page.text), pdf_text(as_pdf(one, lang))):
            assert "imgsrc=xonerror=y" in text
            assert "{{7*7}}#read(1)U+202E" in text
            assert "갑돌갑돌" in text
        assert "갑돌갑돌" not in Html(as_html(one, lang, masked=True)).text


@pytest.mark.parametrize("word", ["W" * 60, "\u202e" * 60], ids=["W", "invisible"])
def test_a_long_name_is_cut_and_covers_nothing(word: str) -> None:
    root = certified(None, "root", CA)
    parts = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, word) for _ in range(200)]
    signer = certified(root, x509.Name(parts))
    trust = TrustStore.of([der_of(root)], settings=TrustSettings(revocation=Revocation.NONE))
    one = report(Forge(replace(PKI, payers={"x": signer}), payer="x").der(), trust, policy=policies.CMS)
    assert one.verdict.indication is Indication.TOTAL_FAILED  # a name of that length leads nowhere
    assert Html(as_html(one, "en")).text.count(word[0]) < 2000  # under what was judged, and in the path
    heights: list[float] = []

    def drawn(operator: bytes, _: object, at: list[float], __: object) -> None:
        if operator in {b"Tj", b"TJ"}:
            heights.append(at[5])

    for page in pdf(as_pdf(one, "en")).pages:
        page.extract_text(visitor_operand_before=drawn)
    assert min(heights) > 0, "text below the edge of the page"
    fingerprint = hashlib.sha256(der_of(signer)).hexdigest()
    assert fingerprint in pdf_text(as_pdf(one, "en"))


@each_lang
@pytest.mark.parametrize("more", [b"", b"\xc2\xad"], ids=["clean", "with a soft hyphen in one"])
def test_bytes_of_two_readings_are_shown_in_both(lang: Lang, more: bytes) -> None:
    """The payer may have been shown either; a report must not choose the one that suits whoever asks for it."""
    both = "짠".encode("euc-kr") + more
    assert both.decode("utf-8")[0] == "§"
    one = report(sound(content=both))
    assert one.verdict.indication is Indication.TOTAL_PASSED
    for text in (squeezed(Html(as_html(one, lang)).text), pdf_text(as_pdf(one, lang))):
        assert squeezed(words()["passed-two-texts"][lang]) in text
        assert both.decode("utf-8")[0] in text and both.decode("euc-kr")[0] in text
    masked = squeezed(Html(as_html(one, lang, masked=True)).text)
    assert both.decode("euc-kr")[0] not in masked
    assert squeezed(words()["passed-two-texts"][lang]) not in squeezed(Html(as_html(report(sound()), lang)).text)


@each_lang
def test_every_page_of_a_document_says_the_outcome(lang: Lang) -> None:
    """A page of nothing but signed text may imitate a report that passed."""
    forged = f"{chr(10) * 60}{words()['title-kftc'][lang]}\n\n✔ {OUTCOMES[Indication.TOTAL_PASSED][lang]}{chr(10) * 40}"
    one = report(sound(payer="revoked", content=forged.encode()))
    foot = squeezed(f"{words()['title-kftc'][lang]}: ✘ {OUTCOMES[Indication.TOTAL_FAILED][lang]}")
    pages = [squeezed(page.extract_text()) for page in pdf(as_pdf(one, lang)).pages]
    assert len(pages) > 2
    assert all(foot in page for page in pages)


@each_lang
def test_a_product_that_the_path_does_not_allow_is_not_called_the_certificates(lang: Lang) -> None:
    personal, corporate = "1.2.410.200005.1.1.1", "1.2.410.200005.1.1.5"
    root = certified(None, "root", CA)

    def products_told(authority: KeyPair, policy: policies.VerifyPolicy, *oids: str) -> list[str]:
        signer = certified(authority, "signer", *policies_named(*oids))
        settings = TrustSettings(revocation=Revocation.NONE)
        trust = TrustStore.of([der_of(root)], [der_of(authority)], settings=settings)
        one = report(Forge(replace(PKI, payers={"x": signer}), payer="x").der(), trust, policy=policy)
        assert one.verdict.indication is Indication.TOTAL_PASSED
        labels = Html(as_html(one, lang)).all("dt")
        known = [words()[key][lang] for key in ("product", "product-unproven")]
        return [("proven", "unproven")[known.index(label)] for label in labels if label in known]

    silent, generous = certified(root, "silent", CA), certified(root, "generous", CA, *policies_named(ANY_POLICY))
    narrow = certified(root, "narrow", CA, *policies_named(personal))
    assert products_told(silent, policies.KFTC, personal) == ["unproven"]
    assert products_told(generous, policies.KFTC, personal) == ["proven"]
    assert products_told(narrow, policies.KFTC, corporate, personal) == ["unproven", "proven"]
    assert products_told(generous, policies.CMS, personal) == ["unproven"]  # nobody asked


@pytest.mark.parametrize("text", ["W" * 9000, "가" * 9000, "x " * 4000 + "y" * 1000], ids=["W", "가", "x y"])
def test_long_lines_lose_nothing_and_stay_on_their_page(text: str) -> None:
    one = report(sound(content=text.encode()), policy=policies.CMS)
    assert Html(as_html(one, "ko")).consent() == [text]
    reader = pdf(as_pdf(one, "ko"))
    right, found = 0.0, ""

    def seen(part: str, _: object, matrix: list[float], __: object, size: float) -> None:
        nonlocal right, found
        if part.strip() and set(part) <= set(text + "\n"):
            found += part
            narrowest = {"W": 0.85, "가": 0.85, "x": 0.2}[text[0]]
            right = max(right, *(matrix[4] + len(line) * size * narrowest for line in part.split("\n")))

    for page in reader.pages:
        page.extract_text(visitor_text=seen)
    assert squeezed(found).count(text[0]) == text.count(text[0])
    assert 0 < right < float(reader.pages[0].mediabox.width)


def test_a_text_of_millions_is_cut_and_says_so() -> None:
    one = report(sound(content=b"0123456789\n" * 20_000), policy=policies.CMS)
    page = Html(as_html(one, "en"))
    assert sum(len(line) + 1 for line in page.consent()) == 100_001
    assert "only the beginning is shown" in page.text
    assert "220,000 bytes" in page.text


def test_bytes_that_are_no_text_are_shown_in_hexadecimal() -> None:
    one = case_of("no text")
    assert Html(as_html(one, "ko")).consent()[:2] == [
        "000000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
        "000010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f",
    ]
    assert "0000f0f0f1f2" in pdf_text(as_pdf(one, "ko"))


@each_lang
def test_the_chain_runs_from_the_root_to_the_signer(lang: Lang) -> None:
    one = case_of("passing")
    assert one.chain is not None and one.chain.is_anchored
    expected = [PKI.root.certificate, PKI.intermediates[0].certificate, PKI.payers["rsa"].certificate]
    assert [link.certificate for link in one.chain.links] == expected
    assert [link.der for link in one.chain.links] == [c.public_bytes(Encoding.DER) for c in expected]
    for text in (squeezed(Html(as_html(one, lang)).text), pdf_text(as_pdf(one, lang))):
        places = [text.index(squeezed(words()[f"role-{role}"][lang])) for role in ("anchor", "authority")]
        for certificate in expected:
            assert squeezed(certificate.subject.rfc4514_string()) in text
            assert f"{certificate.serial_number:x}" in text
            places.append(text.index(hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()))
        assert places[2:] == sorted(places[2:])
        assert squeezed({"ko": "개인 범용 공동인증서", "en": "joint certificate"}[lang]) in text


def test_a_broken_path_is_shown_as_far_as_it_goes() -> None:
    foreign = build_demo_pki(at=BUILT_AT).trust()
    alone, with_issuer = report(sound(), foreign), report(sound(intermediates=True), foreign)
    for one, count, missing in ((alone, 1, "CN=Dongui Demo CA 1"), (with_issuer, 2, "CN=Dongui Demo RootCA")):
        assert one.chain is not None and not one.chain.is_anchored
        assert len(one.chain.links) == count
        for text in (squeezed(Html(as_html(one, "ko")).text), pdf_text(as_pdf(one, "ko"))):
            assert squeezed("경로가 여기서 끊어집니다") in text
            assert squeezed(f"찾지 못한 발급자: {missing}") in text
            assert "금융결제원" not in text, "a certificate that nobody vouches for may say what it likes"
    assert [found for _, found in Html(as_html(alone, "ko")).elements if found.get("class") == "broken"]
    assert report(b"x").chain is None


def test_a_certificate_that_had_ended_is_shown_so() -> None:
    late = report(sound(), at=JUDGED_AT + timedelta(days=500))
    early = report(sound(), at=JUDGED_AT - timedelta(days=500))
    assert "검증 기준시각에 유효기간이 지났습니다" in Html(as_html(late, "ko")).text
    assert "Not valid yet at the time of judgement" in Html(as_html(early, "en")).text
    for one, lang in product((late, early), LANGS):
        assert not re.search(r"\d-\d\dT\d", Html(as_html(one, lang)).text), "times have one form in a report"
    revoked = case_of("revoked")
    (signer,) = Html(as_html(revoked, "ko")).all("li", class_="signer")
    assert "✘" in signer and "개인키 유출" in signer


def test_the_lists_that_were_consulted_are_named() -> None:
    one = case_of("passing")
    assert [entry.sha256 for entry in one.consulted] == [
        hashlib.sha256(authority.crl).digest() for authority in (PKI.intermediates[0], PKI.root)
    ]
    for text in (Html(as_html(one, "en")).text, pdf_text(as_pdf(one, "en"))):
        assert all(hashlib.sha256(a.crl).hexdigest() in text for a in (PKI.intermediates[0], PKI.root))
    assert case_of("no lists").consulted == ()
    none = report(sound(), replace(TRUST, settings=TrustSettings(revocation=Revocation.NONE)))
    assert none.consulted == ()


def test_nothing_is_said_to_be_confirmed_that_was_not() -> None:
    def sentences(one: Report) -> str:
        return " ".join(page_of(one, "en", has_glyph=glyphs.anywhere)["sentences"])

    assert "confirmed that it had not been revoked" in sentences(case_of("passing"))
    for mode, lists in ((Revocation.NONE, TRUST.crls), (Revocation.IF_PRESENT, ())):
        trust = TrustStore(TRUST.anchors, TRUST.intermediates, lists, settings=TrustSettings(revocation=mode))
        one = report(sound(), trust)
        assert one.verdict.indication is Indication.TOTAL_PASSED
        assert "was not checked" in sentences(one) and "confirmed" not in sentences(one)
    before = datetime(2026, 5, 20, tzinfo=UTC)
    of_payers = [one for one in TRUST.crls if one.der != PKI.root.crl]
    trust = TrustStore(TRUST.anchors, TRUST.intermediates, tuple(of_payers), settings=trust.settings)
    later = report(sound(payer="revoked", at=before), trust, at=before)
    assert later.verdict.indication is Indication.TOTAL_PASSED
    assert "was revoked after that time" in sentences(later) and "was not checked, or only in part" in sentences(later)
    claimed = report(sound(), at=SIGNING_TIME)
    assert claimed.verdict.indication is Indication.TOTAL_PASSED
    assert "nothing proves it" in sentences(claimed)
    for case in ("revoked", "no lists", "nothing"):
        assert not re.search("is valid[.]|It is confirmed", sentences(case_of(case)))


def test_what_was_not_signed_is_not_called_so() -> None:
    for case, is_signed in (("passing", True), ("revoked", True), ("no root", True), ("altered", False)):
        one = case_of(case)
        assert one.is_signed is is_signed
        for text in (squeezed(Html(as_html(one, "en")).text), pdf_text(as_pdf(one, "en"))):
            assert ("Thesearethebytesthatweresigned" in text) is is_signed
            assert ("whatwassignedisnotconfirmed" in text) is not is_signed
            assert ("Namedasthesigner" in text) is not is_signed
    assert not case_of("nothing").is_signed
    for lang in LANGS:
        assert words()["personal"][lang] not in Html(as_html(case_of("nothing"), lang)).text


def test_proofs_of_time_are_told(pki: DemoPki) -> None:
    der = Forge(pki).der()
    stamp = TimeStamp(Tsa(tsa_key_pair(pki)).token(der, SIGNED_AT + timedelta(hours=1)), pki.trust())
    receipt = Receipt(hashlib.sha256(der).digest(), SIGNED_AT + timedelta(hours=2))
    other = Receipt(bytes(32), SIGNED_AT)
    one = report(der, pki.trust(), at=SIGNED_AT + timedelta(days=3), proofs=[stamp, receipt, other])
    for text in (squeezed(Html(as_html(one, "ko")).text), pdf_text(as_pdf(one, "ko"))):
        assert squeezed("타임스탬프(RFC 3161), 적합: 2026-06-01 19:00:00 (UTC+09:00)") in text
        assert squeezed("접수 기록, 적합: 2026-06-01 20:00:00 (UTC+09:00)") in text
        assert squeezed("접수 기록, 판단 불가: 없음") in text
        assert "opensslts-verify" in text


@each_lang
@pytest.mark.parametrize("form", [as_html, as_pdf])
def test_a_masked_report_holds_neither_text_nor_name(lang: Lang, form: Callable[..., bytes]) -> None:
    one = case_of("passing")

    def read(made: bytes) -> str:
        return squeezed(Html(made).text) if made.startswith(b"<") else pdf_text(made)

    shown, masked = read(form(one, lang)), read(form(one, lang, masked=True))
    for personal in ("홍길동", "HongGilDong", "자동납부에동의합니다"):
        assert personal in shown
        assert personal not in masked
    assert MASK in masked
    assert "DonguiDemoRootCA" in masked


@needs_openssl
def test_the_commands_shown_do_what_is_said(tmp_path: Path) -> None:
    der = sound()
    one = report(der, file="a b/동의 1.der")
    (tmp_path / "evidence.der").write_bytes(der)
    authorities = [PKI.root.certificate, *(authority.certificate for authority in PKI.intermediates)]
    pems = [certificate.public_bytes(Encoding.PEM) for certificate in authorities]
    (tmp_path / "authorities.pem").write_bytes(b"".join(pems))
    (tmp_path / "authority.pem").write_bytes(pems[0])
    lines = Html(as_html(one, "en")).all("pre")
    assert len(lines) == 4
    said = [
        subprocess.run(shlex.split(line), cwd=tmp_path, check=True, capture_output=True, text=True).stdout
        for line in lines
    ]
    assert hashlib.sha256(der).hexdigest() in said[0]
    assert hashlib.sha256(authorities[0].public_bytes(Encoding.DER)).hexdigest().upper() in said[1].replace(":", "")
    assert (tmp_path / "text.bin").read_bytes() == TEXT
    assert hashlib.sha256(TEXT).hexdigest() in said[3]


def test_a_file_name_of_any_kind_makes_no_command() -> None:
    for name in ("x; rm -rf .der", "$(id).der", "-in.der", "a\nb.der", "'.der"):
        for line in Html(as_html(replace(case_of("passing"), file=name), "en")).all("pre"):
            assert "evidence.der" in line or "text.bin" in line or "authority.pem" in line
    assert "동의.der" in Html(as_html(case_of("passing"), "en")).all("pre")[0]


def test_a_check_that_breaks_down_spoils_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("verifier.path.validate", broken)
    one = report(sound(), PKI.trust())  # a store of which nothing is remembered
    assert one.verdict.indication is Indication.INDETERMINATE
    assert "CMS-199" in Html(as_html(one, "ko")).text


def test_what_was_judged_says_whose_certificate_signed() -> None:
    def subject(case: str, *, masked: bool = False) -> dict[str, str]:
        page = page_of(case_of(case), "ko", has_glyph=lambda _: True, masked=masked)
        return {row["label"]: "".join(piece["t"] for piece in row["value"]) for row in page["subject"]}

    assert "홍길동" in subject("passing")["서명자 인증서"]
    assert subject("passing", masked=True)["서명자 인증서"] == MASK
    assert "홍길동" in subject("altered")["서명자로 기재된 인증서"]
    assert not any("서명자" in label and "인증서" in label for label in subject("nothing"))


def test_the_words_are_whole_in_both_languages() -> None:
    hangul = re.compile("[가-힣]")
    for key, said in words().items():
        assert said.keys() == {"ko", "en"}
        assert hangul.search(said["ko"]) or key in {"sha256", "from-to", "time-with-source"}, key
        ours, theirs = ({name for _, name, _, _ in Formatter().parse(said[lang]) if name} for lang in LANGS)
        assert ours == theirs, key


def test_no_word_is_left_over() -> None:
    used = "".join((REPORTS / name).read_text(encoding="utf-8") for name in ("page.py", "templates/report.html"))
    made = {f"{stem}-{kind}" for stem in ("title", "evidence", "policy") for kind in ("kftc", "cms")}
    made |= {f"says-{kind}" for kind in ("good", "revoked", "unknown")}
    made |= {
        "role-anchor",
        "role-authority",
        "role-signer",
        "role-signer-unproven",
        "proof-receipt",
        "proof-time-stamp",
    }
    assert [key for key in words() if key not in made and key not in used] == []


def test_the_template_of_documents_reads_evaluates_and_imports_nothing() -> None:
    source = (REPORTS / "templates" / "report.typ").read_text(encoding="utf-8")
    for forbidden in ("import", "include", "eval(", "read(", "plugin(", "@preview", "image(", "http", "yaml(", "link("):
        assert forbidden not in source.replace("breakable(", "")


def test_a_document_uses_no_font_of_the_machine() -> None:
    paths = {Path(font.path) for font in reports_pdf._fonts().fonts() if font.path is not None}
    assert paths == {glyphs.FONTS / f"NotoSansCJKkr-{weight}.otf" for weight in ("Regular", "Bold")}


def test_what_the_typesetter_refuses_has_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise typst.TypstError("no", "no")

    monkeypatch.setattr("typst.Compiler", refuse)
    with pytest.raises(PdfNotMade):
        as_pdf(case_of("passing"), "ko")


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_a_font_draws_all_that_it_is_said_to(weight: str) -> None:
    """A font may name a character and draw nothing for it."""
    font = TTFont(glyphs.FONTS / f"NotoSansCJKkr-{weight}.otf")
    names, outlines = font.getBestCmap(), font["CFF "].cff[0].CharStrings
    short = {code: name for code, name in names.items() if len(outlines[name].bytecode) < 8}
    blank = {chr(code) for code, name in short.items() if not is_drawn(font, name)}
    assert {one for one in blank if glyphs.is_visible(one)} == {" ", "\u3000"}
    left_out = {code for code in glyphs.covered() if unicodedata.name(chr(code), "").startswith("CJK ")}
    assert set(names) >= (glyphs.covered() if weight == "Regular" else glyphs.covered() - left_out)
    assert set(names) <= glyphs.covered()
    assert set(range(0xAC00, 0xD7A4)) <= set(names)


def is_drawn(font: TTFont, name: str) -> bool:
    pen = BoundsPen(drawn := font.getGlyphSet())
    drawn[name].draw(pen)
    return pen.bounds is not None


def test_the_fonts_come_with_their_licence() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (glyphs.FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_our_own_words_are_in_the_fonts() -> None:
    ours = {c for said in words().values() for lang in LANGS for c in said[lang]}
    assert all(glyphs.in_font(c) and glyphs.is_visible(c) for c in ours)


def test_every_character_of_ks_x_1001_has_a_glyph() -> None:
    codes = [bytes((high, low)) for high in range(0xA1, 0xFF) for low in range(0xA1, 0xFF)]
    known = "".join(code.decode("euc_kr", "ignore") for code in codes)
    assert len(known) == 8225
    assert {one for one in known if not (glyphs.in_font(one) and glyphs.is_visible(one))} == {"\xad"}
    by_typst = "".join(one for one in known if ord(one) not in glyphs.covered())
    assert len(by_typst) == 34
    as_pdf(report(sound(content=known.encode()), policy=policies.CMS), "ko")  # PDF/A takes no missing glyph
    assert by_typst in pdf_text(as_pdf(report(sound(content=by_typst.encode())), "ko"))


def test_a_document_with_a_missing_glyph_would_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports_pdf, "in_font", glyphs.anywhere)
    with pytest.raises(PdfNotMade):
        as_pdf(report(sound(content="\U0001f980 😀 \u0e3f".encode())), "ko")


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_any_text_becomes_a_report(text: str) -> None:
    for one in (glyphs.shown(text, glyphs.anywhere), glyphs.shown(text, glyphs.in_font)):
        back = "".join(piece.get("t") or chr(int(piece["u"].replace("U+", "0x"), 0)) for piece in one)
        assert back == text
    named = replace(case_of("nothing"), file=text)
    assert Html(as_html(named, "ko")).leads_out() == []
    assert as_pdf(named, "en").startswith(b"%PDF")
