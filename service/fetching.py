"""Requests to addresses that others chose: webhooks, key sets, a publisher's page. They must not reach what only we can.

The address is looked at where the socket is made, after every lookup of a name: so decimal notation, mapped addresses
and a name that answers differently the second time all end at the same check. Redirects are never followed.
"""

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

import aiohttp
from yarl import URL

TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
MAX_BYTES = 1024 * 1024
_NAT64 = ip_network("64:ff9b::/96")

Network = IPv4Network | IPv6Network


class FetchFailed(Exception):
    """The other side could not be asked, or not as it must be; the message is for whoever set the address."""


class AddressRefused(OSError):
    """The name leads to an address that is not for us to reach."""


@dataclass(frozen=True)
class Fetched:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def is_allowed(host: str, allowed: Iterable[Network] = ()) -> bool:
    """True if a numeric address is on the public internet, or in one of the `allowed` networks."""
    address = ip_address(host.partition("%")[0])
    meant = _meant(address)
    if any(one in network for network in allowed for one in (address, meant)):
        return True
    return all(one.is_global and not one.is_multicast for one in (address, meant))


def check_url(text: str) -> URL:
    """Read an address that somebody typed. Raises FetchFailed unless it is http(s)://host… without credentials."""
    try:
        url = URL(text)
        host = url.host
    except ValueError as error:
        raise FetchFailed("that is no address") from error
    if url.scheme not in ("http", "https") or not host:
        raise FetchFailed("an address begins with https:// or http://")
    if url.user or url.password:
        raise FetchFailed("an address with a name and password in it is not asked")
    return url


class Fetcher:
    """Asks addresses that others chose. An async context manager, one per process; `allowed` are private networks that an operator opened."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        text: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Fetched:
        """Ask once, without following a redirect. Raises FetchFailed if no answer of at most `max_bytes` came."""
        url = check_url(text)
        try:
            async with self._open().request(
                method, url, headers=headers, data=body, allow_redirects=False
            ) as response:
                return Fetched(response.status, response.headers, await _read(response, max_bytes))
        except AddressRefused as error:
            raise FetchFailed(str(error)) from error
        except TimeoutError as error:
            raise FetchFailed(f"{url.host} did not answer in time") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchFailed(_reason(url, error)) from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=20, limit_per_host=4, socket_factory=self._socket)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        if not is_allowed(str(address[0]), self._allowed):
            raise AddressRefused("it leads to an address that is not on the public internet")
        return socket.socket(family=family, type=kind, proto=protocol)


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise FetchFailed(f"{response.url.host} sent more than {max_bytes // 1024} kB")
    return b"".join(parts)


def _reason(url: URL, error: Exception) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, AddressRefused):
        return f"{url.host}: {cause}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"no such host: {url.host}"
    if isinstance(error, aiohttp.ClientSSLError):
        return f"{url.host} has no certificate that is trusted"
    return f"{url.host} could not be reached"
