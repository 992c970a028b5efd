"""The samples for proxies follow one list of rules, each in its own language."""

import re
from typing import Final

import pytest

from portfolio_app.http.transport.frames import full
from tests.site import ROOT

SAMPLES: Final = {
    name: re.sub(r"(?m)#.*$", "", (ROOT / "ops" / file).read_text())
    for name, file in {
        "caddy": "Caddyfile",
        "nginx": "nginx/portfolio.conf",
        "haproxy": "haproxy/haproxy.cfg",
    }.items()
}
"""Without their comments."""
INSIDE: Final = ("/metrics", "/api/live", "/api/ready")
PING_S: Final = 25
"""The server speaks on every websocket so often; a proxy that waits for less closes those of readers."""


def lines_of(name: str) -> list[str]:
    """Of a sample, without their indentation."""
    return [" ".join(line.split()) for line in SAMPLES[name].splitlines() if line.strip()]


def test_metrics_and_health_are_the_operators() -> None:
    assert f"@inside path {' '.join(INSIDE)}" in lines_of("caddy")
    assert "respond @inside 404" in lines_of("caddy")
    for path in INSIDE:
        assert f"location = {path} {{ return 404; }}" in lines_of("nginx")
    refused = f"http-request return status 404 if {{ path,url_dec -i -m str {' '.join(INSIDE)} }}"
    proxy = lines_of("haproxy")
    assert proxy.index(refused) < proxy.index("default_backend site")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_site_is_asked_where_degraded_is_as_good_as_ready(name: str) -> None:
    asked = {
        "caddy": "health_uri /api/ready",
        "haproxy": "http-check send meth GET uri /api/ready ver HTTP/1.1 hdr Host you.example",
        "nginx": "server 127.0.0.1:3000 max_fails=0;",  # it asks nobody: a host that fails is asked again at once
    }
    assert asked[name] in lines_of(name)
    expected = [line for line in lines_of(name) if "expect" in line or "health_status" in line]
    assert expected == (["http-check expect status 200"] if name == "haproxy" else [])
    assert "degraded" not in SAMPLES[name]


def test_the_address_of_a_visitor_is_what_the_proxy_saw_whatever_the_visitor_says() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in lines_of("nginx")
    assert "$proxy_add_x_forwarded_for" not in SAMPLES["nginx"]
    assert "http-request set-header X-Forwarded-For %[src]" in lines_of("haproxy")
    assert "forwardfor" not in SAMPLES["haproxy"]
    # Caddy replaces it by itself, unless it is told whom to believe or what to write.
    assert not re.search(r"trusted_proxies|header_up", SAMPLES["caddy"])
    for file in ("Caddyfile", "nginx/portfolio.conf", "haproxy/haproxy.cfg"):
        assert "TRUSTED_PROXY_HOPS=1" in (ROOT / "ops" / file).read_text()


@pytest.mark.parametrize("name", SAMPLES)
def test_any_host_answers_any_request(name: str) -> None:
    sticky = (
        r"\b(ip_hash|hash|sticky|stick|stick-table|cookie|appsession|client_ip_hash|balance (?!roundrobin))"
    )
    assert not re.search(sticky, SAMPLES[name])


def test_a_websocket_on_which_only_the_server_speaks_stays_open() -> None:
    assert f'"pingInterval": {PING_S}_000' in (ROOT / full.__file__).read_text()
    waits = re.findall(r"proxy_(?:read|send)_timeout (\d+)s;", SAMPLES["nginx"])
    tunnels = dict(re.findall(r"timeout (client|server|tunnel) (\d+)s", SAMPLES["haproxy"]))
    assert len(waits) == 2
    assert set(tunnels) == {"client", "server", "tunnel"}
    assert min(map(int, (*waits, *tunnels.values()))) > 2 * PING_S
    assert "proxy_set_header Upgrade $http_upgrade;" in lines_of("nginx")
    assert "proxy_buffering off;" in lines_of("nginx")
    assert not re.search(r"(read|write)_timeout|flush_interval", SAMPLES["caddy"])


def test_a_file_that_one_host_does_not_have_is_asked_of_the_next() -> None:
    files = SAMPLES["nginx"].partition("location ~ ^/(?:assets|pictures)/ {")[2].partition("}")[0]
    assert "proxy_next_upstream error timeout http_404;" in files
    # Elsewhere a page that there isn't would be asked of every host.
    assert SAMPLES["nginx"].count("http_404") == 1
    rules, backend = SAMPLES["haproxy"].split("\nbackend files")
    assert "use_backend files if { path_beg /assets/ /pictures/ }" in lines_of("haproxy")
    assert "retry-on conn-failure 404" in backend
    assert "404" not in rules.partition("\nbackend site")[2]
    assert "option redispatch 1" in lines_of("haproxy")


def test_what_a_host_did_not_answer_is_asked_of_the_next_but_nothing_is_sent_twice() -> None:
    assert "proxy_next_upstream error timeout;" in lines_of("nginx")
    assert "non_idempotent" not in SAMPLES["nginx"]
    asked, unless = "retry-on conn-failure empty-response", "http-request disable-l7-retry unless METH_GET"
    assert lines_of("haproxy").index(unless) == lines_of("haproxy").index(asked) + 1
    # Caddy tries again what never arrived, and of the rest what reads, unless it is told what matches.
    assert "lb_try_duration 5s" in lines_of("caddy")
    assert "lb_retry_match" not in SAMPLES["caddy"]


@pytest.mark.parametrize("name", ["caddy", "nginx"])
def test_what_is_opened_is_closed(name: str) -> None:
    assert SAMPLES[name].count("{") == SAMPLES[name].count("}")
