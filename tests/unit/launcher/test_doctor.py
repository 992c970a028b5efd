"""What `doctor` says of an installation, line by line."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from portfolio_app.http.transport.caller import bound_query
from portfolio_app.infra.findings import Finding
from portfolio_app.launcher import doctor
from portfolio_app.launcher.commands import main
from portfolio_app.settings import Settings

PUBLIC = {
    "PUBLIC_URL": "https://site.example",
    "TRUSTED_PROXY_HOPS": "1",
    "SESSION_SECRET": f"{'a' * 40},{'b' * 40}",
}


def lines(found: Iterator[Finding]) -> list[str]:
    return [f"{each.verdict} {each.subject}: {each.words}" for each in found]


def test_a_fresh_install_is_in_order_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("PUBLIC_URL", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("portfolio_app.launcher.commands.load_variables", lambda _: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    assert main(["doctor"]) == 0

    said = capsys.readouterr().out
    assert [line.split(": ")[0].split()[-1] for line in said.splitlines()] == [
        "environment",
        "secrets",
        "descriptors",
        "disk",
        "database",
    ]
    assert "wrong" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["public_url", "$env:PUBLIC_URL", "\u200bPUBLIC_URL"])
def test_a_variable_in_small_letters_or_as_another_shell_has_it_is_named(name: str) -> None:
    _, warned, *_ = lines(doctor.environment(Settings.from_env({}), {name: "https://site.example"}))
    assert warned.endswith("is no variable of the site: is it PUBLIC_URL?")


def test_a_variable_that_was_mistyped_and_a_port_that_is_open_past_the_proxy_are_named() -> None:
    settings = Settings.from_env({**PUBLIC, "HOST": "0.0.0.0"})
    assert lines(doctor.environment(settings, {"REDIS_URI": "x", "PATH": "y", **PUBLIC})) == [
        "ok environment: valid; https://site.example, 1 worker",
        "warning environment: REDIS_URI is no variable of the site: is it REDIS_URL?",
        "ok secrets: 2 in SESSION_SECRET; the first one seals",
        "warning host: every address is listened on: who reaches the port past the proxy names any address as its own",
    ]


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b"])
def test_a_host_that_is_none_of_this_machine_is_wrong(host: str) -> None:
    [_, _, found] = lines(doctor.environment(Settings.from_env({"HOST": host}), {}))
    assert found == f"wrong host: HOST: {host!r} is no address of this machine"


def a_site(connection: object, metrics: int = 403) -> httpx.Client:
    """Answers as the proxy in front of the site does."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/metrics":
            return httpx.Response(metrics)
        return httpx.Response(200, json=connection)

    return httpx.Client(base_url=PUBLIC["PUBLIC_URL"], transport=httpx.MockTransport(answer))


def opens(_url: str, origin: str) -> None:
    assert origin == PUBLIC["PUBLIC_URL"]


def refused(_url: str, _origin: str = "", *, origin: str = "") -> None:
    raise InvalidStatus(Response(HTTPStatus.BAD_REQUEST, "", Headers()))


@pytest.mark.parametrize(
    ("connection", "metrics", "said"),
    [
        (
            {"reason": "websocket", "proxies": 1},
            403,
            [
                "ok address: https://site.example answers",
                "ok proxies: 1, as TRUSTED_PROXY_HOPS says",
                "ok websocket: opens",
            ],
        ),
        (
            {"reason": "origin", "words": "Only a.example.", "proxies": 2},
            200,
            [
                "wrong address: the site that answers at https://site.example has another PUBLIC_URL: Only a.example.",
                (
                    "wrong proxies: TRUSTED_PROXY_HOPS is 1, and a request that went through 2 came here:"
                    " all visitors share the limits of one"
                ),
                "ok websocket: opens",
                "wrong metrics: /metrics is open to everybody: let the proxy send X-Forwarded-For",
            ],
        ),
        (
            {"reason": "websocket", "proxies": 0},
            403,
            [
                "ok address: https://site.example answers",
                (
                    "wrong proxies: TRUSTED_PROXY_HOPS is 1, and a request that went through 0 came here:"
                    " visitors may name any address as their own"
                ),
                "ok websocket: opens",
            ],
        ),
        (["x"], 403, ["wrong address: https://site.example answers with 200, and not as this site"]),
    ],
)
def test_the_public_address_is_asked_as_a_visitor_meets_it(
    connection: object, metrics: int, said: list[str]
) -> None:
    settings = Settings.from_env(PUBLIC)
    assert lines(doctor.address(settings, a_site(connection, metrics), opens)) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(200, text="<html>another site"), "answers with 200, and not as this site"),
        (
            httpx.Response(301, headers={"location": "https://www.site.example/"}),
            "answers with 301 (to https://www.site.example/), and not as this site",
        ),
    ],
)
def test_another_site_at_the_public_address_is_wrong(answer: httpx.Response, said: str) -> None:
    client = httpx.Client(base_url=PUBLIC["PUBLIC_URL"], transport=httpx.MockTransport(lambda _: answer))
    assert lines(doctor.address(Settings.from_env(PUBLIC), client)) == [
        f"wrong address: https://site.example {said}"
    ]


def test_an_address_of_https_at_which_nobody_speaks_tls_is_wrong() -> None:
    with a_program_that_says(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        url = f"https://127.0.0.1:{port}"
        with httpx.Client(base_url=url, trust_env=False) as client:
            [found] = lines(doctor.address(Settings.from_env({**PUBLIC, "PUBLIC_URL": url}), client))
    assert found.startswith(f"wrong address: {url} answers, and not in a TLS that is good here: ")


def test_the_site_takes_the_handshake_that_the_doctor_sends() -> None:
    assert bound_query(urlsplit(doctor._WEBSOCKET).query.encode(), "session") is not None


@contextlib.contextmanager
def a_program_that_says(words: bytes) -> Iterator[int]:
    """Listens on a port, and answers whatever comes with `words`."""

    class Answers(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(words)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


@pytest.mark.parametrize(
    ("words", "is_wrong"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", True),
        (b"220 mail.example ESMTP\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\nportfolio_posts 1\n", False),
    ],
)
def test_a_metrics_port_that_another_program_has_is_named(words: bytes, is_wrong: bool) -> None:
    with a_program_that_says(words) as port:
        found = lines(doctor.metrics_ports(Settings.from_env({"METRICS_PORT": str(port)})))
    assert found == is_wrong * [
        (
            f"wrong metrics: METRICS_PORT: can't listen on 127.0.0.1:{port}: Address already in use,"
            " and no worker of the site with these settings answers there"
        )
    ]


def test_a_proxy_that_passes_no_websocket_on_is_named() -> None:
    site = a_site({"reason": "websocket", "proxies": 1})
    assert lines(doctor.address(Settings.from_env(PUBLIC), site, refused))[-1] == (
        "wrong websocket: refused with 400: does the proxy pass upgrades on?"
    )


def test_an_address_that_can_not_be_reached_from_here_is_no_fault() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    client = httpx.Client(base_url=PUBLIC["PUBLIC_URL"], transport=httpx.MockTransport(fail))
    assert lines(doctor.address(Settings.from_env(PUBLIC), client)) == [
        "warning address: https://site.example can't be asked from here: no route"
    ]
