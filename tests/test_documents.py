"""The documents say what is so: examples run, links lead somewhere, generated pages are those the code makes."""

from __future__ import annotations

import doctest
import json
import re
import runpy
import shlex
import shutil
import subprocess
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Final

import click
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

import certs
import consent
import evidence
import signer
import verifier
from certs.keys import load_pkcs12
from certs.products import products
from certs.settings import TrustSettings, parse_settings
from consent.charset import Charset
from consent.explanations import all_codes, explanation
from consent.form import TEMPLATE, Consent, render
from consent.form_fields import FIELDS
from consent.wording import catalogue
from examples import demo
from service import root
from service.records import listed
from tests.batch_tables import failed, row, write
from verifier.checks import CHECKS
from verifier.reports.json_form import as_json
from verifier.verdict import Check, Finding, Indication, TimeSource, Verdict

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READMES: Final = ("README.md", "README.ko.md")
MAY_FIND: Final = {"take-in", "fix"}
"""Commands that end with 1 where they have something to show."""
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
CODE: Final = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
EXAMPLE: Final = re.compile(r"`dongui ((?!--lang)[^`]+)`")
CODE_NAMED: Final = re.compile(r"\b(?:CMS|PKI|FB|SVC)-\d{3}\b")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", read(page), re.DOTALL)


def commands() -> dict[str, click.Command]:
    """Every command by its words, sub-commands included."""
    found: dict[str, click.Command] = {}
    for name in root.COMMANDS:
        command = root.dongui.get_command(click.Context(root.dongui), name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": below for inner, below in command.commands.items()}
        else:
            found[name] = command
    return found


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as it is after `make demo`, with the consent that docs/consent-form.md shows."""
    folder = tmp_path_factory.mktemp("demo_folder")
    assert demo.main(folder / "demo-out") == 0
    (folder / "consent.json").write_text(blocks("docs/consent-form.md", "json")[0], encoding="utf-8")
    write(folder / "batch.parquet", [row(), failed()])
    return folder


@pytest.mark.parametrize("page", READMES)
def test_the_python_example_runs_and_passes(
    page: str, demo_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = blocks(page, "python")
    monkeypatch.chdir(demo_folder)
    exec(compile(example, page, "exec"), {})
    assert capsys.readouterr().out == "TOTAL_PASSED\n"


@pytest.mark.parametrize("page", READMES)
def test_the_command_examples_run_in_their_order(page: str, demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo_folder)
    monkeypatch.setenv("DONGUI_KEY_PASSWORD", demo.PASSWORD)
    monkeypatch.setenv("DONGUI_NEW_PASSWORD", demo.PASSWORD)
    monkeypatch.setenv("DONGUI_CONSOLE_PASSWORD", demo.PASSWORD)
    stores = [*demo_folder.glob("store.*"), *demo_folder.glob("FB0110_*")]
    for made in [demo_folder / "batch.parquet", *stores]:  # by the other page; none of these is written over
        made.unlink(missing_ok=True)
    shutil.rmtree(demo_folder / "parts", ignore_errors=True)
    for line in EXAMPLE.findall(read(page)):
        arguments = [part for word in shlex.split(line) for part in expanded(word)]
        if arguments[0] == "complete":
            sign_elsewhere()
        if arguments[0] == "serve":  # whether it would start, with nobody to ask
            arguments = ["settings", "check", *arguments[1:]]
        for needs_others in (["trust", "fetch"], ["timestamp"], ["fix", "evidence"]):  # the last one an FB0421
            if arguments[: len(needs_others)] == needs_others:
                arguments = [*needs_others, "--help"]
        result = CliRunner().invoke(root.dongui, arguments)
        ends = {0, 1} if arguments[0] in MAY_FIND else {0}
        assert result.exit_code in ends, (line, result.output, result.exception)
    assert (demo_folder / "FB0110.again").read_bytes() == (demo_folder / "demo-out/FB0110").read_bytes()


def expanded(word: str) -> list[str]:
    """What a shell makes of a word with `*`."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
@pytest.mark.parametrize("page", READMES)
def test_openssl_signs_what_was_prepared_as_shown(
    page: str, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lines,) = [block for block in blocks(page, "sh") if "dgst" in block]
    monkeypatch.chdir(demo_folder)
    text, certificate = "demo-out/rsa-utf-8.txt", "demo-out/keys/rsa.crt.pem"
    prepared = ["prepare", text, "--cert", certificate, "--to-be-signed", "to-be-signed.bin", "-o", "prepared.json"]
    assert CliRunner().invoke(root.dongui, prepared).exit_code == 0
    for line in lines.splitlines():
        subprocess.run(shlex.split(line), check=True, capture_output=True)
    completed = ["complete", "prepared.json", "--signature", "signature.bin", "-o", "by-openssl.der"]
    assert CliRunner().invoke(root.dongui, completed).exit_code == 0


def test_the_demos_list_makes_the_records_of_its_file(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo_folder)
    words = [
        "fb0110",
        "demo-out/records.jsonl",
        "--trust",
        "demo-out/trust",
        "--process-date",
        "20991231",
        "-o",
        "again",
    ]
    assert CliRunner().invoke(root.dongui, words).exit_code == 0
    ours, demos = ((demo_folder / name).read_bytes() for name in ("again", "demo-out/FB0110"))
    assert ours[1024:] == demos[1024:]


@pytest.mark.parametrize(("openssl", "code"), [(True, 0), (None, 0), (False, 1)])
def test_the_demo_ends_with_1_where_openssl_refuses(
    openssl: bool | None, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("examples.demo_table.openssl_agrees", lambda *_: openssl)
    assert demo.main(tmp_path / "demo-out") == code


def sign_elsewhere() -> None:
    key = load_pkcs12(Path("demo-out/keys/rsa.p12").read_bytes(), demo.PASSWORD).private_key
    assert isinstance(key, RSAPrivateKey)
    Path("signature.bin").write_bytes(key.sign(Path("to-be-signed.bin").read_bytes(), padding.PKCS1v15(), SHA256()))


@pytest.mark.parametrize("page", READMES)
def test_every_command_stands_in_the_readme_with_an_example(page: str) -> None:
    rows = re.findall(r"^\| `([a-z0-9 -]+)` \|.*`dongui ([^`]+)` \|$", read(page), re.MULTILINE)
    assert [name for name, _ in rows] == sorted(commands(), key=[name for name, _ in rows].index)
    for name, example in rows:
        assert example.startswith(f"{name} ")


def test_both_readmes_show_the_same_code() -> None:
    english, korean = (CODE.findall(read(page)) for page in READMES)
    of_both = [[code for code in found if code.startswith(("```", "`dongui "))] for found in (english, korean)]
    assert of_both[0] == of_both[1]


def test_every_option_that_a_document_names_exists() -> None:
    known = {"--help", "--version", "--lang", "--json"}
    known |= {option for command in commands().values() for param in command.params for option in param.opts}
    for page in PAGES:
        for code in CODE.findall(page.read_text(encoding="utf-8")):
            if "dongui " in code or code.startswith("`--"):
                assert set(re.findall(r"(?<!\S)`?(--[a-z0-9-]+)", code)) <= known, (page.name, code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if not target.startswith("https://"):
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for code in CODE.findall(page.read_text(encoding="utf-8")):
        assert set(re.findall(r"\bmake (?:[A-Z]+=\S+ )?([a-z]+)", code)) <= targets


def test_generated_pages_are_up_to_date() -> None:
    """If not: `.venv/bin/python docs/generate.py`."""
    pages: dict[str, str] = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()
    for name, text in pages.items():
        assert read(f"docs/{name}") == text, name


@pytest.mark.parametrize("package", [certs, consent, evidence, signer, verifier], ids=lambda package: package.__name__)
def test_the_example_of_a_package_is_one_that_doctest_reads(package: ModuleType) -> None:
    result = doctest.testmod(package)
    assert result.failed == 0
    assert doctest.DocTestParser().get_examples(package.__doc__ or "")


def test_every_decision_is_in_the_index_once_and_in_order() -> None:
    pages = sorted(page.name for page in (ROOT / "docs/adr").glob("0*.md"))
    assert [page[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    rows = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", read("docs/adr/README.md"), re.MULTILINE)
    assert [name for _, name, _ in rows] == pages
    for number, name, title in rows:
        assert read(f"docs/adr/{name}").startswith(f"# {number}: {title}\n")


def test_the_consent_page_shows_every_field_and_the_template_as_it_is() -> None:
    page = read("docs/consent-form.md")
    assert re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", page, re.MULTILINE) == [
        (field.name, field.ko) for field in FIELDS.values()
    ]
    assert blocks("docs/consent-form.md", "text") == [read(f"consent/templates/{TEMPLATE}.txt")]
    shown = Consent.from_json(json.loads(blocks("docs/consent-form.md", "json")[0]))
    assert "매월 25일(휴일이면 이용기관이 안내하는 영업일)" in render(shown, Charset.EUC_KR).text


def test_the_settings_shown_are_the_defaults() -> None:
    shown, insurer = blocks("docs/trust-folder.md", "toml")
    assert parse_settings(shown.encode()) == TrustSettings()
    opened = parse_settings(insurer.encode()).products.also
    assert opened
    assert not any(products()[oid].signs for oid in opened)


def test_the_lines_shown_for_lists_are_taken(tmp_path: Path) -> None:
    lines = tmp_path / "records.jsonl"
    lines.write_text("".join(blocks("docs/records.md", "json")), encoding="utf-8")
    registration, cancellation = listed(str(lines))
    assert (registration.applied_on, registration.cancelled) == (date(2026, 11, 2), False)
    assert registration.evidence == tmp_path / "consents/A-1029.der"
    assert (cancellation.cancelled, cancellation.evidence) == (True, None)


def test_the_verdict_page_has_the_checks_in_their_order_and_every_json_key() -> None:
    page = read("docs/verdicts.md")
    assert re.findall(r"^\| `([a-z]+)` \| .* \| .* \|", page, re.MULTILINE)[: len(CHECKS)] == list(Check)
    finding = Finding.passed(Check.SIZE, "CMS-101", "@0", "-", size=1, limit=2)
    verdict = Verdict((finding,), frozenset(), "kftc", bytes(32), frozenset(), None, TimeSource.GIVEN)
    made = as_json(verdict, file="X.der", lang="en")
    (shown,) = blocks("docs/verdicts.md", "json")
    example = json.loads(shown)
    assert list(example) == list(made)
    assert [list(one) for one in example["findings"]] == [list(one) for one in made["findings"]]  # type: ignore[attr-defined]
    assert example["indication"] in Indication.__members__


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_code_that_a_document_names_exists(page: Path) -> None:
    known = {code for prefix in ("CMS", "PKI", "FB", "SVC") for code in catalogue(prefix)}
    assert set(CODE_NAMED.findall(page.read_text(encoding="utf-8"))) <= known


def test_every_code_has_its_place_on_the_page_of_codes_and_the_index_leads_there() -> None:
    page = read("docs/codes.md")
    headings = re.findall(r"^### (.+)$", page, re.MULTILINE)
    assert headings == list(all_codes())
    assert re.findall(r"^\| \[([A-Z]+-\d{3})\]\(#([a-z]+-\d{3})\) \|", page, re.MULTILINE) == [
        (code, code.lower()) for code in headings
    ]
    for code in headings:
        assert explanation(code).ko in page
        assert explanation(code).en in page


def test_tables_have_as_many_cells_in_every_row() -> None:
    for page in ("docs/codes.md", "docs/glossary.md"):
        for rows in re.findall(r"(?:^\|.*\|\n)+", read(page), re.MULTILINE):
            assert len({row.count("|") for row in rows.splitlines()}) == 1, rows[:80]


def test_the_verdict_page_names_every_finding() -> None:
    findings = {code for prefix in ("CMS", "PKI") for code in catalogue(prefix) if code[4:] >= "100"}
    page = read("docs/verdicts.md")
    named = set(CODE_NAMED.findall(page))
    for first, last in re.findall(r"([A-Z]+-\d{3}) to ([A-Z]+-\d{3})", page):
        named |= {code for code in findings if first <= code <= last}
    assert findings <= named
