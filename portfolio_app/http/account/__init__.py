"""Accounts: signing in, registering, and the sessions a member is signed in with."""

from starlette.routing import Route

from portfolio_app.http.account.identity import IdentityState, place_to_go_on
from portfolio_app.http.account.leaving import EXPORT, LEAVE
from portfolio_app.http.account.page import PAGES
from portfolio_app.http.account.parts import REGISTER, SIGN_IN, register_from, sign_in_from, ticket_form
from portfolio_app.http.account.routes import exchange
from portfolio_app.http.account.security_parts import CHANGE_PASSWORD, PROVE, RECOVER
from portfolio_app.http.kit.page import Feature

FEATURE = Feature(
    "account",
    pages=lambda: PAGES,
    routes=(Route("/session/exchange", exchange, methods=["POST"]),),
    forms=(SIGN_IN, REGISTER, CHANGE_PASSWORD, PROVE, RECOVER, EXPORT, LEAVE),
)

__all__ = ["FEATURE", "IdentityState", "place_to_go_on", "register_from", "sign_in_from", "ticket_form"]
