"""Pictures by address: from listed hosts only, never into inner networks, never for ever."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from services.hosting.pictures import PictureRefused
from services.intake.adapters.fetching import Fetcher, Reach, reach_of
from services.intake.domain.looking import PictureLater

LISTED = "127.0.0.1,*.pictures.test,localhost"
Answer = Callable[[httpx.Request], httpx.Response]


def fetched(
    address: str, answer: Answer, hosts: str = LISTED, networks: str = "127.0.0.0/8"
) -> bytes:
    """What is fetched from an address whose server answers so."""

    async def run() -> bytes:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            return await Fetcher(client, reach_of(hosts, networks), 100, 5.0).fetch(address)

    return asyncio.run(run())


def says(status: int = 200, body: bytes = b"picture", **headers: str) -> Answer:
    """A server that always answers the same."""
    return lambda request: httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)


def test_a_listed_host_gives_its_picture() -> None:
    assert fetched("http://127.0.0.1/p.jpg", says()) == b"picture"


def test_the_connection_goes_to_what_was_checked_under_the_name_that_was_asked() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"picture"))

    fetched("http://localhost:8080/p.jpg?a=1", answer, networks="127.0.0.0/8,::1/128")
    (request,) = asked
    assert request.url.host in ("127.0.0.1", "::1") and request.headers["host"] == "localhost:8080"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("file:///etc/passwd", "http"),
        ("ftp://127.0.0.1/p.jpg", "http"),
        ("gopher://127.0.0.1/", "http"),
        ("http://user:secret@127.0.0.1/p.jpg", "账号"),
        ("p.jpg", "http"),
        ("http:///p.jpg", "http"),
        ("http://[::1", "有效的网址"),
        ("http://10.0.0.9/p.jpg", "名单"),
        ("http://evil.test/p.jpg", "名单"),
        ("http://pictures.test.evil.test/p.jpg", "名单"),
        ("http://2130706433/p.jpg", "名单"),
    ],
)
def test_an_address_that_may_not_be_fetched_is_refused_in_chinese(address: str, said: str) -> None:
    with pytest.raises(PictureRefused, match=said):
        fetched(address, says())


@pytest.mark.parametrize("networks", ["", "10.0.0.0/8"])
def test_a_listed_name_that_leads_inside_is_refused(networks: str) -> None:
    with pytest.raises(PictureRefused, match="内部网络"):
        fetched("http://localhost/p.jpg", says(), networks=networks)


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "http://evil.test/", "file:///etc/passwd"]
)
def test_a_redirect_is_checked_like_the_first_address(target: str) -> None:
    with pytest.raises(PictureRefused):
        fetched("http://127.0.0.1/p.jpg", says(302, location=target))


def test_redirects_come_to_an_end() -> None:
    with pytest.raises(PictureRefused, match="重定向"):
        fetched("http://127.0.0.1/p.jpg", says(302, location="/p.jpg"))


def test_what_is_too_large_is_not_read_to_its_end() -> None:
    with pytest.raises(PictureRefused, match="超过"):
        fetched("http://127.0.0.1/p.jpg", says(body=b"x" * 101))


@pytest.mark.parametrize("status", [404, 403, 410])
def test_what_is_not_there_is_given_up(status: int) -> None:
    with pytest.raises(PictureRefused, match=str(status)):
        fetched("http://127.0.0.1/p.jpg", says(status))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_come_back_is_tried_later(status: int) -> None:
    with pytest.raises(PictureLater, match=str(status)):
        fetched("http://127.0.0.1/p.jpg", says(status))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_an_inner_address_is_none_of_the_public(address: str) -> None:
    assert not Reach().allows_address(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert Reach().allows_address(address)
