"""`dongui trust fetch` over LDAP, as Korean authorities publish their lists."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from certs import TrustStore
from service import fetching
from service.fetch_faults import AddressUnusable
from service.ldap_source import search_of
from tests.service.authority import DAY, Addresses, Authority
from tests.service.directory import directory, free_port, needs_slapd
from tests.service.running import called, nothing_changes
from verifier import Indication, policies, verify_der

NOW = datetime.now(UTC).replace(microsecond=0)
HOST = "ldap://127.0.0.1:{port}/"


def fetched(trust: Path, *words: object) -> tuple[int, list[dict[str, Any]]]:
    ran = called("trust", "fetch", trust, *words, "--json")
    return ran.code, ran.json["locations"]


def with_address(url: str, folder: Path) -> tuple[Authority, Path]:
    pki = Authority(NOW, Addresses(lists=[[url]]))
    return pki, pki.trust(folder / "trust")


def point(name: str, **attributes: bytes | str) -> tuple[str, dict[str, bytes | str]]:
    """An entry such as authorities have for their lists; `;binary` is spelt `_binary`."""
    values = {attribute.replace("_binary", ";binary"): value for attribute, value in attributes.items()}
    return f"cn={name}", {"objectClass": "cRLDistributionPoint", "cn": name, **values}


@needs_slapd
@pytest.mark.parametrize(
    "wanted",
    [
        "cn=Root-CRL,o=Dongui,c=KR?authorityRevocationList",
        "cn=Root-CRL,o=Dongui,c=KR?authorityRevocationList;binary?base?(objectclass=*)",
        "cn=Root-CRL,o=Dongui,c=KR",
        "CN=Root-CRL,%20O=Dongui,%20C=KR?AuthorityRevocationList?base?objectClass=cRLDistributionPoint",
        "o=Dongui,c=KR?authorityRevocationList?sub?(cn=Root-CRL)",
    ],
)
def test_a_list_is_found_however_its_address_is_written(wanted: str, tmp_path: Path) -> None:
    port = free_port()
    pki, trust = with_address(HOST.format(port=port) + wanted, tmp_path)
    crl = pki.crl("root")
    with directory(tmp_path / "ldap", port, dict([point("Root-CRL", authorityRevocationList_binary=crl)])):
        code, (found,) = fetched(trust)
    assert (code, found["state"]) == (0, "new"), found
    assert [item.der for item in TrustStore.open(trust).crls] == [crl]


@needs_slapd
def test_a_verdict_passes_with_lists_from_a_directory_and_a_revoked_signer_is_refused(tmp_path: Path) -> None:
    port = free_port()
    url = HOST.format(port=port)
    pki = Authority(
        NOW,
        Addresses(lists=[[f"{url}cn=Root-CRL,o=Dongui,c=KR?authorityRevocationList"]]),
        Addresses(lists=[[f"{url}cn=dp1,o=Dongui,c=KR?certificateRevocationList"]]),
    )
    trust = pki.trust(tmp_path / "trust")
    (tmp_path / "consent.der").write_bytes(pki.evidence())

    def judged_with(folder: str, payers: bytes) -> Indication:
        roots = point("Root-CRL", authorityRevocationList_binary=pki.crl("root"))
        entries = dict([roots, point("dp1", certificateRevocationList_binary=payers)])
        with directory(tmp_path / folder, port, entries):
            code, _ = fetched(trust, tmp_path / "consent.der")
        assert code == 0
        store = TrustStore.open(trust)
        return verify_der(pki.evidence(), trust=store, policy=policies.KFTC, at=datetime.now(UTC)).indication

    assert judged_with("before", pki.crl("ca", issued=NOW - DAY)) is Indication.TOTAL_PASSED
    assert judged_with("after", pki.crl("ca", "payer")) is Indication.TOTAL_FAILED


@needs_slapd
def test_every_list_of_an_entry_is_looked_at(tmp_path: Path) -> None:
    """An address without an attribute asks for lists of all kinds; of two, one is somebody else's."""
    port = free_port()
    pki, trust = with_address(HOST.format(port=port) + "cn=x,o=Dongui,c=KR", tmp_path)
    other, own = Authority(NOW).crl("root"), pki.crl("root")
    entry = point("x", certificateRevocationList_binary=other, authorityRevocationList_binary=own)
    with directory(tmp_path / "ldap", port, dict([entry])):
        code, found = fetched(trust)
    assert code == 0
    assert {one["state"] for one in found} == {"new", "failed"}
    assert all(one["is_made_good"] for one in found if one["fault"])


@needs_slapd
def test_a_list_of_many_megabytes_comes_whole(tmp_path: Path) -> None:
    port = free_port()
    pki, trust = with_address(HOST.format(port=port) + "cn=x,o=Dongui,c=KR", tmp_path)
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(8_000_000))
    crl = pki.crl("root", extension=padding)
    with directory(tmp_path / "ldap", port, dict([point("x", certificateRevocationList_binary=crl)])):
        code, (found,) = fetched(trust)
    assert (code, (trust / found["file"]).read_bytes()) == (0, crl)


@needs_slapd
@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("cn=nobody,o=Dongui,c=KR", "SVC-028"),
        ("cn=empty,o=Dongui,c=KR", "SVC-028"),
        ("cn=moved,o=Dongui,c=KR", "SVC-029"),
        ("o=Dongui,c=KR??sub?(cn=moved)", "SVC-029"),
        ("nonsense?certificateRevocationList", "SVC-027"),
        ("cn=page,o=Dongui,c=KR?description", "SVC-030"),
        ("o=elsewhere,c=US", "SVC-028"),
    ],
)
def test_what_a_directory_does_not_have_is_told(wanted: str, code: str, tmp_path: Path) -> None:
    port = free_port()
    _, trust = with_address(HOST.format(port=port) + wanted, tmp_path)
    moved: dict[str, bytes | str] = {
        "objectClass": "referral\nextensibleObject",
        "ref": f"ldap://127.0.0.1:{port}/cn=empty,o=Dongui,c=KR",
    }
    page: dict[str, bytes | str] = {"objectClass": "applicationProcess", "cn": "page", "description": "<html>"}
    entries = dict([point("empty"), ("cn=page", page)]) | {"cn=moved": moved}
    with directory(tmp_path / "ldap", port, entries), nothing_changes(trust):
        ended, (found,) = fetched(trust)
    assert (ended, found["fault"]["code"]) == (1, code), found


@needs_slapd
def test_a_directory_that_nobody_may_read_unnamed_is_told(tmp_path: Path) -> None:
    port = free_port()
    _, trust = with_address(HOST.format(port=port) + "cn=x,o=Dongui,c=KR", tmp_path)
    with directory(tmp_path / "ldap", port, {}, "disallow bind_anon"):
        code, (found,) = fetched(trust)
    assert (code, found["fault"]["code"]) == (1, "SVC-027")
    assert "INAPPROPRIATE_AUTHENTICATION" in found["fault"]["message"]


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that is none: it does the same with whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.close()
        thread.join()


def endless(connection: socket.socket) -> None:
    connection.sendall(b"\x30\x84\x7f\xff\xff\xff")
    while True:
        connection.sendall(b"0" * 65536)


def silent(connection: socket.socket) -> None:
    while connection.recv(1024):
        continue


def nested(connection: socket.socket) -> None:
    """A search request with conditions in conditions, which no server sends."""
    inner = b"\x87\x00"
    for _ in range(5000):
        length = len(inner).to_bytes(4, "big")
        inner = b"\xa2\x84" + length + inner
    body = b"\x04\x00\x0a\x01\x00\x0a\x01\x00\x02\x01\x00\x02\x01\x00\x01\x01\x00" + inner + b"\x30\x00"
    request = b"\x63\x84" + len(body).to_bytes(4, "big") + body
    message = b"\x02\x01\x01" + request
    connection.sendall(b"\x30\x84" + len(message).to_bytes(4, "big") + message)
    silent(connection)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (endless, "SVC-023"),
        (silent, "SVC-022"),
        (nested, "SVC-021"),
        (lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "SVC-021"),
        (socket.socket.close, "SVC-021"),
    ],
)
def test_a_server_that_speaks_otherwise_is_told(
    answer: Callable[[socket.socket], None], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LIST_BYTES", 1024 * 1024)
    with answering(answer) as port:
        _, trust = with_address(HOST.format(port=port) + "cn=x", tmp_path)
        ended, (found,) = fetched(trust, "--timeout", 1 if code == "SVC-022" else 60)
    assert (ended, found["fault"]["code"]) == (1, code)


def test_an_address_as_korean_authorities_write_it_is_read() -> None:
    url = "ldap://ds.yessign.or.kr:389/ou=dp4p1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
    search = search_of(url)
    assert (search.host, search.port, search.is_tls) == ("ds.yessign.or.kr", 389, False)
    assert search.base == "ou=dp4p1,ou=AccreditedCA,o=yessign,c=kr"
    assert search.attributes == ("certificateRevocationList;binary", "certificateRevocationList")
    assert search_of("ldaps://host/cn=a%2Cb?x").port == 636


@pytest.mark.parametrize(
    "url",
    [
        "ldap://host/cn=x???(cn=",
        "ldap://host/cn=x??everywhere",
        "ldap://host/cn=x????!bindname=cn=admin",
        "ldap:///cn=x",
        "ldap://host:99999/cn=x",
        "http://host/cn=x",
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(url: str) -> None:
    with pytest.raises(AddressUnusable):
        search_of(url)
