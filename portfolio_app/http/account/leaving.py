"""A member takes the data along, or leaves: plain forms, which need no script."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from html import escape
from typing import Final

import reflex as rx
from reflex.event import EventSpec
from starlette.responses import Response, StreamingResponse

from portfolio_app.app.account.leave import COME_BACK_WITHIN, Exported
from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.own_messages import exported
from portfolio_app.app.ports.security import SecurityLine
from portfolio_app.domain.account.passkey import Passkey
from portfolio_app.domain.account.session import Session, SessionSecret, session_handle
from portfolio_app.domain.chat.message import FORMER, Message
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.http.account.security import ProofDTO
from portfolio_app.http.account.security_parts import choice, form_panel, note
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import Field, field
from portfolio_app.http.kit.head import plain_page
from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.transport.headers import set_cookie
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import day_and_time, t

_NOTHING: Final = t("Nothing was done.")
_HINT: Final = t("May stay empty for ten minutes after you signed in or confirmed in this browser.")
_ERASE, _KEEP = "erase", "keep"
_FILE: Final = {
    "content-disposition": 'attachment; filename="account.json"',
    "cache-control": "no-store",
}


async def confirm(caller: Caller, fields: Mapping[str, str]) -> None:
    """The password that was typed counts as a confirmation; without one an earlier one has to be there."""
    if password := fields.get("password", ""):
        await services().prove(caller, parse(ProofDTO, {"password": password}).password)


async def take_along(caller: Caller, fields: Mapping[str, str]) -> Response:
    """The data of the account as one file, sent while it is read, page by page."""
    await confirm(caller, fields)
    account = await services().export_account(caller)
    pages = services().own_messages.export(caller)
    first: Sequence[Message] = ()
    async for page in pages:  # before the answer begins, so that a refusal is answered as one
        first = page
        break
    return StreamingResponse(
        _document(caller, account, first, pages), media_type="application/json", headers=_FILE
    )


async def _document(
    caller: Caller, account: Exported, first: Sequence[Message], rest: AsyncIterator[Sequence[Message]]
) -> AsyncIterator[str]:
    yield json.dumps(_facts(account), ensure_ascii=False, indent=1)[:-2] + ',\n "messages": ['
    yield ",".join(map(_message, first))
    async for page in rest:
        yield "," + ",".join(map(_message, page))
    yield '],\n "reactions": ['
    comma = ""
    async for given in services().export_account.reactions(caller):
        yield comma + ",".join(json.dumps({"message": of, "sign": str(sign)}) for of, sign in given)
        comma = ","
    yield "]\n}\n"


def _message(message: Message) -> str:
    return json.dumps(exported(message), ensure_ascii=False)


def _facts(account: Exported) -> dict[str, object]:
    user = account.user
    return {
        "account": {
            "username": str(user.username),
            "email": str(user.email),
            "email_confirmed": user.holds_email,
            "former_usernames": [
                {"username": str(each.name), "until": each.since.isoformat()} for each in account.former_names
            ],
            "role": str(user.role),
            "created_at": user.created_at.isoformat(),
            "recovery_codes_left": account.codes_left,
        },
        "passkeys": [_passkey(each) for each in account.passkeys],
        "sessions": [_session(each) for each in account.sessions],
        "security_log": [_line(each) for each in account.lines],
    }


def _passkey(passkey: Passkey) -> dict[str, str | None]:
    return {
        "name": passkey.name,
        "made_at": passkey.created_at.isoformat(),
        "used_at": passkey.used_at.isoformat() if passkey.used_at else None,
    }


def _session(session: Session) -> dict[str, str | None]:
    return {
        "handle": session_handle(session.id),
        "device": session.device,
        "began_at": session.created_at.isoformat(),
        "seen_at": session.seen_at.isoformat() if session.seen_at else None,
        "ends_at": session.expires_at.isoformat(),
    }


def _line(line: SecurityLine) -> dict[str, str]:
    return {
        "at": line.at.isoformat(),
        "event": str(line.event),
        "network": line.network,
        "request_id": line.request_id,
        "detail": line.detail,
    }


async def leave(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Delete the account, and say until when that can be undone; the browser gets a guest's cookie."""
    choice = fields.get("messages")
    if choice not in (_ERASE, _KEEP):
        raise InvalidValue("messages", t("Choose what becomes of your messages."))
    if fields.get("sure") != "on":
        raise InvalidValue("sure", t("Tick that you mean it."))
    await confirm(caller, fields)
    gone_at = await services().leave_account(caller, takes_messages=choice == _ERASE)
    until = day_and_time(gone_at)
    answer = plain_page(
        200,
        t("Your account is deleted"),
        f"<p>{escape(t('You are signed out everywhere. On {time} everything goes for good.', time=until))}</p>"
        f'<p>{escape(t("Signing in before then undoes it."))} <a href="/sign-in">{escape(t("Sign in"))}</a> · '
        f'<a href="/">{escape(t("To the start page"))}</a></p>',
    )
    answer.headers["clear-site-data"] = '"cache", "storage"'
    answer.headers.append("set-cookie", set_cookie(SessionSecret.generate()))
    return answer


EXPORT: Final = Unsent(
    "export", t("Nothing downloaded"), _NOTHING, "/leave", t("Back to the form"), do=take_along
)
LEAVE: Final = Unsent("leave", t("Not deleted"), _NOTHING, "/leave", t("Back to the form"), do=leave)


def password_field(prefix: str, error: Text = "") -> rx.Component:
    """The field that `confirm` reads; `prefix` keeps its ids apart from those of other forms."""
    spec = Field("password", t("Your password"), "password", "current-password", _HINT, error, required=False)
    return field(spec, id_prefix=prefix)


def empty_password(prefix: str) -> EventSpec:
    """Take what was typed out of the `password_field` of this prefix: what it was typed for is done."""
    return rx.set_value(f"{prefix}password", "")


def _choice(kind: str, name: str, value: str, label: str) -> rx.Component:
    return choice(name, label, kind, value=value, required=True, data_testid=f"field-{name}-{value}")


def export_form() -> rx.Component:
    """Downloads everything."""
    return form_panel(
        t("Take your data along"),
        note(
            t(
                "One JSON file with your account, where you are signed in, what happened with the account, every "
                "message and every reaction of yours."
            )
        ),
        password_field("export-"),
        button(t("Download everything"), submits=True, test_id="export"),
        unsent=EXPORT,
        name="export",
        stays=True,
    )


def leave_form() -> rx.Component:
    """Deletes the account."""
    return form_panel(
        t("Delete your account"),
        note(
            t(
                "You are signed out everywhere at once. For {days} days signing in undoes it; until then "
                "your name and your messages stay as they are. Then the account, its name in the audit trail, its "
                "sessions and its reactions are deleted for good, and so is what you wrote that nobody is shown. What "
                "others wrote stays as they wrote it. The name is free again.",
                days=COME_BACK_WITHIN.days,
            )
        ),
        rx.el.fieldset(
            rx.el.legend(t("What becomes of the messages that rooms show?")),
            _choice("radio", "messages", _ERASE, t("They are erased, in every room and in the search")),
            _choice("radio", "messages", _KEEP, t("They stay, under “{former}”", former=FORMER)),
            class_name="leave-choices",
        ),
        _choice("checkbox", "sure", "on", t("I mean it")),
        password_field("leave-"),
        button(t("Delete the account"), kind="danger", submits=True, test_id="leave"),
        unsent=LEAVE,
        name="leave",
    )
