"""One owner of an address, and a clear line for whoever comes second."""

import signal
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from portfolio_app.launcher.address import UNREAD_S, answers, claim
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.serving import _Supervisor
from portfolio_app.launcher.worker import Configuration
from tests.site import free_port


class Status(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def http_server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Status) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_taken_port_is_one_line_that_names_it() -> None:
    port = free_port()
    with claim("127.0.0.1", port), pytest.raises(LaunchError, match=rf"PORT: .*127\.0\.0\.1:{port}"):
        claim("127.0.0.1", port)


def test_nobody_can_connect_to_what_can_not_answer_yet() -> None:
    port = free_port()
    with claim("127.0.0.1", port, listens=False) as claimed:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        claimed.listen(1)
        socket.create_connection(("127.0.0.1", port)).close()
        with pytest.raises(LaunchError, match=r"PORT: .*Address already in use"):
            claim("127.0.0.1", port)


def test_an_address_of_another_machine_is_one_line_that_names_the_host() -> None:
    with pytest.raises(LaunchError, match=r"HOST: .*192\.0\.2\.1"):
        claim("192.0.2.1", free_port())


@pytest.mark.parametrize("host", ["a..b", "x" * 70, "http://localhost", "127.0.0.1:80"])
def test_what_is_no_name_of_a_host_is_one_line_that_names_the_variable(host: str) -> None:
    with pytest.raises(LaunchError, match=r"HOST: .* is no address of this machine: "):
        claim(host, free_port())


def test_a_released_port_can_be_claimed_again() -> None:
    port = free_port()
    claim("127.0.0.1", port).close()

    claim("127.0.0.1", port).close()


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_an_address_of_another_machine_is_one_line(host: str) -> None:
    with pytest.raises(LaunchError):
        claim(host, free_port())


@pytest.mark.parametrize(("status", "expected"), [(200, True), (404, True), (500, False), (503, False)])
def test_any_answer_but_a_server_error_counts(http_server: HTTPServer, status: int, expected: bool) -> None:
    Status.status = status

    assert answers("127.0.0.1", http_server.server_port) is expected


def test_an_unspecified_address_is_asked_on_loopback(http_server: HTTPServer) -> None:
    Status.status = 200

    assert answers("0.0.0.0", http_server.server_port)


def test_nobody_listening_is_no_answer() -> None:
    assert not answers("127.0.0.1", free_port())


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system has no such bound")
def test_whoever_connects_is_cut_off_when_they_read_nothing_for_long() -> None:
    with claim("127.0.0.1", free_port()) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNREAD_S * 1000


class Dead:
    """A worker that has ended."""

    exitcode = 1
    process = property(lambda self: self)

    def is_alive(self, timeout: float = 0) -> bool:
        return False

    def terminate(self) -> None:
        """It has."""

    def join(self, timeout: float = 0) -> None:
        """It has."""


def supervisor(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> _Supervisor:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # it takes all of them from this process
    made = _Supervisor(Configuration("", port=listener.getsockname()[1], workers=1), [listener])
    made.processes = [Dead()]  # type: ignore[list-item]
    monkeypatch.setattr(made, "init_processes", lambda: None)
    return made


def test_of_two_starts_at_once_the_later_one_ends_with_the_line_of_a_taken_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    with claim("127.0.0.1", port, listens=False) as ours, claim("127.0.0.1", port):
        with pytest.raises(LaunchError, match=r"PORT: .*Address already in use"):
            supervisor(ours, monkeypatch).run()
        assert ours.fileno() == -1


def test_a_launcher_whose_workers_stop_takes_no_connections_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with claim("127.0.0.1", free_port()) as listener:
        supervisor(listener, monkeypatch).terminate_all()
        assert listener.fileno() == -1
