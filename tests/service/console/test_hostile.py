"""What others wrote, shown as text and nothing else; what is not to be found, or too large."""

from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo import DemoPki
from certs.settings import TrustSettings
from consent import Charset, ConsentText
from tests.evidence.lifecycle.notices import fb0320
from tests.service.console.house import PERSONAL, SCRIPT, House, der

SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;"
TAG = re.compile(r"<script(?! src=\"/static/console\.js\" defer></script>)", re.IGNORECASE)


def fb0110(house: House) -> bytes:
    return next(house.folder.glob("outbox/FB0110_*_000001")).read_bytes()


def test_a_script_in_a_consent_text_and_in_a_certificates_name(house: House) -> None:
    """Consent 6: its payer, and whoever signed it, are called by a script."""
    text = house.visitor("operator").post("/consents/6/unmask").text
    assert not TAG.search(text)
    assert text.count(SHOWN) >= 2


def test_a_script_in_a_files_name(house: House) -> None:
    browser = house.visitor("operator")
    for path in ("/files", "/files/2", "/files/2/records/2", "/consents/2", "/fix"):
        text = browser.text(path)
        assert SHOWN in text, path
        assert not TAG.search(text)


@pytest.mark.parametrize("kind", ["number", "payer_number", "file", SCRIPT])
def test_a_script_that_is_searched_for(house: House, kind: str) -> None:
    text = house.visitor("viewer").post("/search", {"kind": kind, "text": f'"{SCRIPT}'}).text
    assert not TAG.search(text)
    assert f'"{SHOWN}' not in text


def test_a_script_in_every_address(house: House) -> None:
    browser = house.visitor("operator")
    for path in (
        "/?lang=",
        "/consents?state=",
        "/consents?after=",
        "/fix?done=",
        "/files?before=",
        "/files/1/records/1?field=",
    ):
        text = browser.text(path + '"><script>alert(1)</script>')
        assert not TAG.search(text)
        assert '"><script' not in text


def drop(house: House, content: bytes, name: str = "x", **more: str) -> tuple[int, str]:
    response = house.visitor("viewer").drop(content, name, **more)
    assert not TAG.search(response.text)
    assert not [word for word in PERSONAL if word in response.text]
    return response.status_code, response.text


def test_a_der_that_is_dropped_is_judged_and_explained(house: House, pki: DemoPki) -> None:
    code, text = drop(
        house, der(pki, ConsentText.of(f"{SCRIPT} 동의합니다.", Charset.UTF_8), pki.payers["rsa"]), SCRIPT
    )
    assert code == 200
    assert text.count("PASSED") >= 12
    assert "trust anchor" in text
    assert "홍길동" not in text
    assert f"<h1>{SHOWN}</h1>" in text
    code, text = drop(house, der(pki, ConsentText.of("동의합니다.", Charset.UTF_8), pki.payers["revoked"]))
    assert "PKI-121" in text
    assert "FAILED" in text


def test_a_certificate_that_is_dropped(house: House, pki: DemoPki) -> None:
    code, text = drop(house, pki.payers["ecdsa"].certificate.public_bytes(Encoding.DER))
    assert code == 200
    assert "EC secp256r1" in text
    assert "성춘향" not in text


def test_an_fb_file_that_is_dropped(house: House) -> None:
    code, text = drop(house, fb0110(house), "../../etc/passwd")
    assert code == 200
    assert "<h1>../../etc/passwd</h1>" in text
    assert "FB0110: nothing wrong" in text
    assert "Record 7" in text
    assert '<span id="data1-b-institution_code"' in text
    code, text = drop(house, fb0110(house), first="7")
    assert "Record 7" in text
    assert "Record 6" not in text


def test_an_fb_file_with_a_fault_and_a_script_in_a_field(house: House) -> None:
    content = bytearray(fb0110(house))
    content[1024] = ord("X")  # record type of the first data record
    code, text = drop(house, bytes(content))
    assert code == 200
    assert "FB0110: something is wrong" in text
    assert "→" in text
    notice = fb0320((4711, "0"), institution_code="<script>x</script>").getvalue()
    code, text = drop(house, notice)
    assert code == 200
    assert "&lt;script&gt;x&lt;/script&gt;" in text


@pytest.mark.parametrize("content", [b"", b"nothing known", b"\x30\x82", b"H", b"HFB9999", b"\x00" * 100])
def test_what_cannot_be_explained_is_refused_with_a_remedy(house: House, content: bytes) -> None:
    code, text = drop(house, content)
    assert code in {200, 422}
    assert re.search(r"(SVC|FB|CMS)-\d{3}", text)
    assert "→" in text
    assert "SVC-099" not in text


def test_what_is_too_large_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.app.view_functions["console.look_at"], "console_limit", 1000)
    code, text = drop(house, b"H" * 1001)
    assert (code, "SVC-273" in text) == (413, True)
    browser = house.visitor("viewer")
    response = browser.bare_post("/search", {"form_token": browser.token("/"), "text": "x" * 100_000})
    assert (response.status_code, "SVC-296" in response.text) == (413, True)
    assert "65536" in response.text


@pytest.mark.parametrize("kind", ["file", "payer_number"])
def test_no_text_of_any_length_is_searched_for(house: House, kind: str) -> None:
    response = house.visitor("viewer").post("/search", {"kind": kind, "text": "x" * 50_001})
    assert (response.status_code, "SVC-295" in response.text, "x" * 201 in response.text) == (422, True, False)
    assert "SVC-295" not in house.visitor("viewer").post("/search", {"kind": kind, "text": "x" * 200}).text


@pytest.mark.parametrize("number", ["0", "00", "9" * 19, "9" * 21, "1.0", "-1"])
def test_a_number_that_no_consent_can_have_is_a_page_that_is_missing(house: House, number: str) -> None:
    response = house.visitor("viewer").get(f"/consents/{number}")
    assert (response.status_code, response.mimetype, "SVC-272" in response.text) == (404, "text/html", True)


def test_a_form_without_a_file(house: House) -> None:
    response = house.visitor("viewer").post("/look")
    assert (response.status_code, "SVC-268" in response.text) == (422, True)


@pytest.mark.parametrize(
    "path",
    [
        *("/consents/99", "/files/99", "/files/1/records/99", "/files/99/records/1", "/fix/consents/99"),
        *("/nothing", "/consents/99999999999999999999", "/consents/0", "/consents/x", "/files/1/records/0"),
    ],
)
def test_what_is_not_there(house: House, path: str) -> None:
    assert house.visitor("administrator").get(path).status_code == 404


def test_an_inner_fault_tells_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("A-1101")

    monkeypatch.setattr("service.web.console.story.story_of", fail)
    response = house.visitor("viewer").get("/consents/1")
    assert response.status_code == 500
    assert "SVC-099" in response.text
    assert "A-1101" not in response.text + caplog.text


def test_without_a_trust_folder_for_it_a_consent_is_still_shown(house: House, pki: DemoPki) -> None:
    """The story does not hang on whether its evidence can be judged now."""
    of_others = pki.trust(TrustSettings(kinds=frozenset({"7"})))
    house.trusted = (of_others, of_others)
    text = house.visitor("viewer").text("/consents/1")
    assert "It could not be judged" in text
    assert "SVC-" in text
