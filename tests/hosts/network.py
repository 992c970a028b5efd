"""Hosts with kernels' own TCP between them: network namespaces, each with a cable to one bridge.

Nothing of it is visible in the machine's own network: the bridge lives in a namespace, too. All of it ends with the
descriptors that this process holds. A cable that is down swallows packets, as that of a host which vanished: no side
hears of an end or a reset.
"""

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeVar

T = TypeVar("T")

_CLONE_NEWNET: Final = 0x40000000
_NET: Final = "10.77.0."
_NOBODY: Final = "02:00:00:00:00:fe"
"""An address that no cable has: what is sent there arrives nowhere."""


class NotAllowed(Exception):
    """This machine makes no namespaces for this user; the text says why."""


class Namespace:
    """A network of its own, for as long as it is not closed."""

    def __init__(self) -> None:
        def make() -> int:
            _call("unshare", _CLONE_NEWNET)
            return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

        self._descriptor = _on_a_thread(make)

    def run(self, work: Callable[[], T]) -> T:
        """Call `work` inside: sockets that it opens, and processes that it starts, belong there for good."""

        def inside() -> T:
            _call("setns", self._descriptor, _CLONE_NEWNET)
            return work()

        return _on_a_thread(inside)

    def ip(self, *words: str, other: "Namespace | None" = None) -> None:
        """Run `ip` inside; `other` is the namespace that the last word is to be."""
        passed = () if other is None else (other._descriptor,)
        command = ["ip", *words, *(f"/proc/self/fd/{each}" for each in passed)]
        try:
            self.run(
                lambda: subprocess.run(command, check=True, capture_output=True, text=True, pass_fds=passed)
            )
        except FileNotFoundError:
            raise NotAllowed("there is no `ip`: install iproute2") from None
        except subprocess.CalledProcessError as error:
            raise NotAllowed(f"{' '.join(command)}: {error.stderr.strip()}") from None

    def close(self) -> None:
        """Let go of it; it ends with its last socket and process."""
        os.close(self._descriptor)


@dataclass
class Network:
    """Hosts by name, each with an address, on one bridge."""

    switch: Namespace = field(default_factory=Namespace)
    hosts: dict[str, Namespace] = field(default_factory=dict)

    def add(self, name: str) -> Namespace:
        """A host more, on the bridge."""
        host = self.hosts[name] = Namespace()
        self.switch.ip(
            "link", "add", "name", name, "type", "veth", "peer", "name", "eth0", "netns", other=host
        )
        self.switch.ip("link", "set", "dev", name, "master", "bridge", "up")
        host.ip("address", "add", f"{self.address(name)}/24", "dev", "eth0")
        for interface in ("lo", "eth0"):
            host.ip("link", "set", "dev", interface, "up")
        return host

    @property
    def range(self) -> str:
        """All addresses of it."""
        return f"{_NET}0/24"

    def address(self, name: str) -> str:
        """The address of a host."""
        return f"{_NET}{[*self.hosts].index(name) + 1}"

    def vanish(self, name: str) -> None:
        """Pull the cable of a host."""
        self.switch.ip("link", "set", "dev", name, "down")

    def come_back(self, name: str) -> None:
        """Plug it in again."""
        self.switch.ip("link", "set", "dev", name, "up")

    def part(self, one: str, other: str) -> None:
        """Lose every packet between two hosts; all others still reach both."""
        for here, there in ((one, other), (other, one)):
            words = ("to", self.address(there), "lladdr", _NOBODY, "dev", "eth0", "nud", "permanent")
            self.hosts[here].ip("neighbour", "replace", *words)

    def join(self, one: str, other: str) -> None:
        """Let packets between two hosts through again."""
        for here, there in ((one, other), (other, one)):
            self.hosts[here].ip("neighbour", "del", self.address(there), "dev", "eth0")

    def connection(self, name: str, to: str, port: int) -> socket.socket:
        """A connection that a host opens to another one; raises OSError."""
        address = self.address(to)
        return self.hosts[name].run(lambda: socket.create_connection((address, port), 5))


@contextmanager
def network(*names: str) -> Iterator[Network]:
    """A network of these hosts, until the block ends. Raises `NotAllowed`."""
    made = Network()
    try:
        made.switch.ip("link", "add", "name", "bridge", "type", "bridge")
        made.switch.ip("link", "set", "dev", "bridge", "up")
        for name in names:
            made.add(name)
        yield made
    finally:
        for namespace in (*made.hosts.values(), made.switch):
            namespace.close()


@cache
def why_not() -> str:
    """Why this machine makes no such network; empty if it does."""
    try:
        with network("one", "two"):
            return ""
    except NotAllowed as error:
        return str(error)


def _call(name: str, *arguments: int) -> None:
    try:
        function = getattr(ctypes.CDLL(None, use_errno=True), name)
    except AttributeError:
        raise NotAllowed("only Linux has network namespaces") from None
    if function(*arguments) != 0:
        raise NotAllowed(f"{name}: {os.strerror(ctypes.get_errno())}")


def _on_a_thread(work: Callable[[], T]) -> T:
    """Call it on a thread of its own, as a thread is what belongs to a namespace; raises what it raises."""
    results: list[T] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    for error in errors:
        raise error
    return results[0]
