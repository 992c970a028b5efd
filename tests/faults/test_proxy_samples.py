"""The samples of `ops/` in front of two hosts of which one is away or has other files: what they let through."""

import json
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx
import pytest
from httpx._transports import default as transports

from tests.proxies import SAMPLES, Certificate, certificate, proxy
from tests.site import Site, free_port, running_site
from tests.socket.room import post
from tests.socket.visitor import Visitor

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(sys.platform != "linux", reason="the proxies in requirements-dev.in are for Linux"),
]

INSIDE: Final = ("/metrics", "/api/live", "/api/ready", "/%6detrics", "/api/%72eady?now", "/api/live?")
ASKED: Final = 8
_FILE: Final = re.compile(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"')


class _OtherHost(BaseHTTPRequestHandler):
    """A host that stops: not ready, has none of the files, and hangs up at everything else."""

    def do_GET(self) -> None:
        if self.path.startswith(("/assets/", "/api/ready")):
            self.send_response(404 if self.path.startswith("/assets/") else 503)
            self.send_header("content-length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@dataclass
class Known:
    """A site that visitors know by the address of a proxy."""

    site: Site
    files: Certificate
    tls: int

    def beside(self, other: ThreadingHTTPServer) -> tuple[int, int]:
        """The ports of the site and of another host."""
        return httpx.URL(self.site.url).port or 0, int(other.server_address[1])


@pytest.fixture
def other() -> Iterator[ThreadingHTTPServer]:
    """A host that can do nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OtherHost)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server
    server.shutdown()
    server.server_close()
    serving.join()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    folder, tls = tmp_path_factory.mktemp("hosts"), free_port()
    files = certificate(folder)
    with (
        pytest.MonkeyPatch.context() as patch,
        running_site(
            folder / "data",
            PUBLIC_URL=f"https://localhost:{tls}",
            TRUSTED_PROXY_HOPS="1",
            SESSION_SECRET="a secret that is long enough for every host",
        ) as site,
    ):
        # Believed by everything in this process that speaks TLS.
        patch.setenv("SSL_CERT_FILE", str(files.certificate))
        transports.create_ssl_context.cache_clear()  # type: ignore[attr-defined]  # cached by tests/conftest.py
        yield Known(site, files, tls)
    transports.create_ssl_context.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_lets_visitors_through_to_the_host_that_works_and_keeps_inside_what_is_the_operators(
    name: str, known: Known, other: ThreadingHTTPServer, tmp_path: Path
) -> None:
    with proxy(name, tmp_path, known.files, known.beside(other), known.tls) as front:
        site = replace(known.site, url=front.url)
        async with httpx.AsyncClient(base_url=front.url, timeout=60) as client:
            inside = [(await client.get(path)).status_code for path in INSIDE]
            pages = [await client.get("/") for _ in range(ASKED)]
            files = _FILE.findall(pages[0].text)
            found = [(await client.get(file)).status_code for file in files for _ in range(ASKED)]
            plain = await client.get(f"{front.plain_url}/chat?at=1")
            other.shutdown()
            other.server_close()
            sent = [(await client.post("/plain/lobby")).status_code for _ in range(ASKED)]
        assert not [status for status in sent if status >= 500]
        assert inside == [404] * len(INSIDE)
        assert [page.status_code for page in pages] == [200] * ASKED
        assert files
        assert found == [200] * len(found)
        assert plain.status_code in {301, 308}
        assert re.fullmatch(r"https://localhost(:\d+)?/chat\?at=1", plain.headers["location"])
        async with Visitor(site) as ann, ann.tab() as writes, ann.tab() as reads:
            await writes.boot("/chat")
            await reads.boot("/chat")
            await post(writes, f"through {name}")
            await reads.until(lambda: f"through {name}" in json.dumps(reads.state))
            await ann.register()
            async with ann.tab() as account:
                await account.boot("/account")
                shown = json.dumps(account.state)
        # What a visitor says of their own address is not believed.
        forged = ann.proxy["x-forwarded-for"].rpartition(".")[0]
        assert "127.0.0.0/24" in shown
        assert forged not in shown
        assert ann.cookie is not None
        assert ann.cookie.startswith("__Host-")
