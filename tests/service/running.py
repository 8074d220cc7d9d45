"""Running the command line: as a process of its own, or in this one where that makes no difference."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from service.root import run

DONGUI: Final = Path(sys.executable).with_name("dongui")
PASSWORD: Final = "열려라 참깨 1"
PAYER_NAME: Final = "성춘향이"
HOLDER_ID: Final = "810203"
ACCOUNT: Final = "71234500987654"
PURPOSE: Final = "가나다라 이용요금"
SECRETS: Final = (PASSWORD, PAYER_NAME, HOLDER_ID, ACCOUNT, PURPOSE)
"""What must not stand in any error, nor in what `inspect` shows."""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    stdout: bytes
    err: str

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def json(self) -> dict[str, Any]:
        (line,) = self.lines
        return line


def called(*arguments: object, stdin: bytes = b"", lang: str = "en") -> Ran:
    """Run a command in this process."""
    words = ["--lang", lang, *(str(argument) for argument in arguments)]
    raw_out, raw_err = io.BytesIO(), io.BytesIO()
    out, err = io.TextIOWrapper(raw_out, "utf-8"), io.TextIOWrapper(raw_err, "utf-8")
    with patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))), redirect_stdout(out), redirect_stderr(err):
        code = run(words)
        out.flush()
        err.flush()
        return _sane(Ran(code, raw_out.getvalue(), raw_err.getvalue().decode()))


def process(*arguments: object, stdin: bytes = b"", env: dict[str, str] | None = None, cwd: Path | None = None) -> Ran:
    """Run a command as a process; `env` adds to an environment without any language."""
    words = [str(DONGUI), *(str(argument) for argument in arguments)]
    done = subprocess.run(
        words, input=stdin, env=environment(env), cwd=cwd, capture_output=True, check=False, timeout=60
    )
    return _sane(Ran(done.returncode, done.stdout, done.stderr.decode()))


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    ours = ("LC_", "LANG", "PYTHON", "DONGUI")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | (more or {})


def _sane(ran: Ran) -> Ran:
    """Hold what holds for every call: no traceback, no inner breakdown, nothing personal among the errors."""
    assert "Traceback" not in ran.err
    assert b"Traceback" not in ran.stdout
    assert "SVC-099" not in ran.err, ran.err
    assert not [secret for secret in SECRETS if secret in ran.err]
    return ran


def refused(ran: Ran, code: str, exit_code: int = 2) -> None:
    """Hold that a command was refused with this code and a remedy, and gave out nothing."""
    assert (ran.code, ran.stdout) == (exit_code, b""), ran
    first, second, *_ = ran.err.splitlines()
    assert first.startswith((f"error {code}: ", f"오류 {code}: ")), ran.err
    assert second.startswith("  → ")
    assert len(second) > 10


@contextmanager
def nothing_changes(folder: Path) -> Iterator[None]:
    """Hold that every file below `folder` stays, with its bytes, and that none is added."""
    before = contents(folder)
    yield
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}
