"""The table and the targets say what was measured, the right way round."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench.results import as_json, openssl_version, table, targets
from tests.bench.making import RESULTS


def test_each_target_is_met_or_missed_by_its_own_figure() -> None:
    found = {target.says: (target.found, target.verdict) for target in targets(RESULTS)}
    assert found == {
        "RSA-2048: of the floor": (0.5, "met"),
        "RSA-2048: × CMS_verify of OpenSSL 3.0, which checks no CRLs": (2.5, "met"),
        "RSA-2048: × CMS_verify with CRLs": (50, "met"),
        "RSA-2048: × pyHanko, which checks no CRLs": (21, "not met"),
        "P-256: of the floor": (0.4, "not met"),
        "P-256: × CMS_verify of OpenSSL 3.0, which checks no CRLs": (None, "not measured"),
        "two cores: × one": (2, "met"),
        "1,000 to 10,000 consents: farthest from the cost among the fewest": (pytest.approx(0.07), "met"),
        "CRLs of 10^6 in all: memory": (250, "met"),
        "CRLs of 10^6 in all: open": (2, "met"),
        "CRLs of 10^6 in all: open with index": (0.4, "not met"),
        "RSA-2048: unchecked signing, of raw": (0.9, "met"),
        "P-256: unchecked signing, of raw": (0.5, "not met"),
        "start: × import cryptography.x509": (3, "met"),
        "FB0110: writing, × copyfileobj": (3, "met"),
        "FB0110: reading, × copyfileobj": (5, "not met"),
        "FB0110: memory": (60, "met"),
    }


def test_a_newer_openssl_has_another_target() -> None:
    machine = {**RESULTS.machine, "OpenSSL of the C part": "OpenSSL 3.5.1 1 Jul 2025"}
    (target,) = [one for one in targets(replace(RESULTS, machine=machine)) if "CMS_verify of" in one.says]
    assert (target.says, target.limit) == ("RSA-2048: × CMS_verify of OpenSSL 3.5 or later, which checks no CRLs", 1.3)


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    nothing = replace(
        RESULTS, judging={}, signing={}, cores={}, sizes={}, opening_revoked=100_000, starting={}, records={}
    )
    assert {target.verdict for target in targets(nothing)} == {"not measured"}
    assert "Left out: the C part" in table(replace(nothing, left_out=("the C part",)))


@pytest.mark.parametrize(
    ("name", "version"),
    [("OpenSSL 3.0.19 27 Jan 2026", (3, 0)), ("OpenSSL 4.0.3", (4, 0)), ("-", (0, 0)), ("", (0, 0))],
)
def test_the_version_of_openssl(name: str, version: tuple[int, int]) -> None:
    assert openssl_version(name) == version


def test_the_table_has_each_figure_in_its_row() -> None:
    lines = table(RESULTS).splitlines()
    for line in (
        "# Measured on 2026-06-01 (short form)",
        "## Judging, RSA-2048, 500 consents, three CRLs of 100,000 entries",
        "| Dongui, CRLs checked | 100.0 | 2.00 |",
        "| CMS_verify in C, CRLs checked | 5,000.0 | 100.00 |",
        "| evidence, signature not checked | 500.0 | 1.11 |",
        "| a worker on each core | 50.0 | 0.50 |",
        "| 10,000 | 93.0 | 0.93 | 101 |",
        "| opened, ms | 2,000 | 400 |",
        "| peak memory, MB | 250 | |",
        "| dongui verify of one DER | 300,000.0 | 3.00 |",
        "| RSA-2048: × pyHanko, which checks no CRLs | 21.00 | ≥ 22.00 | not met |",
        "| CRLs of 10^6 in all: open | 2.00 s | ≤ 3.00 s | met |",
    ):
        assert line in lines
    assert not [line for line in lines if "CMS_verify in C, no CRLs | 250.0 | 4.17" in line]


def test_the_json_can_be_read_again() -> None:
    read = json.loads(json.dumps(as_json(RESULTS)))
    assert read["judging"]["rsa"]["dongui"] == [100, 120, 100]
    assert read["medians"]["judging"]["rsa"]["dongui"] == 100
    assert [target["met"] for target in read["targets"]].count(None) == 1
