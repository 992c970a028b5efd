import base64
import hashlib
from pathlib import Path

import pytest

from portfolio_app.http.build.browser_files import scripts
from portfolio_app.http.site import features
from portfolio_app.http.transport.middleware.policy import (
    NOTHING,
    PagePolicies,
    inline_script_hashes,
)


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@pytest.fixture
def policies(tmp_path: Path) -> PagePolicies:
    (tmp_path / "index.html").write_text("<script>front()</script>")
    (tmp_path / "404.html").write_text("<script>lost()</script>")
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "index.html").write_text("<script>chat()</script>")
    return PagePolicies(tmp_path, ["http://localhost:3000", "https://site.example"])


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("/", "front()"),
        ("/chat", "chat()"),
        ("/chat/", "chat()"),
        ("/nowhere", "lost()"),
        ("/chat/x", "lost()"),
    ],
)
def test_each_page_allows_its_own_inline_scripts(policies: PagePolicies, path: str, script: str) -> None:
    allowed = policies.of(path)
    assert hash_of(script) in allowed
    assert allowed.count("sha256-") == 1


def test_scripts_are_hashed_as_they_stand_and_external_ones_are_not() -> None:
    html = (
        '<script>a &amp; "b" </script><script src="/x.js"></script>'
        '<SCRIPT type="module">\n import "/y";\n</SCRIPT>'
        '<p>not a script</p><script>a &amp; "b" </script>'
    )
    assert [f"'{found}'" for found in inline_script_hashes(html)] == [
        hash_of('a &amp; "b" '),
        hash_of('\n import "/y";\n'),
    ]


def test_a_page_may_not_evaluate_text_be_framed_or_post_elsewhere(policies: PagePolicies) -> None:
    policy = policies.of("/")
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy
    for rule in ("base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy


def test_a_page_may_open_websockets_to_this_site_only(policies: PagePolicies) -> None:
    assert "connect-src 'self' ws://localhost:3000 wss://site.example;" in policies.of("/")


def test_without_built_pages_nothing_is_allowed() -> None:
    assert PagePolicies(None, []).of("/") == NOTHING


def test_a_worker_is_a_script_of_this_site_and_may_reach_nothing_else(policies: PagePolicies) -> None:
    assert "worker-src 'self';" in policies.of("/")
    for path, policy in [pair for feature in features() for pair in feature.workers.items()]:
        assert Path("public") / path.strip("/") in scripts()
        assert policy == "default-src 'none'; connect-src 'self'"
