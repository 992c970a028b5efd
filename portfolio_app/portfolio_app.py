"""The application: pages, middleware and routes on one Reflex app; everything starts with its lifespan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import reflex as rx
from reflex.constants import Dirs
from reflex.state import FrontendEventExceptionState
from reflex.utils import prerequisites
from reflex.utils.exec import is_prod_mode
from reflex_base.environment import environment
from starlette.types import ASGIApp, Receive, Scope, Send

from portfolio_app import bootstrap
from portfolio_app.app.ports.metrics import Reading
from portfolio_app.http import asgi, site
from portfolio_app.http.account import IdentityState
from portfolio_app.http.build import compiling
from portfolio_app.http.build.head import card_of, description_of, head_of, title_of
from portfolio_app.http.content.loader import content
from portfolio_app.http.frame import ERROR, NOT_FOUND, boundary, framed
from portfolio_app.http.kit.head import absolute, head_components
from portfolio_app.http.kit.page import Page
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.errors import report, report_from_browser
from portfolio_app.http.transport.frames import send_queue
from portfolio_app.http.transport.frames.snapshots import make_as_needed
from portfolio_app.http.transport.monitoring import noticed
from portfolio_app.http.transport.opening import in_one_event, opening
from portfolio_app.http.transport.push import Push, Topics
from portfolio_app.http.transport.resync import Reopening
from portfolio_app.http.transport.tracing import trace_events
from portfolio_app.language import direction
from portfolio_app.settings import Settings, shows_styleguide
from portfolio_app.words import site_language


@asynccontextmanager
async def _running() -> AsyncIterator[None]:
    """Bring up everything the handlers reach for, and take it down in the opposite order."""
    settings, documents = Settings.from_env(), _documents()
    async with bootstrap.build(settings, documents=documents, replaced=not is_prod_mode()) as services:
        trace_events()
        running = runtime.install(services, bootstrap.http_options(settings, documents))
        send_queue.count(app.sio, app.event_processor)
        send_queue.charge(app.event_processor, running.sockets.accounts)
        Topics.index(app.sio)
        make_as_needed(app.state_manager)
        in_one_event()
        push = running.add(Push(app.sio))
        running.add(Reopening(app.modify_state, lambda sid: push.listens(sid, sid)))
        own_port = bootstrap.metrics_port(settings, asgi.worker_metrics())
        async with asgi.running(running), _forgetting(running), own_port:
            with noticed(runtime.drain):
                yield
    # Last: what is still under way, and what the bus delivers as it stops, finds the services that it began with.
    runtime.uninstall()


@asynccontextmanager
async def _forgetting(running: runtime.Runtime) -> AsyncIterator[None]:
    """Forget the states of tabs that have left, and read again what those that are there could not be shown."""
    assert app.event_namespace is not None  # noqa: S101 (the app has been called)
    states = send_queue.TabStates(app.state_manager, app.event_namespace._token_manager.token_to_socket)
    running.services.metrics.read(Reading.TAB_STATES, lambda: len(states))
    tasks = [
        asyncio.create_task(states.watch(), name="tab states"),
        asyncio.create_task(running.part(Reopening).run(), name="reopening"),
    ]
    yield
    for task in tasks:
        task.cancel()


def _documents() -> Path | None:
    """The built pages if this process serves them, so that their policy can name their scripts."""
    if not environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.get():
        return None
    return prerequisites.get_web_dir() / Dirs.STATIC


def _register(page: Page) -> None:
    def build() -> rx.Component:
        return framed(page.build(), nav=site.nav_entries())

    if not is_prod_mode():
        compiling.place(build, page.route)
    app.add_page(
        build,
        route=page.route,
        title=title_of(page) if page.shown_title is None else page.shown_title(),
        description=description_of(page),
        image=f"{absolute(card_of(page))}",
        meta=head_of(page),
        on_load=opening(page.route, [IdentityState.load, *page.on_load]),
    )


class _Site(rx.App):
    """The app behind the middleware, with its own endpoints in front of it where one process serves everything."""

    def __call__(self) -> ASGIApp:
        return asgi.front(super().__call__(), direct=_documents() is not None, sockets=self._socket)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.sio is not None  # noqa: S101 (it is not switched off)
        with self.set_contexts():
            await self.sio.eio.handle_request(scope, receive, send)


app = _Site(
    head_components=head_components(content().profile.site),
    html_lang=site_language(),
    html_custom_attrs={"dir": "rtl"} if direction(site_language()) == "rtl" else None,
    reset_style=False,
    toaster=None,
    # Reflex's own boundary and connection overlay stay out: the header says how the connection is.
    app_wraps={(55, "ErrorBoundary"): boundary},
    api_transformer=asgi.mount,
    frontend_exception_handler=report_from_browser,
    backend_exception_handler=report,
)
# The same rule as the middleware's in front of it: a list could not name what a forwarded port is called.
if app.sio is not None:
    app.sio.eio.cors_allowed_origins = asgi.may_connect
# Its way to reload a page after an error is to send a script for `eval`, which the page's policy forbids.
FrontendEventExceptionState.auto_reload_on_errors = []
app.register_lifespan_task(_running)
for _page in (*site.all_pages(), NOT_FOUND, ERROR):
    _register(_page)
if shows_styleguide():
    # Imported here: a site that visitors see never loads it.
    from portfolio_app.http.styleguide import PAGE as STYLEGUIDE

    _register(STYLEGUIDE)
