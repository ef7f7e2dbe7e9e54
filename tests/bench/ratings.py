"""Row 6: citizens rate their dossiers, two hundred a second, each from an address of their own."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from random import Random
from threading import local
from unittest.mock import patch
from urllib.parse import urlencode

from feedback import rating_links
from feedback.models import Rating
from feedback.ratings import RATEABLE
from portal.citizen.throttle import PACES, RATE
from procedures.models import Dossier
from scoring.recount import recount_all
from tests.bench import database
from tests.bench.country import NOW, build
from tests.bench.measuring import Row, say
from tests.bench.running import portal

A_SECOND = 200
#: As many browsers at once as wait for an answer; each keeps its connection.
BROWSERS = 24
MILLISECONDS = 300
#: The form's token: the cookie's own value, as a browser without scripts sends it.
TOKEN = "t" * 32

REQUEST = """\
POST /danh-gia/{link}/ HTTP/1.1\r
Host: {host}\r
Content-Type: application/x-www-form-urlencoded\r
Content-Length: {length}\r
Cookie: csrftoken={token}\r
X-Forwarded-For: {source}\r
\r
{form}"""


@dataclass(frozen=True)
class Answered:
    """The status of an answer, and the seconds from when it was due to be asked for."""

    status: int
    seconds: float


def rows(quick: bool) -> list[Row]:
    """How long a rating takes at that pace, what became of them all, and of one address's flood."""
    seconds, dossiers = (10, 20_000) if quick else (60, 200_000)
    say(f"a country with {dossiers:,} dossiers, counted")
    build(f"dossiers_{dossiers}", dossiers)
    database.make_database("ratings", like=f"dossiers_{dossiers}")
    database.use("ratings")
    recount_all(NOW)
    wanted = A_SECOND * (seconds + 1) + 2 * PACES[RATE].most
    rateable = Dossier.objects.filter(in_handling=True, received_at__gt=NOW - RATEABLE).order_by("code")
    links = [rating_links.make(pk, NOW) for pk in rateable.values_list("pk", flat=True)]
    Random(766).shuffle(links)
    assert len(links) >= wanted, f"{len(links)} dossiers can be rated, {wanted} are wanted"
    with patch.dict(os.environ, {"BEHIND_PROXY": "true"}), portal("ratings", with_worker=True) as address:
        browsers = Browsers(address)
        # What a process does once only is done.
        browsers.rate(links[:A_SECOND], A_SECOND / 2)
        say(f"{A_SECOND} ratings a second for {seconds} s")
        before = Rating.objects.count()
        started = time.perf_counter()
        answers = browsers.rate(links[A_SECOND : A_SECOND * (seconds + 1)], A_SECOND)
        took = time.perf_counter() - started
        kept = Rating.objects.count() - before
        say("as fast as one address can")
        flood = browsers.rate(links[A_SECOND * (seconds + 1) : wanted], A_SECOND, source="198.51.100.7")
    taken = [answer for answer in answers if answer.status == 302]
    waited = sorted(answer.seconds for answer in answers)
    slow = waited[int(len(waited) * 0.95)] * 1000
    passed = Counter(answer.status for answer in flood)
    pace = len(taken) / took
    let_in = passed[302]
    return [
        Row(
            "6 ratings",
            f"{len(answers):,} ratings in {took:.0f} s over HTTP: ms for 95 in 100",
            f"{slow:.0f} ms",
            f"{MILLISECONDS} ms",
            slow / MILLISECONDS,
            1,
            at_most=True,
        ),
        Row("6 ratings", "ratings a second", f"{pace:.0f}", f"{A_SECOND}", pace / A_SECOND, 0.97),
        Row(
            "6 ratings",
            "taken and kept, of all sent",
            f"{kept:,}",
            f"{len(answers):,}",
            kept / len(answers),
            1,
        ),
        Row(
            "6 ratings",
            "let through of one address's flood",
            f"{let_in} of {len(flood)}",
            f"{PACES[RATE].most}",
            let_in / PACES[RATE].most,
            1,
            at_most=True,
        ),
    ]


class Browsers:
    """Browsers behind a proxy that tells their addresses."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.kept = local()
        self.sources = count(1)

    def rate(self, links: list[str], a_second: float, source: str = "") -> list[Answered]:
        """Rate by these links, evenly, whether or not the answers before have come."""
        begin = time.perf_counter() + 0.1
        with ThreadPoolExecutor(BROWSERS) as pool:
            return list(
                pool.map(
                    lambda told: self._rate(told[1], begin + told[0] / a_second, source), enumerate(links)
                )
            )

    def _rate(self, link: str, due: float, source: str) -> Answered:
        time.sleep(max(0.0, due - time.perf_counter()))
        number = next(self.sources)
        source = source or f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        satisfaction = (3, 2, 2, 3, 2, 3, 2, 3, 2, 1)[number % 10]
        form = urlencode({"csrfmiddlewaretoken": TOKEN, "satisfaction": satisfaction})
        told = {"link": link, "host": self.address, "token": TOKEN, "source": source}
        status = self._sent(REQUEST.format(**told, form=form, length=len(form)))
        return Answered(status, time.perf_counter() - due)

    def _sent(self, request: str) -> int:
        """Send a request on the thread's own connection, read all of the answer, return its status.

        By hand, because the portal shares its processors with the browsers of this measurement.
        """
        stream = getattr(self.kept, "stream", None)
        if stream is None:
            host, _colon, port = self.address.rpartition(":")
            connection = socket.create_connection((host, int(port)), timeout=60)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = self.kept.stream = connection.makefile("rwb")
        stream.write(request.encode())
        stream.flush()
        status = int(stream.readline().split()[1])
        length = 0
        while line := stream.readline().strip():
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        stream.read(length)
        return status
