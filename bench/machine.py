"""What the figures were measured on and with. Nothing here says whose machine it was."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.backends.openssl import backend

LIBRARIES: Final = ("cryptography", "pyHanko", "pyhanko-certvalidator", "asn1crypto")


def described(cores: int, compiled_with: str | None) -> dict[str, str]:
    """By what each is called in the table."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(cores),
        "system": platform.system() + " " + platform.machine(),
        "Python": platform.python_version(),
        "OpenSSL of the C part": compiled_with or "-",
        "OpenSSL of the command": _command_version(),
        "OpenSSL of cryptography": backend.openssl_version_text(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(names, platform.machine())


def _command_version() -> str:
    command = shutil.which("openssl")
    if command is None:
        return "-"
    return subprocess.run([command, "version"], capture_output=True, text=True, check=True).stdout.strip()
