"""Accounts: signing in, registering, and the sessions a member is signed in with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from starlette.routing import Route

from portfolio_app.http.account.confirming import CONFIRM_EMAIL
from portfolio_app.http.account.details import EMAIL, MAKE_CODES, USERNAME
from portfolio_app.http.account.identity import (
    IdentityState,
    NewsPublisher,
    place_to_go_on,
    register_from,
    sign_in_from,
)
from portfolio_app.http.account.leaving import EXPORT, LEAVE, confirm, empty_password, password_field
from portfolio_app.http.account.page import PAGES
from portfolio_app.http.account.parts import REGISTER, SIGN_IN
from portfolio_app.http.account.passkeys import ADD_PASSKEY, PASSKEY_ROUTES, PROVE_BY_PASSKEY
from portfolio_app.http.account.security_parts import (
    CHANGE_PASSWORD,
    PROVE,
    RECOVER,
    RESET,
    form_panel,
    note,
)
from portfolio_app.http.account.state import (
    plain_change_password,
    plain_prove,
    plain_recover,
    plain_register,
    plain_sign_in,
)
from portfolio_app.http.account.ticket import redeem, ticket_form
from portfolio_app.http.kit.page import Feature
from portfolio_app.http.transport.push import Push
from portfolio_app.http.transport.runtime import Runtime


@asynccontextmanager
async def _running(site: Runtime) -> AsyncIterator[None]:
    site.services.bus.subscribe(NewsPublisher(site.part(Push)).on_event)
    yield


FEATURE = Feature(
    "account",
    pages=lambda: PAGES,
    routes=(Route("/session/exchange", redeem, methods=["POST"]), *PASSKEY_ROUTES),
    forms=(
        replace(SIGN_IN, do=plain_sign_in),
        replace(REGISTER, do=plain_register),
        replace(CHANGE_PASSWORD, do=plain_change_password),
        replace(PROVE, do=plain_prove),
        MAKE_CODES,
        replace(RECOVER, do=plain_recover),
        RESET,
        USERNAME,
        EMAIL,
        CONFIRM_EMAIL,
        EXPORT,
        LEAVE,
        ADD_PASSKEY,
        PROVE_BY_PASSKEY,
    ),
    running=_running,
)

__all__ = [
    "FEATURE",
    "IdentityState",
    "confirm",
    "empty_password",
    "form_panel",
    "note",
    "password_field",
    "place_to_go_on",
    "register_from",
    "sign_in_from",
    "ticket_form",
]
