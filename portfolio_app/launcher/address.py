"""The one address the site listens on."""

import errno
import socket
import urllib.error
import urllib.request

from portfolio_app.launcher.errors import LaunchError

BACKLOG = 2048
UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
PROBE = "/api/live"
UNREAD_S = 30
"""A client that takes nothing of what is sent to it for so long is cut off. Closing would wait for it for ever."""


def claim(
    host: str, port: int, port_name: str = "PORT", host_name: str = "HOST", *, listens: bool = True
) -> socket.socket:
    """Own the address until the socket is closed. Raises LaunchError when it is taken or not ours.

    The error calls both by the names of their variables. Without `listens` nobody can connect before the server that
    gets the socket can answer: a proxy that connects to a host which is starting would wait there instead of asking the
    next one.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        claimed = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:  # Python writes a name as DNS has it before it asks for it
        reason = error.strerror if isinstance(error, OSError) else "not a name that a host can have"
        raise LaunchError(f"{host_name}: {host!r} is no address of this machine: {reason}") from None
    try:
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bound_unread(claimed)
        claimed.bind(address)
        if listens:
            claimed.listen(BACKLOG)
    except OSError as error:
        claimed.close()
        variable = host_name if error.errno == errno.EADDRNOTAVAIL else port_name
        raise taken(host, port, error, variable) from None
    claimed.set_inheritable(True)
    return claimed


def taken(host: str, port: int, error: OSError, variable: str = "PORT") -> LaunchError:
    """Why the address can't be listened on, in a line."""
    return LaunchError(f"{variable}: can't listen on {host}:{port}: {error.strerror}")


def _bound_unread(listener: socket.socket) -> None:
    # Accepted connections inherit it. Linux has it; elsewhere a client that never reads keeps its socket open.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_S * 1000)


def reachable(host: str, port: int) -> str:
    """The address at which this machine reaches what listens on `host`."""
    name = UNSPECIFIED.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def answers(host: str, port: int) -> bool:
    """Whether an HTTP request to the address gets any answer but a server error."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{reachable(host, port)}{PROBE}", timeout=10):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False
