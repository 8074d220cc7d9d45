"""What starting up costs: `dongui verify` of one DER against `import cryptography.x509`, in processor time.

Both run in turn within one go, so that whatever else the machine does weighs on both; the ratio is what counts.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.rounds import interleaved
from certs.demo import build_demo_pki, write_demo_pki
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent


def cpu_of(command: Sequence[str]) -> float:
    """User and system time of one process, which has to end with 0, in microseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6


def write_example(folder: Path) -> tuple[Path, Path]:
    """A DER and the trust folder that it passes under."""
    at = datetime.now(UTC).replace(microsecond=0)
    pki = build_demo_pki(at=at)
    trust = write_demo_pki(pki, folder, password="bench")
    text = ConsentText.of("출금이체에 동의합니다.\n", Charset.UTF_8)
    der = folder / "one.der"
    der.write_bytes(sign_consent(text, LocalKey.of(pki.payers["rsa"]), at=at))
    return der, trust


def measure(starts: int) -> dict[str, list[float]]:
    """Microseconds of processor time of each process: `import`, and `verify` of one DER."""
    dongui = Path(sys.executable).with_name("dongui")
    with tempfile.TemporaryDirectory() as folder:
        der, trust = write_example(Path(folder))
        base = [sys.executable, "-c", "import cryptography.x509"]
        verify = [str(dongui), "verify", str(der), "--trust", str(trust)]
        return interleaved({"import": lambda: cpu_of(base), "verify": lambda: cpu_of(verify)}, starts)
