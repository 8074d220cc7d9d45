"""What judging a consent costs, against what it costs in C: its two signatures alone, and OpenSSL's CMS_verify.

    python -m bench.judging [--consents 1000] [--revoked 100000] [--rounds 7]

All take turns within one run, each on the same consents, in processor time; medians and ratios count, not microseconds.
The C part needs a compiler and OpenSSL's headers (Debian: libssl-dev); without them its lines are missing.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, get_args

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.corpus import Corpus, KeyKind, build, der_of
from verifier import Indication, policies, verify_der
from verifier.subject import Subject

SOURCE: Final = Path(__file__).with_name("floor.c")


def main() -> None:
    wanted = argparse.ArgumentParser(description="What judging costs, as ratios to C.")
    wanted.add_argument("--consents", type=int, default=1000)
    wanted.add_argument("--revoked", type=int, default=100_000)
    wanted.add_argument("--rounds", type=int, default=7)
    arguments = wanted.parse_args()
    for kind in get_args(KeyKind):
        measure(kind, arguments.consents, arguments.revoked, arguments.rounds)


def measure(kind: KeyKind, consents: int, revoked: int, rounds: int) -> None:
    corpus = build(kind, consents, revoked)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(corpus, folder)
        runners: dict[str, Callable[[], float]] = {"dongui": lambda: judge_all(corpus)}
        runners |= {mode: c_runner(folder, mode) for mode in ("floor", "cms", "cms-crl")} if compiled(folder) else {}
        first = judge_all(corpus)
        times: dict[str, list[float]] = {runner: [] for runner in runners}
        for _ in range(rounds):
            for runner, run in runners.items():
                times[runner].append(run())
    print(f"{kind}, {consents} consents, 3 lists of {revoked} entries each, medians of {rounds} rounds in turn")
    print(f"  first pass over them, with everything that is remembered  {first:9.1f} µs each")
    medians = {runner: statistics.median(taken) for runner, taken in times.items()}
    for runner, microseconds in medians.items():
        print(f"  {runner:8} {microseconds:9.1f} µs   {microseconds / medians['dongui']:6.2f} × dongui")


def judge_all(corpus: Corpus) -> float:
    """Microseconds each, in processor time, of one process that has judged some before."""
    start = time.process_time()
    for der in corpus.ders:
        verdict = verify_der(der, trust=corpus.trust, policy=policies.KFTC, at=corpus.at)
        if verdict.indication is not Indication.TOTAL_PASSED:
            raise SystemExit(f"a consent of the corpus is {verdict.indication.name}")
    return (time.process_time() - start) * 1e6 / len(corpus.ders)


def compiled(folder: Path) -> bool:
    compiler = shutil.which("cc")
    if compiler is None:
        return False
    command = [compiler, "-O2", "-o", str(folder / "floor"), str(SOURCE), "-lcrypto"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def c_runner(folder: Path, mode: str) -> Callable[[], float]:
    def run() -> float:
        done = subprocess.run([folder / "floor", folder, mode, "1"], stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout)

    return run


def write(corpus: Corpus, folder: Path) -> None:
    (folder / "root.der").write_bytes(der_of(corpus.root))
    for number, item in enumerate(corpus.trust.intermediates):
        (folder / f"ca{number}.der").write_bytes(item.der)
    for number, item in enumerate(corpus.trust.crls):
        (folder / f"{number}.crl").write_bytes(item.der)
    for number, der in enumerate(corpus.ders):
        (folder / f"{number}.der").write_bytes(der)
        for suffix, data in signed_parts(corpus, number):
            (folder / f"{number}.{suffix}").write_bytes(data)


def signed_parts(corpus: Corpus, number: int) -> Iterator[tuple[str, bytes]]:
    signer = corpus.signers[number]
    certificate, issuer = signer.certificate, signer.others[0]
    info = Subject(corpus.ders[number], corpus.trust, policies.KFTC, corpus.at).signer_info
    assert info is not None
    assert info.signed_attrs is not None
    yield "tbs", certificate.tbs_certificate_bytes
    yield "sig1", certificate.signature
    yield "ca", issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield "key", certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield "attrs", info.signed_attrs.signed_bytes
    yield "sig2", info.signature


if __name__ == "__main__":
    main()
