"""Feeds of case studies and articles (all, of one kind, with one tag), and the résumé as JSON Resume."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portfolio_app.http.content import crawlers as written
from portfolio_app.http.content.crawlers import Feed
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Article
from portfolio_app.http.transport import runtime
from portfolio_app.http.writing.pages import tagged
from portfolio_app.http.writing.parts import HEADINGS
from portfolio_app.words import t

_FRESH_FOR: Final = {"cache-control": "public, max-age=300"}


def routes() -> tuple[Route, ...]:
    """Each feed as Atom and as JSON Feed, the résumé, and the former addresses of articles."""
    found = {
        "/feed": _all,
        "/work/feed": _of_kind,
        "/writing/feed": _of_kind,
        "/writing/tag/{tag}/feed": _of_tag,
    }
    feeds = tuple(
        Route(f"{path}.{ending}", _answer(find, as_atom=ending == "xml"))
        for path, find in found.items()
        for ending in ("xml", "json")
    )
    found_again = tuple(
        Route(path, _at(article)) for article in content().articles for path in article.former_paths
    )
    return (*feeds, *found_again, *([Route("/resume.json", resume)] if content().profile.resume else []))


def _at(article: Article) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        page, place, name = article.path.partition("#")
        return RedirectResponse(f"{page}{query}{place}{name}", 301, _FRESH_FOR)

    return answer


def _answer(
    find: Callable[[Request], Feed | None], *, as_atom: bool
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if (feed := find(request)) is None:
            return PlainTextResponse(t("There is no such tag."), 404)
        origin = runtime.options().public_url
        if as_atom:
            text = written.atom(content(), origin, feed)
            return Response(text, headers=_FRESH_FOR, media_type="application/atom+xml")
        listed = written.json_feed(content(), origin, feed)
        return JSONResponse(listed, headers=_FRESH_FOR, media_type="application/feed+json")

    return answer


async def resume(_request: Request) -> Response:
    """The résumé as JSON Resume; an address of its own goes before that of the site."""
    document = dict(content().resume)
    basics = document.get("basics") or {}
    if isinstance(basics, dict):
        document["basics"] = {"url": runtime.options().public_url, **basics}
    return JSONResponse(document, headers=_FRESH_FOR)


def _all(_: Request) -> Feed:
    return written.whole_feed(content())


def _of_kind(request: Request) -> Feed:
    kind, found = request.scope["path"].split("/")[1], content()
    articles = found.work if kind == "work" else found.writing
    heading = HEADINGS["work" if kind == "work" else "writing"]
    return Feed(f"{found.profile.site}: {heading}", f"/{kind}", f"/{kind}/feed", articles)


def _of_tag(request: Request) -> Feed | None:
    found = {tag.address: tag for tag in tagged(content().articles)}
    if (tag := found.get(request.path_params["tag"])) is None:
        return None
    return Feed(f"{content().profile.site}: {tag.name}", tag.path, f"{tag.path}/feed", tag.articles)
