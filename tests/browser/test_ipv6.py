"""A site that listens on all addresses, of both kinds."""

from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import BrowserContext

from tests.browser.scenes import text
from tests.browser.visitor import Visitor
from tests.site import running_site
from tests.waiting import wait_until

NETWORKS = {
    "2001:db8::1": 201,
    "2001:db8::2": 201,
    "2001:db8::3": 429,
    "2001:db8:0:1::1": 201,
    "192.0.2.1": 201,
}
"""Each /64 may have two runs under way."""


def test_a_site_on_all_addresses_is_live_at_each_and_counts_a_64_as_one_network(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    with running_site(tmp_path, HOST="::", TRUSTED_PROXY_HOPS="1", SELF_CHECK="on") as site:
        port = site.url.rpartition(":")[2]
        tabs = [
            Visitor.arrive(new_context(base_url=f"http://{host}:{port}").new_page(), "/chat")
            for host in ("[::1]", "127.0.0.1", "localhost")
        ]
        said = [text() for _ in tabs]
        for tab, body in zip(tabs, said, strict=True):
            tab.post(body)
            for each in tabs:
                each.expect_message(body)
        tabs[0].page.reload()
        tabs[0].expect_message(said[-1])

        wait_until(
            lambda: [run["by_site"] for run in httpx.get(f"{site.url}/api/runs").json()["runs"]] == [True]
        )
        own = {"origin": f"http://[::1]:{port}"}
        run = {"size": 100, "workers": 1, "mode": "noop"}
        for address, answer in NETWORKS.items():
            started = httpx.post(
                f"http://[::1]:{port}/api/burst/runs", json=run, headers=own | {"x-forwarded-for": address}
            )
            assert started.status_code == answer, (address, started.text)
        assert "refused the origin" not in site.output()
        for tab in tabs:
            tab.page.context.close()
