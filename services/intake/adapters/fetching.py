"""Pictures by address (按地址取图): fetched from hosts that are listed, and from nowhere else.

Each address is resolved once and the connection goes to what was checked, so that a name can
not lead elsewhere a moment later; a redirect is checked like the first address.
"""

import asyncio
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from services.hosting.pictures import Fault, PictureRefused
from services.intake.domain.looking import PictureLater

Network = IPv4Network | IPv6Network
MOST_REDIRECTS = 3
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
TUNNELS = tuple(map(ip_network, ("64:ff9b::/32", "2002::/16", "2001::/32")))
"""Addresses that carry another one inside: who knows where they lead."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Reach:
    """Where pictures may be fetched from: hosts (`*.name` for all below it), and inner networks.

    An address that is not public is refused unless it lies in one of `networks`.
    """

    hosts: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    schemes: tuple[str, ...] = ("https", "http")

    def allows_host(self, host: str) -> bool:
        """Whether a host is listed."""
        return any(
            host == each or (each.startswith("*.") and host.endswith(each[1:]))
            for each in self.hosts
        )

    def allows_address(self, address: str) -> bool:
        """Whether an IP address is public, or in a network of ours."""
        found = ip_address(address.partition("%")[0])
        mapped = getattr(found, "ipv4_mapped", None) or found
        if any(mapped.version == each.version and mapped in each for each in self.networks):
            return True
        is_tunnel = any(mapped.version == 6 and mapped in each for each in TUNNELS)
        return mapped.is_global and not mapped.is_multicast and not is_tunnel


def reach_of(hosts: str, networks: str) -> Reach:
    """From lists with commas. Raises ValueError for a network that is none."""
    listed = tuple(filter(None, (each.strip().lower() for each in hosts.split(","))))
    inner = tuple(ip_network(each.strip()) for each in networks.split(",") if each.strip())
    return Reach(listed, inner)


@dataclass(frozen=True)
class Fetcher:
    """Fetches one picture; sizes in bytes, times in seconds."""

    client: httpx.AsyncClient
    reach: Reach
    size: int
    patience: float = 20.0

    async def fetch(self, address: str) -> bytes:
        """The content at an address. Raises PictureRefused or PictureLater."""
        try:
            async with asyncio.timeout(self.patience):
                return await self._follow(address)
        except TimeoutError:
            raise PictureLater("取图超时") from None
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise PictureRefused(Fault.FORBIDDEN, "图片地址不是有效的网址") from None
        except httpx.HTTPError as error:
            raise PictureLater(f"取图失败（{type(error).__name__}）") from None

    async def _follow(self, address: str) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            request = await self._checked(address)
            answer = await self.client.send(request, stream=True, follow_redirects=False)
            try:
                if answer.status_code not in REDIRECTS:
                    return await self._content(answer)
                address = urljoin(address, answer.headers.get("location", ""))
            finally:
                await answer.aclose()
        raise PictureRefused(Fault.FORBIDDEN, f"图片地址重定向超过 {MOST_REDIRECTS} 次")

    async def _checked(self, address: str) -> httpx.Request:
        """A request to the very address that was checked, under the name that was asked for."""
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        if parts.scheme not in self.reach.schemes or not host or parts.username:
            raise PictureRefused(Fault.FORBIDDEN, "图片地址只接受 http 或 https，不带账号")
        if not self.reach.allows_host(host):
            raise PictureRefused(
                Fault.FORBIDDEN, "图片所在主机不在 HUB_INTAKE_PICTURE_HOSTS 的名单中"
            )
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = await self._resolved(host, port)
        if not all(map(self.reach.allows_address, found)):
            raise PictureRefused(
                Fault.FORBIDDEN, "图片地址指向内部网络，不在 HUB_INTAKE_PICTURE_NETWORKS 之内"
            )
        inner = f"[{found[0]}]" if ":" in found[0] else found[0]
        target = urlunsplit(parts._replace(netloc=f"{inner}:{port}", fragment=""))
        return self.client.build_request(
            "GET",
            target,
            headers={"Host": parts.netloc, "Accept": "image/*", "Accept-Encoding": "identity"},
            extensions={"sni_hostname": host},
        )

    async def _resolved(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise PictureLater("图片主机名解析不到") from None
        return [str(each[4][0]) for each in found]

    async def _content(self, answer: httpx.Response) -> bytes:
        status = answer.status_code
        if status in AGAIN:
            raise PictureLater(f"图片服务器回答 {status}")
        if status != httpx.codes.OK:
            raise PictureRefused(Fault.UNREACHABLE, f"图片服务器回答 {status}，不再重试")
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > self.size:
                raise PictureRefused(Fault.TOO_LARGE, f"图片超过 {self.size} 字节")
        return bytes(body)


def client_of(hosts: Collection[str]) -> httpx.AsyncClient:
    """A client that knows no proxy, no cookies, and few connections."""
    limits = httpx.Limits(max_connections=max(4, len(hosts)), max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, limits=limits, timeout=httpx.Timeout(10.0))
