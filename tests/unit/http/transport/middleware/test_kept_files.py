"""What a browser may keep for good."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from portfolio_app.http.transport.middleware.documents import KeptFiles


async def found(_: object) -> PlainTextResponse:
    return PlainTextResponse("")


SITE = KeptFiles(Starlette(routes=[Route("/assets/a-1f2e.js", found), Route("/", found)]))


@pytest.mark.parametrize(
    ("path", "kept"), [("/assets/a-1f2e.js", True), ("/assets/gone.js", False), ("/", False)]
)
async def test_only_a_file_that_is_named_by_its_content_is_kept(path: str, kept: bool) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=SITE), base_url="http://site") as client:
        answer = await client.get(path)
    assert ("immutable" in answer.headers.get("cache-control", "")) is kept
