"""What starting up costs: `dongui verify` of one DER against `import cryptography.x509`, in processor time.

Both run in turn within one go, so that whatever else the machine does weighs on both; the ratio is what counts.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from certs.demo import build_demo_pki, write_demo_pki
from consent import Charset, ConsentText
from signer import LocalKey, sign_consent

ROUNDS: Final = 15
LIMIT: Final = 3.0


def cpu_seconds(command: Sequence[str]) -> float:
    """User and system time of one process, which has to end with 0."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def interleaved(commands: Sequence[Sequence[str]], rounds: int) -> list[float]:
    """Median of each command, run in turn; a first round, which fills caches, does not count."""
    times: list[list[float]] = [[] for _ in commands]
    for count in range(rounds + 1):
        for command, taken in zip(commands, times, strict=True):
            seconds = cpu_seconds(command)
            if count:
                taken.append(seconds)
    return [statistics.median(taken) for taken in times]


def write_example(folder: Path) -> tuple[Path, Path]:
    """A DER and the trust folder that it passes under."""
    at = datetime.now(UTC).replace(microsecond=0)
    pki = build_demo_pki(at=at)
    trust = write_demo_pki(pki, folder, password="bench")
    text = ConsentText.of("출금이체에 동의합니다.\n", Charset.UTF_8)
    der = folder / "one.der"
    der.write_bytes(sign_consent(text, LocalKey.of(pki.payers["rsa"]), at=at))
    return der, trust


def main() -> None:
    dongui = Path(sys.executable).with_name("dongui")
    with tempfile.TemporaryDirectory() as folder:
        der, trust = write_example(Path(folder))
        base = [sys.executable, "-c", "import cryptography.x509"]
        verify = [str(dongui), "verify", str(der), "--trust", str(trust)]
        base_median, verify_median = interleaved([base, verify], ROUNDS)
    ratio = verify_median / base_median
    print(f"start-up, medians of {ROUNDS} interleaved runs, user + system time")
    print(f"  import cryptography.x509  {base_median * 1000:6.0f} ms")
    print(f"  dongui verify X.der       {verify_median * 1000:6.0f} ms")
    print(f"  ratio                     {ratio:6.2f}   (at most {LIMIT:.1f} is wanted)")


if __name__ == "__main__":
    main()
