"""`dongui batch --store`: what a store holds, judged anew, and what becomes of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs.demo_certificates import crl
from consent import Charset
from consent.form import Consent, render
from service import batch_follow
from service.batch_run import Run
from tests.service.desk import CONSENT, RECORD, Desk, evidence, write_lines
from tests.service.running import Ran, called, nothing_changes, refused

OTHER = RECORD | {"payer_number": "A-1030", "evidence": "ecdsa.der"}


class Kept(NamedTuple):
    """A store with two consents, of payers of two authorities."""

    folder: Path
    desk: Desk

    @property
    def options(self) -> tuple[object, ...]:
        return ("--store", self.folder / "s.db", "--keys", self.folder / "keys.json")

    def run(self, *words: object, lang: str = "en") -> Ran:
        return called(*words, *self.options, lang=lang)

    def judged(self, out: str, *more: object, trust: Path | None = None) -> Ran:
        words = ("--trust", trust or self.desk.trust, "-o", self.folder / out, "--workers", 1, "--json", *more)
        return self.run("batch", *words)

    def revoking(self, payer: str) -> tuple[Path, Path]:
        """A trust folder where that payer's certificate is revoked, and the list that says so."""
        trust = self.folder / f"trust-{payer}"
        shutil.copytree(self.desk.trust, trust, dirs_exist_ok=True)
        pair = self.desk.pki.payers[payer]
        (authority,) = [
            one.key_pair
            for one in self.desk.pki.intermediates
            if one.key_pair.certificate.subject == pair.certificate.issuer
        ]
        newer = trust / "crls" / "newer.crl"
        newer.write_bytes(crl(authority, [pair.certificate.serial_number], self.desk.pki.at, 30))
        return trust, newer

    def states(self) -> dict[int, Any]:
        return {one["consent"]: one["state"] for one in self.run("consent", "list", "--json").lines}

    def story(self, number: int) -> dict[str, Any]:
        return self.run("consent", "show", number, "--json").json


@pytest.fixture
def kept(desk: Desk, tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path, desk)
    assert called("store", "init", *made.options).code == 0
    lines = [record | {"evidence": str(desk / record["evidence"])} for record in (RECORD, OTHER)]
    records = write_lines(tmp_path / "records.jsonl", lines)
    assert made.run("store", "add", records, "--trust", desk.trust).code == 0
    yield made
    assert made.run("log", "verify").code == 0


def test_everything_is_judged_and_kept(kept: Kept) -> None:
    made = kept.judged("a.parquet")
    assert (made.code, made.json["passed"]) == (0, 2)
    assert made.json["store"] == {"kept": 2, "unjudged": 0, "refused": [], "passed": [], "doubted": []}
    rows = pq.read_table(kept.folder / "a.parquet").to_pylist()
    assert [row["id"] for row in rows] == ["1", "2"]
    assert [len(kept.story(number)["verdicts"]) for number in (1, 2)] == [2, 2]
    assert kept.states() == {1: "queued", 2: "queued"}
    assert not (kept.folder / "a.parquet.parts").exists()


def test_a_revocation_takes_consents_out_of_the_queue_and_its_end_brings_them_back(kept: Kept) -> None:
    trust, newer = kept.revoking("rsa")
    made = kept.judged("a.parquet", "--touched-by", newer, trust=trust)
    assert (made.code, made.json["rows"], made.json["store"]["refused"]) == (1, 1, [1])
    assert kept.states() == {1: "refused", 2: "queued"}
    story = kept.story(1)
    assert [one["indication"] for one in story["verdicts"]] == ["TOTAL_PASSED", "TOTAL_FAILED"]
    assert (story["code"], story["log"][-1]["event"]) == ("PKI-121", "refused")
    back = kept.judged("b.parquet")
    assert (back.code, back.json["store"]["passed"]) == (0, [1])
    assert kept.states() == {1: "verified", 2: "queued"}
    assert "refused now" in kept.run("batch", "--trust", trust, "-o", kept.folder / "c.csv", "--workers", 1).out


@pytest.mark.parametrize("form", [Encoding.DER, Encoding.PEM])
def test_what_hangs_on_an_authority_is_touched_by_its_certificate_and_by_the_roots(kept: Kept, form: Encoding) -> None:
    pki = kept.desk.pki
    rsa, ecdsa = pki.payers["rsa"].certificate, pki.payers["ecdsa"].certificate
    assert rsa.issuer != ecdsa.issuer
    authorities = {one.key_pair.certificate.subject: one.key_pair.certificate for one in pki.intermediates}
    for number, (certificate, rows) in enumerate(
        ((authorities[rsa.issuer], 1), (pki.root.key_pair.certificate, 2), (rsa, 1))
    ):
        file = kept.folder / "touching"
        file.write_bytes(certificate.public_bytes(form))
        assert kept.judged(f"{number}.jsonl", "--touched-by", file).json["rows"] == rows
    listed = x509.load_der_x509_crl((kept.revoking("ecdsa")[1]).read_bytes())
    file.write_bytes(listed.public_bytes(form))
    assert kept.judged("list.jsonl", "--touched-by", file, "--touched-by", file).json["rows"] == 1


def test_what_touches_nothing_known_is_refused(kept: Kept) -> None:
    (kept.folder / "text").write_text("nothing")
    refused(kept.judged("a.csv", "--touched-by", kept.folder / "text"), "SVC-127")


def test_what_was_interrupted_is_kept_once(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after verdicts were kept and before the table was there; new consents came meanwhile."""
    trust, _ = kept.revoking("rsa")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Run, "report", killed)
        assert kept.judged("a.parquet", trust=trust).code == 130
    assert kept.states() == {1: "refused", 2: "queued"}
    own = render(Consent.from_json(CONSENT | {"payer_number": "A-1032"}), Charset.UTF_8)
    (kept.folder / "third.der").write_bytes(evidence(kept.desk.pki, "rsa", own))
    third = RECORD | {"payer_number": "A-1032", "evidence": str(kept.folder / "third.der")}
    records = write_lines(kept.folder / "third.jsonl", [third])
    assert kept.run("store", "add", records, "--trust", kept.desk.trust).code == 0
    refused(kept.judged("a.parquet", trust=trust), "SVC-069")
    again = kept.judged("a.parquet", "--resume", trust=trust)
    assert (again.json["rows"], again.json["resumed_after"], again.json["store"]["kept"]) == (2, 2, 0)
    assert [one["indication"] for one in kept.story(1)["verdicts"]] == ["TOTAL_PASSED", "TOTAL_FAILED"]


def test_another_store_or_other_issuers_are_not_gone_on_with(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(batch_follow, "opened", killed)
        assert kept.judged("a.parquet").code == 130
    _, newer = kept.revoking("rsa")
    refused(kept.judged("a.parquet", "--resume", "--touched-by", newer), "SVC-070")
    assert kept.judged("a.parquet", "--resume").json["store"]["kept"] == 2


def test_a_receipt_from_before_counts_when_it_is_judged_again(desk: Desk, tmp_path: Path) -> None:
    kept = Kept(tmp_path, desk)
    assert called("store", "init", *kept.options).code == 0
    received = desk.pki.at.replace(microsecond=0).isoformat()
    record = RECORD | {"evidence": str(desk / "rsa.der"), "received_at": received}
    records = write_lines(tmp_path / "records.jsonl", [record])
    assert kept.run("store", "add", records, "--trust", desk.trust).code == 0
    assert kept.judged("a.parquet").code == 0
    (row,) = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert row["verified_at"] == datetime.fromisoformat(received)


@pytest.mark.parametrize(
    "words",
    [
        ("--policy", "cms"),
        ("--holder", "personal"),
        ("--scheduler", "tcp://127.0.0.1:1"),
    ],
)
def test_what_does_not_fit_a_store_is_refused(kept: Kept, words: tuple[str, ...]) -> None:
    with nothing_changes(kept.folder):
        out = ("-o", kept.folder / "a.csv", "--trust", kept.desk.trust)
        assert kept.run("batch", *out, *words).code == 2
        assert kept.run("batch", kept.desk / "rsa.der", *out).code == 2
        assert called("batch", *out).code == 2
        assert called("batch", kept.desk.folder, *out, "--touched-by", "x").code == 2


def test_a_store_that_the_environment_names_gives_way_to_a_source(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONGUI_STORE", str(kept.folder / "s.db"))
    monkeypatch.setenv("DONGUI_STORE_KEYS", str(kept.folder / "keys.json"))
    out = ("--trust", kept.desk.trust, "--workers", 1, "--json")
    (kept.folder / "ders").mkdir()
    shutil.copy(kept.desk / "rsa.der", kept.folder / "ders" / "one.der")
    assert called("batch", kept.folder / "ders", "-o", kept.folder / "a.csv", *out).json["store"] is None
    assert called("batch", "-o", kept.folder / "b.csv", *out).json["store"]["kept"] == 2
