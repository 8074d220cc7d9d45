"""Lists out of an LDAP directory, as Korean authorities publish them: an anonymous search of one entry (RFC 4511)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

import sansldap

from certs.locations import PORTS
from service.fetch_faults import (
    BROKEN_OFF,
    OTHER_PROTOCOL,
    AddressUnusable,
    AnswerTooLarge,
    DirectoryEmpty,
    DirectoryRefers,
    DirectoryRefused,
    NoAnswer,
)

SCHEMES: Final = frozenset({"ldap", "ldaps"})
LISTS: Final = ("certificateRevocationList", "authorityRevocationList", "deltaRevocationList")
"""Asked for where an address names no attribute (RFC 4523 §2.2 to §2.4)."""

_SCOPES: Final = {
    "": sansldap.SearchScope.BASE,
    "base": sansldap.SearchScope.BASE,
    "one": sansldap.SearchScope.ONE_LEVEL,
    "sub": sansldap.SearchScope.SUBTREE,
}
_MAX_ENTRIES: Final = 16
_CHUNK_BYTES: Final = 1024 * 1024
_NOTHING_THERE: Final = frozenset(
    {
        sansldap.LDAPResultCode.NO_SUCH_OBJECT,
        sansldap.LDAPResultCode.NO_SUCH_ATTRIBUTE,
        sansldap.LDAPResultCode.UNDEFINED_ATTRIBUTE_TYPE,
    }
)


@dataclass(frozen=True)
class Search:
    """What an LDAP URL asks for."""

    host: str
    port: int
    is_tls: bool
    base: str
    attributes: tuple[str, ...]
    scope: sansldap.SearchScope
    condition: sansldap.LDAPFilter


def search_of(url: str) -> Search:
    """Read an LDAP URL (RFC 4516): `ldap://host:port/dn?attributes?scope?filter?extensions`.

    Each attribute is asked for with `;binary`, as the standard wants it (RFC 4523 §2), and without, as some store it.

    Raises:
        AddressUnusable: it is none, names no host, or has an extension that must not be passed over.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        names, scope, condition, extensions = ([unquote(part) for part in parts.query.split("?")] + [""] * 4)[:4]
        wanted = sansldap.LDAPFilter.from_string(condition or "(objectClass=*)")
        named = [name.partition(";")[0] for name in names.split(",") if name] or LISTS
        if parts.scheme not in SCHEMES or not host or any(one.startswith("!") for one in extensions.split(",")):
            raise AddressUnusable
        return Search(
            host,
            port or PORTS[parts.scheme],
            parts.scheme == "ldaps",
            unquote(parts.path.removeprefix("/")),
            tuple(f"{name}{option}" for name in dict.fromkeys(named) for option in (";binary", "")),
            _SCOPES[scope.lower()],
            wanted,
        )
    except (ValueError, KeyError):
        raise AddressUnusable from None


async def ask(url: str, *, limit: int) -> list[bytes]:
    """The values that an LDAP URL stands for. Nobody is logged in, no other server is turned to.

    A certificate of ldaps is checked as the system does. How long it may take is the caller's business.

    Raises:
        AddressUnusable, NoAnswer, DirectoryRefused, DirectoryRefers.
        DirectoryEmpty: there is no such entry, or it has no list.
        AnswerTooLarge: more than `limit` bytes.
    """
    search = search_of(url)
    try:
        reader, writer = await asyncio.open_connection(
            search.host, search.port, ssl=search.is_tls or None, limit=_CHUNK_BYTES
        )
        try:
            values = await _found(search, _Session(reader, writer, limit))
        finally:
            writer.close()
    except OSError as error:
        raise NoAnswer.of(error) from None
    except ValueError:  # a name that no host can have
        raise AddressUnusable from None
    if not values:
        raise DirectoryEmpty
    return values


class _Session:
    """Requests and their answers over one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int) -> None:
        self.client = sansldap.LDAPClient()
        self.reader, self.writer = reader, writer
        self.limit, self.left = limit, limit

    async def answers(self) -> AsyncIterator[sansldap.LDAPMessage]:
        """Send what the client has to say, and give what comes back for as long as it is wanted."""
        self.writer.write(self.client.data_to_send())
        await self.writer.drain()
        while True:
            data = await self.reader.read(_CHUNK_BYTES)
            if not data:
                raise NoAnswer(*BROKEN_OFF)
            self.left -= len(data)
            if self.left < 0:
                raise AnswerTooLarge(self.limit)
            try:
                messages = self.client.receive(data)
            except Exception:  # noqa: BLE001 - whatever a server's bytes make the library stumble over
                raise NoAnswer(*OTHER_PROTOCOL) from None
            for message in messages:
                yield message


async def _found(search: Search, session: _Session) -> list[bytes]:
    session.client.bind_simple()
    async for message in session.answers():
        if isinstance(message, sansldap.BindResponse):
            _require_success(message.result)
            break
    session.client.search_request(
        search.base,
        search.scope,
        size_limit=_MAX_ENTRIES,
        filter=search.condition,
        attributes=list(search.attributes),
    )
    found: list[bytes] = []
    is_referred = False
    async for message in session.answers():
        if isinstance(message, sansldap.SearchResultEntry):
            found += [bytes(value) for attribute in message.attributes for value in attribute.values]
        elif isinstance(message, sansldap.SearchResultReference):
            is_referred = True
        elif isinstance(message, sansldap.SearchResultDone):
            _require_success(message.result)
            break
    if is_referred and not found:
        raise DirectoryRefers
    return list(dict.fromkeys(found))


def _require_success(result: sansldap.LDAPResult) -> None:
    code = result.result_code
    if code is sansldap.LDAPResultCode.REFERRAL:
        raise DirectoryRefers
    if code in _NOTHING_THERE:
        raise DirectoryEmpty
    if code is not sansldap.LDAPResultCode.SUCCESS:
        raise DirectoryRefused(code.name)
