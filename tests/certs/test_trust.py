"""Trust folders and stores in memory: what is read, and what is refused by name."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certs import PathInputs, Revocation, TrustSettings, TrustStore
from certs.demo import DemoPki, write_demo_pki
from certs.errors import (
    NotOcspResponse,
    NotRevocationList,
    NoTrustAnchor,
    NotTrustedCertificate,
    TrustEntryUnknown,
    TrustFileUnreadable,
    TrustFolderIsFile,
    TrustFolderMissing,
)
from consent.errors import CodedError


@pytest.fixture
def folder(pki: DemoPki, tmp_path: Path) -> Path:
    return write_demo_pki(pki, tmp_path, password="demo")


def pem(der: bytes, kind: Literal["certificate", "crl"]) -> bytes:
    if kind == "crl":
        return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def ocsp_response(pki: DemoPki) -> bytes:
    issuer, payer = pki.intermediates[0], pki.payers["rsa"].certificate
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=payer,
        issuer=issuer.certificate,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=pki.at,
        next_update=None,
        revocation_time=None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    return builder.sign(issuer.key_pair.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_folder_and_memory_hold_the_same(pki: DemoPki, folder: Path) -> None:
    opened, built = TrustStore.open(folder), pki.trust()
    for name in ("anchors", "intermediates", "crls", "ocsp"):
        assert {item.der for item in getattr(opened, name)} == {item.der for item in getattr(built, name)}
    assert opened.settings == built.settings == TrustSettings()


def test_items_carry_their_file_name_below_the_folder(folder: Path) -> None:
    trust = TrustStore.open(folder)
    assert [item.name for item in trust.anchors] == ["anchors/root.pem"]
    assert [item.name for item in trust.intermediates] == ["intermediates/ca-ecdsa.pem", "intermediates/ca-rsa.pem"]
    assert [item.name for item in trust.crls] == ["crls/ca-ecdsa.crl", "crls/ca-rsa.crl", "crls/root.crl"]


def test_several_pem_blocks_with_text_between_them_are_read(pki: DemoPki, folder: Path) -> None:
    for path in (folder / "intermediates").iterdir():
        path.unlink()
    blocks = [pem(authority.der, "certificate") for authority in pki.intermediates]
    (folder / "intermediates" / "all.pem").write_bytes(b"subject=CA 1\r\n" + b"\n# next\n".join(blocks))
    trust = TrustStore.open(folder)
    assert {item.der for item in trust.intermediates} == {authority.der for authority in pki.intermediates}
    assert {item.name for item in trust.intermediates} == {"intermediates/all.pem"}


def test_crls_and_ocsp_responses_are_read_as_pem_or_der(pki: DemoPki, folder: Path) -> None:
    (folder / "crls" / "root.crl").write_bytes(pem(pki.root.crl, "crl"))
    (folder / "ocsp").mkdir()
    (folder / "ocsp" / "rsa.der").write_bytes(ocsp_response(pki))
    trust = TrustStore.open(folder)
    assert pki.root.crl in [item.der for item in trust.crls]
    assert len(trust.ocsp) == 1


def test_the_same_bytes_twice_count_once_under_the_first_name(pki: DemoPki, folder: Path) -> None:
    (folder / "anchors" / "again.pem").write_bytes(pem(pki.root.der, "certificate"))
    assert [item.name for item in TrustStore.open(folder).anchors] == ["anchors/again.pem"]


def test_hidden_files_and_readmes_are_passed_over(folder: Path) -> None:
    (folder / "anchors" / ".DS_Store").write_bytes(b"\0")
    (folder / "anchors" / "README.md").write_text("KISA")
    (folder / "crls" / "readme.txt").write_text("KISA")
    assert len(TrustStore.open(folder).anchors) == 1


def test_only_anchors_are_needed(pki: DemoPki, tmp_path: Path) -> None:
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "root.pem").write_bytes(pem(pki.root.der, "certificate"))
    trust = TrustStore.open(tmp_path)
    assert (trust.intermediates, trust.crls, trust.ocsp) == ((), (), ())
    assert trust.settings == TrustSettings()


def test_settings_are_read_from_the_folder(folder: Path) -> None:
    (folder / "trust.toml").write_text(
        'kinds = [7]\n[path]\ninitial_policy_set = ["1.2.3"]\nexplicit_policy = true\n[revocation]\nmode = "none"\n'
    )
    settings = TrustStore.open(folder).settings
    expected_path = PathInputs(initial_policy_set=frozenset({"1.2.3"}), explicit_policy=True)
    assert settings == TrustSettings(frozenset({"7"}), expected_path, Revocation.NONE)


def test_a_store_crosses_process_borders(pki: DemoPki) -> None:
    assert pickle.loads(pickle.dumps(pki.trust())) == pki.trust()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrustFolderMissing):
        TrustStore.open(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(TrustFolderIsFile):
        TrustStore.open(tmp_path / "file")


def test_a_folder_without_anchors_is_refused(folder: Path) -> None:
    (folder / "anchors" / "root.pem").unlink()
    with pytest.raises(NoTrustAnchor):
        TrustStore.open(folder)
    (folder / "anchors" / ".keep").touch()
    with pytest.raises(NoTrustAnchor):
        TrustStore.open(folder)
    (folder / "anchors" / ".keep").unlink()
    (folder / "anchors").rmdir()
    with pytest.raises(NoTrustAnchor):
        TrustStore.open(folder)


def wrong_label(der: bytes) -> bytes:
    return pem(der, "certificate").replace(b"CERTIFICATE", b"CERTIFICATE REQUEST")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"<html>404</html>",
        lambda der: der[:-1],
        lambda der: der + b"\0",
        lambda der: bytes(len(der)),
        wrong_label,
        lambda der: pem(der, "certificate") + wrong_label(der),
        lambda der: pem(der, "certificate").replace(b"-----END", b"-----ENDE"),
        lambda der: pem(der, "certificate").replace(b"M", b"%", 1),
        lambda der: pem(der, "certificate") + b"-----BEGIN CERTIFICATE-----\n",
    ],
)
@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        ("anchors/root.pem", NotTrustedCertificate),
        ("intermediates/ca-rsa.pem", NotTrustedCertificate),
        ("crls/root.crl", NotRevocationList),
        ("ocsp/one.der", NotOcspResponse),
    ],
)
def test_a_file_that_is_something_else_is_refused_by_name(
    pki: DemoPki, folder: Path, file: str, refusal: type[CodedError], spoil: Callable[[bytes], bytes]
) -> None:
    (folder / "ocsp").mkdir()
    (folder / file).write_bytes(spoil(pki.root.der))
    with pytest.raises(refusal) as refused:
        TrustStore.open(folder)
    assert refused.value.details["file"] == str(folder / file)


def test_a_certificate_among_the_crls_and_the_reverse_are_refused(pki: DemoPki, folder: Path) -> None:
    (folder / "crls" / "z.der").write_bytes(pki.root.der)
    with pytest.raises(NotRevocationList):
        TrustStore.open(folder)
    (folder / "intermediates" / "z.der").write_bytes(pki.root.crl)
    with pytest.raises(NotTrustedCertificate):
        TrustStore.open(folder)


def test_what_cannot_be_read_is_refused(folder: Path) -> None:
    (folder / "crls" / "sub").mkdir()
    with pytest.raises(TrustFileUnreadable):
        TrustStore.open(folder)
    (folder / "crls" / "sub").rmdir()
    (folder / "trust.toml").unlink()
    (folder / "trust.toml").symlink_to("nowhere.toml")
    with pytest.raises(TrustFileUnreadable):
        TrustStore.open(folder)


def test_a_file_in_place_of_a_sub_folder_is_refused(folder: Path) -> None:
    (folder / "ocsp").touch()
    with pytest.raises(TrustFileUnreadable):
        TrustStore.open(folder)


def test_a_store_in_memory_needs_an_anchor_and_names_the_argument(pki: DemoPki) -> None:
    with pytest.raises(NoTrustAnchor):
        TrustStore.of(anchors=[])
    with pytest.raises(NotRevocationList) as refused:
        TrustStore.of(anchors=[pki.root.der], crls=[pki.root.crl, b"zz"])
    assert refused.value.details["file"] == "crls[1]"


def test_nothing_is_taken_from_the_operating_system(pki: DemoPki) -> None:
    assert [item.der for item in TrustStore.of(anchors=[pki.root.der]).anchors] == [pki.root.der]


@pytest.mark.parametrize("name", ["crl", "anchor", "trust.tml"])
def test_a_misspelt_entry_is_refused(pki: DemoPki, tmp_path: Path, name: str) -> None:
    folder = write_demo_pki(pki, tmp_path, password="x")
    (folder / name).mkdir()
    with pytest.raises(TrustEntryUnknown):
        TrustStore.open(folder)
