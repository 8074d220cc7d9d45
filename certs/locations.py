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


def locations(certificates: Iterable[x509.Certificate]) -> Iterator[Location]:
    """Every address in the certificates, in their order; those whose extensions cannot be read have none."""
    for certificate in certificates:
        try:
            extensions = [extension.value for extension in certificate.extensions]
        except ILLEGIBLE:
            continue
        for extension in extensions:
            yield from _of_extension(extension)


_USES: Final = MappingProxyType(
    {AuthorityInformationAccessOID.OCSP: "ocsp", AuthorityInformationAccessOID.CA_ISSUERS: "issuer"}
)


def _of_extension(extension: x509.ExtensionType) -> Iterator[Location]:
    if isinstance(extension, x509.CRLDistributionPoints | x509.FreshestCRL):
        for point in extension:
            yield from (Location("crl", name.value) for name in point.full_name or () if _is_url(name))
    elif isinstance(extension, x509.AuthorityInformationAccess):
        for access in extension:
            use = _USES.get(access.access_method)
            if use is not None and _is_url(access.access_location):
                yield Location(use, access.access_location.value)


def _is_url(name: x509.GeneralName) -> bool:
    return isinstance(name, x509.UniformResourceIdentifier)
