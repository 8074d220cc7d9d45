"""The C part, bench/floor.c: built with the compiler and the OpenSSL headers that are at hand, or left out."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.corpus import Population, der_of
from verifier import policies
from verifier.subject import Subject

SOURCE: Final = Path(__file__).with_name("floor.c")
WHAT_IS_NEEDED: Final = "a C compiler (cc) and OpenSSL's headers (Debian: libssl-dev; make tools)"


@dataclass(frozen=True)
class Compiled:
    """The program, and the version of OpenSSL that it runs with."""

    program: Path
    version: str

    def runner(self, folder: Path, mode: str, count: int) -> Callable[[], float]:
        """Microseconds for each of the first `count` consents that `write_parts` left in the folder."""

        def run() -> float:
            return float(_output([str(self.program), str(folder), mode, str(count)]))

        return run


def build(folder: Path, prefix: Path | None = None) -> Compiled | None:
    """Build the program into a folder, against OpenSSL as installed or below a prefix; None where that fails."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    program = folder / "floor"
    command = [compiler, "-O2", "-o", str(program), str(SOURCE)]
    if prefix is not None:
        command += [f"-I{prefix}/include"]
        command += [flag for lib in ("lib64", "lib") for flag in (f"-L{prefix}/{lib}", f"-Wl,-rpath,{prefix}/{lib}")]
    if subprocess.run([*command, "-lcrypto"], capture_output=True, check=False).returncode:
        return None
    return Compiled(program, _output([str(program), ".", "version", "0"]).strip())


def _output(command: list[str]) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def write_parts(population: Population, ders: list[bytes], folder: Path) -> None:
    """Certificates, lists, consents, and what of them is signed by which key."""
    (folder / "root.der").write_bytes(der_of(population.root))
    for number, item in enumerate(population.trust.intermediates):
        (folder / f"ca{number}.der").write_bytes(item.der)
    for number, item in enumerate(population.trust.crls):
        (folder / f"{number}.crl").write_bytes(item.der)
    for number, der in enumerate(ders):
        (folder / f"{number}.der").write_bytes(der)
        for suffix, data in _signed_parts(population, number, der):
            (folder / f"{number}.{suffix}").write_bytes(data)


def _signed_parts(population: Population, number: int, der: bytes) -> Iterator[tuple[str, bytes]]:
    signer = population.payer(number)
    certificate, issuer = signer.certificate, signer.others[0]
    info = Subject(der, population.trust, policies.KFTC, population.at).signer_info
    assert info is not None
    assert info.signed_attrs is not None
    yield "tbs", certificate.tbs_certificate_bytes
    yield "sig1", certificate.signature
    yield "ca", issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield "key", certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield "attrs", info.signed_attrs.signed_bytes
    yield "sig2", info.signature
