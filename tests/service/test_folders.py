"""Several trust folders, each for evidence of its own kind: nothing is judged by the other's authorities."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs.demo import DemoPki, build_demo_pki, write_demo_pki
from consent import Charset
from consent.form import Consent, render
from service.web.access import Scope
from tests.service.desk import CONSENT, RECORD, Desk, evidence, write_lines
from tests.service.running import called, refused
from tests.service.web_service import web_service

DATES = ("--process-date", "2026-11-02")


def with_kinds(folder: Path, kinds: str) -> Path:
    toml = folder / "trust.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("kinds = [2, 7]", f"kinds = {kinds}"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def private_pki() -> DemoPki:
    return build_demo_pki(at=datetime.now(UTC))


@pytest.fixture
def joint(desk: Desk, tmp_path: Path) -> Path:
    """For kind 2: the authorities of the desk's evidence."""
    return with_kinds(Path(shutil.copytree(desk.trust, tmp_path / "joint")), "[2]")


@pytest.fixture
def private(private_pki: DemoPki, tmp_path: Path) -> Path:
    """For kind 7: others."""
    return with_kinds(write_demo_pki(private_pki, tmp_path / "private", password="x"), "[7]")


@pytest.fixture
def of_private(desk: Desk, private_pki: DemoPki, tmp_path: Path) -> Path:
    text = render(Consent.from_json(CONSENT | {"payer_number": "A-1030"}), Charset.UTF_8)
    der = tmp_path / "private.der"
    der.write_bytes(evidence(private_pki, "rsa", text))
    return der


def folders(*paths: Path) -> list[object]:
    return [word for path in paths for word in ("--trust", path)]


def records(desk: Desk, tmp_path: Path, of_private: Path, *, kinds: tuple[str, str] = ("2", "7")) -> Path:
    of_joint = str(desk / "rsa.der")
    first = {**RECORD, "evidence": of_joint, "evidence_kind": kinds[0]}
    second = {**RECORD, "payer_number": "A-1030", "evidence": str(of_private), "evidence_kind": kinds[1]}
    return write_lines(tmp_path / "records.jsonl", [first, second])


def test_each_record_is_judged_by_the_folder_of_its_kind(
    desk: Desk, joint: Path, private: Path, of_private: Path, tmp_path: Path
) -> None:
    out = tmp_path / "FB0110"
    both = folders(private, joint)
    ran = called("fb0110", records(desk, tmp_path, of_private), *both, *DATES, "-o", out, "--json")
    assert (ran.code, ran.json["registrations"]) == (0, 2)
    answer = ("fb0420", desk / "FB0410", "--records", records(desk, tmp_path, of_private), *both)
    assert called(*answer, "-o", tmp_path / "FB0420", "--json").json["found"] == 2


@pytest.mark.parametrize("kinds", [("7", "7"), ("2", "2"), ("7", "2")])
def test_evidence_of_one_kind_is_not_handed_in_as_the_other(
    desk: Desk, joint: Path, private: Path, of_private: Path, tmp_path: Path, kinds: tuple[str, str]
) -> None:
    listed = records(desk, tmp_path, of_private, kinds=kinds)
    out = tmp_path / "FB"
    for command in (("fb0110", listed, *DATES), ("fb0420", desk / "FB0410", "--records", listed)):
        ran = called(*command, *folders(joint, private), "-o", out)
        refused(ran, "FB-061", 1)
        assert "PKI-111" in ran.err
        assert not out.exists()


@pytest.mark.parametrize("command", ["fb0110", "fb0420", "verify", "serve"])
def test_two_folders_for_one_kind_are_refused(
    desk: Desk, joint: Path, of_private: Path, tmp_path: Path, command: str
) -> None:
    listed, out = records(desk, tmp_path, of_private), tmp_path / "FB"
    words = {
        "fb0110": (listed, *DATES, "-o", out),
        "fb0420": (desk / "FB0410", "--records", listed, "-o", out),
        "verify": (desk / "rsa.der", "--kind", "2"),
        "serve": ("--port", 0, "--store", tmp_path / "s.db"),
    }[command]
    for other in (desk.trust, joint):  # [2, 7], and the same again
        ran = called(command, *words, *folders(joint, other))
        if command == "serve":  # names everything that is wrong, the store that is missing too
            assert (ran.code, ran.stdout) == (2, b"")
            assert "error SVC-054: trust (--trust): " in ran.err
        else:
            refused(ran, "SVC-054")
    assert not out.exists()


def test_verify_is_told_the_kind_and_goes_by_its_folder(
    desk: Desk, joint: Path, private: Path, of_private: Path
) -> None:
    both = folders(joint, private)
    of_joint = desk / "rsa.der"
    for der, kind, code in ((of_joint, 2, 0), (of_joint, 7, 1), (of_private, 7, 0), (of_private, 2, 1)):
        assert called("verify", der, *both, "--kind", kind).code == code
    refused(called("verify", of_joint, *both), "SVC-055")


def test_with_a_single_folder_the_kind_may_be_left_out_and_has_to_be_its_own(desk: Desk, joint: Path) -> None:
    der = desk / "rsa.der"
    assert called("verify", der, "--trust", joint).code == 0
    assert called("verify", der, "--trust", joint, "--kind", 2).code == 0
    assert called("verify", der, "--trust", desk.trust, "--kind", 7).code == 0
    refused(called("verify", der, "--trust", joint, "--kind", 7), "SVC-056")


def test_a_single_folder_judges_records_of_other_kinds_and_vouches_for_none(
    desk: Desk, joint: Path, of_private: Path, tmp_path: Path
) -> None:
    one = write_lines(tmp_path / "one.jsonl", [{**RECORD, "evidence": str(desk / "rsa.der"), "evidence_kind": "7"}])
    refused(called("fb0110", one, "--trust", joint, *DATES, "-o", tmp_path / "FB"), "FB-064", 1)


def test_over_http_the_kind_and_the_holder_are_parameters(
    desk: Desk, joint: Path, private: Path, tmp_path: Path
) -> None:
    service = web_service(desk, tmp_path, trusts=[joint, private])
    der = (desk / "rsa.der").read_bytes()

    def answered(query: str) -> tuple[int, str]:
        answer = service.client.post(f"/v1/verify{query}", data=der, headers=service.headers(Scope.VERIFY))
        told = json.loads(answer.data)
        return answer.status_code, told["indication"] if answer.status_code == 200 else told["code"]

    assert answered("?kind=2") == (200, "TOTAL_PASSED")
    assert answered("?kind=7") == (200, "TOTAL_FAILED")
    assert answered("") == (422, "SVC-055")
    for kind in ("1", "8", "", "2,7"):
        assert answered(f"?kind={kind}") == (422, "SVC-057")
    assert answered("?kind=2&holder=personal") == (200, "TOTAL_PASSED")
    assert answered("?kind=2&holder=corporate") == (200, "TOTAL_FAILED")
    for holder in ("server", "", "Personal"):
        assert answered(f"?kind=2&holder={holder}") == (422, "SVC-053")


@pytest.mark.parametrize(
    "query", ["hoder=corporate", "Holder=corporate", "holder=personal&holder=corporate", "policy=cms&policy=kftc", "a"]
)
def test_over_http_nothing_that_was_asked_for_is_passed_over(
    desk: Desk, joint: Path, query: str, tmp_path: Path
) -> None:
    """Whoever asks for a company's certificate, and spells it wrongly, is not told of a person's that it passed."""
    service = web_service(desk, tmp_path, trusts=[joint])
    body = (desk / "rsa.der").read_bytes()
    answer = service.client.post(f"/v1/verify?kind=2&{query}", data=body, headers=service.headers(Scope.VERIFY))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "SVC-212")


@pytest.mark.parametrize(("holder", "code", "found"), [("personal", 0, "PKI-163"), ("corporate", 1, "PKI-146")])
def test_verify_may_be_told_whose_certificate_it_has_to_be(desk: Desk, holder: str, code: int, found: str) -> None:
    ran = called("verify", desk / "rsa.der", "--trust", desk.trust, "--holder", holder, "--json")
    assert ran.code == code
    assert found in {finding["code"] for finding in ran.json["findings"]}
    assert called("verify", desk / "rsa.der", "--trust", desk.trust, "--holder", "server").code == 2


def test_a_card_company_opens_the_product_of_its_own_business(desk: Desk, tmp_path: Path) -> None:
    """The demo's payer has a general product; closed by a list, it does not pass."""
    trust = Path(shutil.copytree(desk.trust, tmp_path / "trust"))
    with (trust / "trust.toml").open("a", encoding="utf-8") as toml:
        toml.write('[products]\naccepted = ["1.2.410.200005.1.1.6.2"]\n')
    ran = called("verify", desk / "rsa.der", "--trust", trust, "--json", lang="ko")
    (against,) = [finding for finding in ran.json["findings"] if finding["effect"] != "TOTAL_PASSED"]
    assert (ran.code, against["code"]) == (1, "PKI-145")
    assert "납부자에게" in against["remedy"]
