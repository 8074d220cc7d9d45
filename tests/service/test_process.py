"""The command as a process: exit codes, languages and encodings, closed and broken streams, interrupts."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from service import root
from service.inputs import PASSWORD_VARIABLE
from tests.service.desk import DAY, RECORD, Desk, write_lines
from tests.service.running import DONGUI, PASSWORD, called, environment, process, refused

COMMANDS = (
    *((), ("render",), ("sign",), ("prepare",), ("complete",), ("verify",), ("inspect",), ("fb0110",), ("fb0420",)),
    *(("npki",), ("npki", "list"), ("npki", "export")),
    *(("serve",), ("file",), ("file", "layouts"), ("file", "decode"), ("file", "encode"), ("file", "check")),
)
HANGUL = re.compile("[가-힣]")
BUFFERED_OR_NOT: tuple[dict[str, str], ...] = ({}, {"PYTHONUNBUFFERED": "1"})
posix = pytest.mark.skipif(os.name != "posix", reason="signals and descriptors are POSIX")


def verify(desk: Desk, file: str = "rsa.der") -> tuple[object, ...]:
    return ("verify", desk / file, "--trust", desk.trust)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        ran = called(*command, option)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("Usage: dongui")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_unknown_option_is_wrong_use(command: tuple[str, ...]) -> None:
    ran = called(*command, "--no-such-option")
    assert (ran.code, ran.stdout) == (2, b"")
    assert "--no-such-option" in ran.err


@pytest.mark.parametrize("words", [("sing",), ("file", "chek"), ("sign",), ("verify", "x"), ("fb0110", "x")])
def test_wrong_use_is_told_with_the_way_to_help(words: tuple[str, ...]) -> None:
    ran = called(*words)
    assert (ran.code, ran.stdout) == (2, b"")
    assert "--help" in ran.err


def test_a_process_ends_with_the_exit_code(desk: Desk) -> None:
    assert process("--version").code == 0
    assert process(*verify(desk)).code == 0
    assert process(*verify(desk, "revoked.der")).code == 1
    refused(process(*verify(desk, "nowhere")), "SVC-001")


def test_a_whole_signature_in_processes(desk: Desk, tmp_path: Path) -> None:
    """The password in the environment, everything else through pipes."""
    text = process("render", "-", stdin=(desk / "consent.json").read_bytes()).stdout
    key = {PASSWORD_VARIABLE: PASSWORD}
    der = process("sign", "-", "--key", desk.key("ecdsa"), "-o", "-", stdin=text, env=key).stdout
    assert process("verify", "-", "--trust", desk.trust, "--json", stdin=der).json["indication"] == "TOTAL_PASSED"


@pytest.mark.parametrize(
    ("variables", "korean"),
    [
        ({"LC_ALL": "ko_KR.UTF-8"}, True),
        ({"LC_MESSAGES": "ko_KR.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8"}, True),
        ({"LC_ALL": "C.UTF-8", "LANG": "ko_KR.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LANG": "ko"}, True),
        ({"LANG": "ko_KP"}, True),
        ({"LC_MESSAGES": "ko_KR.eucKR"}, True),
        ({"LC_MESSAGES": "ko_KR@euro"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "en_US"}, False),
        ({"LANG": "kok_IN.UTF-8"}, False),
        ({"LANG": "xx_unknown"}, False),
        ({"LC_ALL": "POSIX", "LANG": "ko_KR.UTF-8"}, False),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ko_KR.UTF-8"}, True),
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "ko_KR.UTF-8"}, False),
        ({"LC_ALL": "ko_KR.UTF-8", "LC_MESSAGES": "C"}, True),
        ({"DONGUI_LANG": "ko", "LC_ALL": "en_US.UTF-8"}, True),
        ({"DONGUI_LANG": "en", "LC_ALL": "ko_KR.UTF-8"}, False),
        ({"DONGUI_LANG": "", "LC_ALL": "ko_KR.UTF-8"}, True),
        ({"LC_CTYPE": "ko_KR.UTF-8"}, False),
        ({}, False),
    ],
)
def test_the_language_is_that_of_the_environment(tmp_path: Path, variables: dict[str, str], korean: bool) -> None:
    ran = process("inspect", tmp_path / "nowhere", env=variables | {"PYTHONUTF8": "1"})
    refused(ran, "SVC-001")
    assert ran.err.startswith("오류" if korean else "error")


@pytest.mark.parametrize("words", [("--lang", "ko"), ("--lang=ko",)])
def test_the_language_may_be_asked_for(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert process(*words, "inspect", tmp_path / "nowhere").err.startswith("오류")
    assert process("inspect", *words, tmp_path / "nowhere").err.startswith("오류")
    assert process("file", "check", tmp_path / "nowhere", *words).err.startswith("오류")
    assert process("inspect", tmp_path / "nowhere", env={"DONGUI_LANG": "ko", "LC_ALL": "C.UTF-8"}).err[0] == "오"


def test_a_language_behind_the_command_holds_for_its_results(desk: Desk) -> None:
    assert called(*verify(desk), "--lang", "ko").out.startswith("✔ 적합")
    assert called("file", "--lang", "ko", "check", desk / "FB0410").out.count("데이터 레코드") == 1
    assert called(*verify(desk), "--lang", "fr").code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sign", "x"), "필요한 옵션이 없습니다: --key"),
        (("verify", "--trust", "x"), "필요한 인자가 없습니다: FILE..."),
        (("sing",), "알 수 없는 명령입니다: sing (비슷한 이름: sign, "),
        (("verify", "--lang", "fr"), "--lang의 값이 올바르지 않습니다. 가능한 값: ko, en"),
        (("store", "institution", "08", "55"), "[BANK]의 값이 올바르지 않습니다. 세 자리 숫자로 된"),
        (("store", "institution", "000", "55"), "세 자리 숫자로 된 금융회사코드를 지정하십시오."),
        (("verify", "--explain"), "--explain 뒤에 코드를 지정하십시오. 예: --explain CMS-161"),
        (("file", "chek"), "알 수 없는 명령입니다: chek (비슷한 이름: check)"),
        (("verify", "x", "--trsut", "y"), "알 수 없는 옵션입니다: --trsut (비슷한 이름: --trust"),
        (("verify", "x", "--trust"), "옵션의 값이 없거나"),
        (("verify", "x", "--trust", "y", "--policy", "z"), "가능한 값: kftc, cms"),
        (("fb0110", "x", "-o", "y", "--trust", "z", "--process-date", "1"), "YYYYMMDD"),
        (("render", "x", "y"), "사용법이 올바르지 않습니다. 값을 받지 않는 옵션 뒤에"),
        (("serve", "--trust", "x", "--port", "99999"), "--port의 값이 올바르지 않습니다. 0~65535 사이의 정수를"),
        (("trust", "fetch", "x", "--timeout", "soon"), "1~3600 사이의 정수를"),
        (("batch", "x", "--sample", "0"), "--sample의 값이 올바르지 않습니다. 1 이상의 정수를"),
    ],
)
def test_wrong_use_is_told_in_korean(words: tuple[str, ...], said: str) -> None:
    ran = called(*words, lang="ko")
    assert (ran.code, ran.stdout) == (2, b"")
    assert ran.err.startswith("오류: ")
    assert said in ran.err
    assert "--help" in ran.err


def test_wrong_use_in_english_names_what_was_likely_meant() -> None:
    assert "No such command 'verfy'. Did you mean 'verify'?" in called("verfy").err
    assert "'08' is not a bank code of three digits" in called("store", "institution", "08", "55").err
    assert "Name a code behind --explain" in called("--explain").err


def test_a_language_that_is_not_spoken_is_refused_in_that_of_the_environment() -> None:
    ran = process("--lang", "fr", "verify", env={"LANG": "ko_KR.UTF-8"})
    assert (ran.code, ran.err.splitlines()[0]) == (2, "오류: --lang의 값이 올바르지 않습니다. 가능한 값: ko, en")
    assert process("--lang", "fr", "verify").err.startswith("Usage: ")


def test_summaries_are_korean_where_the_language_is() -> None:
    assert "FB0420으로 회신합니다" in called("--help", lang="ko").out
    assert "응답코드를 레코드별로" in called("file", "--help", lang="ko").out
    assert "전자서명하여" in called("sign", "--help", lang="ko").out
    assert not HANGUL.search(called("verify", "--help").out)


def test_marks_are_letters_where_the_terminal_lacks_them(desk: Desk) -> None:
    command = [str(DONGUI), *map(str, verify(desk))]
    env = environment({"PYTHONIOENCODING": "euc-kr", "DONGUI_LANG": "ko"})
    ran = subprocess.run(command, env=env, capture_output=True, check=False, timeout=60)
    assert ran.stdout.decode("euc-kr").startswith("OK 적합")


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "euc-kr"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
)
def test_a_terminal_that_lacks_characters_is_no_reason_to_break_off(desk: Desk, variables: dict[str, str]) -> None:
    def raw(*words: object) -> subprocess.CompletedProcess[bytes]:
        command = [str(DONGUI), "--lang", "ko", *map(str, words)]
        return subprocess.run(command, env=environment(variables), capture_output=True, check=False, timeout=60)

    judged, missing = raw(*verify(desk)), raw(*verify(desk, "nowhere"), "--json")
    assert (judged.returncode, judged.stderr) == (0, b"")
    assert missing.returncode == 2
    assert b"SVC-001" in missing.stderr
    assert b"Traceback" not in missing.stderr
    said: dict[str, Any] = json.loads(missing.stdout.decode("ascii"))
    assert "읽을 수 없습니다" in said["findings"][0]["message"]


def test_json_is_utf_8_where_the_output_is(desk: Desk) -> None:
    variables = {"PYTHONIOENCODING": "utf-8"}
    assert "한도" in process("--lang", "ko", *verify(desk), "--json", env=variables).stdout.decode()


@posix
def test_closed_streams_are_named_and_harmless(desk: Desk) -> None:
    def shell(line: str, *words: object) -> subprocess.CompletedProcess[bytes]:
        command = ["/bin/sh", "-c", f'"$@" {line}', "sh", str(DONGUI), *map(str, words)]
        return subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=60)

    without_input = shell("<&-", "verify", "-", "--trust", desk.trust)
    assert (without_input.returncode, b"SVC-001" in without_input.stderr) == (2, True)
    without_output = shell(">&-", "render", desk / "consent.json")
    assert (without_output.returncode, b"SVC-013" in without_output.stderr) == (2, True)
    assert shell(">&-", *verify(desk)).returncode == 0
    assert shell("2>&-", *verify(desk, "nowhere")).returncode == 2
    assert shell("<&- >&- 2>&-", *verify(desk, "revoked.der")).returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("variables", BUFFERED_OR_NOT, ids=str)
@pytest.mark.parametrize("command", [("file", "layouts"), ("file", "decode", "FB0410"), ("render", "consent.json")])
def test_a_full_disk_behind_standard_output_is_named(
    desk: Desk, command: tuple[str, ...], variables: dict[str, str]
) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [str(DONGUI), *command],
            cwd=desk.folder,
            env=environment(variables),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ran.returncode == 2
    first, second = ran.stderr.decode().splitlines()
    assert first.startswith("error SVC-013")
    assert second.startswith("  → ")


@posix
@pytest.mark.parametrize("variables", BUFFERED_OR_NOT, ids=str)
@pytest.mark.parametrize("command", [("file", "layouts"), ("file", "decode", "FB0410")])
def test_a_disk_that_takes_a_part_only_is_named(
    desk: Desk, tmp_path: Path, command: tuple[str, ...], variables: dict[str, str]
) -> None:
    """What the system wrote less than it was given is no success."""
    ran = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 1; out=$1; shift; exec "$@" >"$out"', "sh", tmp_path / "out", DONGUI, *command],
        cwd=desk.folder,
        env=environment(variables | {"PYTHONDONTWRITEBYTECODE": "1"}),  # which would come out in part, too
        stderr=subprocess.PIPE,
        check=False,
    )
    assert 0 < (tmp_path / "out").stat().st_size <= 1024
    assert ran.returncode == 2
    assert ran.stderr.decode().startswith("error SVC-013")


def test_a_large_result_goes_through_a_pipe_whole_where_python_is_told_not_to_buffer() -> None:
    words = ("file", "layouts", "--json")
    assert process(*words, env={"PYTHONUNBUFFERED": "1"}).stdout == process(*words).stdout


@posix
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_standard_output_by_its_name_is_standard_output(desk: Desk, tmp_path: Path, name: str) -> None:
    words = ("render", desk / "consent.json", "-o")
    assert process(*words, name) == process(*words, "-")
    (tmp_path / "all").write_bytes(b"first\n")
    with (tmp_path / "all").open("ab") as out:
        subprocess.run([DONGUI, *words, name], env=environment(), stdout=out, check=True, timeout=60)
    assert (tmp_path / "all").read_bytes() == b"first\n" + process(*words, "-").stdout


@posix
@pytest.mark.parametrize("command", [("file", "layouts"), ("file", "layouts", "--json"), ("file", "decode", "FB0110")])
def test_a_reader_who_has_seen_enough_is_left_in_peace(desk: Desk, tmp_path: Path, command: tuple[str, ...]) -> None:
    """As `| head -c 10`: more is written than a pipe holds; the end is quiet, and not 0."""
    if "FB0110" in command:
        numbers = range(1000, 1040)
        write_lines(
            tmp_path / "many.jsonl",
            [RECORD | {"payer_number": f"A-{number}", "evidence": "free.der"} for number in numbers],
        )
        (tmp_path / "free.der").write_bytes((desk / "free.der").read_bytes())
        made = ("fb0110", tmp_path / "many.jsonl", "-o", tmp_path / "FB0110", "--trust", desk.trust)
        assert called(*made, "--process-date", DAY).code == 0
    with subprocess.Popen(
        [str(DONGUI), *command], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert len(child.stdout.read(10)) == 10
        child.stdout.close()
        said = child.stderr.read()
    assert said == b""
    assert child.returncode in {0, 1}  # 0 where all of it fitted into the pipe


def waiting(folder: Path, *words: object) -> subprocess.Popen[bytes]:
    """Start a command that writes aside and waits for its standard input; return once it is at that."""
    command, pipe = [str(DONGUI), *map(str, words)], subprocess.PIPE
    child = subprocess.Popen(command, env=environment(), stdin=pipe, stdout=pipe, stderr=pipe)
    deadline = time.monotonic() + 20
    while not list(folder.glob(".*.part")):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return child


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_is_quiet_and_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    out = tmp_path / "FB0110"
    out.write_bytes(b"of yesterday")
    child = waiting(tmp_path, "file", "encode", "-", "-o", out)
    child.send_signal(number)
    _, said = child.communicate(timeout=20)
    assert child.returncode == code
    assert b"Traceback" not in said
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"FB0110": b"of yesterday"}


@posix
@pytest.mark.parametrize(("typed", "code"), [(PASSWORD, 0), ("guessed it", 2), ("", 2)])
def test_a_password_is_asked_for_at_a_terminal_and_not_echoed(
    desk: Desk, tmp_path: Path, typed: str, code: int
) -> None:
    ours, theirs = os.openpty()
    words = ("sign", desk / "consent.txt", "--key", desk.key("rsa"), "-o", tmp_path / "out.der")
    command = [str(DONGUI), *map(str, words)]
    with subprocess.Popen(
        command, env=environment(), stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL, start_new_session=True
    ) as child:
        said = b""
        while b"Password of the key" not in said:
            said += os.read(ours, 1000)
        time.sleep(0.2)  # until the echo is off
        os.write(ours, typed.encode() + b"\n")
        assert child.wait(timeout=20) == code
    os.close(theirs)
    os.set_blocking(ours, False)
    with suppress(OSError):
        said += os.read(ours, 10_000)
    os.close(ours)
    assert (tmp_path / "out.der").exists() == (code == 0)
    assert (b"PKI-023" in said) == (typed == "guessed it")
    assert (b"PKI-022" in said) == (typed == "")
    assert not typed or typed.encode() not in said


START = """
import sys
from service.main import main
print("started", flush=True)
main()
"""


@posix
@pytest.mark.parametrize("wait", [0.01, 0.03, 0.06, 0.12, 0.5])
def test_an_interrupt_while_it_starts_is_quiet_too(desk: Desk, wait: float) -> None:
    """From the first moment that our code has a say in, until it waits for its input."""
    command, pipe = [sys.executable, "-c", START, "verify", "-", "--trust", str(desk.trust)], subprocess.PIPE
    with subprocess.Popen(command, env=environment(), stdin=pipe, stdout=pipe, stderr=pipe) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"started\n"
        time.sleep(wait)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=20)
    assert (child.returncode, said.strip()) == (130, b"")


START_INTERRUPTED = """
import os, signal, sys
from service.main import main

class Going:
    def __del__(self):
        os.kill(os.getpid(), signal.{number})
        for _ in range(10): pass  # signals are answered between steps

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "service.commands.verify":
            Going()

sys.meta_path.insert(0, Finder())
main()
"""


@posix
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_an_interrupt_where_an_exception_would_be_dropped_ends_it(desk: Desk, number: str, code: int) -> None:
    """As in the callbacks by which the import system clears up its locks."""
    words = [sys.executable, "-c", START_INTERRUPTED.format(number=number), "verify", "-", "--trust", str(desk.trust)]
    done = subprocess.run(words, env=environment(), input=b"", capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (code, b"", b"")


@posix
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_that_is_ignored_stays_ignored(desk: Desk, number: str) -> None:
    """As `nohup` and `trap '' TERM` have it, from loading to the end."""
    start = f"import signal; signal.signal(signal.{number}, signal.SIG_IGN)\n" + START_INTERRUPTED.format(number=number)
    words = [sys.executable, "-c", start, "verify", "-", "--trust", str(desk.trust)]
    done = subprocess.run(words, env=environment(), input=b"", capture_output=True, timeout=20, check=False)
    assert done.returncode == 1
    assert b"CMS-" in done.stdout + done.stderr


def test_a_fault_of_ours_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr("service.commands.verify.verify_der", breaks)
    with pytest.raises(AssertionError, match="SVC-099"):  # `called` holds that this never happens
        called(*verify(desk))
    monkeypatch.setenv("DONGUI_DEBUG", "1")
    with pytest.raises(RuntimeError):
        called(*verify(desk))


def test_a_file_that_fails_is_not_told_as_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(root.dongui, "main", failed)
    with pytest.raises(AssertionError, match="SVC-099"):  # `called` takes no inner breakdown
        called("file", "layouts")
