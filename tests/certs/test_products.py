"""The table of certificate products and the names of authorities."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography import x509

from certs.authorities import authority_named, authority_of, issuer_of, operators
from certs.demo import DemoPki
from certs.keys import load_certificates
from certs.products import Holder, policies_of, product, products, products_of
from consent.errors import LANGS

NPKI = Path(__file__).parents[3] / "shared" / "npki"
HANGUL = re.compile("[가-힣]")


def test_every_row_names_its_source_and_reads_in_both_languages() -> None:
    for oid, row in products().items():
        assert x509.ObjectIdentifier(oid).dotted_string == oid == row.oid
        assert row.sources, oid
        assert all(source.title for source in row.sources), oid
        assert HANGUL.search(row.title("ko")), oid
        assert not HANGUL.search(row.title("en")), oid
        assert bool(row.limited_ko) == bool(row.limited_en) == row.is_limited, oid
        assert bool(row.limited_to("ko")) == row.is_limited, oid


def test_a_product_is_refused_only_on_a_ground() -> None:
    """The ground is that it is for other business than a bank's, or for no person and no company at all."""
    for oid, row in products().items():
        if not row.signs:
            assert row.is_limited or row.holder is Holder.SERVER, oid
        if row.holder is Holder.SERVER:
            assert not row.signs, oid
        if "은행" in row.limited_ko or "뱅킹" in row.limited_ko or "금융" in row.limited_ko:
            assert row.signs, oid


@pytest.mark.parametrize(
    ("oid", "ko", "holder", "limited"),
    [
        ("1.2.410.200005.1.1.1", "개인 범용 공동인증서(금융결제원 yessign)", Holder.PERSONAL, False),
        ("1.2.410.200005.1.1.4", "개인 은행·신용카드·보험용 공동인증서(금융결제원 yessign)", Holder.PERSONAL, True),
        ("1.2.410.200005.1.1.5", "법인 범용 공동인증서(금융결제원 yessign)", Holder.CORPORATE, False),
        ("1.2.410.200005.1.1.1.10", "개인 금융인증서(금융결제원 yessign)", Holder.PERSONAL, False),
        ("1.2.410.200004.5.2.1.2", "개인 범용 공동인증서(한국정보인증 signGATE)", Holder.PERSONAL, False),
        ("1.2.410.200004.5.1.1.7", "법인 범용 공동인증서(코스콤 SignKorea)", Holder.CORPORATE, False),
        ("1.2.410.200004.5.4.1.101", "개인 은행·보험용 공동인증서(한국전자인증 CrossCert)", Holder.PERSONAL, True),
        ("1.2.410.200012.1.1.3", "법인 범용 공동인증서(한국무역정보통신 TradeSign)", Holder.CORPORATE, False),
        ("1.2.410.200004.5.5.1.1", "개인 범용 공동인증서(이니텍 INIPASS)", Holder.PERSONAL, False),
    ],
)
def test_products_are_known_by_their_policy(oid: str, ko: str, holder: Holder, limited: bool) -> None:
    found = product(oid)
    assert found is not None
    assert (found.title("ko"), found.holder, found.is_limited, found.signs) == (ko, holder, limited, True)


def test_what_is_not_in_the_table_is_no_product() -> None:
    assert product("2.5.29.32.0") is None
    assert product("1.2.410.200005.1.1") is None


def test_a_certificate_tells_its_products(pki: DemoPki) -> None:
    certificate = pki.payers["rsa"].certificate
    assert policies_of(certificate) == ("1.2.410.200005.1.1.1",)
    assert [one.oid for one in products_of(certificate)] == ["1.2.410.200005.1.1.1"]
    assert policies_of(pki.root.certificate) == ()
    assert products_of(pki.root.certificate) == ()


@pytest.mark.parametrize(
    ("name", "ko", "en"),
    [
        ("CN=KISA RootCA 4,O=KISA", "한국인터넷진흥원(KISA), 최상위인증기관 RootCA 4", "(KISA), RootCA 4"),
        ("CN=yessignCA Class 3,O=yessign", "금융결제원(yessign), Class 3", "KFTC (yessign), Class 3"),
        ("CN=signGATE CA6,O=KICA", "한국정보인증(KICA), 6세대", "(KICA), generation 6"),
        ("CN=signGATE FTCA06,O=KICA", "한국정보인증(KICA), 시험용 6세대", "(KICA), test generation 6"),
        ("CN=INIPASS CA,O=INIPASS", "이니텍(INIPASS)", "Initech (INIPASS)"),
    ],
)
def test_authorities_are_named_with_their_generation(name: str, ko: str, en: str) -> None:
    found = authority_named(x509.Name.from_rfc4514_string(name))
    assert found is not None
    assert found.title("ko") == ko
    assert found.title("en").endswith(en)


@pytest.mark.parametrize(
    "name",
    [
        "CN=yessignCA Class 3",
        "O=yessign",
        "CN=yessignCA Class 3,O=Yessign Inc",
        "CN=yessignCA Class 3 (new),O=yessign",
        "CN=yessignCA Class 3,O=yessign,O=yessign",
        "CN=Some Root,O=KISA",
    ],
)
def test_other_names_stay_unnamed(name: str) -> None:
    assert authority_named(x509.Name.from_rfc4514_string(name)) is None


def test_operators_have_a_name_in_both_languages() -> None:
    for operator in operators().values():
        titles = [operator.title(lang) for lang in LANGS]
        assert [bool(HANGUL.search(title)) for title in titles] == [True, False]


def test_authorities_nobody_knows_and_people_are_not_named(pki: DemoPki) -> None:
    hong = pki.payers["rsa"].certificate
    assert authority_of(hong) is None
    assert issuer_of(hong) is None
    assert authority_of(pki.root.certificate) is None


REAL = {
    "KISA-RootCA-1": "한국인터넷진흥원(KISA), 최상위인증기관 RootCA 1",
    "KISA-RootCA-4": "한국인터넷진흥원(KISA), 최상위인증기관 RootCA 4",
    "Kisa_Test_RootCA_7": "한국인터넷진흥원(KISA), 시험용 최상위인증기관 RootCA 7",
    "yessignCA-Class3": "금융결제원(yessign), Class 3",
    "signGATE-CA6": "한국정보인증(KICA), 6세대",
    "SignKorea-CA4": "코스콤(SignKorea), 4세대",
    "CrossCertCA4": "한국전자인증(CrossCert), 4세대",
    "CrossCertTestCA5": "한국전자인증(CrossCert), 시험용 5세대",
    "TradeSignCA4": "한국무역정보통신(TradeSign), 4세대",
}


@pytest.mark.skipif(not NPKI.is_dir(), reason="../shared/npki is not beside the repository")
@pytest.mark.parametrize(("stem", "title"), REAL.items())
def test_the_licensed_authorities_are_named(stem: str, title: str) -> None:
    (certificate,) = load_certificates((NPKI / f"{stem}.der").read_bytes())
    found = authority_of(certificate)
    assert found is not None
    assert found.title("ko") == title
    assert products_of(certificate) == ()


@pytest.mark.skipif(not NPKI.is_dir(), reason="../shared/npki is not beside the repository")
def test_the_test_signer_has_a_server_certificate() -> None:
    (certificate,) = load_certificates((NPKI / "test-signer-crosscert.der").read_bytes())
    (found,) = products_of(certificate)
    assert (found.operator.key, found.holder, found.signs) == ("crosscert", Holder.SERVER, False)
    issuer = issuer_of(certificate)
    assert issuer is not None
    assert issuer.title("ko") == "한국전자인증(CrossCert), 시험용 5세대"
