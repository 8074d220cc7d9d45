"""Where certificates say that their CRLs, OCSP responders and issuers are: what a firewall has to let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from certs.keys import ILLEGIBLE

if TYPE_CHECKING:
    from collections.abc import Mapping

PORTS: Final[Mapping[str, int]] = MappingProxyType({"http": 80, "https": 443, "ldap": 389, "ldaps": 636})


class Location(NamedTuple):
    """One address in a certificate. `use` is `crl`, `ocsp` or `issuer`."""

    use: str
    url: str

    @property
    def endpoint(self) -> Endpoint | None:
        """Host and port; None for an address that names none, or none of a known kind."""
        try:
            parts = urlsplit(self.url)
            port = parts.port or PORTS.get(parts.scheme)
        except ValueError:
            return None
        return Endpoint(parts.hostname, port, parts.scheme) if parts.hostname and port else None


class Endpoint(NamedTuple):
    host: str
    port: int
    scheme: str


class Point(NamedTuple):
    """Addresses that all lead to the same: the names of one distribution point (RFC 5280 §4.2.1.13), the responders."""

    use: str
    urls: tuple[str, ...]


def locations(certificates: Iterable[x509.Certificate]) -> Iterator[Location]:
    """Every address in the certificates, in their order; those whose extensions cannot be read have none."""
    for certificate in certificates:
        for point in points(certificate):
            yield from (Location(point.use, url) for url in point.urls)


def points(certificate: x509.Certificate) -> Iterator[Point]:
    """Every place that a certificate names, with its addresses."""
    try:
        extensions = [extension.value for extension in certificate.extensions]
    except ILLEGIBLE:
        return
    for extension in extensions:
        if isinstance(extension, x509.CRLDistributionPoints | x509.FreshestCRL):
            found = [Point("crl", _urls(point.full_name or ())) for point in extension]
        elif isinstance(extension, x509.AuthorityInformationAccess):
            found = [Point(use, _accessible(extension, method)) for method, use in _USES.items()]
        else:
            continue
        yield from (point for point in found if point.urls)


_USES: Final = MappingProxyType(
    {AuthorityInformationAccessOID.OCSP: "ocsp", AuthorityInformationAccessOID.CA_ISSUERS: "issuer"}
)


def _accessible(extension: x509.AuthorityInformationAccess, method: x509.ObjectIdentifier) -> tuple[str, ...]:
    return _urls(access.access_location for access in extension if access.access_method == method)


def _urls(names: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    return tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
