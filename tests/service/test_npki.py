"""npki list and export, and signing with the signPri.key of an NPKI folder."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo_certificates import PayerProfile, payer_key_pair
from certs.keys import load_pkcs12
from certs.npki import Scheme, find, lock_key
from service import npki_places
from service.commands import npki_export
from service.errors import InternalFault
from service.inputs import NEW_PASSWORD_VARIABLE, PASSWORD_VARIABLE
from tests.service.at_terminal import at_terminal
from tests.service.desk import Desk
from tests.service.running import PASSWORD, Ran, called, nothing_changes, refused
from tests.verifier.raw import certified, der_of

NEW = "새로운 암호 2"


def folder_of(desk: Desk, name: str, place: str = "NPKI") -> Path:
    (one,) = find([desk / place], at=desk.pki.at, name=name)
    return one.folder


def copied(desk: Desk, name: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder_of(desk, name), tmp_path / "pair"))


def exported(source: object, out: Path, desk: Desk, *more: object) -> Ran:
    return called("npki", "export", source, *desk.password, "-o", out, *more)


@pytest.fixture(autouse=True)
def no_new_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NEW_PASSWORD_VARIABLE, raising=False)


# npki list


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_holders_are_masked_unless_they_are_asked_for(desk: Desk, lang: str, form: tuple[str, ...]) -> None:
    ran = called("npki", "list", desk / "NPKI", *form, lang=lang)
    assert (ran.code, ran.err) == (0, "")
    assert "홍길동" not in ran.out and "Hong" not in ran.out and "황진이" not in ran.out
    assert "cn=***,ou=DEMO" in ran.out
    assert "Dongui Demo CA 1" in ran.out
    unmasked = called("npki", "list", desk / "NPKI", "--unmask", *form, lang=lang).out
    assert "홍길동(Hong Gil Dong)0099046demo0001" in unmasked
    assert str(folder_of(desk, "홍길동")) in unmasked


def test_a_folder_that_is_not_named_after_the_subject_is_masked_too(desk: Desk, tmp_path: Path) -> None:
    for name in ("홍길동", "cn=Hong, Gil Dong,ou=x,o=y,c=kr", "CN=홍길동"):
        shutil.copytree(folder_of(desk, "홍길동"), tmp_path / "NPKI" / "yessign" / "USER" / name)
    ran = called("npki", "list", tmp_path)
    assert ran.code == 0
    assert "홍길동" not in ran.out and "Gil" not in ran.out
    assert ran.out.count("***") == 6


def test_nobody_is_named_as_an_issuer_or_by_a_folder_that_stands_beside(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = tmp_path / "USER"
    shutil.copytree(folder_of(desk, "홍길동"), user / "홍길동")
    (user / "Kim").mkdir()
    own = certified(None, "김철수")
    (user / "Kim" / "signCert.der").write_bytes(der_of(own))
    monkeypatch.chdir(user)
    for form in ((), ("--json",)):
        ran = called("npki", "list", ".", *form)
        assert ran.code == 0
        assert not [name for name in ("홍길동", "김철수", "Kim") if name in ran.out]
        assert "김철수" in called("npki", "list", ".", "--unmask", *form).out


def test_json_steers_no_terminal(desk: Desk, tmp_path: Path) -> None:
    name = "cn=\u009b31m\u202e\U000e0041\u200b\x7f홍"
    shutil.copytree(folder_of(desk, "홍길동"), tmp_path / "USER" / name)
    ran = called("npki", "list", tmp_path, "--json", "--unmask")
    assert not [c for c in ran.out.rstrip("\n") if not c.isprintable()]
    assert ran.json["certificates"][0]["path"] == str(tmp_path / "USER" / name)


def test_states_are_told_in_both_languages(desk: Desk) -> None:
    english, korean = (called("npki", "list", desk / "NPKI", lang=lang).out for lang in ("en", "ko"))
    for word, its_korean in (("valid", "유효"), ("expired", "만료"), ("key missing", "개인키 없음")):
        assert word in english
        assert its_korean in korean
    states = [one["state"] for one in called("npki", "list", desk / "NPKI", "--json").json["certificates"]]
    assert states == ["valid"] * 4 + ["expired", "key missing"]


def test_json_tells_each_certificate(desk: Desk) -> None:
    told = called("npki", "list", desk / "NPKI", desk / "usb", "--name", "길동", "--unmask", "--json").json
    assert told["folders"] == [str(desk / "NPKI"), str(desk / "usb")]
    first, second = told["certificates"]
    assert list(first) == ["issuer", "organization", "holder", "valid_from", "valid_until", "state", "path"]
    assert first["valid_until"] == desk.pki.payers["rsa"].certificate.not_valid_after_utc.isoformat()
    assert {first["path"], second["path"]} == {str(folder_of(desk, "길동", place)) for place in ("NPKI", "usb")}


def test_nothing_found_ends_with_1_and_says_where_it_looked(desk: Desk, tmp_path: Path) -> None:
    for words in ((tmp_path,), (desk / "NPKI", "--issuer", "KICA")):
        ran = called("npki", "list", *words)
        assert (ran.code, ran.out) == (1, "")
        assert str(words[0]) in ran.err
    assert called("npki", "list", tmp_path, "--json").json == {"folders": [str(tmp_path)], "certificates": []}


def test_a_folder_that_is_none_is_refused(desk: Desk, tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", desk / "consent.txt"):
        refused(called("npki", "list", folder), "SVC-001")


@pytest.mark.parametrize("place", ["NPKI", "Library/Preferences/NPKI", "AppData/LocalLow/NPKI", "Documents/NPKI"])
def test_without_a_folder_the_usual_places_are_looked_at(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setattr(npki_places, "_OF_A_MACHINE", ())
    monkeypatch.setattr(npki_places, "_PLUGGED_IN", (f"{tmp_path}/media/*/NPKI",))
    ran = called("npki", "list", lang="ko")
    assert (ran.code, ran.out) == (1, "")
    assert "일반적인 위치" in ran.err
    shutil.copytree(desk / "NPKI", tmp_path / "home" / place)
    shutil.copytree(desk / "usb" / "NPKI", tmp_path / "media" / "stick" / "NPKI")
    told = called("npki", "list", "--json").json
    assert told["folders"] == [str(tmp_path / "home" / place), str(tmp_path / "media" / "stick" / "NPKI")]
    assert len(told["certificates"]) == 7


# npki export


@pytest.mark.parametrize(("payer", "name"), [("rsa", "홍길동"), ("bank", "황진이"), ("kica", "박문수")])
def test_a_pair_is_exported_for_its_owner_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payer: str, name: str
) -> None:
    monkeypatch.setenv(NEW_PASSWORD_VARIABLE, NEW)
    out = tmp_path / "payer.p12"
    out.write_bytes(b"of yesterday")
    out.chmod(0o644)
    for source in (folder_of(desk, name), folder_of(desk, name) / "signCert.der"):
        ran = exported(source, out, desk)
        assert (ran.code, ran.err) == (0, "")
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        pair = load_pkcs12(out.read_bytes(), NEW)
        assert pair.certificate == desk.pki.payers[payer].certificate
        assert desk.pki.identities[payer].random not in out.read_bytes()
    made = exported(folder_of(desk, name), tmp_path / "new.p12", desk, "--json").json
    assert made["bytes"] == (tmp_path / "new.p12").stat().st_size
    assert stat.S_IMODE((tmp_path / "new.p12").stat().st_mode) == 0o600
    words = ("--key", out, "--password-file", tmp_path / "new")
    (tmp_path / "new").write_text(NEW, encoding="utf-8")
    assert called("sign", desk / "consent.txt", *words, "-o", tmp_path / "out.der").code == 0


def test_the_new_password_may_come_from_a_file_and_has_to_be_one(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "new").write_text(NEW + "\n", encoding="utf-8")
    out = tmp_path / "payer.p12"
    ran = exported(
        folder_of(desk, "홍길동"),
        out,
        desk,
        "--new-password-file",
        tmp_path / "new",
    )
    assert ran.code == 0
    assert load_pkcs12(out.read_bytes(), NEW)
    (tmp_path / "new").write_bytes(b"\n")
    with nothing_changes(tmp_path):
        refused(exported(folder_of(desk, "홍길동"), out, desk, "--new-password-file", tmp_path / "new"), "SVC-048")
        refused(exported(folder_of(desk, "홍길동"), out, desk), "SVC-048")


def test_a_new_password_that_is_no_utf_8_is_refused(desk: Desk, tmp_path: Path) -> None:
    """PKCS#12 knows characters alone, and nothing says which these bytes are."""
    new = tmp_path / "new"
    new.write_bytes("비밀번호".encode("cp949"))
    with nothing_changes(tmp_path):
        refused(exported(folder_of(desk, "홍길동"), tmp_path / "out.p12", desk, "--new-password-file", new), "SVC-060")


@pytest.mark.skipif(os.name != "posix", reason="terminals are POSIX here")
def test_passwords_are_asked_for_at_a_terminal_the_new_one_twice(desk: Desk, tmp_path: Path) -> None:
    out, first = tmp_path / "payer.p12", ("Password of the key", PASSWORD)
    words = ("npki", "export", folder_of(desk, "홍길동"), "-o", out)
    new, again = ("Password for the new file", NEW), ("The same again", NEW)
    talk = at_terminal(*words, answers=(first, new, ("The same again", "another"), new, again))
    assert talk.code == 0
    assert load_pkcs12(out.read_bytes(), NEW)
    assert PASSWORD not in talk.shown and NEW not in talk.shown
    with nothing_changes(tmp_path):
        talk = at_terminal(*words, answers=(first, ("Password for the new file", ""), ("The same again", "")))
    assert talk.code == 2
    assert "SVC-048" in talk.shown


def test_a_source_that_is_not_one_pair_is_refused(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NEW_PASSWORD_VARIABLE, NEW)
    (tmp_path / "empty").mkdir()
    out = tmp_path / "payer.p12"
    for source, code in (
        (desk / "NPKI", "SVC-047"),
        (tmp_path / "empty", "SVC-046"),
        (tmp_path / "nowhere", "SVC-001"),
        (folder_of(desk, "김만중"), "SVC-001"),  # its key was left behind
        (desk / "consent.txt", "PKI-029"),
        (folder_of(desk, "홍길동") / "signPri.key", "SVC-045"),
    ):
        with nothing_changes(tmp_path):
            refused(exported(source, out, desk), code)


def test_the_pair_is_never_written_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NEW_PASSWORD_VARIABLE, NEW)
    folder = folder_of(desk, "홍길동")
    for file in ("signCert.der", "signPri.key"):
        refused(exported(folder, folder / file, desk), "SVC-011")


def test_a_file_that_does_not_open_again_as_it_was_is_a_fault(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = desk.pki.payers["corporate"]
    monkeypatch.setattr(npki_export, "load_pkcs12", lambda *_: other)
    with pytest.raises(InternalFault):
        npki_export._pkcs12(desk.pki.payers["rsa"], NEW)


# sign


@pytest.mark.parametrize("payer", ["홍길동", "황진이", "동의데모"])
def test_a_consent_is_signed_with_an_npki_key(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payer: str
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    key, out = folder_of(desk, payer) / "signPri.key", tmp_path / "out.der"
    assert called("sign", desk / "consent.txt", "--key", key, "-o", out).code == 0
    assert called("verify", out, "--trust", desk.trust).code == 0
    certificate = ("--cert", key.with_name("signCert.der"))
    assert called("sign", desk / "consent.txt", "--key", key, *certificate, "-o", out).code == 0
    assert called("verify", out, "--trust", desk.trust).code == 0


def test_what_goes_wrong_with_a_pair_has_a_code_of_its_own(desk: Desk, tmp_path: Path) -> None:
    folder = copied(desk, "홍길동", tmp_path)
    certificate, key = folder / "signCert.der", folder / "signPri.key"
    whole, own = key.read_bytes(), certificate.read_bytes()
    others = {name: (folder_of(desk, "황진이") / name).read_bytes() for name in ("signCert.der", "signPri.key")}

    def said(code: str, *more: object, key: Path = key) -> None:
        with nothing_changes(tmp_path):
            words = ("--key", key, *desk.password, *more, "-o", tmp_path / "out.der")
            refused(called("sign", desk / "consent.txt", *words), code)

    key.write_bytes(whole[:-1])
    said("PKI-034")
    key.write_bytes(whole[:-16] + bytes(16))
    said("PKI-023")
    key.write_bytes(others["signPri.key"])
    said("PKI-028")
    key.write_bytes(own)
    said("SVC-016")
    key.write_bytes(whole)
    said("PKI-023", "--password-file", desk / "consent.txt")
    said("SVC-045", "--cert", key)
    certificate.write_bytes(whole)
    said("SVC-045")
    certificate.unlink()
    said("SVC-004")
    said("SVC-004", key=desk / "locked.key.pem")


def test_the_pair_for_encryption_does_not_sign(desk: Desk, tmp_path: Path) -> None:
    folder = copied(desk, "홍길동", tmp_path)
    profile = PayerProfile("km", 0, "p256", "홍길동", "홍길동", signs=False)
    pair = payer_key_pair(profile, desk.pki.intermediates[0].key_pair, desk.pki.at, b"R")
    (folder / "kmCert.der").write_bytes(pair.certificate.public_bytes(Encoding.DER))
    (folder / "kmPri.key").write_bytes(lock_key(pair.private_key, None, PASSWORD, Scheme.PBES2))
    out = ("-o", tmp_path / "out.der")
    key = ("sign", desk / "consent.txt", "--key", folder / "kmPri.key", *desk.password)
    refused(called(*key, *out), "PKI-032")
    refused(called(*key, "--cert", folder / "signCert.der", *out), "PKI-028")
    refused(called("npki", "export", folder / "kmCert.der", *desk.password, *out), "PKI-032")
