"""Where our verdict differs from OpenSSL's on the same message, docs/differences.md says why."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.verifier import test_chains, test_key_vectors, test_signature_vectors
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge
from tests.verifier.raw import CA, FOR_PERSONS, certified, named
from tests.verifier.test_findings import ATTRIBUTE_DEFECTS, DEFECTS
from tests.verifier.vectors import Make
from verifier import Indication

DOCUMENT = Path(__file__).parents[2] / "docs" / "differences.md"
VECTORS = [*test_signature_vectors.vector.all, *test_key_vectors.vector.all]
CASES: dict[str, Make] = (
    {name: lambda forge, changes=changes: forge.but(**changes).der() for name, (changes, _) in DEFECTS.items()}
    | {
        name: lambda forge, change=change: forge.but(attributes=change).der()
        for name, (change, _) in ATTRIBUTE_DEFECTS.items()
    }
    | {case.name: case.make for case in VECTORS}
)


def explained() -> set[str]:
    """The messages named in the table's first column."""
    return set(re.findall(r"^\| ([^|]+?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))


def openssl_accepts(der: bytes, authorities: Iterable[x509.Certificate], folder: Path, *options: str) -> bool:
    """With these roots and authorities, and the time of our verdict."""
    (folder / "ca.pem").write_bytes(b"".join(a.public_bytes(Encoding.PEM) for a in authorities))
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", "-", "-CAfile", "ca.pem"]
    at = str(int(JUDGED_AT.astimezone(UTC).timestamp()))
    done = subprocess.run([*command, "-attime", at, *options], cwd=folder, input=der, capture_output=True, check=False)
    return done.returncode == 0


def authorities_of(forge: Forge) -> list[x509.Certificate]:
    return [a.certificate for a in (forge.pki.root, *forge.pki.intermediates)]


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not at hand")


@needs_openssl
@pytest.mark.parametrize("name", CASES)
def test_what_openssl_accepts_and_we_refuse_is_explained(forge: Forge, judge: Judge, tmp_path: Path, name: str) -> None:
    der = CASES[name](forge)
    ours = judge(der).indication is Indication.TOTAL_PASSED
    if openssl_accepts(der, authorities_of(forge), tmp_path) != ours:
        assert not ours
        assert name in explained()


@needs_openssl
def test_openssl_refuses_what_we_take_in_one_case_alone(forge: Forge, judge: Judge, tmp_path: Path) -> None:
    """The signer's authorityKeyIdentifier names the wrong issuer of its issuer, as some real certificates do."""
    issuer = forge.pki.intermediates[0].key_pair
    wrong = x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(named("nobody"))], 4711), False
    for extensions, accepts in (((), True), ((wrong,), False)):
        pair = certified(issuer, "signer", FOR_PERSONS, *extensions)
        der = forge.but(pki=replace(forge.pki, payers={"rsa": pair})).der()
        assert judge(der).indication is Indication.TOTAL_PASSED
        assert openssl_accepts(der, authorities_of(forge), tmp_path) == accepts


ANY_PURPOSE = "-purpose", "any"  # else OpenSSL asks for emailProtection by name
ABOUT_OTHER_NAMES = {"otherName excluded", "another otherName permitted"}  # constraints that OpenSSL 3.0 passes over


@needs_openssl
@pytest.mark.parametrize("name", test_chains.AUTHORITIES)
def test_openssl_takes_for_an_authority_whom_we_take_for_one(forge: Forge, tmp_path: Path, name: str) -> None:
    extensions, found = test_chains.AUTHORITIES[name]
    root = certified(None, "root", CA)
    authority = certified(root, "authority", *extensions)
    der = test_chains.message(forge, certified(authority, "signer"), authority)
    assert openssl_accepts(der, [root.certificate], tmp_path, *ANY_PURPOSE) or found
    assert not (openssl_accepts(der, [root.certificate], tmp_path) and found) or name in ABOUT_OTHER_NAMES


@needs_openssl
@pytest.mark.parametrize("name", test_chains.ANCHORS)
def test_openssl_takes_for_an_anchor_whom_we_take_for_one(forge: Forge, tmp_path: Path, name: str) -> None:
    extensions, found = test_chains.ANCHORS[name]
    root = certified(None, "root", *extensions)
    authority = certified(root, "authority", CA)
    der = test_chains.message(forge, certified(authority, "signer"), authority)
    assert openssl_accepts(der, [root.certificate], tmp_path, *ANY_PURPOSE) or found
    assert not (openssl_accepts(der, [root.certificate], tmp_path) and found)


def test_every_line_is_about_a_message_that_is_made() -> None:
    assert explained() - {"message", "---"} <= set(CASES)
