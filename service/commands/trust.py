"""`dongui trust`: what is in a trust folder, what of it ends when, and whom it needs to reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
from cryptography import x509

from certs import TrustStore
from certs.keys import ILLEGIBLE, load_certificates
from certs.locations import locations
from consent.errors import CodedError, Lang
from service import options
from service.errors import NOT_PASSED, OK, about
from service.inputs import moment, read
from service.terminal import json_line, visible
from verifier.cms import read_signed_data
from verifier.der import read_der
from verifier.fields import StructureFault

SOON: Final = timedelta(days=7)


@click.group(name="trust")
def command() -> None:
    """What is in a trust folder, and which hosts its authorities publish on."""


@dataclass(frozen=True)
class Item:
    """One thing in the folder, and when it ends; None for a list that says no nextUpdate."""

    place: str
    what: str
    ends: datetime | None

    def state(self, at: datetime) -> str:
        if self.ends is None:
            return "no end"
        if self.ends < at:
            return "ended"
        return "ends soon" if self.ends - at < SOON else "good"


@command.command(name="show")
@click.argument("folder")
@click.option("--at", default="now", show_default=True, help="Say what has ended by then: now, or an ISO 8601 time.")
@options.json_flag
@click.pass_context
def show(context: click.Context, folder: str, at: str, as_json: bool) -> None:
    """Show what is in a trust folder and when it ends. Ends with 1 if anything but a superseded CRL has ended."""
    lang: Lang = context.obj
    store, when = TrustStore.open(Path(folder)), moment(at)
    items = [*_certificates(store), *_lists(store)]
    settings = store.settings
    if as_json:
        told = [
            {"place": i.place, "what": i.what, "ends": i.ends.isoformat() if i.ends else None, "state": i.state(when)}
            for i in items
        ]
        wanted = {"kinds": sorted(settings.kinds), "revocation": settings.revocation.value}
        click.echo(json_line({"folder": folder, "settings": wanted, "items": told}))
    else:
        click.echo(
            f"{visible(folder)}: kinds {', '.join(sorted(settings.kinds))}, revocation {settings.revocation.value}"
        )
        for item in items:
            ends = item.ends.date().isoformat() if item.ends else "-"
            state = _STATES[lang][item.state(when)]
            click.echo(f"  {_MARKS[item.state(when)]} {ends:<10}  {state}  {item.place}  {visible(item.what)}")
    context.exit(NOT_PASSED if any(item.state(when) == "ended" for item in items) else OK)


_MARKS: Final = {"good": "✔", "no end": "✔", "ends soon": "!", "ended": "✘"}
_STATES: Final[dict[Lang, dict[str, str]]] = {
    "en": {"good": "good     ", "no end": "no end   ", "ends soon": "ends soon", "ended": "ENDED    "},
    "ko": {"good": "유효", "no end": "기한 없음", "ends soon": "만료 임박", "ended": "만료"},
}


def _certificates(store: TrustStore) -> Iterator[Item]:
    for item in (*store.anchors, *store.intermediates):
        (certificate,) = load_certificates(item.der)
        yield Item(item.name, _name(certificate), certificate.not_valid_after_utc)


def _name(of: x509.Certificate | x509.CertificateRevocationList) -> str:
    """Whose it is, as far as that can be read."""
    try:
        return (of.subject if isinstance(of, x509.Certificate) else of.issuer).rfc4514_string()
    except ILLEGIBLE:
        return "?"


def _lists(store: TrustStore) -> Iterator[Item]:
    """Only the newest list of each issuer and scope: the older ones are superseded."""
    newest: dict[tuple[str, bytes], tuple[str, x509.CertificateRevocationList]] = {}
    for item in store.crls:
        crl = x509.load_der_x509_crl(item.der)
        key = _name(crl), _scope(crl)
        if key not in newest or newest[key][1].last_update_utc < crl.last_update_utc:
            newest[key] = item.name, crl
    for name, crl in newest.values():
        what = f"CRL of {_name(crl)}, {len(crl)} revoked, issued {crl.last_update_utc.date()}"
        yield Item(name, what, crl.next_update_utc)


def _scope(crl: x509.CertificateRevocationList) -> bytes:
    scoping = (x509.IssuingDistributionPoint, x509.DeltaCRLIndicator)
    try:
        return b"".join(e.value.public_bytes() for e in crl.extensions if isinstance(e.value, scoping))
    except ILLEGIBLE:
        return b"?"


@command.command(name="hosts")
@click.argument("folder")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@options.json_flag
def hosts(folder: str, files: tuple[str, ...], as_json: bool) -> None:
    """List every host and port that the authorities of a trust folder, and the signers in FILEs, publish on.

    FILEs are certificates or signed DERs. For whoever has to open a firewall; nothing is contacted.
    """
    store = TrustStore.open(Path(folder))
    certificates = [*(c for i in (*store.anchors, *store.intermediates) for c in load_certificates(i.der))]
    for file in files:
        certificates += _of_file(file)
    uses: dict[tuple[str, int, str], set[str]] = {}
    for location in locations(certificates):
        if location.endpoint is not None:
            uses.setdefault(location.endpoint, set()).add(location.use)
    rows = [
        {"host": host, "port": port, "protocol": scheme, "uses": sorted(use)}
        for (host, port, scheme), use in sorted(uses.items())
    ]
    if as_json:
        click.echo(json_line(rows))
        return
    for (host, port, scheme), use in sorted(uses.items()):
        click.echo(f"{visible(host)}  {port}/tcp  {scheme}  {', '.join(sorted(use))}")


def _of_file(file: str) -> list[x509.Certificate]:
    data = read(file)
    root, _ = read_der(data)
    if root is not None:
        try:
            signed_data = read_signed_data(data, root)
        except StructureFault:
            pass
        else:
            return [c for der in signed_data.certificates for c in _readable(der)]
    with about(file):
        return list(load_certificates(data))


def _readable(der: bytes) -> tuple[x509.Certificate, ...]:
    try:
        return load_certificates(der)
    except CodedError:
        return ()
