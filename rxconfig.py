"""Reflex's own configuration, derived from the settings.

What ends up in the browser bundle depends on nothing here that the environment can change: one build serves
every port, host and origin.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import reflex as rx
from reflex.compiler.utils import get_page_path
from reflex.constants import StateManagerMode
from reflex.plugins import Plugin, SitemapPlugin
from reflex.utils.exec import is_prod_mode
from reflex.utils.prerequisites import get_web_dir
from reflex_base.plugins.base import CommonContext, PostBuildContext, PreCompileContext

from portfolio_app.http import site
from portfolio_app.http.build import browser_files
from portfolio_app.http.build.browser_files import MODULE, OTHERS, SharedComponents
from portfolio_app.http.content.loader import content
from portfolio_app.settings import Settings

STATE_EXPIRY_S = 15 * 60
"""A tab that sent no event for this long starts from a fresh state; its rows are in the database anyway."""

_WRITTEN = "((work|writing)/(tag/[^/]+/)?)?feed\\\\.(xml|json)|resume\\\\.json|sitemap\\\\.xml|robots\\\\.txt"
SERVER_PATHS = f"^/(api|session|unsent|plain|metrics|{_WRITTEN})(/|\\\\?|$)"
"""Addresses that Starlette routes answer, as a JavaScript pattern: in `make dev` pages come from another port."""

DEVELOPMENT = "../portfolio_app/launcher/hot/vite_plugin.mjs"
"""Seen from `.web`, so that one compile serves the checkout wherever it is moved."""

RUNTIME_ADDRESSES = """\
const page=globalThis.location??{origin:"http://localhost"},at=p=>page.origin+p,\
env={PING:at("/ping"),EVENT:at("/_event").replace(/^http/,"ws"),UPLOAD:at("/_upload"),\
AUTH_CODESPACE:at("/auth-codespace"),HEALTH:at("/_health"),ALL_ROUTES:at("/_all_routes"),\
TRANSPORT:"websocket",TEST_MODE:false};export{env as t};
"""


class AnyOrigin(Plugin):
    """Makes the built frontend talk to whatever origin it was loaded from.

    Reflex bakes the backend's address into one chunk and drops the port of a local https address in another;
    both are rewritten before the files are compressed. A build whose chunks look different fails.
    """

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        context["add_modify_task"]("vite.config.js", _forward_server_paths)

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        assets = context["static_dir"] / "assets"
        (chunk,) = assets.glob("reflex-env-*.js")
        if "_event" not in (baked := chunk.read_text()) or not baked.rstrip().endswith("as t};"):
            raise RuntimeError(f"{chunk.name} is not the chunk of backend addresses this project knows")
        chunk.write_text(RUNTIME_ADDRESSES)
        _keep_port_of_local_https(assets)


class BrowserFiles(Plugin):
    """Hands the compiler the scripts and stylesheets that stand beside the Python that uses them."""

    def pre_compile(self, **_: Unpack[PreCompileContext]) -> None:
        browser_files.remove_others(get_web_dir(), browser_files.scripts(_absent()))
        browser_files.write_made(get_web_dir(), content())
        pages = ((page.route, page.title, page.description) for page in site.all_pages() if page.listed)
        browser_files.write_index(get_web_dir(), content(), pages)

    def get_stylesheet_paths(self, **_: Unpack[CommonContext]) -> Sequence[str]:
        sheets = browser_files.stylesheets(_absent())
        return [f"./{path.relative_to('styles').as_posix()}" for path in sheets]

    def get_static_assets(self, **_: Unpack[CommonContext]) -> Sequence[tuple[Path, str]]:
        absent = _absent()
        return [*browser_files.scripts(absent).items(), *browser_files.stylesheets(absent).items()]


class FrontPageFirst(Plugin):
    """Keeps the components of other pages out of what the front page loads; a development server needs no less."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        if not is_prod_mode():
            return
        shared, modify = SharedComponents(), context["add_modify_task"]
        front, *others = sorted({page.route for page in context["unevaluated_pages"]}, key="index".__ne__)
        modify(get_page_path(front), shared.front_page)
        for route in others:
            modify(get_page_path(route), shared.page)
        modify(f"{MODULE}.jsx", shared.module)
        context["add_save_task"](lambda: (f"{OTHERS}.jsx", ""))
        modify(f"{OTHERS}.jsx", shared.others)


class TextFirst(Plugin):
    """Lets a page be painted before it asks for its scripts."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        browser_files.defer_scripts(context["static_dir"])


class Pictures(Plugin):
    """Draws the card of every listed page, and the icons; each build has its own."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        # Pages need this configuration first.
        from portfolio_app.http.build import pictures

        pictures.draw_all(context["static_dir"], site.all_pages())


class Fallback(Plugin):
    """Gives the page of all addresses that no build can know some words for readers without JavaScript."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        # The content needs no configuration, but everything around it does.
        from portfolio_app.http.build import head

        page = context["static_dir"] / head.BUILT
        page.write_text(head.with_words(page.read_text(encoding="utf-8")), encoding="utf-8")


def _absent() -> frozenset[str]:
    return site.absent(content().profile)


def _keep_port_of_local_https(assets: Path) -> None:
    dropped = re.compile(r"(\w+)\.port=(``|\"\"|'')")
    found = [path for path in assets.glob("*.js") if dropped.search(path.read_text())]
    if len(found) != 1:
        raise RuntimeError("the chunk that computes the backend's address has changed")
    found[0].write_text(dropped.sub(r"\1.port=window.location.port", found[0].read_text()))


def _forward_server_paths(vite_config: str) -> str:
    anchor = "  server: {\n"
    if "proxy:" in vite_config or anchor not in vite_config:
        return vite_config
    # Read when the server starts: what is compiled fits every port.
    target = "`http://127.0.0.1:${process.env.BACKEND_PORT}`"
    forwarding = vite_config.replace(anchor, f'{anchor}    proxy: {{ "{SERVER_PATHS}": {target} }},\n')
    if is_prod_mode():
        return forwarding
    plugin = f"import development from {json.dumps(DEVELOPMENT)};\n"
    return plugin + forwarding.replace("  plugins: [\n", "  plugins: [\n    development(),\n", 1)


settings = Settings.from_env()

config = rx.Config(
    app_name="portfolio_app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    transport="websocket",
    cors_allowed_origins=list(settings.allowed_origins),
    trusted_proxy_hops=settings.trusted_proxy_hops,
    # Also with several workers: a tab's state is what its page shows, and is read anew on every connection.
    state_manager_mode=StateManagerMode.MEMORY,
    redis_token_expiration=STATE_EXPIRY_S,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[BrowserFiles(), AnyOrigin(), FrontPageFirst(), TextFirst(), Pictures(), Fallback()],
    disable_plugins=[SitemapPlugin],
)
