import json

import pytest

from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.transport.headers import read_cookie, resealed_cookie, set_cookie
from tests.unit.http.site import FakeSite


def test_a_cookie_comes_back_as_the_secret_it_was_made_of(site: FakeSite) -> None:
    secret = SessionSecret.generate()
    pair = set_cookie(secret).split(";")[0]
    assert read_cookie(f"theme=dark; {pair}; other=1") == secret


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(site: FakeSite) -> None:
    parts = set_cookie(SessionSecret.generate()).split("; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=7776000"} <= set(parts)
    assert "Secure" not in parts
    assert parts[0].startswith("portfolio_session=")


def test_under_https_the_cookie_is_secure_and_tied_to_the_host(site: FakeSite) -> None:
    site.install(secure_cookies=True)
    parts = set_cookie(SessionSecret.generate()).split("; ")
    assert parts[0].startswith("__Host-portfolio_session=")
    assert "Secure" in parts
    assert not [part for part in parts if part.startswith("Domain")]


def test_the_value_of_the_cookie_does_not_show_the_secret(site: FakeSite) -> None:
    secret = SessionSecret.generate()
    assert secret.value not in set_cookie(secret)


@pytest.mark.parametrize(
    "header",
    [None, "", "portfolio_session=", "portfolio_session=forged", "portfolio_session=é", "x=" + "y" * 5000],
)
def test_a_missing_or_forged_cookie_is_nobodys(site: FakeSite, header: str | None) -> None:
    assert read_cookie(header) is None


@pytest.mark.parametrize("content", [["ticket", "s", None, "secret"], ["session"], {"session": "x"}, "x", 3])
def test_something_else_that_is_sealed_is_no_cookie(site: FakeSite, content: object) -> None:
    sealed = site.sealer.seal(json.dumps(content))
    assert read_cookie(f"portfolio_session={sealed}") is None


def test_what_a_newer_version_put_behind_the_secret_signs_nobody_out(site: FakeSite) -> None:
    secret = SessionSecret.generate()
    sealed = site.sealer.seal(json.dumps(["session", secret.value, {"theme": "dark"}]))
    assert read_cookie(f"portfolio_session={sealed}") == secret
    sealed = site.sealer.seal("a cookie of tomorrow")
    assert read_cookie(f"portfolio_session={sealed}") is None


def test_a_cookie_that_a_former_secret_has_sealed_is_due_again(site: FakeSite) -> None:
    secret = SessionSecret.generate()
    pair = set_cookie(secret).split(";")[0]
    name, _, token = pair.partition("=sealed-")

    due = resealed_cookie(f"theme=dark; {name}=sealed-{token.upper()}")

    assert due == set_cookie(secret)
    assert resealed_cookie(pair) == resealed_cookie(None) == resealed_cookie(f"{name}=forged") == ""
