"""The code is built as designed: who imports whom, what the core keeps away from, codes and their wording."""

from __future__ import annotations

import ast
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Final

import pytest

from certs.demo import DemoPki
from consent import Charset, ConsentText
from consent.wording import Wording, catalogue
from signer import LocalKey, sign_consent
from tests.conftest import BUILT_AT
from verifier import policies, verify_der

ROOT: Final = Path(__file__).parents[1]
MAY_IMPORT: Final = {
    "consent": set[str](),
    "certs": {"consent"},
    "signer": {"consent", "certs"},
    "verifier": {"consent", "certs"},
    "evidence": {"consent", "verifier"},
    "service": {"consent", "certs", "signer", "verifier", "evidence"},
}
CORE: Final = [package for package in MAY_IMPORT if package != "service"]
OUTSIDE: Final = {"tests", "examples", "bench", "docs"}
ONLY_SERVICE: Final = {"flask", "werkzeug", "click", "rich"}
NETWORK_AND_CLOCK: Final = {"socket", "ssl", "urllib.request", "http", "time", "asyncio", "requests", "subprocess"}
MAY_ASK_OTHERS: Final = {
    "aiohttp": {"service/http_source.py"},
    "sansldap": {"service/ldap_source.py"},
    "asyncio": {
        "service/ldap_source.py",
        "service/fetching.py",
        "service/commands/trust_fetch.py",
        "service/stamping.py",
        "service/commands/timestamp.py",
    },
    "distributed": {"service/batch_cluster.py"},
    "service.http_source": {"service/fetching.py", "service/stamping.py"},
    "service.ldap_source": {"service/fetching.py"},
    "service.fetching": {"service/commands/trust_fetch.py"},
    "service.stamping": {"service/commands/timestamp.py"},
}
"""What opens connections to others, and the only modules that import it."""
MEASURES_TIME: Final = {"verifier/batch/judging.py": "perf_counter_ns", "verifier/batch/worker.py": "monotonic"}
"""What tells how long something took, and not when: the modules of the core that import it."""
CLOCK_AND_ENVIRONMENT: Final = {"now", "utcnow", "today", "environ", "environb", "getenv", "argv", "stdin", "stdout"}

CODE: Final = re.compile(r"(CMS|PKI|FB|SVC)-\d{3}")
PREFIXES: Final = ("CMS", "PKI", "FB", "SVC")
WORDINGS: Final = {code: entry for prefix in PREFIXES for code, entry in catalogue(prefix).items()}
KOREAN_ONLY: Final = {"ko", "label", "labels", "field"}  # names of fields, of which English needs one only
HANGUL: Final = re.compile("[가-힣]")

SOURCES: Final = {
    path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8"))
    for package in MAY_IMPORT
    for path in sorted((ROOT / package).rglob("*.py"))
}


def of(package: str) -> list[tuple[Path, ast.Module]]:
    return [(path, tree) for path, tree in SOURCES.items() if path.parts[0] == package]


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules that a file imports, wherever the statement stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_those_below_it(package: str) -> None:
    ours = set(MAY_IMPORT) | OUTSIDE
    for path, tree in of(package):
        roots = {name.partition(".")[0] for name in imported(tree)} & ours
        assert roots <= MAY_IMPORT[package] | {package}, path


@pytest.mark.parametrize("package", CORE)
def test_only_the_service_knows_the_web_and_the_command_line(package: str) -> None:
    for path, tree in of(package):
        assert not {name.partition(".")[0] for name in imported(tree)} & ONLY_SERVICE, path


@pytest.mark.parametrize("package", CORE)
def test_the_core_reads_no_clock_no_socket_and_no_environment(package: str) -> None:
    for path, tree in of(package):
        names = set(imported(tree))
        names -= {"time", f"time.{MEASURES_TIME[str(path)]}"} if str(path) in MEASURES_TIME else set()
        assert not {name for name in names if any(f"{name}.".startswith(f"{n}.") for n in NETWORK_AND_CLOCK)}, path
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        used |= {name.rpartition(".")[2] for name in names}
        assert not used & CLOCK_AND_ENVIRONMENT, path


@pytest.mark.parametrize("module", MAY_ASK_OTHERS)
def test_only_fetching_can_ask_others(module: str) -> None:
    users = {
        str(path)
        for path, tree in SOURCES.items()
        if any(f"{name}.".startswith(f"{module}.") for name in imported(tree))
    }
    assert users == MAY_ASK_OTHERS[module]


def test_a_verdict_opens_no_connection(pki: DemoPki, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it for material that is missing, with addresses at hand where it could be had."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a verdict asked somebody")

    key = LocalKey.of(replace(pki.payers["rsa"], others=()))
    der = sign_consent(ConsentText.of("동의합니다.", Charset.UTF_8), key, at=BUILT_AT)
    verify_der(der, trust=pki.trust(), policy=policies.KFTC, at=BUILT_AT)  # loads what is loaded late
    for name in ("socket", "create_connection", "getaddrinfo", "socketpair"):
        monkeypatch.setattr(socket, name, refuse)
    for trust, code in ((pki.trust(), "PKI-120"), (replace(pki.trust(), crls=()), "PKI-122")):
        verdict = verify_der(der, trust=trust, policy=policies.KFTC, at=BUILT_AT)
        assert code in {finding.code for finding in verdict.findings}


def test_a_module_imports_nothing_by_star() -> None:
    for path, tree in SOURCES.items():
        assert not any(name.endswith(".*") for name in imported(tree)), path


def test_every_code_in_use_has_its_wording_and_no_wording_is_left_over() -> None:
    used = {text for tree in SOURCES.values() for text in strings(tree) if CODE.fullmatch(text)}
    assert used == set(WORDINGS)


def test_no_two_errors_share_a_code() -> None:
    codes = [
        text
        for tree in SOURCES.values()
        for kind in ast.walk(tree)
        if isinstance(kind, ast.ClassDef)
        for statement in kind.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for text in strings(statement.value)
        if CODE.fullmatch(text)
    ]
    assert len(codes) > 80
    assert len(codes) == len(set(codes))


def test_every_error_and_every_finding_that_does_not_pass_says_what_to_do() -> None:
    satisfied = {
        text
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "passed"
        for argument in node.args
        for text in strings(argument)
        if CODE.fullmatch(text)
    }
    without = {code for code, entry in WORDINGS.items() if not entry.fix_ko}
    assert without == {code for code, entry in WORDINGS.items() if not entry.fix_en}
    assert without <= satisfied


@pytest.mark.parametrize(("code", "entry"), WORDINGS.items(), ids=WORDINGS)
def test_both_languages_say_the_same(code: str, entry: Wording) -> None:
    for korean, english in ((entry.ko, entry.en), (entry.fix_ko, entry.fix_en)):
        ours, theirs = (
            {name.removesuffix(f"_{lang}") for name in placeholders(text)}
            for text, lang in ((korean, "ko"), (english, "en"))
        )
        assert ours - KOREAN_ONLY == theirs - KOREAN_ONLY


@pytest.mark.parametrize(("code", "entry"), WORDINGS.items(), ids=WORDINGS)
def test_a_wording_is_written_out(code: str, entry: Wording) -> None:
    assert HANGUL.search(entry.ko)
    assert HANGUL.search(entry.fix_ko) or not entry.fix_ko
    assert entry.en
    for text in (entry.ko, entry.en, entry.fix_ko, entry.fix_en):
        assert text == " ".join(text.split())
