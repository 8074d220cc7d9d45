"""Others that judge signed messages: the `openssl` command and pyHanko, called as their users would call them."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import async_validate_cms_signature
from pyhanko_certvalidator import ValidationContext

from bench.corpus import Population
from bench.startup import cpu_of


def openssl_runner(population: Population, folder: Path, count: int) -> Callable[[], float] | None:
    """`openssl cms -verify` of one file after another, without revocation; None where there is no such command."""
    command = shutil.which("openssl")
    if command is None:
        return None
    trusted = [population.root.certificate, *(one.certificate for one in population.authorities)]
    (folder / "trusted.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in trusted))
    verify = [
        command,
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-binary",
        "-purpose",
        "any",
        "-CAfile",
        str(folder / "trusted.pem"),
    ]

    def run() -> float:
        files = (["-in", str(folder / f"{number}.der"), "-out", os.devnull] for number in range(count))
        return sum(cpu_of([*verify, *names]) for names in files) / count

    return run


def pyhanko_runner(population: Population, ders: list[bytes]) -> Callable[[], float]:
    """Judge by pyHanko, with one ValidationContext for all, without revocation."""
    context = ValidationContext(
        trust_roots=[_loaded(item.der) for item in population.trust.anchors],
        other_certs=[_loaded(item.der) for item in population.trust.intermediates],
    )

    async def judge_all() -> None:
        for der in ders:
            signed_data = cms.ContentInfo.load(der)["content"]
            status = await async_validate_cms_signature(signed_data, validation_context=context)
            if not (status.valid and status.trusted):
                raise SystemExit("pyHanko refuses a consent of the corpus")

    def run() -> float:
        start = time.process_time()
        asyncio.run(judge_all())
        return (time.process_time() - start) * 1e6 / len(ders)

    return run


def _loaded(der: bytes) -> Any:  # noqa: ANN401 - asn1crypto ships no types
    return asn1_x509.Certificate.load(der)
