"""`dongui trust`: what a folder holds, what has ended, and whom it needs to reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from certs.demo_certificates import crl
from service.holdings import Item
from service.times import day
from tests.service.authority import DAY, Authority, der_of, make
from tests.service.responder import Responder
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
    assert day(datetime.max.replace(tzinfo=UTC), "ko") == "9999-12-31"


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Path]:
    """Return what makes a trust folder with these files."""

    def fill(pki: Authority, mode: str = "require", **files: bytes) -> Path:
        trust = pki.trust(tmp_path / "filled", mode=mode)
        for name, data in files.items():
            kind = "ocsp" if name.startswith("response") else "crls"
            (trust / kind).mkdir(exist_ok=True)
            (trust / kind / name).write_bytes(data)
        return trust

    return fill


@pytest.mark.parametrize(("mode", "code"), [("require", 1), ("if-present", 0)])
def test_authorities_that_nothing_speaks_for_are_named(mode: str, code: int, filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    trust = filled(pki, mode, root=pki.crl("root"))
    assert told(trust, AT)[0] == code
    ran = called("trust", "show", trust, "--at", AT.isoformat())
    (line,) = [line for line in ran.out.splitlines() if "NO LIST" in line]
    assert line.startswith("  ! ")
    assert "intermediates/ca.der" in line
    assert f"dongui trust fetch {trust}" in ran.out


def test_nothing_is_missing_where_nobody_asks(filled: Callable[..., Path]) -> None:
    code, states = told(filled(Authority(AT), "none"), AT)
    assert (code, set(states.values())) == (0, {"good"})


def test_a_certificate_that_issues_nothing_needs_no_list(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    trust = filled(pki, root=pki.crl("root"), ca=pki.crl("ca"))
    (trust / "intermediates" / "responder.der").write_bytes(der_of(pki["responder"].certificate))
    assert told(trust, AT)[0] == 0


def test_a_response_that_still_holds_speaks_for_an_authority(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    response = Responder(pki, issued=AT).response()
    trust = filled(pki, root=pki.crl("root", days=90), response=response)
    assert told(trust, AT + DAY)[0] == 0
    assert told(trust, AT + 8 * DAY)[0] == 1


def test_a_delta_with_another_base_supersedes_the_older_one(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    older, newer = pki.crl("ca", issued=AT - 20 * DAY, base=1), pki.crl("ca", base=2)
    complete = pki.crl("ca", issued=AT - 30 * DAY, days=60)
    trust = filled(pki, root=pki.crl("root"), ca=complete, older=older, newer=newer)
    code, states = told(trust, AT + DAY)
    assert code == 0
    assert "crls/older" not in states
    assert states["crls/newer"] == "good"


def test_a_newer_complete_list_supersedes_a_delta(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    delta = pki.crl("ca", issued=AT - 20 * DAY, base=1)
    code, states = told(filled(pki, root=pki.crl("root"), ca=pki.crl("ca"), delta=delta), AT)
    assert code == 0
    assert "crls/delta" not in states


def test_a_list_of_the_same_name_and_another_key_supersedes_nothing(filled: Callable[..., Path]) -> None:
    """It is nobody's: the genuine one, which has ended, is what counts."""
    pki = Authority(AT)
    forged = pki.crl("ca", issued=AT + DAY, key=pki["root"].private_key)
    code, states = told(filled(pki, root=pki.crl("root", days=90), ca=pki.crl("ca"), forged=forged), AT + 10 * DAY)
    assert code == 1
    assert (states["crls/ca"], states["crls/forged"]) == ("ended", "no signer")


def test_a_list_without_an_end_vouches_for_nobody(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    trust = filled(pki, root=pki.crl("root"), ca=pki.crl("ca", days=None))
    assert told(trust, AT)[0] == 1
    lines = called("trust", "show", trust, "--at", AT.isoformat()).out.splitlines()
    (line,) = [line for line in lines if "crls/ca" in line]
    assert line.startswith("  ! -")
    assert "vouches for nobody" in line
    assert any("NO LIST" in line and "intermediates/ca.der" in line for line in lines)


def test_a_list_with_an_extension_that_cannot_be_read_vouches_for_nobody(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.28"), b"\x04\x01\x00")
    trust = filled(pki, root=pki.crl("root"), ca=pki.crl("ca", extension=broken))
    assert told(trust, AT) == (1, told(trust, AT)[1] | {"crls/ca": "unreadable"})
    assert "NO LIST" in called("trust", "show", trust, "--at", AT.isoformat()).out


def test_a_list_of_a_day_is_no_matter_of_concern_on_its_first(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    trust = filled(pki, root=pki.crl("root"), ca=pki.crl("ca", days=1))
    assert told(trust, AT + DAY / 2)[1]["crls/ca"] == "good"
    assert told(trust, AT + DAY * 0.9)[1]["crls/ca"] == "ends soon"


def test_responses_are_shown_the_newest_about_each_certificate(filled: Callable[..., Path]) -> None:
    pki = Authority(AT)
    older, newer = (Responder(pki, issued=at).response() for at in (AT - DAY, AT))
    stranger = Responder(pki, by="payer").response()
    lists = {"root": pki.crl("root", days=90), "ca": pki.crl("ca", days=90)}
    trust = filled(pki, **lists, response1=older, response2=newer, response3=stranger)
    code, states = told(trust, AT)
    assert code == 0
    assert {place: state for place, state in states.items() if place.startswith("ocsp/")} == {
        "ocsp/response2": "good",
        "ocsp/response3": "no signer",
    }
    code, states = told(trust, AT + 10 * DAY)  # payers' responses count for the past: nobody renews them
    assert (code, states["ocsp/response2"]) == (0, "past")


def test_a_certificate_that_is_left_aside_is_named(pki: DemoPki, trust: Path) -> None:
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), b"\x04\x01\x00")
    (trust / "intermediates" / "odd.pem").write_bytes(
        make("odd", AT, None, broken).certificate.public_bytes(Encoding.PEM)
    )
    code, states = told(trust, AT)
    assert (code, states["intermediates/odd.pem"]) == (1, "unreadable")
    assert "intermediates/odd.pem" in called("trust", "show", trust, "--at", AT.isoformat()).out


def test_korean_is_spoken_throughout_in_korea_s_time(filled: Callable[..., Path]) -> None:
    """20:00 in UTC is the next day in Korea."""
    at = AT + timedelta(hours=20)
    pki = Authority(at)
    trust = filled(
        pki,
        root=pki.crl("root", "payer"),
        delta=pki.crl("root", base=1, issued=at + DAY),
        response=Responder(pki, issued=at).response(),
    )
    ran = called("trust", "show", trust, "--at", at.isoformat(), lang="ko")
    for line in ran.out.splitlines():
        assert not {"of", "revoked", "issued", "about", "response", "good", "kinds"} & set(
            line.replace(",", " ").split()
        )
    assert f"{AT + DAY:%Y-%m-%d} 발급" in ran.out
    assert f"{AT + 8 * DAY:%Y-%m-%d}" in ran.out
    english = called("trust", "show", trust, "--at", at.isoformat()).out
    assert f"issued {AT:%Y-%m-%d}" in english


NPKI = Path(__file__).parents[3] / "shared" / "npki"


@pytest.mark.skipif(not NPKI.is_dir(), reason="../shared/npki is not beside the repository")
@pytest.mark.parametrize(("lang", "named"), [("ko", "한국정보인증(KICA), 6세대"), ("en", "(KICA), generation 6")])
def test_licensed_authorities_are_named_with_their_generation(tmp_path: Path, lang: str, named: str) -> None:
    for folder, file in (("anchors", "KISA-RootCA-4"), ("intermediates", "signGATE-CA6")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{file}.der").write_bytes((NPKI / f"{file}.der").read_bytes())
    assert f"{named}: CN=signGATE CA6" in called("trust", "show", tmp_path, lang=lang).out
    items = called("trust", "show", tmp_path, "--json", lang=lang).json["items"]
    told = {item["place"]: item["authority"] for item in items if item["state"] != "no list"}
    assert told["intermediates/signGATE-CA6.der"].endswith(named)
    assert "RootCA 4" in told["anchors/KISA-RootCA-4.der"]


@pytest.mark.parametrize(
    ("setting", "said", "rules"),
    [
        ('accepted = ["1.2.410.200005.1.1.1"]', "허용 상품(그 외 불가): 개인 범용", (["1.2.410.200005.1.1.1"], [])),
        ('also = ["1.2.3"]', "추가 허용 상품: 1.2.3", (None, ["1.2.3"])),
        ("", "", (None, [])),
    ],
)
def test_what_trust_toml_says_about_products_is_shown(
    trust: Path, setting: str, said: str, rules: tuple[object, object]
) -> None:
    with (trust / "trust.toml").open("a", encoding="utf-8") as toml:
        toml.write(f"[products]\n{setting}\n")
    shown = called("trust", "show", trust, lang="ko").out
    assert said in shown
    assert bool(said) == ("상품" in shown)
    products = called("trust", "show", trust, "--json").json["settings"]["products"]
    assert (products["accepted"], products["also"]) == rules
