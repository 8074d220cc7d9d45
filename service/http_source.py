"""An answer over HTTP: of bounded size, without credentials, and by way of http and https alone."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from service.fetch_faults import (
    BROKEN_OFF,
    OTHER_PROTOCOL,
    AddressUnusable,
    AnswerTooLarge,
    HttpRefused,
    NoAnswer,
    RedirectRefused,
)

SCHEMES: Final = frozenset({"http", "https"})
MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_CHUNK_BYTES: Final = 64 * 1024


class Request(NamedTuple):
    """What is sent by POST."""

    media_type: str
    body: bytes


async def ask(url: str, *, limit: int, request: Request | None = None) -> bytes:
    """The body of the answer to GET, or to POST with a `request`.

    HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment hold. A certificate of https is checked as the system does.
    How long it may take is the caller's business.

    Raises:
        AddressUnusable, NoAnswer, HttpRefused, RedirectRefused.
        AnswerTooLarge: more than `limit` bytes.
    """
    try:
        async with _session() as session:
            return await _followed(session, url, limit, request)
    except aiohttp.ClientHttpProxyError as error:
        raise HttpRefused(error.status) from None
    except aiohttp.ClientConnectorCertificateError as error:
        raise NoAnswer.of(error) from None
    except aiohttp.ClientConnectorError as error:
        raise NoAnswer.of(error.os_error) from None
    except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError):
        raise NoAnswer(*BROKEN_OFF) from None
    except aiohttp.ClientResponseError:
        raise NoAnswer(*OTHER_PROTOCOL) from None
    except aiohttp.InvalidURL:
        raise AddressUnusable from None
    except (aiohttp.ClientError, OSError) as error:
        raise NoAnswer.of(error) from None
    except ValueError:  # a name that no host can have
        raise AddressUnusable from None


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        auto_decompress=False,  # a few compressed bytes could unfold to any number
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=None),
    )


async def _followed(session: aiohttp.ClientSession, url: str, limit: int, request: Request | None) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        answer = await _once(session, url, limit, request)
        if isinstance(answer, bytes):
            return answer
        url = answer
    raise RedirectRefused


async def _once(session: aiohttp.ClientSession, url: str, limit: int, request: Request | None) -> bytes | str:
    """The body, or the address that the server sends us to."""
    method, headers = ("GET", {}) if request is None else ("POST", {"Content-Type": request.media_type})
    asked = session.request(
        method, url, data=request and request.body, headers=headers, proxy=_proxy(url), allow_redirects=False
    )
    async with asked as response:
        if response.status in _REDIRECTS:
            return _target(url, response.headers.get("Location", ""))
        if response.status != _OK:
            raise HttpRefused(response.status)
        data = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            data += chunk
            if len(data) > limit:
                raise AnswerTooLarge(limit)
        return bytes(data)


def _target(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
    except ValueError:
        raise RedirectRefused from None
    if not location or parts.scheme not in SCHEMES or parts.username is not None:
        raise RedirectRefused
    return target


def _proxy(url: str) -> str | None:
    """As the environment has it; aiohttp's own look at the environment would take passwords from ~/.netrc too."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
