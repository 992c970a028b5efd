"""How each system is started and spoken to. Everything else in the measure is the same for all."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from benchmarks import npm
from benchmarks.server import ROOT
from portfolio_app.launcher.toolchain import BIN

WS: Final = "8.21.3"
RIVALS = ROOT / "benchmarks" / "rivals"
UVICORN = (
    *(sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--loop", "uvloop"),
    *("--http", "httptools", "--ws", "websockets-sansio", "--no-access-log"),
    *("--ws-per-message-deflate", "false", "--log-level", "warning", "--no-proxy-headers"),
    *("--no-server-header", "--no-date-header"),
)
MARK = re.compile(rb"~(\d{6})~")
SAYINGS = (
    "the build is green again",
    "I will look at the slow query after lunch, it can wait until then",
    "thanks!",
    "has anybody seen the notes from yesterday?",
    "the second page loads twice as fast now, and nobody had to touch the cache",
)


def body(number: int) -> str:
    """A message a person could have written, with its number where a scan finds it."""
    return f"{SAYINGS[number % len(SAYINGS)]} ~{number:06d}~"


def numbers(payload: bytes) -> list[int]:
    """The numbers of all messages in one websocket frame."""
    return [int(digits) for digits in MARK.findall(payload)]


class System(Protocol):
    """One server under test."""

    name: str
    resends_window: bool
    """True when each change sends messages again that a tab already has."""
    ready_path: str

    def command(self, port: int, /) -> list[str]:
        """The command line to run."""

    def env(self, port: int, scratch: Path, /) -> dict[str, str]:
        """Environment of the server; what it keeps in `scratch` goes away with it."""

    def handshake(self, port: int, cookie: str | None, /) -> tuple[str, dict[str, str]]:
        """Path and headers of a tab's websocket."""

    def connect_packet(self) -> str:
        """The socket.io CONNECT packet that puts the tab in the room."""

    def joined(self, payload: bytes) -> bool:
        """Does this frame end the tab's way into the room?"""

    def post(self, number: int) -> str:
        """The frame that posts message `number`."""


def build_site(**environment: str) -> None:
    """Compile the site's frontend if its sources changed, so that no start waits for it."""
    command = [sys.executable, "-m", "portfolio_app", "build"]
    subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True)


HASHES: Final = """
import json, sys
from importlib import import_module
import reflex as rx
from reflex.compiler.utils import compile_state
from reflex.state import state_snapshot_hashes

import_module(sys.argv[1])
print(json.dumps(state_snapshot_hashes(compile_state(rx.State))))
"""


@cache
def compiled_hashes(folder: Path, module: str) -> list[str]:
    """The hashes of its states that a page of `module` is compiled with; takes seconds, once for each."""
    command = [sys.executable, "-c", HASHES, module]
    fixed = {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "__REFLEX_SKIP_COMPILE": "true"}
    done = subprocess.run(
        command, cwd=folder, env=os.environ | fixed, check=True, stdout=subprocess.PIPE, text=True
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


class ReflexTab:
    """The websocket protocol of Reflex 0.10, as its browser runtime speaks it right after a page was loaded."""

    def __init__(self, route: str, send_event: str, folder: Path, module: str) -> None:
        """`module`, imported in `folder`, makes the app."""
        self._router_data = {"pathname": route, "query": {}, "asPath": route}
        self._send_event = send_event
        self._app = (folder, module)

    def handshake(self, port: int, cookie: str | None, /) -> tuple[str, dict[str, str]]:
        """A tab of its own: a fresh token."""
        headers = {"Origin": f"http://localhost:{port}", "Sec-WebSocket-Protocol": "0.10.1"}
        if cookie is not None:
            headers["Cookie"] = cookie
        return f"/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}", headers

    def connect_packet(self) -> str:
        """Hydrate and run the page's on_load, all in the CONNECT packet; it says what the page was compiled with."""
        payload = {"hashes": compiled_hashes(*self._app)}
        return "40/_event," + json.dumps(
            {"event": self._event("reflex___state____state.hydrate_and_load", payload)}
        )

    def joined(self, payload: bytes) -> bool:
        """The page's on_load is done when Reflex says so."""
        return b'"is_hydrated_rx_state_":true' in payload.replace(b" ", b"")

    def post(self, number: int) -> str:
        """The room's send event."""
        payload = {"client_id": uuid.uuid4().hex[:16], "body": body(number)}
        return "42/_event," + json.dumps(["event", self._event(self._send_event, payload)])

    def _event(self, name: str, payload: Mapping[str, object]) -> dict[str, object]:
        return {"name": name, "payload": payload, "router_data": self._router_data}


class Site(ReflexTab):
    """This site as it is served: its launcher, a fresh SQLite database, only the rate limits off."""

    name = "portfolio_app"
    resends_window = False
    ready_path = "/api/ready"

    def __init__(self) -> None:
        # Late: only this system's driver needs the site's own modules.
        from portfolio_app.http.chat.state import ChatState

        send = f"{ChatState.get_full_name()}.send"
        super().__init__("/chat", send, ROOT, "portfolio_app.portfolio_app")

    def command(self, _port: int, /) -> list[str]:
        """The same command as `make run`."""
        return [sys.executable, "-m", "portfolio_app", "serve"]

    def env(self, port: int, scratch: Path, /) -> dict[str, str]:
        """An environment without the caller's own configuration, with a database of its own."""
        unset = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "WORKERS", "PUBLIC_URL", "SESSION_SECRET"), "")
        own = {
            "PORT": str(port),
            "HOST": "127.0.0.1",
            "DATA_DIR": str(scratch),
            "RATE_LIMITS": "off",
            "SELF_CHECK": "off",
        }
        return {**unset, **own, "OTEL_EXPORTER_OTLP_ENDPOINT": "", "PYTHONPATH": str(ROOT)}


class SharedStateRival(ReflexTab):
    """The chat in the framework's idiom."""

    name = "reflex-shared-state"
    resends_window = True
    ready_path = "/ping"

    def __init__(self) -> None:
        super().__init__(
            "/chat",
            "reflex___state____state.reflex___istate___shared____shared_state_base_internal"
            ".shared_state___shared_state____room.send",
            RIVALS / "shared_state",
            "shared_state.shared_state",
        )

    def command(self, port: int, /) -> list[str]:
        """Its backend alone, on the same server and loop."""
        target = ["--factory", "shared_state.shared_state:app"]
        return [*UVICORN, "--port", str(port), *target]

    def env(self, _port: int, _scratch: Path, /) -> dict[str, str]:
        """No frontend, so nothing to compile."""
        return {"PYTHONPATH": str(RIVALS / "shared_state"), "__REFLEX_SKIP_COMPILE": "true"}


class BlankRival(ReflexTab):
    """A page of Reflex that shows one var; nothing can be posted in it."""

    name = "reflex-blank"
    resends_window = False
    ready_path = "/ping"

    def __init__(self) -> None:
        super().__init__("/", "", RIVALS / "blank", "blank.blank")

    def command(self, port: int, /) -> list[str]:
        """Its backend alone, on the same server and loop."""
        return [*UVICORN, "--port", str(port), "--factory", "blank.blank:app"]

    def env(self, _port: int, _scratch: Path, /) -> dict[str, str]:
        """No frontend, so nothing to compile."""
        return {"PYTHONPATH": str(RIVALS / "blank"), "__REFLEX_SKIP_COMPILE": "true"}


class SocketioRival:
    """Room emit of python-socketio and nothing else."""

    name = "socketio"
    resends_window = False
    ready_path = "/socket.io/"

    def command(self, port: int, /) -> list[str]:
        """The same server and loop."""
        return [*UVICORN, "--port", str(port), "socketio_room:app"]

    def env(self, _port: int, _scratch: Path, /) -> dict[str, str]:
        """Where the rival is."""
        return {"PYTHONPATH": str(RIVALS)}

    def handshake(self, port: int, _cookie: str | None, /) -> tuple[str, dict[str, str]]:
        """Anyone may join."""
        return "/socket.io/?EIO=4&transport=websocket", {"Origin": f"http://localhost:{port}"}

    def connect_packet(self) -> str:
        """The default namespace."""
        return "40"

    def joined(self, payload: bytes) -> bool:
        """The server's answer to CONNECT."""
        return payload.startswith(b"40")

    def post(self, number: int) -> str:
        """The room's send event."""
        return "42" + json.dumps(["send", uuid.uuid4().hex[:16], body(number)])


class NodeRival(SocketioRival):
    """A bare broadcaster on Node's `ws`; its client speaks as the one of bare socket.io."""

    name = "node-ws"
    ready_path = "/"

    def command(self, port: int, /) -> list[str]:
        """The Node.js of the site, with the library itself from npm."""
        return [str(BIN / "node"), str(RIVALS / "ws_room.mjs"), str(port), str(npm.installed("ws", WS))]

    def handshake(self, port: int, _cookie: str | None, /) -> tuple[str, dict[str, str]]:
        """Anyone may join."""
        return "/", {"Origin": f"http://localhost:{port}"}
