import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.http.asgi import route_names, routes
from portfolio_app.http.site import all_pages
from portfolio_app.http.transport.routing import OTHER, RouteNames


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "/"),
        ("/chat", "/chat"),
        ("/chat/", "/chat"),
        ("/chat/lobby", "/chat/{slug}"),
        ("/api/live", "/api/live"),
        ("/api/anything/else", "/api/{rest}"),
        ("/assets/reflex-env-1a2b.js", "/assets/{file}"),
        ("/wp-login.php", OTHER),
        ("/chat/lobby/0123456789abcdef", "/chat/{slug}/{message_id}"),
        ("/chat/lobby/deeper/still", OTHER),
    ],
)
def test_a_path_is_named_after_its_route(path: str, name: str) -> None:
    assert route_names().of(path) == name


@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_path_makes_a_new_name(parts: list[str]) -> None:
    known = len(routes()) + len(all_pages()) + 2
    names = route_names()
    found = {names.of("/" + "/".join(parts)), names.of("/chat/" + "/".join(parts))}
    assert all(
        "{" in name or name in (OTHER, *(page.route.rstrip("/") or "/" for page in all_pages()))
        for name in found
    )
    assert len(found) <= known


def test_a_rest_of_a_path_is_one_name() -> None:
    assert RouteNames(["/files/[[...splat]]"]).of("/files/a/b/c") == "/files/{splat}"
