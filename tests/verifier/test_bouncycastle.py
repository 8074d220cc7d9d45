"""Evidence made by BouncyCastle, which many Korean signing modules are built on, and ours verified by it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certs.demo import DemoPki
from certs.keys import KeyPair
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent
from tests.verifier.conftest import Judge
from tests.verifier.forge import SIGNED_AT, TEXT, Forge
from tests.verifier.raw import FOR_PERSONS, certified
from tests.verifier.test_differences import CASES
from verifier import Indication

PROGRAM: Final = Path(__file__).with_name("java") / "Peer.java"
JARS: Final = [Path("/usr/share/java") / f"{name}.jar" for name in ("bcpkix", "bcprov", "bcutil")]
JAVA: Final = shutil.which("java")


def can_run() -> bool:
    """Whether there is a Java that compiles what it is given, and BouncyCastle."""
    if JAVA is None or not all(jar.is_file() for jar in JARS):
        return False
    modules = subprocess.run([JAVA, "--list-modules"], capture_output=True, text=True, check=False).stdout
    return "jdk.compiler" in modules


pytestmark = pytest.mark.skipif(not can_run(), reason="no JDK with BouncyCastle: see make tools")


def run(action: str, folder: Path) -> str:
    quick = "-XX:TieredStopAtLevel=1"  # starting takes longer than the work
    command = [JAVA or "java", quick, "-cp", ":".join(map(str, JARS)), str(PROGRAM), action, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


RSA, ECDSA, ECDSA384 = "rsa SHA256withRSA", "ecdsa SHA256withECDSA", "ecdsa384 SHA384withECDSA"
PASSING: Final = {
    "plain": RSA,
    "sha384": "rsa SHA384withRSA",
    "sha512": "rsa SHA512withRSA",
    "with-issuer": f"{RSA} -issuer",
    "without-attributes": f"{RSA} -direct",
    "corporate": "corporate SHA256withRSA",
    "ecdsa": ECDSA,
    "ecdsa-with-issuer": f"{ECDSA} -issuer",
    "ecdsa-without-attributes": f"{ECDSA} -direct",
    "ecdsa384": ECDSA384,
}
REFUSED: Final = {
    "ber": (f"{RSA} -ber", "CMS-111"),
    "ecdsa-ber": (f"{ECDSA} -ber -issuer", "CMS-111"),
    "key-identifier": (f"{RSA} -keyid", "CMS-143"),
    "sha1": ("rsa SHA1withRSA", "CMS-162"),
    "sha224": ("rsa SHA224withRSA", "CMS-162"),
    "pss": ("rsa SHA256withRSAandMGF1", "CMS-182"),
    "sha3": ("rsa SHA3-256withRSA", "CMS-162"),
    "ed25519": ("ed25519 Ed25519", "CMS-182"),
    "no-signing-usage": ("no_signing_usage SHA256withECDSA", "PKI-108"),
    "revoked": ("revoked SHA256withECDSA", "PKI-121"),
}


@pytest.fixture(scope="module")
def signed(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every message that is to be judged, made in one run."""
    folder = tmp_path_factory.mktemp("bouncycastle")
    (folder / "text").write_bytes(TEXT)
    key: Any = ed25519.Ed25519PrivateKey.generate()
    other = certified(pki.intermediates[0].key_pair, "signer", FOR_PERSONS, key=key)
    for name, pair in {**pki.payers, "ed25519": other}.items():
        write_pair(pair, folder / name)
    jobs = PASSING | {name: job for name, (job, _) in REFUSED.items()}
    (folder / "jobs.txt").write_text("".join(f"{name} {job}\n" for name, job in jobs.items()))
    run("sign", folder)
    return folder


def write_pair(pair: KeyPair, folder: Path) -> None:
    folder.mkdir()
    private = pair.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.der").write_bytes(private)
    (folder / "cert.der").write_bytes(pair.certificate.public_bytes(Encoding.DER))
    (folder / "issuer.der").write_bytes(pair.others[0].public_bytes(Encoding.DER))


@pytest.mark.parametrize("name", PASSING)
def test_what_bouncycastle_signs_as_der_passes(signed: Path, judge: Judge, name: str) -> None:
    verdict = judge((signed / f"{name}.der").read_bytes())
    assert [f.code for f in verdict.findings if f.effect is not Indication.TOTAL_PASSED] == []
    assert verdict.indication is Indication.TOTAL_PASSED
    assert verdict.signing_time == (None if "without-attributes" in name else SIGNED_AT)


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, (_, code) in REFUSED.items()])
def test_what_the_profile_excludes_is_refused_from_bouncycastle_too(
    signed: Path, judge: Judge, name: str, code: str
) -> None:
    verdict = judge((signed / f"{name}.der").read_bytes())
    assert code in {f.code for f in verdict.findings if f.effect is Indication.TOTAL_FAILED}


def test_bouncycastle_verifies_what_our_signer_makes(pki: DemoPki, tmp_path: Path) -> None:
    for payer in ("rsa", "ecdsa", "corporate", "ecdsa384"):
        for charset in Charset:
            text = ConsentText.of("자동이체 출금에 동의합니다.", charset)
            der = sign_consent(text, LocalKey.of(pki.payers[payer]), at=SIGNED_AT)
            (tmp_path / f"{payer}-{charset}.der").write_bytes(der)
            (tmp_path / f"{payer}-{charset}-damaged.der").write_bytes(der[:-1] + bytes([der[-1] ^ 1]))
    said = run("verify", tmp_path).split("\n")
    assert sorted(said[:-1]) == sorted(
        f"{file.stem} {'refused' if 'damaged' in file.stem else 'verified'}" for file in tmp_path.iterdir()
    )


def test_bouncycastle_refuses_none_of_the_vectors_that_pass(forge: Forge, judge: Judge, tmp_path: Path) -> None:
    ours: dict[str, bool] = {}
    for number, (name, make) in enumerate(CASES.items()):
        der = make(forge)
        (tmp_path / f"{number}.der").write_bytes(der)
        ours[name] = judge(der).indication is Indication.TOTAL_PASSED
    theirs = dict(line.split() for line in run("verify", tmp_path).splitlines())
    refused = {name for number, name in enumerate(CASES) if theirs[str(number)] == "refused"}
    assert {name for name, passed in ours.items() if passed} & refused == set()
    assert {"broken signature", "number 0", "curve with another generator"} <= refused
