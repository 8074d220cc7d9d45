"""How far a batch is, as it is told on standard error."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from consent.errors import Lang
from service import batch_progress
from service.batch_progress import duration, progress
from tests.kills import command, make
from tests.service.running import environment


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [(0.4, "0 s", "0초"), (59, "59 s", "59초"), (61, "1 min 1 s", "1분 1초"), (7_262, "2 h 1 min", "2시간 1분")],
)
def test_durations_have_two_units_at_most(seconds: float, english: str, korean: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "ko")) == (english, korean)


@pytest.mark.parametrize(
    ("lang", "line"),
    [("en", "700 / 1,000 (70%)  20 a second, 15 s left"), ("ko", "700 / 1,000 (70%)  초당 20건, 남은 시간 15초")],
)
def test_without_a_terminal_there_is_a_line_every_ten_seconds(
    lang: Lang, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an earlier run had finished counts for how far it is, and not for how fast."""
    seconds = [0.0]
    monkeypatch.setattr(batch_progress, "monotonic", lambda: seconds[0])
    with progress(1000, 500, lang) as show:
        seconds[0] = 5.0
        show(100)
        seconds[0] = 10.0
        show(100)
        seconds[0] = 19.0
        show(50)
    assert capsys.readouterr().err == line + "\n"


def test_at_a_terminal_there_is_a_bar_with_rate_and_time_left(tmp_path: Path) -> None:
    make(tmp_path, 6000, small=True)
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    words = [*command(tmp_path, "r.parquet"), "--lang", "ko"]
    more = {"TERM": "xterm", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        words, cwd=tmp_path, stderr=theirs, stdout=subprocess.PIPE, env=environment(more), text=True
    ) as run:
        os.close(theirs)
        shown = b""
        while piece := _piece(ours):
            shown += piece
        assert run.stdout is not None
        out = run.stdout.read()
    os.close(ours)
    assert run.returncode == 0
    assert re.search(r"\d+/6000.* 초당 [\d,]+건, 남은 시간 \d+", shown.decode())
    assert out.startswith("✘ 6,000건 검증")
    assert "\x1b" not in out


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
