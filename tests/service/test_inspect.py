"""inspect: what is in a file, personal data masked unless they are asked for."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from evidence.layouts import LAYOUTS
from service.korean import LABELS, value
from tests.service.desk import Desk
from tests.service.running import PASSWORD, SECRETS, Ran, called, refused
from tests.verifier.raw import certified
from tests.verifier.surgery import replaced_where, tlv

NPKI = Path(__file__).parents[3] / "shared" / "npki"


def hidden(ran: Ran, *more: str) -> bool:
    return not [secret for secret in (*SECRETS, "A-1029", *more) if secret in ran.out]


@pytest.fixture
def fb0110(desk: Desk, tmp_path: Path) -> Path:
    out = tmp_path / "FB0110"
    dates = ("--process-date", "2026-11-02")
    assert called("fb0110", desk / "records.jsonl", "-o", out, "--trust", desk.trust, *dates).code == 0
    return out


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_the_text_and_the_signer_are_masked(desk: Desk, form: tuple[str, ...]) -> None:
    ran = called("inspect", desk / "rsa.der", *form)
    assert (ran.code, ran.err) == (0, "")
    assert "signed-data" in ran.out
    assert "***" in ran.out
    assert hidden(ran, "홍길동")
    unmasked = called("inspect", desk / "rsa.der", "--unmask", *form)
    assert "성춘향이" in unmasked.out
    assert "홍길동" in unmasked.out


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_numbers_of_fb_files_are_masked(desk: Desk, fb0110: Path, form: tuple[str, ...]) -> None:
    for file in (fb0110, desk / "FB0410"):
        ran = called("inspect", file, *form)
        assert ran.code == 0
        assert hidden(ran, "A-1030")
        assert "A-1030" in called("inspect", file, "--unmask", *form).out


def test_an_fb_file_with_a_fault_says_so_and_masks_it(fb0110: Path) -> None:
    data = LAYOUTS["FB0110"].data
    raw = bytearray(fb0110.read_bytes())
    at = 1024 + data.offsets["account_number"]
    raw[at : at + 2] = "가".encode("euc-kr")
    ran = called("inspect", "-", stdin=bytes(raw))
    assert ran.code == 1
    assert "damaged record 1: @1024\n" in ran.out
    assert "FB-012" in ran.out
    assert hidden(ran)
    in_korean = called("inspect", "-", "--json", stdin=bytes(raw), lang="ko")
    assert (in_korean.code, in_korean.json["kind"][:6]) == (1, "FB0110")


def test_values_are_korean_where_the_language_is(desk: Desk, fb0110: Path, tmp_path: Path) -> None:
    """Those under our own labels, that is, but for names of the standards and of certificate holders."""
    key, asked = ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"x")
    (tmp_path / "locked.der").write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, asked))
    (tmp_path / "plain.der").write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "trailing.der").write_bytes((desk / "rsa.der").read_bytes() + b"\0")
    files = [
        desk / "rsa.der",
        desk / "plain.key.pem",
        desk / "locked.key.pem",
        desk.key("rsa"),
        desk.certificate("rsa"),
    ]
    english = re.compile(r"\b(bytes|bits|version|evidence|none|yes|no|with|not|in all|opened|encrypted|certificate)\b")
    seen = set()
    for file in [*files, fb0110, *(tmp_path / f"{name}.der" for name in ("locked", "plain", "trailing"))]:
        head, *rows = called("inspect", file, lang="ko").out.splitlines()
        assert re.search("[가-힣]", head.rpartition(": ")[2]), head
        for label, _, said in (row.strip().partition(": ") for row in rows):
            if re.sub(" [0-9]+$", "", label) in {*LABELS.values()} - {"주체", "발급자"}:
                seen.add(label)
                assert not english.search(said), (label, said)
                assert "+00:00" not in said
    assert len(seen) > 15


def test_a_certificate_that_cannot_sign_says_so_in_korean() -> None:
    key = ec.generate_private_key(ec.SECP192R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    at = datetime(2026, 11, 2, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, at, at + timedelta(days=1))
    der = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    out = called("inspect", "-", stdin=der, lang="ko").out
    assert "넣을 수 있는 원문: 없음: 허용되지 않는 타원곡선" in out
    assert "키 사용 목적: 제한 없음" in out
    assert "유효기간 시작: 2026-11-02T09:00:00+09:00" in out


def test_what_others_wrote_is_not_translated() -> None:
    assert value("none of ours") == "none of ours"
    assert value("yes, but") == "yes, but"
    assert value("digitalSignature, 1.2.3") == "전자서명(digitalSignature), 1.2.3"
    assert value("EC with sha256") == "EC, sha256"


def test_labels_are_korean_where_the_language_is(desk: Desk) -> None:
    shown = called("inspect", desk / "rsa.der", lang="ko").out
    for label in ("버전:", "서명자 0:", "인증서 0:", "일련번호:", "유효기간 만료:"):
        assert label in shown
    assert shown.count("넣을 수 있는 원문:") == shown.count("가능(") == 1, "an authority signs no text"
    assert "serial number" in called("inspect", desk / "rsa.der", "--json", lang="ko").out


def test_json_tells_label_value_and_depth(desk: Desk) -> None:
    shown = called("inspect", desk.certificate("rsa"), "--json").json
    assert shown["kind"] == "certificate"
    found: dict[str, str] = {}
    for row in shown["fields"]:  # the signer's certificate comes first, its authority's after it
        found.setdefault(row["label"], row["value"])
    assert found["subject"] == "***"
    assert found["key"] == "RSA 2048 bits"
    assert "digitalSignature" in found["key usage"]


def rows(ran: Ran) -> dict[str, list[str]]:
    """Values by label, of which some stand several times."""
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, list[str]] = {}
    for row in ran.json["fields"]:
        found.setdefault(row["label"], []).append(row["value"])
    return found


@pytest.mark.parametrize(
    ("payer", "at", "said"),
    [
        ("rsa", 0, ("개인", "범용", "유효({at} 기준 335일 남음)", "가능", [])),
        ("corporate", 0, ("법인·사업자", "범용", "유효({at} 기준 335일 남음)", "가능", [])),
        ("rsa", 400, ("개인", "범용", "만료({at} 기준 65일 경과)", "불가", ["PKI-112"])),
        ("rsa", -40, ("개인", "범용", "유효기간 전({at} 기준 10일 후 시작)", "불가", ["PKI-113"])),
        ("no_signing_usage", 0, ("개인", "범용", "유효({at} 기준 335일 남음)", "불가", ["PKI-108"])),
    ],
)
def test_a_certificate_says_whether_it_may_sign_and_why_not(
    desk: Desk, payer: str, at: int, said: tuple[str, str, str, str, list[str]]
) -> None:
    der = desk.pki.payers[payer].certificate.public_bytes(Encoding.DER)
    when = desk.pki.at + timedelta(days=at)
    found = rows(called("inspect", "-", "--json", "--at", when.isoformat(), stdin=der, lang="ko"))
    holder, use, validity, verdict, codes = said
    assert (found["holder kind"], found["use"]) == ([holder], [use])
    assert found["validity"] == [validity.format(at=(when + timedelta(hours=9)).date())]
    assert found["product"][0].startswith(holder[:2])
    assert found["signs consents"][0].startswith(verdict)
    assert [reason[-8:-1] for reason in found.get("reason", [])] == codes


def test_a_limited_certificate_says_to_what_and_an_unknown_one_that_it_is_not_known(desk: Desk) -> None:
    issuer = desk.pki.intermediates[0].key_pair
    at = desk.pki.at.isoformat()

    def shown(*oids: str) -> dict[str, list[str]]:
        infos = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
        more = [(x509.CertificatePolicies(infos), True)] if infos else []
        der = certified(issuer, "성춘향이", *more).certificate.public_bytes(Encoding.DER)
        ran = called("inspect", "-", "--json", "--at", at, stdin=der, lang="en")
        assert hidden(ran)
        return rows(ran)

    card = shown("1.2.410.200005.1.1.6.2")
    assert card["use"] == ["limited to credit cards"]
    assert card["signs consents"] == ["no"]
    assert card["reason"][0].endswith("[PKI-144]")
    bank = shown("1.2.410.200005.1.1.4")
    assert bank["use"] == ["limited to banking, credit cards, insurance and public services"]
    assert bank["signs consents"][0].startswith("yes")
    both = shown("1.2.410.200005.1.1.1", "1.2.410.200005.1.1.5")
    assert both["holder kind"] == ["personal, corporate"]
    assert shown("1.2.3.4")["product"] == ["not a known one"]
    assert "product" not in shown()


@pytest.mark.skipif(not NPKI.is_dir(), reason="../shared/npki is not beside the repository")
def test_real_certificates_are_told_with_their_authority_and_its_generation() -> None:
    signer = rows(
        called("inspect", NPKI / "test-signer-crosscert.der", "--json", "--at", "2022-01-01T00:00Z", lang="ko")
    )
    assert signer["issuing authority"] == ["한국전자인증(CrossCert), 시험용 5세대"]
    assert signer["product"] == ["서버용 인증서(한국전자인증 CrossCert)"]
    assert (signer["holder kind"], signer["signs consents"]) == (["서버"], ["불가"])
    assert [reason[-8:-1] for reason in signer["reason"]] == ["PKI-162"]
    assert (signer["key"], signer["key usage"]) == (["RSA 2048 bits"], ["digitalSignature, nonRepudiation"])
    for file, title in (
        ("yessignCA-Class3", "금융결제원(yessign), Class 3"),
        ("signGATE-CA6", "한국정보인증(KICA), 6세대"),
    ):
        authority = rows(called("inspect", NPKI / f"{file}.der", "--json", lang="ko"))
        assert authority["authority"] == [title]
        assert authority["issuing authority"] == ["한국인터넷진흥원(KISA), 최상위인증기관 RootCA 4"]
        assert [reason[-8:-1] for reason in authority["reason"]] == ["PKI-108", "PKI-101"]


def test_keys_are_told_by_their_form_and_never_shown(desk: Desk) -> None:
    kinds = {
        desk.key("rsa"): "PKCS#12",
        desk / "plain.key.pem": "private key",
        desk / "locked.key.pem": "private key",
        desk.certificate("ecdsa"): "certificate",
        desk.trust / "anchors" / "root.pem": "certificate",
    }
    for file, kind in kinds.items():
        ran = called("inspect", file)
        assert (ran.code, ran.out.splitlines()[0]) == (0, f"{file}: {kind}")
        assert PASSWORD not in ran.out
        assert "PRIVATE" not in ran.out


@pytest.mark.parametrize("data", [b"", b"\0", b"\x30\x80", b"\x30\x03\x02\x01\x01", "가".encode(), b"\x30" * 5000])
def test_what_nobody_knows_is_refused(data: bytes) -> None:
    refused(called("inspect", "-", stdin=data), "SVC-005")


def test_something_with_an_h_in_front_is_no_fb_file() -> None:
    refused(called("inspect", "-", stdin=b"Hello"), "FB-031")


def test_a_hundred_megabytes_of_zeros_are_nothing(tmp_path: Path) -> None:
    with (tmp_path / "zeros").open("wb") as stream:
        stream.truncate(100_000_000)
    refused(called("inspect", tmp_path / "zeros"), "SVC-005")


def test_a_name_cannot_steer_the_terminal_and_one_who_signs_for_himself_is_masked(desk: Desk) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "성춘향이\x1b[2J\u202e")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    at = desk.pki.at
    certificate = builder.serial_number(1).not_valid_before(at).not_valid_after(at + timedelta(days=1))
    der = certificate.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    assert hidden(called("inspect", "-", stdin=der))
    shown = called("inspect", "-", "--unmask", stdin=der).out
    assert "성춘향이\\x1b[2J\\u202e" in shown


@pytest.mark.parametrize("kind", ["signed-data", "certificate"])
def test_a_certificate_with_a_key_of_an_unknown_kind_cannot_be_read(desk: Desk, kind: str) -> None:
    der = (desk / "rsa.der").read_bytes()
    if kind == "certificate":
        der = desk.pki.payers["rsa"].certificate.public_bytes(Encoding.DER)
    rsa_encryption = bytes.fromhex("06092a864886f70d010101")
    ran = called("inspect", "-", stdin=der.replace(rsa_encryption, rsa_encryption[:-1] + b"\x7f", 1))
    assert ran.code == 0
    assert "cannot be read" in ran.out


def test_counts_of_bytes_are_grouped_in_korean() -> None:
    assert value("294912 bytes, utf-8") == "294,912바이트, utf-8"
    assert value("@3072, evidence 1185 bytes") == "@3072, 증빙자료 1,185바이트"


def test_a_name_without_end_is_cut_and_says_how_long_it_is(tmp_path: Path) -> None:
    """Anybody can write one into a certificate; a terminal that is flooded shows nothing."""
    short = certified(None, "a").certificate.public_bytes(Encoding.DER)
    file = tmp_path / "endless.der"
    file.write_bytes(replaced_where(short, tlv(0x0C, b"a").__eq__, lambda _: tlv(0x0C, b"W" * 1_000_000)))
    ran = called("inspect", file, "--unmask")
    assert ran.code == 0
    assert "WWWW\u2026 (1,000,003)" in ran.out
    assert len(ran.out) < 10_000
    assert ran.err == ""
