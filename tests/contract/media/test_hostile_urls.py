"""Hostile URLs against a real fetcher: nothing inside is reached, nothing is without end, nothing inside is told.

Two real servers: the world, which answers as each test says and is allowed by name, and the trap, which listens at all
of the machine's own addresses, would give a sound image to anybody, and must never be asked.
"""

import asyncio
import gzip
import shutil
import ssl
import subprocess
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from antiphon.media.fetch.fetcher import BROKEN_OFF, COMPRESSED, NO_IMAGE, UNREACHED, Fetcher
from antiphon.media.fetch.policy import Policy, parse_hosts
from antiphon.media.unreadable import UnreadableError
from tests.contract.media.hostile_server import (
    IMAGE,
    LOOPBACKS,
    Behaviour,
    HostileServer,
    Talk,
    redirect,
    run_hostile,
    say,
    say_raw,
    whole,
)

NOWHERE = "3000::1"
"""Public by its form, and in a range that nobody has been given."""
MOST_BYTES = 200_000
SHORT_S = 0.3
LONG_S = 5.0
"""Never waited for, unless something is broken."""

NAMES: dict[str, list[list[str]]] = {
    "world.test": [["127.0.0.1"]],
    "inside.test": [["127.0.0.1"]],
    "inside6.test": [["::1"]],
    "127.0.0.1.inside.test": [["127.0.0.1"]],
    "second.test": [["127.0.0.2"]],
    "zero.test": [["0.0.0.0"]],
    "mapped.test": [["::ffff:127.0.0.1"]],
    "compatible.test": [["::127.0.0.1"]],
    "nat64.test": [["64:ff9b::7f00:1"]],
    "6to4.test": [["2002:7f00:1::1"]],
    "mixed.test": [[NOWHERE, "127.0.0.1"]],
    "mixed-last.test": [["127.0.0.1", NOWHERE]],
    "mixed6.test": [[NOWHERE, "::1"]],
    "metadata.test": [["169.254.169.254"]],
    "link.test": [["fe80::1%lo"]],
    "nobody.test": [[]],
    "rebind.test": [[NOWHERE], ["127.0.0.1"]],
    "rebind-inside.test": [["127.0.0.1"], ["127.0.0.2"]],
    "localhost": [["127.0.0.1", "::1"]],
}


class Names:
    """A name server whose answers change from one time to the next; the last one stays. asked: each time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in NAMES:
            raise OSError("no such name")
        answers = NAMES[host]
        return answers[min(self.asked.count(host), len(answers)) - 1]


class Place:
    """What a test has. allow: more hosts than the world."""

    def __init__(self, world: HostileServer, trap: HostileServer) -> None:
        self.world = world
        self.trap = trap
        self.names = Names()
        self.fetchers: list[Fetcher] = []

    def fetcher(
        self, *, allow: str = "*", within_s: float = LONG_S, redirects: int = 3, tls: ssl.SSLContext | None = None
    ) -> Fetcher:
        hosts = parse_hosts(f"{allow},private:world.test:{self.world.port}")
        policy = Policy(hosts=hosts, most_bytes=MOST_BYTES, within_s=within_s, most_redirects=redirects)
        self.fetchers.append(Fetcher(policy, lookup=self.names, tls=tls))
        return self.fetchers[-1]

    def url(self, path: str = "/a.png") -> str:
        """In the world."""
        return f"http://world.test:{self.world.port}{path}"

    async def refuse(self, fetcher: Fetcher, url: str) -> str:
        """Why it is not fetched. It never takes much longer than its cap."""
        async with asyncio.timeout(fetcher.policy.within_s + LONG_S):
            with pytest.raises(UnreadableError) as caught:
                await fetcher.fetch(url)
        return caught.value.reason


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    """At the end, whatever the test was about: the trap was not asked."""
    async with run_hostile(say(IMAGE)) as world, run_hostile(say(IMAGE), addresses=LOOPBACKS) as trap:
        place = Place(world, trap)
        yield place
        for fetcher in place.fetchers:
            await fetcher.close()
        assert await trap.count_others() == 0
        assert trap.heard == []


INSIDE = [
    "http://127.0.0.1:{port}/a.png", "http://127.0.0.2:{port}/", "https://127.0.0.1:{port}/", "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/", "http://localhost:{port}/", "http://LOCALHOST:{port}/", "http://localhost.:{port}/",
    "http://127.0.0.1.:{port}/", "http://127.1:{port}/", "http://127.0.1:{port}/", "http://2130706433:{port}/",
    "http://017700000001:{port}/", "http://0177.0.0.1:{port}/", "http://0177.0.0.01:{port}/", "http://0x7f000001:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/", "http://0x7F.1:{port}/", "http://127.0.0.01:{port}/", "http://0:{port}/",
    "http://0.0.0.0:{port}/", "http://[::]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::127.0.0.1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://[::1%25lo]:{port}/", "http://[fe80::1%25lo]:{port}/", "http://127。0。0。1:{port}/", "http://127\uff0e0\uff0e0\uff0e1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/", "http://\uff11\uff12\uff17.0.0.1:{port}/", "http://\u0661\u0662\u0667.\u0660.\u0660.\u0661:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/", "http://loc\u00adalhost:{port}/", "http://%6c%6f%63%61%6chost:{port}/",
    "http://127.0.0.1%00.example.org:{port}/", "http://127.0.0.1\x00.example.org:{port}/",
    "http://world.test@127.0.0.1:{port}/", "http://world.test:80@127.0.0.1:{port}/", "http://@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@world.test/", "http://world.test\\@127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}\\",
    "http://world.test#@127.0.0.1:{port}/", "http://world.test?@127.0.0.1:{port}/", "http://127.0.0.1:{port}#@world.test/",
    "http:// 127.0.0.1:{port}/", " http://127.0.0.1:{port}/", "http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "http://127.0.0\t.1:{port}/", "ht\ntp://127.0.0.1:{port}/", "http://[127.0.0.1]:{port}/", "http:///127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "////127.0.0.1:{port}/", "http://[::1]world.test:{port}/",
    "http://world.test[::1]:{port}/", "http://127.0.0.1:+{port}/", "http://127.0.0.1:0{port}/", "http://127.0.0.1:/",
    "http://10.0.0.1:{port}/", "http://192.168.0.1:{port}/", "http://172.16.0.1:{port}/", "http://100.64.0.1:{port}/",
    "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/", "http://100.100.100.200/latest/",
    "http://168.63.129.16/metadata/", "http://224.0.0.1:{port}/", "http://255.255.255.255:{port}/", "http://[ff02::1]:{port}/",
    "http://inside.test:{port}/", "http://inside6.test:{port}/", "http://127.0.0.1.inside.test:{port}/",
    "http://second.test:{port}/", "http://zero.test:{port}/", "http://mapped.test:{port}/", "http://compatible.test:{port}/",
    "http://nat64.test:{port}/", "http://6to4.test:{port}/", "http://mixed.test:{port}/", "http://mixed-last.test:{port}/",
    "http://mixed6.test:{port}/", "http://metadata.test:{port}/", "http://link.test:{port}/", "http://nobody.test:{port}/",
    "http://unknown.test:{port}/", "http://inside.test.:{port}/", "http://INSIDE.test:{port}/", "http://intranet:{port}/",
    "file:///etc/passwd", "file://127.0.0.1:{port}/etc/passwd", "FILE:/etc/passwd", "ftp://127.0.0.1:{port}/a.png",
    "gopher://127.0.0.1:{port}/_GET%20/", "dict://127.0.0.1:{port}/d", "ldap://127.0.0.1:{port}/", "sftp://127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/", "unix:///var/run/docker.sock", "jar:http://127.0.0.1:{port}/!/", "netdoc:///etc/passwd",
    "view-source:http://127.0.0.1:{port}/", "javascript:fetch('http://127.0.0.1:{port}/')", "blob:http://127.0.0.1:{port}/a",
    "http://127.0.0.1:{port}/" + "a" * 9_000, "http://" + "a" * 70_000 + ".test:{port}/",
]  # fmt: skip


@pytest.mark.parametrize("form", INSIDE)
async def test_nothing_inside_is_reached(place: Place, form: str) -> None:
    """However it is written, and whatever it resolves to."""
    url = form.replace("{port}", str(place.trap.port))
    reason = await place.refuse(place.fetcher(within_s=SHORT_S), url)
    assert place.world.num_connections == 0
    assert not any(part in reason for part in ("127.0.0", "::1", str(place.trap.port), "test", "rrno"))


@pytest.mark.parametrize(
    "form", [form for form in INSIDE if "\n" not in form and "\0" not in form and len(form) < 8_000]
)
async def test_no_redirect_leads_inside(place: Place, form: str) -> None:
    """Each hop is judged as the first one is; what a header can carry is not forgiven either."""
    place.world.behaviour = once(redirect(form.strip().replace("{port}", str(place.trap.port))), say(b"", "410 Gone"))
    reason = await place.refuse(place.fetcher(within_s=SHORT_S), place.url())
    assert place.world.heard[0].path == "/a.png"
    assert reason in (UNREACHED, "is redirected to a URL that is not followed") or reason.startswith(
        ("is at a host", "cannot be fetched: its host answered with status 410")
    )


def once(first: Behaviour, then: Behaviour) -> Behaviour:
    """The first request is answered so, all others so: relative redirects lead to the world itself."""
    behaviours = [first]

    async def behave(talk: Talk) -> None:
        await (behaviours.pop() if behaviours else then)(talk)

    return behave


async def test_bytes_that_are_no_text_in_a_redirect(place: Place) -> None:
    """They are neither guessed nor passed on."""
    for location in (b"/\xff\xfe", b"http://\xff.test/", b"//127.0.0.1\x80/"):
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        place.world.behaviour = say_raw(head)
        assert await place.refuse(place.fetcher(), place.url()) == "is redirected to a URL that is not followed"
    assert len(place.world.heard) == 3


async def test_a_name_that_changes_its_mind(place: Place) -> None:
    """Public when it is judged, inside when it is asked for again: it is not asked for again."""
    assert await place.refuse(place.fetcher(within_s=SHORT_S), f"http://rebind.test:{place.trap.port}/") == UNREACHED
    assert place.names.asked == ["rebind.test"]


async def test_the_address_that_was_judged_is_connected_to(place: Place) -> None:
    """A name whose next answer is the trap: the world is reached, by one lookup for each hop."""
    port = place.world.port
    async with run_hostile(say(IMAGE), addresses=("127.0.0.2",), port=port) as other:
        fetcher = place.fetcher(allow=f"private:rebind-inside.test:{port}")
        assert await fetcher.fetch(f"http://rebind-inside.test:{port}/") == IMAGE
        assert place.names.asked == ["rebind-inside.test"]
        assert (place.world.num_connections, await other.count_others()) == (1, 0)


async def test_every_hop_is_looked_up_once(place: Place) -> None:
    """Also where the name is the same, since each hop has a connection of its own."""
    place.world.behaviour = once(redirect("/b.png"), say(IMAGE))
    assert await place.fetcher().fetch(place.url()) == IMAGE
    assert place.names.asked == ["world.test", "world.test"]
    assert place.world.num_connections == 2


async def test_what_is_inside_is_not_told(place: Place) -> None:
    """A refused address, a closed port, a name that is unknown, a silent server and one that speaks something else: one
    sentence for all.
    """
    trap = place.trap.port
    fetcher = place.fetcher(allow="*,private:second.test:9", within_s=SHORT_S)
    urls = [f"http://127.0.0.1:{trap}/", "http://inside.test/", f"http://unknown.test:{trap}/", "http://second.test:9/"]
    reasons = {await place.refuse(fetcher, url) for url in urls}
    for behaviour in (stay_silent, say_raw(b"SSH-2.0-OpenSSH_9.2\r\n"), say_raw(b""), say_raw(b"\x16\x03\x01\0" * 99)):
        place.world.behaviour = behaviour
        reasons |= {await place.refuse(fetcher, url) for url in (place.url(), place.url().replace("http:", "https:"))}
    assert reasons == {UNREACHED}


async def stay_silent(talk: Talk) -> None:
    """Whoever asks may wait."""
    await asyncio.Event().wait()


async def drip_head(talk: Talk) -> None:
    """One letter at a time, never to its end."""
    await talk.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    await talk.send_for_ever(b"a", 0.01)


async def drip_body(talk: Talk) -> None:
    """A byte now and then, of a body that is said to be short."""
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await talk.send_for_ever(b"a", 0.01)


async def drip_chunks(talk: Talk) -> None:
    """The same in chunks."""
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await talk.send_for_ever(b"1\r\na\r\n", 0.01)


async def stop_within(talk: Talk) -> None:
    """Half an image, and nothing more."""
    await talk.send(whole(IMAGE)[:-5])
    await asyncio.Event().wait()


SLOW = "cannot be fetched: it took longer than 0.3 seconds"


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [(stay_silent, UNREACHED), (drip_head, UNREACHED), (drip_body, SLOW), (drip_chunks, SLOW), (stop_within, SLOW)],
)
async def test_slow_answers(place: Place, behaviour: Behaviour, expected: str) -> None:
    """The cap is on all of it, however often a byte comes; then the connection is closed."""
    place.world.behaviour = behaviour
    assert await place.refuse(place.fetcher(within_s=SHORT_S), place.url()) == expected


async def test_the_cap_is_on_all_hops_together(place: Place) -> None:
    """Redirects for ever, each at once, however many are allowed."""
    place.world.behaviour = redirect("/again")
    assert await place.refuse(place.fetcher(within_s=SHORT_S, redirects=10**9), place.url()) == UNREACHED
    assert place.world.heard


async def endless(talk: Talk) -> None:
    """Until the connection ends, which it does not."""
    await talk.send(b"HTTP/1.1 200 OK\r\n\r\n" + IMAGE)
    await talk.send_for_ever(bytes(65_536))


async def endless_chunks(talk: Talk) -> None:
    """In chunks."""
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await talk.send_for_ever(b"10000\r\n" + bytes(65_536) + b"\r\n")


async def said_too_large(talk: Talk) -> None:
    """Says so, and means it."""
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + IMAGE)
    await talk.send_for_ever(bytes(65_536))


async def only_said_too_large(talk: Talk) -> None:
    """Nothing of it comes."""
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 200001\r\n\r\n")
    await asyncio.Event().wait()


async def endless_headers(talk: Talk) -> None:
    """Lines, each short."""
    await talk.send(b"HTTP/1.1 200 OK\r\n")
    await talk.send_for_ever(b"X-A: b\r\n" * 1_000)


async def endless_header(talk: Talk) -> None:
    """One line."""
    await talk.send(b"HTTP/1.1 200 OK\r\nX-A: ")
    await talk.send_for_ever(b"a" * 65_536)


async def endless_status(talk: Talk) -> None:
    """The first line."""
    await talk.send(b"HTTP/1.1 200 ")
    await talk.send_for_ever(b"a" * 65_536)


async def endless_preludes(talk: Talk) -> None:
    """Answers before the answer."""
    await talk.send_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 500)


async def endless_chunk_size(talk: Talk) -> None:
    """A chunk whose extension has no end."""
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=")
    await talk.send_for_ever(b"a" * 65_536)


async def endless_trailers(talk: Talk) -> None:
    """Headers after the body."""
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
    await talk.send_for_ever(b"X-A: b\r\n" * 1_000)


async def endless_redirect(talk: Talk) -> None:
    """A redirect with a body that is not read."""
    await talk.send(b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n")
    await talk.send_for_ever(bytes(65_536))


@pytest.mark.parametrize(
    "behaviour",
    [
        endless, endless_chunks, said_too_large, endless_headers, endless_header, endless_status, endless_preludes,
        endless_chunk_size, endless_trailers, endless_redirect,
    ],
)  # fmt: skip
async def test_endless_answers(place: Place, behaviour: Behaviour) -> None:
    """Bodies, heads, and what else HTTP has: they end, and memory is bounded by the cap on bytes."""
    place.world.behaviour = behaviour
    fetcher = place.fetcher(within_s=0.5)
    tracemalloc.start()
    try:
        await place.refuse(fetcher, place.url())
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES * 2 + 3_000_000
    finally:
        tracemalloc.stop()


async def test_bodies_are_cut_at_the_cap(place: Place) -> None:
    """At once, and not when the time is over."""
    for behaviour in (endless, endless_chunks, said_too_large, only_said_too_large):
        place.world.behaviour = behaviour
        assert await place.refuse(place.fetcher(), place.url()) == "is larger than 0.2 MB"


async def test_as_large_as_allowed(place: Place) -> None:
    """To the byte."""
    padded = IMAGE + bytes(MOST_BYTES - len(IMAGE))
    for behaviour in (say(padded), say_raw(b"HTTP/1.1 200 OK\r\n\r\n" + padded)):
        place.world.behaviour = behaviour
        assert await place.fetcher().fetch(place.url()) == padded
    for behaviour in (say(padded + b"a"), say_raw(b"HTTP/1.1 200 OK\r\n\r\n" + padded + b"a")):
        place.world.behaviour = behaviour
        assert await place.refuse(place.fetcher(), place.url()) == "is larger than 0.2 MB"


def chunked(body: bytes) -> bytes:
    """In one chunk."""
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


BOMB = gzip.compress(bytes(10_000_000))
ANSWERS = [
    (say_raw(whole(IMAGE)[:-1]), BROKEN_OFF),
    (say_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), BROKEN_OFF),
    (say_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhel"), None),
    (say_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), UNREACHED),
    (say_raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab"), UNREACHED),
    (say_raw(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nab"), UNREACHED),
    (say_raw(b"HTTP/9.9 999999 OK\r\n\r\n"), UNREACHED),
    (say(BOMB, "200 OK", "Content-Encoding: gzip"), COMPRESSED),
    (say(BOMB, "200 OK", "Content-Encoding: identity, GZIP"), COMPRESSED),
    (say(BOMB, "200 OK", "Content-Encoding: identity", "Content-Encoding: deflate"), COMPRESSED),
    (say(IMAGE, "200 OK", "Content-Encoding: br"), COMPRESSED),
    (say_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + chunked(BOMB)), NO_IMAGE),
    (say(BOMB), NO_IMAGE),
    (say(b""), NO_IMAGE),
    (say(b"<!doctype html><p>Sign in", "200 OK", "Content-Type: image/png"), NO_IMAGE),
    (say(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "200 OK", "Content-Type: image/svg+xml"), NO_IMAGE),
    (say(b"%PDF-1.7"), NO_IMAGE),
]  # fmt: skip


@pytest.mark.parametrize(("behaviour", "expected"), ANSWERS)
async def test_answers_that_are_no_image(place: Place, behaviour: Behaviour, expected: str | None) -> None:
    """Broken, compressed or something else, whatever their headers say."""
    place.world.behaviour = behaviour
    reason = await place.refuse(place.fetcher(), place.url())
    assert reason == expected or (expected is None and reason in (UNREACHED, BROKEN_OFF))
    assert len(place.world.heard) == 1


@pytest.mark.parametrize("status", [101, 201, 204, 206, 300, 304, 400, 401, 403, 404, 407, 410, 429, 500, 503])
async def test_other_statuses(place: Place, status: int) -> None:
    """They are told, and nothing is tried again or with credentials."""
    body = b"" if status in (101, 204, 304) else IMAGE
    place.world.behaviour = say(body, f"{status} Whatever", "WWW-Authenticate: Basic", "Retry-After: 0", "Upgrade: h2c")
    reason = await place.refuse(place.fetcher(), place.url())
    assert reason == f"cannot be fetched: its host answered with status {status}"
    assert len(place.world.heard) == 1


async def test_redirects_in_a_circle(place: Place) -> None:
    """Three are followed."""
    place.world.behaviour = redirect("/a.png", "301 Moved Permanently")
    assert await place.refuse(place.fetcher(), place.url()) == "is redirected more than 3 times"
    assert len(place.world.heard) == 4


async def test_a_redirect_to_nowhere(place: Place) -> None:
    """Without a location it is a status like another."""
    place.world.behaviour = say(IMAGE, "302 Found")
    assert await place.refuse(place.fetcher(), place.url()) == "cannot be fetched: its host answered with status 302"


@pytest.mark.parametrize("status", ["301 A", "302 B", "303 C", "307 D", "308 E"])
async def test_an_image_behind_a_redirect(place: Place, status: str) -> None:
    """What this is for: an allowed host serves a PNG, and it comes whole, whatever it is called."""
    image = say(IMAGE, "200 OK", "Content-Type: text/html", "Content-Encoding: identity", "Set-Cookie: a=b")
    place.world.behaviour = once(redirect("b/c.png?d=%2Fe#f", status), image)
    assert await place.fetcher().fetch(place.url("/x/a")) == IMAGE
    assert [heard.path for heard in place.world.heard] == ["/x/a", "/x/b/c.png?d=%2Fe"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_allowed_private_host(place: Place, host: str) -> None:
    """Named with its port, by address and by name; looked up as the system does."""
    policy = Policy(hosts=parse_hosts(f"private:{host}:{place.world.port}"))
    fetcher = Fetcher(policy)
    place.fetchers.append(fetcher)
    assert await fetcher.fetch(f"http://{host}:{place.world.port}/a.png") == IMAGE
    await place.refuse(fetcher, f"http://{host}:{place.trap.port}/a.png")


async def test_nothing_of_ours_is_sent_along(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy of the environment, no credentials of a netrc file, no cookie that was set on the way."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{place.trap.port}")
    (tmp_path / "netrc").write_text("machine world.test login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    redirected = say(b"", "302 Found", f"Location: {place.url('/b')}", "Set-Cookie: a=b; Path=/")
    place.world.behaviour = once(redirected, say(IMAGE, "200 OK", "Set-Cookie: a=b; Path=/"))
    fetcher = place.fetcher()
    assert [await fetcher.fetch(place.url()) for _ in range(2)] == [IMAGE, IMAGE]
    expected = {"host": f"world.test:{place.world.port}", "accept": "image/*", "accept-encoding": "identity"}
    for heard in place.world.heard:
        assert heard.headers == expected | {"user-agent": "antiphon", "connection": heard.headers["connection"]}
    assert place.world.num_connections == 3


async def test_who_no_longer_waits(place: Place) -> None:
    """A request that is given up takes its connection with it."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(talk: Talk) -> None:
        begun.set()
        await talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            await talk.send_for_ever(b"a", 0.01)
        finally:
            ended.set()

    place.world.behaviour = wait
    task = asyncio.create_task(place.fetcher().fetch(place.url()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(LONG_S):
        await ended.wait()


MAKE = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=world.test"
    " -addext subjectAltName=DNS:world.test"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of world.test, which nobody has signed but itself, with its key."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here: apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    command: list[str | Path] = ["openssl", *MAKE.split(), "-keyout", folder / "key.pem", "-out", folder / "c.pem"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "c.pem"


async def test_encrypted(place: Place, certificate: Path) -> None:
    """The name is asked for and verified although its address is pinned; and there is no way back to http."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    asked: list[str] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    trusting = ssl.create_default_context(cafile=certificate)
    async with run_hostile(say(IMAGE), tls=context) as server:
        url, other = (f"https://{name}.test:{server.port}/" for name in ("world", "inside"))
        allow = f"private:world.test:{server.port},private:inside.test:{server.port}"
        fetcher = place.fetcher(allow=allow, tls=trusting)
        assert await fetcher.fetch(url) == IMAGE
        assert asked == ["world.test"]
        assert await place.refuse(fetcher, other) == UNREACHED
        assert await place.refuse(place.fetcher(allow=allow), url) == UNREACHED
        server.behaviour = redirect(place.url())
        assert "from https to http" in await place.refuse(fetcher, url)
        place.world.behaviour = once(redirect(url), say(IMAGE))
        server.behaviour = say(IMAGE)
        assert await fetcher.fetch(place.url()) == IMAGE
    assert len(place.world.heard) == 1
