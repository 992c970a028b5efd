"""A visitor takes their messages along as a file, or erases them all."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Final

import reflex as rx
from reflex_components_core.el.elements.inline import A
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from portfolio_app.app.chat.own_messages import exported
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Flag, Handler, Number, Text
from portfolio_app.http.kit.layout import panel
from portfolio_app.http.kit.scripts import kept
from portfolio_app.http.transport.action import action
from portfolio_app.http.transport.caller import caller_from_scope, caller_of
from portfolio_app.http.transport.errors import explain, json_error
from portfolio_app.http.transport.runtime import services
from portfolio_app.http.transport.tracing import request_span
from portfolio_app.words import t

_TITLE: Final = t("Your messages")
PATH: Final = "/api/own/messages.json"
_HEADERS: Final = {
    "content-disposition": 'attachment; filename="messages.json"',
    "cache-control": "no-store",
}


async def download(request: Request) -> Response:
    """Every own message as JSON, sent while it is read, page by page."""
    caller = caller_from_scope(request.scope)
    with request_span("chat.export", caller.session_id, live=False):
        try:
            pages = services().own_messages.export(caller)
            first: Sequence[Message] = ()
            async for page in pages:  # before the answer begins, so that a refusal is answered as one
                first = page
                break
        except Exception as error:  # the boundary: nothing may reach the framework
            return json_error(explain(error, caller.request_id))
    return StreamingResponse(_document(first, pages), media_type="application/json", headers=_HEADERS)


async def _document(first: Sequence[Message], rest: AsyncIterator[Sequence[Message]]) -> AsyncIterator[str]:
    yield '{"messages": [' + ",\n".join(map(_exported, first))
    async for page in rest:
        yield ",\n" + ",\n".join(map(_exported, page))
    yield "]}\n"


def _exported(message: Message) -> str:
    return json.dumps(exported(message), ensure_ascii=False)


class OwnState(rx.State):
    """The state of erasing: `asks` while it is to be confirmed, `erased` counts, `done` says that nothing is left."""

    asks: rx.Field[bool] = rx.field(False)
    erased: rx.Field[int] = rx.field(0)
    done: rx.Field[bool] = rx.field(False)
    problem: rx.Field[str] = rx.field("")

    @action("own.ask", live=False)
    async def ask(self) -> None:
        """Ask first."""
        self.asks, self.done, self.erased = True, False, 0

    @action("own.keep", live=False)
    async def keep(self) -> None:
        """Leave them."""
        self.asks = False

    @action("own.erase", rate=Rates.ERASE_SESSION)
    async def erase(self) -> AsyncIterator[None]:
        """Erase them, batch by batch, and say how many so far; only once it was asked."""
        if not self.asks:
            return
        self.asks, self.erased = False, 0
        async for count in services().own_messages.erase(caller_of(self)):
            self.erased = count
            yield
        self.done = True


def own_panel(
    asks: Flag | bool,
    erased: Number | int,
    done: Flag | bool,
    problem: Text,
    *,
    on_ask: Handler,
    on_keep: Handler,
    on_erase: Handler,
) -> rx.Component:
    """The panel to take or erase one's messages; `asks` shows the question, the next two what became of it."""
    question = rx.el.div(
        rx.el.p(
            t(
                "The texts of all your messages will be gone from every room, from the search and from the audit "
                "trail, in every open tab. Nobody can bring them back."
            )
        ),
        _choices(
            button(t("Erase them all"), kind="primary", on_click=on_erase, test_id="own-erase"),
            button(t("Keep them"), kind="plain", on_click=on_keep, test_id="own-keep"),
        ),
        role="alert",
        class_name="own-question",
    )
    choices = _choices(
        A.create(  # not the router's link: what it names is a file
            t("Download as JSON"),
            href=PATH,
            download="messages.json",
            data_testid="own-download",
        ),
        button(t("Erase all…"), on_click=on_ask, test_id="own-ask"),
    )
    outcome = rx.cond(
        done,
        rx.cond(
            erased == 0,
            t("There was nothing to erase."),
            t("Erased: {erased}. Nothing of yours is left.", erased=erased),
        ),
        rx.cond(erased == 0, "", t("Erased so far: {erased}.", erased=erased)),
    )
    words = t("What a member wrote in every session; what a guest wrote in this one.")
    return panel(
        _TITLE,
        rx.el.div(
            rx.el.p(words),
            kept(rx.cond(asks, question, choices), label=_TITLE),
            rx.el.p(outcome, role="status", data_testid="own-outcome"),
            error_text(problem, role="alert"),
            class_name="own",
        ),
    )


def _choices(*of: rx.Component) -> rx.Component:
    return rx.el.div(*of, class_name="own-choices")
