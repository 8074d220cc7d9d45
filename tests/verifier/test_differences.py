"""Where our verdict differs from OpenSSL's on the same message, docs/differences.md says why."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.verifier import test_key_vectors, test_signature_vectors
from tests.verifier.conftest import JUDGED_AT, Judge
from tests.verifier.forge import Forge
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


def openssl_accepts(der: bytes, forge: Forge, folder: Path) -> bool:
    """With the root and the authorities of the trust folder, their CRLs, and the time of our verdict."""
    pki = forge.pki
    pems = [a.certificate.public_bytes(Encoding.PEM) for a in (pki.root, *pki.intermediates)]
    (folder / "ca.pem").write_bytes(b"".join(pems))
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", "-", "-CAfile", "ca.pem"]
    at = str(int(JUDGED_AT.astimezone(UTC).timestamp()))
    done = subprocess.run([*command, "-attime", at], cwd=folder, input=der, capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not at hand")
@pytest.mark.parametrize("name", CASES)
def test_what_openssl_accepts_and_we_refuse_is_explained(forge: Forge, judge: Judge, tmp_path: Path, name: str) -> None:
    der = CASES[name](forge)
    ours = judge(der).indication is Indication.TOTAL_PASSED
    if openssl_accepts(der, forge, tmp_path) != ours:
        assert not ours
        assert name in explained()


def test_every_line_is_about_a_message_that_is_made() -> None:
    assert explained() - {"message", "---"} <= set(CASES)
