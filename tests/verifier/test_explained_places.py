"""What explanations say about checks and clauses is what the checks themselves say: read out of their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import verifier
from consent.explanations import explanation, explanations
from verifier.verdict import Check

SOURCES: Final = sorted(Path(verifier.__file__).parent.rglob("*.py"))
CODE: Final = re.compile(r"(CMS|PKI)-\d{3}")
OF_ANY_CHECK: Final = {"CMS-100", "CMS-193", "CMS-194", "CMS-195", "CMS-196", "CMS-199"}
READERS: Final = {"encoding": "X.690 §8, §10, §11", "structure": "RFC 5652 §5.1, §5.3"}
"""Checks that pass on what a reader found, with the clauses they pass on."""


class Said(NamedTuple):
    code: str
    check: str
    clause: str


def said() -> Iterator[Said]:
    """Every finding that is made by its code: of a time-stamp, only what is said about the evidence."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Call) and re.fullmatch(r"Finding\.(passed|unclear|failed)", ast.unparse(node.func))
            ):
                continue
            check, code, _, clause = node.args
            if not isinstance(check, ast.Attribute) or (path.name == "time_stamp.py" and check.attr != "TIME"):
                continue
            words = clause.value if isinstance(clause, ast.Constant) else constants[ast.unparse(clause)]
            for part in ast.walk(code):
                if isinstance(part, ast.Constant) and CODE.fullmatch(str(part.value)):
                    yield Said(str(part.value), Check[check.attr].value, str(words))


SAID: Final = list(said())


@pytest.mark.parametrize("finding", SAID, ids=lambda finding: f"{finding.code} {finding.clause}")
def test_an_explanation_names_the_check_and_the_clause_of_its_finding(finding: Said) -> None:
    meant = explanation(finding.code)
    assert meant.check == finding.check
    assert finding.clause == "-" or finding.clause in meant.reference.split("; ")


def test_no_explanation_names_more_than_its_findings_do() -> None:
    clauses = {(one.code, one.clause) for one in SAID}
    for prefix in ("CMS", "PKI"):
        for code, meant in explanations(prefix).items():
            named = [clause for clause in meant.reference.split("; ") if clause]
            assert all(
                (code, clause) in clauses or READERS.get(meant.check) == clause or code in {"CMS-162", "CMS-186"}
                for clause in named
            ), code


def test_every_finding_has_its_check() -> None:
    for prefix in ("CMS", "PKI"):
        for code, meant in explanations(prefix).items():
            assert bool(meant.check) == (code[4:] >= "100" and code not in OF_ANY_CHECK), code
            assert not meant.check or meant.check in set(Check)
    assert not any(
        meant.check or meant.reference for prefix in ("FB", "SVC") for meant in explanations(prefix).values()
    )
