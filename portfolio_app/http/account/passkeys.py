"""Passkeys: the panel in which a member adds and removes them, signing in with one, and what answers both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import reflex as rx
from pydantic import Field as Limited
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import ProofNeeded
from portfolio_app.domain.account.passkey import MOST_PASSKEYS, Passkey
from portfolio_app.http.account.parts import account_row
from portfolio_app.http.account.security import ConfirmState
from portfolio_app.http.account.security_parts import note
from portfolio_app.http.account.ticket import enter, form_of
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import Field, NativeForm, error_text, field
from portfolio_app.http.kit.kinds import Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import panel
from portfolio_app.http.kit.marks import epoch_ms, moment
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.kit.scripts import kept
from portfolio_app.http.transport.action import action, ignore
from portfolio_app.http.transport.caller import caller_from_scope, caller_of
from portfolio_app.http.transport.errors import explain, json_error
from portfolio_app.http.transport.parsing import Request
from portfolio_app.http.transport.runtime import services
from portfolio_app.http.transport.tracing import request_span
from portfolio_app.words import parts, t

_TO_ADD, _TO_SIGN_IN, _TO_PROVE = "/api/passkeys/new", "/api/passkeys/sign-in", "/api/passkeys/prove"
_SIGN_IN: Final = "/session/passkey"
_JSON: Final = {"cache-control": "no-store"}


async def _add(caller: Caller, fields: Mapping[str, str]) -> str:
    await services().passkeys.add(caller, fields.get("name", ""), fields.get("answer", ""))
    return "/account"


async def _prove(caller: Caller, fields: Mapping[str, str]) -> str:
    await services().passkeys.prove(caller, fields.get("answer", ""))
    return "/account"


PROVE_BY_PASSKEY: Final = Unsent(
    "passkey-prove",
    t("Not confirmed yet"),
    t("A passkey needs the scripts of the page, and a device that has some."),
    "/account",
    t("Back to your account"),
    do=_prove,
)
ADD_PASSKEY: Final = Unsent(
    "passkey",
    t("No passkey added"),
    t("A passkey needs the scripts of the page, and a device that has some."),
    "/account",
    t("Back to your account"),
    do=_add,
)


async def _options(request: HttpRequest) -> Response:
    """The options that the browser hands to a device, as JSON."""
    caller, passkeys = caller_from_scope(request.scope), services().passkeys
    with request_span("account.passkey_options", caller.session_id, live=False):
        try:
            match request.scope["path"]:
                case "/api/passkeys/new":
                    options = await passkeys.begin_adding(caller)
                case "/api/passkeys/prove":
                    options = await passkeys.begin_proving(caller)
                case _:
                    options = await passkeys.begin_signing_in(caller)
        except Exception as error:  # the boundary: nothing may reach the framework
            return json_error(explain(error, caller.request_id))
    return Response(options, media_type="application/json", headers=_JSON)


async def _sign_in(request: HttpRequest) -> Response:
    """Check a device's answer, and let the browser in at once."""
    fields = await form_of(request)

    async def ticket(caller: Caller) -> str:
        return await services().passkeys.sign_in(caller, fields.get("answer", ""))

    return await enter(request, ticket, fields.get("next", "/"), expired="passkey")


PASSKEY_ROUTES: Final = (
    Route(_TO_ADD, _options, methods=["POST"]),
    Route(_TO_SIGN_IN, _options, methods=["POST"]),
    Route(_TO_PROVE, _options, methods=["POST"]),
    Route(_SIGN_IN, _sign_in, methods=["POST"]),
)


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey as its owner sees it; `handle` names it."""

    handle: str
    name: str
    made: int
    used: int


def _view(passkey: Passkey) -> PasskeyView:
    used = epoch_ms(passkey.used_at) if passkey.used_at else 0
    return PasskeyView(passkey.handle, passkey.name, epoch_ms(passkey.created_at), used)


class RemoveDTO(Request):
    """The passkey that a member wants to be rid of."""

    handle: str = Limited(pattern="^[0-9a-f]{16}$")


class PasskeysState(rx.State):
    """The member's passkeys as read last."""

    rows: rx.Field[list[PasskeyView]] = rx.field(default_factory=list)
    problem: rx.Field[str] = rx.field("")

    @action("account.passkeys", live=False, refused=ignore)
    async def load(self) -> None:
        """Read them anew."""
        self.rows = [_view(each) for each in await services().passkeys.of(caller_of(self))]

    @action("account.remove_passkey")
    async def remove(self, wanted: RemoveDTO) -> None:
        """Forget one."""
        try:
            await services().passkeys.remove(caller_of(self), wanted.handle)
        except ProofNeeded:
            (await self.get_state(ConfirmState)).needed = True
            raise
        await self.load()


class AskDevice(rx.Component):
    """Has a device answer before a form is sent; see `account/passkey.jsx`."""

    library = "$/public/js/passkey.jsx"
    tag = "Passkey"

    form: rx.Var[str]
    options: rx.Var[str]
    makes: rx.Var[bool]


def _asks(form_id: str, options: str, *, makes: bool) -> rx.Component:
    """The line that says why no device answered."""
    script = AskDevice.create(form=form_id, options=options, makes=makes)
    return rx.el.p(script, role="alert", class_name="passkey-words", data_testid=f"{form_id}-error")


def _needs_scripts() -> rx.Component:
    return rx.el.noscript(note(t("Passkeys need the scripts of this page.")))


def _answer() -> rx.Component:
    return rx.el.input(type="hidden", name="answer", default_value="")


def _row(row: Row, on_remove: RowHandler) -> rx.Component:
    return account_row(
        row["name"],
        rx.fragment(
            *parts("Added {time}", time=moment(row["made"])),
            rx.cond(row["used"], rx.fragment(f", {t('last used')} ", moment(row["used"]))),
        ),
        button(
            t("Remove"),
            kind="danger",
            on_click=on_remove(row["handle"]),
            of=row["name"],
            test_id="remove-passkey",
        ),
        key=row["handle"],
        data_testid="passkey-row",
    )


def passkeys_panel(*, rows: Rows, on_remove: RowHandler, error: Text) -> rx.Component:
    """A row has handle, name, made and used; `on_remove` is called with its handle."""
    return panel(
        t("Passkeys"),
        kept(rx.foreach(rows, lambda row: _row(row, on_remove)), label=t("Passkeys")),
        NativeForm.create(
            note(
                t(
                    "Signs you in with your device's PIN, finger or face: there is no password to be guessed or stolen."
                )
            ),
            field(
                Field(
                    "name",
                    t("What to call it"),
                    "text",
                    "off",
                    t("Such as the device it is on."),
                    required=False,
                )
            ),
            _answer(),
            _needs_scripts(),
            button(t("Add a passkey"), submits=True, test_id="add-passkey"),
            _asks("add-passkey", _TO_ADD, makes=True),
            error_text(error, role="alert"),
            method="post",
            action=ADD_PASSKEY.path,
            class_name="passkey-form",
            custom_attrs={"id": "add-passkey"},
        ),
        aside=rx.el.output(rows.length(), f" {t('of {n}', n=MOST_PASSKEYS)}"),
        data_panel="passkeys",
    )


def _by_passkey(name: str, label: str, options: str, action: str, *fields: rx.Component) -> rx.Component:
    """A form of one button that a device answers; `name` is its id and that of its button to tests."""
    return NativeForm.create(
        _answer(),
        *fields,
        _needs_scripts(),
        button(label, submits=True, test_id=name),
        _asks(name, options, makes=False),
        method="post",
        action=action,
        class_name="passkey-sign-in",
        custom_attrs={"id": name},
    )


def passkey_proof() -> rx.Component:
    """Confirms who somebody is by one of their passkeys, in the place of the password."""
    return _by_passkey("passkey-prove", t("Confirm with a passkey"), _TO_PROVE, PROVE_BY_PASSKEY.path)


def passkey_sign_in(*, next_path: Text = "/") -> rx.Component:
    """The button that signs a member in with a passkey of the device; no username is typed."""
    wanted = rx.el.input(type="hidden", name="next", value=next_path, read_only=True)
    return _by_passkey("passkey-sign-in", t("Sign in with a passkey"), _TO_SIGN_IN, _SIGN_IN, wanted)
