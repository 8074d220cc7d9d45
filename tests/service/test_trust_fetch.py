"""`dongui trust fetch`: what is genuine gets into the folder, whole; nothing else does, whatever a server sends."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp

from certs import TrustStore, index_folder
from service import fetching, shelf
from service.asking import MOST_OF_A_FILE, certificates_of, of_strangers
from tests.service.authority import DAY, Addresses, Authority, der_of, make
from tests.service.desk import Desk
from tests.service.directory import free_port
from tests.service.http_server import Server, whole
from tests.service.responder import Responder
from tests.service.running import called, contents, nothing_changes
from tests.verifier.time_stamps import Tsa, tsa_key_pair
from verifier import Indication, policies, verify_der

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def pki(server: Server) -> Authority:
    """The authority's list is at /root.crl, the payer's at /ca.crl."""
    return Authority(NOW, Addresses(lists=[[server.url("/root.crl")]]), Addresses(lists=[[server.url("/ca.crl")]]))


@pytest.fixture
def trust(pki: Authority, tmp_path: Path) -> Path:
    return pki.trust(tmp_path / "trust")


@pytest.fixture
def evidence(pki: Authority, tmp_path: Path) -> Path:
    path = tmp_path / "consent.der"
    path.write_bytes(pki.evidence())
    return path


def fetched(*words: object) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code, and what came of each address by the path in its URL."""
    ran = called("trust", "fetch", *words, "--json")
    located = ran.json["locations"]
    return ran.code, {one["url"].partition("127.0.0.1")[2].partition("/")[2]: one for one in located}


def fault(*words: object) -> str:
    """The code of the only fault, of a run in which nothing else happened."""
    code, found = fetched(*words)
    assert code == 1
    ((one),) = [one for one in found.values() if one["fault"]]
    return str(one["fault"]["code"])


def verdict(evidence: Path, trust: Path) -> Indication:
    return verify_der(
        evidence.read_bytes(), trust=TrustStore.open(trust), policy=policies.KFTC, at=datetime.now(UTC)
    ).indication


def test_a_verdict_passes_with_what_was_fetched(pki: Authority, server: Server, trust: Path, evidence: Path) -> None:
    assert verdict(evidence, trust) is Indication.INDETERMINATE
    server.gives("/root.crl", pki.crl("root"))
    server.gives("/ca.crl", pki.crl("ca", more=3))
    code, found = fetched(trust, evidence)
    assert code == 0
    assert [(one["state"], one["entries"]) for one in found.values()] == [("new", 0), ("new", 3)]
    for one in found.values():
        assert datetime.fromisoformat(one["next_update"]) == NOW + 7 * DAY
        assert (trust / one["file"]).is_file()
    assert found["ca.crl"]["file"].startswith(f"crls/{NOW:%Y%m%dT%H%M%SZ}-127.0.0.1-")
    assert verdict(evidence, trust) is Indication.TOTAL_PASSED


def test_a_signer_whom_a_fetched_list_revokes_is_refused(
    pki: Authority, server: Server, trust: Path, evidence: Path
) -> None:
    server.gives("/root.crl", pki.crl("root"))
    server.gives("/ca.crl", pki.crl("ca", "payer"))
    assert fetched(trust, evidence)[0] == 0
    assert verdict(evidence, trust) is Indication.TOTAL_FAILED


def test_without_files_only_the_folders_certificates_are_asked_about(
    pki: Authority, server: Server, trust: Path
) -> None:
    server.gives("/root.crl", pki.crl("root"))
    assert fetched(trust)[0] == 0
    assert server.asked == ["GET /root.crl"]


def test_the_same_bytes_are_not_stored_twice(pki: Authority, server: Server, trust: Path) -> None:
    (trust / "crls").mkdir()
    (trust / "crls" / "by-hand.pem").write_bytes(x509.load_der_x509_crl(pki.crl("root")).public_bytes(Encoding.PEM))
    der = TrustStore.open(trust).crls[0].der
    server.gives("/root.crl", der)
    with nothing_changes(trust):
        code, found = fetched(trust)
    assert (code, found["root.crl"]["state"], found["root.crl"]["file"]) == (0, "unchanged", "crls/by-hand.pem")


def test_an_old_list_stays_beside_the_new_one(pki: Authority, server: Server, trust: Path) -> None:
    server.gives("/root.crl", pki.crl("root", issued=NOW - DAY))
    fetched(trust)
    before = contents(trust / "crls")
    server.gives("/root.crl", pki.crl("root"))
    assert fetched(trust)[0] == 0
    after = contents(trust / "crls")
    assert len(after) == 2
    assert before.items() <= after.items()


def test_long_lists_come_with_their_indexes(
    pki: Authority, server: Server, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of lists that somebody took away go with the next run; what else lies in the folder stays."""
    monkeypatch.setattr(index_folder, "LEAST_BYTES", 1)
    server.gives("/root.crl", pki.crl("root", issued=NOW - DAY))
    fetched(trust)
    (older,) = contents(trust / ".index")
    server.gives("/root.crl", pki.crl("root"))
    for _ in range(2):
        assert fetched(trust)[0] == 0
        both = contents(trust / ".index")
        assert len(both) == 2
        assert older in both
    (one,) = [file for file in (trust / "crls").iterdir() if file.name.startswith(f"{NOW - DAY:%Y%m%dT}")]
    one.unlink()
    fetched(trust)
    assert contents(trust / ".index").items() == {name: both[name] for name in both if name != older}.items()
    with nothing_changes(trust):
        assert b".index" not in called("trust", "show", trust).stdout


def test_a_list_in_pem_is_kept_as_der(pki: Authority, server: Server, trust: Path) -> None:
    der = pki.crl("root")
    server.gives("/root.crl", x509.load_der_x509_crl(der).public_bytes(Encoding.PEM))
    assert fetched(trust)[0] == 0
    assert [item.der for item in TrustStore.open(trust).crls] == [der]


def test_a_delta_is_fetched_too(server: Server, tmp_path: Path) -> None:
    addresses = Addresses(lists=[[server.url("/root.crl")]], deltas=[server.url("/delta.crl")])
    pki = Authority(NOW, addresses)
    trust = pki.trust(tmp_path / "trust")
    server.gives("/root.crl", pki.crl("root", issued=NOW - DAY))
    server.gives("/delta.crl", pki.crl("root", base=1))
    code, found = fetched(trust)
    assert (code, found["delta.crl"]["state"]) == (0, "new")
    assert found["delta.crl"]["file"].endswith(".delta.crl")


DRIPPING_SECONDS = 20


def drip(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _count in range(10 * DRIPPING_SECONDS):
        handler.wfile.write(b"0")
        handler.wfile.flush()
        time.sleep(0.1)


def drip_headers(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for count in range(10 * DRIPPING_SECONDS):
        handler.wfile.write(b"X-%d: x\r\n" % count)
        handler.wfile.flush()
        time.sleep(0.1)


def endless(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"0" * 65536)


def cut(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"0" * 10)


def gibberish(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.wfile.write(b"* OK IMAP4rev1\r\n\r\n")


def to(target: str) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    return lambda handler, _: whole(handler, b"", 302, Location=target)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (drip, "SVC-022"),
        (drip_headers, "SVC-022"),
        (endless, "SVC-023"),
        (cut, "SVC-021"),
        (gibberish, "SVC-021"),
        (lambda handler, _: whole(handler, b"<html>", 404), "SVC-024"),
        (lambda handler, _: whole(handler, b"<html>an error page</html>"), "SVC-030"),
        (lambda handler, _: whole(handler, b""), "SVC-030"),
        (to("file:///etc/passwd"), "SVC-025"),
        (to("ldap://127.0.0.1/"), "SVC-025"),
        (to("http://user:secret@127.0.0.1/"), "SVC-025"),
        (to("http://[::1/"), "SVC-025"),
        (to(""), "SVC-025"),
        (to("/root.crl"), "SVC-025"),
    ],
)
def test_an_answer_that_is_no_list_is_refused(
    answer: Callable[[BaseHTTPRequestHandler, bytes], None],
    code: str,
    server: Server,
    trust: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "LIST_BYTES", 1024 * 1024)
    server.does("/root.crl", answer)
    seconds = 1 if code == "SVC-022" else 60
    began = time.monotonic()
    with nothing_changes(trust):
        assert fault(trust, "--timeout", seconds) == code
    assert time.monotonic() - began < DRIPPING_SECONDS


def test_a_redirect_is_followed(pki: Authority, server: Server, trust: Path) -> None:
    server.does("/root.crl", to("/moved.crl"))
    server.gives("/moved.crl", pki.crl("root"))
    assert fetched(trust)[0] == 0


def test_a_redirect_that_goes_round_in_circles_ends(server: Server, trust: Path) -> None:
    server.does("/root.crl", to("/root.crl"))
    assert fault(trust) == "SVC-025"
    assert len(server.asked) == 4


def test_a_list_cut_short_is_refused(pki: Authority, server: Server, trust: Path) -> None:
    """Without a Content-Length nobody can tell that the connection broke off: the list itself does."""
    der = pki.crl("root", more=100)

    def unfinished(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(der[:-50])

    server.does("/root.crl", unfinished)
    with nothing_changes(trust):
        assert fault(trust) == "SVC-030"


def test_a_list_of_another_key_is_refused(pki: Authority, server: Server, trust: Path) -> None:
    server.gives("/root.crl", pki.crl("root", key=pki["payer"].private_key))
    with nothing_changes(trust):
        assert fault(trust) == "SVC-032"


def test_a_list_of_an_authority_that_is_not_in_the_folder_is_refused(server: Server, trust: Path) -> None:
    server.gives("/root.crl", Authority(NOW).crl("root"))
    with nothing_changes(trust):
        assert fault(trust) == "SVC-032"


@pytest.mark.parametrize(("days", "ended"), [(7, 0), (1, 1)])
def test_a_list_older_than_the_folders_is_told_and_not_kept(
    days: int, ended: int, pki: Authority, server: Server, trust: Path
) -> None:
    """It is no matter as long as the folder's own is current: directories lag behind each other."""
    (trust / "crls").mkdir()
    (trust / "crls" / "root.crl").write_bytes(pki.crl("root", issued=NOW - 3 * DAY, days=days))
    server.gives("/root.crl", pki.crl("root", issued=NOW - 4 * DAY))
    with nothing_changes(trust):
        code, found = fetched(trust)
    assert (code, found["root.crl"]["fault"]["code"]) == (ended, "SVC-034")


def test_a_newer_list_that_nobody_signed_does_not_keep_the_genuine_one_out(
    pki: Authority, server: Server, trust: Path
) -> None:
    (trust / "crls").mkdir()
    (trust / "crls" / "forged.crl").write_bytes(pki.crl("root", key=pki["payer"].private_key))
    server.gives("/root.crl", pki.crl("root", issued=NOW - DAY))
    assert fetched(trust)[0] == 0


@pytest.mark.parametrize(("days", "code"), [(3, "SVC-038"), (None, "SVC-026")])
def test_a_list_that_does_not_vouch_is_kept_and_told(
    days: int | None, code: str, pki: Authority, server: Server, trust: Path
) -> None:
    server.gives("/root.crl", pki.crl("root", issued=NOW - 10 * DAY, days=days))
    assert fault(trust) == code
    assert len(TrustStore.open(trust).crls) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://127.0.0.1/x", "http://u:p@127.0.0.1/x", "ldap:///cn=x"),
        *(
            f"{scheme}://{host}/"
            for scheme in ("http", "ldap")
            for host in ("a" * 64 + ".invalid", "a..b", "127.0.0.1:x")
        ),
        "ldap://h\0st/",
    ],
)
def test_other_kinds_of_addresses_are_not_asked(url: str, tmp_path: Path) -> None:
    trust = Authority(NOW, Addresses(lists=[[url]])).trust(tmp_path / "trust")
    with nothing_changes(trust):
        code, found = fetched(trust)
    assert code == 1
    assert [one["fault"]["code"] for one in found.values()] == ["SVC-020"]


@pytest.fixture(scope="module")
def tls_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server whose certificate it has signed itself."""
    folder, pair = tmp_path_factory.mktemp("tls"), make("127.0.0.1", NOW)
    key = pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(key + pair.certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    context.wrap_socket(connection, server_side=True)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


@pytest.mark.parametrize("scheme", ["https", "ldaps"])
def test_a_tls_certificate_that_the_system_does_not_trust_is_told(scheme: str, tls_port: int, tmp_path: Path) -> None:
    trust = Authority(NOW, Addresses(lists=[[f"{scheme}://127.0.0.1:{tls_port}/x"]])).trust(tmp_path / "trust")
    ran = called("trust", "fetch", trust)
    assert ran.code == 1
    assert "its TLS certificate is not trusted" in ran.out


def test_a_dead_host_does_not_keep_the_others_from_being_asked(server: Server, tmp_path: Path) -> None:
    """Port 9 of this machine, on which nobody listens."""
    pki = Authority(NOW, Addresses(lists=[["http://127.0.0.1:9/a.crl"], [server.url("/root.crl")]]))
    trust = pki.trust(tmp_path / "trust")
    server.gives("/root.crl", pki.crl("root"))
    code, found = fetched(trust)
    assert code == 1
    assert found["a.crl"]["fault"]["code"] == "SVC-021"
    assert found["root.crl"]["state"] == "new"


def test_another_address_of_the_same_list_makes_good_for_a_dead_one(server: Server, tmp_path: Path) -> None:
    pki = Authority(NOW, Addresses(lists=[["http://127.0.0.1:9/a.crl", server.url("/root.crl")]]))
    trust = pki.trust(tmp_path / "trust")
    server.gives("/root.crl", pki.crl("root"))
    ran = called("trust", "fetch", trust)
    assert ran.code == 0
    first, _remedy, second, *_ = ran.out.splitlines()
    assert first.startswith("! crl   http://127.0.0.1:9/")
    assert second.startswith("✔ crl   ")


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_a_certificate_may_be_handed_in_instead_of_evidence(
    encoding: Encoding, pki: Authority, server: Server, trust: Path, tmp_path: Path
) -> None:
    (tmp_path / "payer.crt").write_bytes(pki["payer"].certificate.public_bytes(encoding))
    server.gives("/root.crl", pki.crl("root"))
    server.gives("/ca.crl", pki.crl("ca"))
    assert fetched(trust, tmp_path / "payer.crt")[0] == 0
    assert sorted(server.asked) == ["GET /ca.crl", "GET /root.crl"]


def test_no_responder_is_asked_about_an_authority_whose_issuer_nobody_knows(
    pki: Authority, server: Server, trust: Path
) -> None:
    orphan = Authority(NOW, Addresses(lists=[[server.url("/its.crl")]], responder=server.url("/ocsp")))
    (trust / "intermediates" / "orphan.der").write_bytes(der_of(orphan["ca"].certificate))
    fetched(trust)
    assert sorted(server.asked) == ["GET /its.crl", "GET /root.crl"]


def test_the_address_of_a_strangers_certificate_is_not_asked(server: Server, trust: Path, tmp_path: Path) -> None:
    stranger = Authority(NOW, Addresses(), Addresses(lists=[[server.url("/trap.crl")]]))
    (tmp_path / "stranger.der").write_bytes(stranger.evidence())
    ran = called("trust", "fetch", trust, tmp_path / "stranger.der", "--json")
    assert ran.code == 1
    assert [one["code"] for one in ran.json["left_out"]] == ["SVC-039"]
    assert "GET /trap.crl" not in server.asked


def test_what_a_payer_signs_himself_is_a_strangers(pki: Authority, server: Server, trust: Path, tmp_path: Path) -> None:
    """A payer's key makes certificates too; it leads to an anchor, but through somebody who is no authority."""
    forged = make("x", NOW, pki["payer"], addresses=Addresses(lists=[[server.url("/trap.crl")]]))
    both = [one.public_bytes(Encoding.PEM) for one in (forged.certificate, pki["payer"].certificate)]
    (tmp_path / "both.pem").write_bytes(b"".join(both))
    ran = called("trust", "fetch", trust, tmp_path / "both.pem", "--json")
    assert [one["code"] for one in ran.json["left_out"]] == ["SVC-039"]
    assert "GET /trap.crl" not in server.asked
    assert "GET /ca.crl" in server.asked


def test_authorities_enclosed_in_evidence_may_sign_lists(server: Server, tmp_path: Path) -> None:
    pki = Authority(NOW, Addresses(), Addresses(lists=[[server.url("/ca.crl")]]))
    trust = pki.trust(tmp_path / "trust")
    (trust / "intermediates" / "ca.der").unlink()
    chain = [pki[name].certificate.public_bytes(Encoding.PEM) for name in ("payer", "ca")]
    (tmp_path / "chain.pem").write_bytes(b"".join(chain))
    server.gives("/ca.crl", pki.crl("ca"))
    assert fetched(trust, tmp_path / "chain.pem")[0] == 0


def test_the_proxy_of_the_environment_is_used(
    pki: Authority, server: Server, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy is asked for whole addresses."""
    monkeypatch.setenv("http_proxy", server.url(""))
    server.gives(server.url("/root.crl"), pki.crl("root"))
    assert fetched(trust)[0] == 0
    assert server.asked == [f"GET {server.url('/root.crl')}"]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.gives("/root.crl", pki.crl("root"))
    assert fetched(trust)[0] == 0
    assert server.asked[-1] == "GET /root.crl"


def test_a_proxy_that_lets_nothing_through_is_told(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server knows no CONNECT."""
    monkeypatch.setenv("https_proxy", server.url(""))
    trust = Authority(NOW, Addresses(lists=[["https://crl.invalid/x.crl"]])).trust(tmp_path / "trust")
    assert fault(trust) == "SVC-024"


def test_a_folder_that_cannot_be_written_to_is_refused(pki: Authority, server: Server, trust: Path) -> None:
    (trust / "crls").symlink_to(trust / "nowhere")
    server.gives("/root.crl", pki.crl("root"))
    ran = called("trust", "fetch", trust)
    assert (ran.code, ran.err.split(":")[0]) == (2, "error FB-044"), ran


def test_where_there_is_nothing_to_fetch_it_says_so(tmp_path: Path) -> None:
    ran = called("trust", "fetch", Authority(NOW).trust(tmp_path / "trust"))
    assert (ran.code, ran.out) == (0, "No certificate names an address to fetch from.\n")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_it_is_told_in_both_languages(lang: str, pki: Authority, server: Server, trust: Path) -> None:
    server.gives("/root.crl", pki.crl("root"))
    ran = called("trust", "fetch", trust, lang=lang)
    assert ran.code == 0
    first, summary = ran.out.splitlines()
    words = {"ko": ("새로 받음, 폐지 0건", "+09:00까지 유효"), "en": ("new, 0 revoked", "+00:00")}[lang]
    assert all(word in first for word in words)
    assert summary == {"ko": "새로 받음 1건, 변동 없음 0건, 실패 0건", "en": "1 new, 0 unchanged, 0 failed"}[lang]


@pytest.fixture
def asking(server: Server, tmp_path: Path) -> Authority:
    """The authority's list is at /root.crl; the payer's certificate names a responder alone."""
    pki = Authority(NOW, Addresses(lists=[[server.url("/root.crl")]]), Addresses(responder=server.url("/ocsp")))
    server.gives("/root.crl", pki.crl("root"))
    pki.trust(tmp_path / "asking")
    (tmp_path / "asked.der").write_bytes(pki.evidence())
    return pki


@pytest.mark.parametrize("by", ["ca", "responder"])
@pytest.mark.parametrize(
    ("status", "indication"),
    [
        (ocsp.OCSPCertStatus.GOOD, Indication.TOTAL_PASSED),
        (ocsp.OCSPCertStatus.REVOKED, Indication.TOTAL_FAILED),
    ],
)
def test_a_verdict_goes_by_a_fetched_response(
    by: str, status: ocsp.OCSPCertStatus, indication: Indication, asking: Authority, server: Server, tmp_path: Path
) -> None:
    server.does("/ocsp", Responder(asking, status=status, by=by))
    code, found = fetched(tmp_path / "asking", tmp_path / "asked.der")
    assert (code, found["ocsp"]["status"]) == (0, status.name.lower())
    assert found["ocsp"]["file"].startswith("ocsp/")
    assert verdict(tmp_path / "asked.der", tmp_path / "asking") is indication


def try_later(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    whole(handler, refusal.public_bytes(Encoding.DER))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"by": "payer"}, "SVC-033"),
        ({"about": "ca"}, "SVC-036"),
        ({"status": ocsp.OCSPCertStatus.UNKNOWN}, "SVC-037"),
        (try_later, "SVC-035"),
        (lambda handler, _: whole(handler, b"<html>"), "SVC-031"),
        (lambda handler, _: whole(handler, b"0" * (1024 * 1024 + 1)), "SVC-023"),
    ],
)
def test_a_response_that_is_not_what_was_asked_for_is_refused(
    said: Any, code: str, asking: Authority, server: Server, tmp_path: Path
) -> None:
    fetched(tmp_path / "asking")
    server.does("/ocsp", Responder(asking, **said) if isinstance(said, dict) else said)
    with nothing_changes(tmp_path / "asking"):
        assert fault(tmp_path / "asking", tmp_path / "asked.der") == code


def test_an_older_response_is_told_and_not_kept(asking: Authority, server: Server, tmp_path: Path) -> None:
    words = tmp_path / "asking", tmp_path / "asked.der"
    server.does("/ocsp", Responder(asking))
    fetched(*words)
    server.does("/ocsp", Responder(asking, issued=NOW - timedelta(hours=1)))
    with nothing_changes(tmp_path / "asking"):
        code, found = fetched(*words)
    assert (code, found["ocsp"]["fault"]["code"]) == (0, "SVC-034")


@pytest.mark.parametrize(("days", "code"), [(1, "SVC-038"), (None, "SVC-026")])
def test_a_response_that_does_not_vouch_is_kept_and_told(
    days: int | None, code: str, asking: Authority, server: Server, tmp_path: Path
) -> None:
    server.does("/ocsp", Responder(asking, issued=NOW - 2 * DAY, days=days))
    assert fault(tmp_path / "asking", tmp_path / "asked.der") == code
    assert len(TrustStore.open(tmp_path / "asking").ocsp) == 1


def test_a_responder_on_ldap_is_not_asked(tmp_path: Path) -> None:
    pki = Authority(NOW, Addresses(responder="ldap://127.0.0.1/"))
    assert fault(pki.trust(tmp_path / "trust")) == "SVC-020"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
@pytest.mark.parametrize(
    ("line", "indication"),
    [
        ("V\t{ends}\t\t{serial}\tunknown\t/CN=payer\n", Indication.TOTAL_PASSED),
        ("R\t{ends}\t{revoked}\t{serial}\tunknown\t/CN=payer\n", Indication.TOTAL_FAILED),
    ],
)
def test_openssls_responder_is_understood(line: str, indication: Indication, server: Server, tmp_path: Path) -> None:
    port = free_port()
    responder = Addresses(responder=f"http://127.0.0.1:{port}/")
    pki = Authority(NOW, Addresses(lists=[[server.url("/root.crl")]]), responder)
    trust = pki.trust(tmp_path / "trust")
    server.gives("/root.crl", pki.crl("root"))
    (tmp_path / "consent.der").write_bytes(pki.evidence())
    with openssl_ocsp(pki, line, port, tmp_path):
        code, _ = fetched(trust, tmp_path / "consent.der")
    assert code == 0
    assert verdict(tmp_path / "consent.der", trust) is indication


@contextmanager
def openssl_ocsp(pki: Authority, line: str, port: int, folder: Path) -> Iterator[None]:
    serial = f"{pki['payer'].certificate.serial_number:X}"
    times = {"ends": f"{NOW + 100 * DAY:%y%m%d%H%M%SZ}", "revoked": f"{NOW - DAY:%y%m%d%H%M%SZ}"}
    (folder / "index.txt").write_text(line.format(serial=serial.zfill(len(serial) + len(serial) % 2), **times))
    for name in ("ca", "responder"):
        (folder / f"{name}.pem").write_bytes(pki[name].certificate.public_bytes(Encoding.PEM))
    key = pki["responder"].private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "responder.key").write_bytes(key)
    responder = ["-rsigner", "responder.pem", "-rkey", "responder.key", "-ndays", "1", "-port", str(port)]
    words = ["openssl", "ocsp", "-index", "index.txt", "-CA", "ca.pem", *responder]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout is not None
        try:
            assert running.stdout.readline().startswith(b"ACCEPT")  # a connection to try it out would stop it
            yield
        finally:
            running.terminate()


def test_a_list_that_nobody_signed_is_not_read(
    pki: Authority, server: Server, trust: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forged one can be made to take minutes; only its signature is looked at."""
    server.gives("/root.crl", pki.crl("root"))
    assert fetched(trust)[0] == 0
    server.gives("/ca.crl", pki.crl("ca", key=pki["payer"].private_key))

    def unwanted(_: bytes) -> None:
        raise AssertionError

    monkeypatch.setattr(shelf, "read_list", unwanted)
    server.gives("/root.crl", pki.crl("root", key=pki["payer"].private_key))
    assert [one["fault"]["code"] for one in fetched(trust, evidence)[1].values()] == ["SVC-032"] * 2


def test_a_time_stamp_s_authority_is_asked_about_too(tmp_path: Path, desk: Desk) -> None:
    der = (desk / "rsa.der").read_bytes()
    tsa = Tsa(tsa_key_pair(desk.pki, first=desk.pki.at - DAY))
    (tmp_path / "x.tsr").write_bytes(tsa.response(der, desk.pki.at.replace(microsecond=0)))
    (found,) = certificates_of(str(tmp_path / "x.tsr"))
    assert found == tsa.pair.certificate


def test_a_file_of_hundreds_of_certificates_is_not_sorted(trust: Path, pki: Authority) -> None:
    store, one = TrustStore.open(trust), pki["ca"].certificate
    answered = list(of_strangers([one] * (MOST_OF_A_FILE + 2), store))
    assert len(answered) == MOST_OF_A_FILE + 2
    assert answered[MOST_OF_A_FILE:] == [None, None]
