"""A member changes username or email address, or makes recovery codes: forms that also work before their scripts are
there."""

from collections.abc import Mapping
from html import escape
from typing import Final

import reflex as rx
from reflex.event import EventSpec
from starlette.responses import Response

from portfolio_app.app.account.names import NAME_KEPT, RENAME_EVERY
from portfolio_app.app.caller import Caller
from portfolio_app.domain.account.recovery import CODES
from portfolio_app.http.account.leaving import confirm, empty_password, password_field
from portfolio_app.http.account.security import ProofDTO, Secret, ShortText
from portfolio_app.http.account.security_parts import form_panel, note
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import Field, error_text, field
from portfolio_app.http.kit.head import done_page, plain_page
from portfolio_app.http.kit.kinds import Handler, Text
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

_NOTHING: Final = t("Nothing was changed.")
_BACK: Final = t("Back to the form")
_MOVED: Final = t("Your account has the new address.")
_PAGE: Final = "/details"
_NAMING, _MOVING, _MAKING = "username-", "email-", "codes-"
"""How the ids of the forms' fields begin."""
_CODES: Final = t(
    "Each opens your account once if the password is lost. They are shown once, here; new ones replace those you have."
)


class UsernameDTO(Form):
    """The form of another username; the password may be empty."""

    username: ShortText
    password: Secret


class EmailDTO(Form):
    """The form of another address; the password may be empty."""

    email: ShortText
    password: Secret


async def _rename(caller: Caller, form: UsernameDTO) -> str:
    """Change the username; returns what is said then."""
    await confirm(caller, {"password": form.password})
    name = await services().change_username(caller, form.username)
    return t("You are called {name} now. What you wrote and mentions of you follow.", name=name)


async def _move(caller: Caller, form: EmailDTO) -> str:
    await confirm(caller, {"password": form.password})
    await services().change_email(caller, form.email, form.password)
    return _MOVED


def _typed(fields: Mapping[str, str], name: str) -> dict[str, str]:
    return {each: fields.get(each, "") for each in (name, "password")}


def _done(words: str) -> Response:
    return done_page(t("Changed"), words, "/account", t("Back to your account"))


async def rename(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Answer a plain form of another username."""
    return _done(await _rename(caller, parse(UsernameDTO, _typed(fields, "username"))))


async def move(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Answer a plain form of another address."""
    return _done(await _move(caller, parse(EmailDTO, _typed(fields, "email"))))


USERNAME: Final = Unsent("username", t("No other username"), _NOTHING, _PAGE, _BACK, do=rename)
EMAIL: Final = Unsent("email", t("No other address"), _NOTHING, _PAGE, _BACK, do=move)


async def make_codes(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Answer a plain form of recovery codes: they stand in this answer, and nowhere else."""
    await confirm(caller, fields)
    codes = "\n".join(code.shown for code in await services().make_codes(caller))
    area = f'<textarea id="codes" rows="{CODES}" readonly>\n{escape(codes)}</textarea>'
    label = f'<label for="codes">{escape(t("Your recovery codes"))}</label>{area}'
    back = f'<p><a href="/account">{escape(t("Back to your account"))}</a></p>'
    return plain_page(200, t("Recovery codes"), f"<p>{escape(_CODES)}</p>{label}{back}")


MAKE_CODES: Final = Unsent(
    "codes", t("No codes made"), t("Nothing was done."), "/password", _BACK, do=make_codes
)
CODES_FIELD: Final = "recovery_codes"
"""The id of the field on the page that new codes are put into: no state keeps them."""


class CodesState(rx.State):
    """How many recovery codes are left, -1 before that is known; codes go to the page once, and into no state."""

    left: rx.Field[int] = rx.field(-1)
    made: rx.Field[bool] = rx.field(False)
    problem: rx.Field[str] = rx.field("")

    def _unknown(self, _error: ErrorView, _payload: Payload) -> None:
        self.left = -1

    @action("account.count_codes", live=False, refused=_unknown)
    async def load(self) -> None:
        """Read how many are left."""
        self.left, self.made, self.problem = await services().count_codes(caller_of(self)), False, ""

    @action("account.make_codes")
    async def make(self, form: ProofDTO) -> list[EventSpec]:
        """Make ten new ones and show them, once."""
        caller = caller_of(self)
        await confirm(caller, {"password": form.password})
        codes = await services().make_codes(caller)
        self.left, self.made = len(codes), True
        shown = "\n".join(code.shown for code in codes)
        return [rx.set_value(CODES_FIELD, shown), empty_password(_MAKING)]


class DetailsState(rx.State):
    """The state of the forms: errors by form and field, and the words once one was done."""

    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    said: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    def _refuse_username(self, error: ErrorView, _payload: Payload) -> None:
        self._say(errors={f"username.{error.field or 'form'}": error.text})

    def _refuse_email(self, error: ErrorView, _payload: Payload) -> None:
        self._say(errors={f"email.{error.field or 'form'}": error.text})

    @action("account.change_username", refused=_refuse_username)
    async def rename(self, form: UsernameDTO) -> EventSpec:
        """Change the username; what pages show of it is pushed to every tab."""
        self._say()
        self.said = {"username": await _rename(caller_of(self), form)}
        return empty_password(_NAMING)

    @action("account.change_email", refused=_refuse_email)
    async def move(self, form: EmailDTO) -> EventSpec:
        """Change the address."""
        self._say()
        self.said = {"email": await _move(caller_of(self), form)}
        return empty_password(_MOVING)

    @rx.event
    def clear(self) -> None:
        """Start with empty forms when the page is opened."""
        self._say()

    def _say(self, errors: dict[str, str] | None = None) -> None:
        self.errors, self.said = errors or {}, {}


def username_form(
    *, on_submit: Handler, said: Text, error: Text = "", field_error: Text = "", password_error: Text = ""
) -> rx.Component:
    """Submits `username` and `password`; `said` is what there is to say once it was done."""
    return form_panel(
        t("Change your username"),
        note(
            t(
                "What you wrote and mentions of you follow. You can do so once in {often} days; for {kept} days nobody "
                "else can have the name that you give up. Sign in with the new one, or with your address.",
                often=RENAME_EVERY.days,
                kept=NAME_KEPT.days,
            )
        ),
        field(
            Field("username", t("Another username"), "text", "username", error=field_error),
            id_prefix=_NAMING,
        ),
        password_field(_NAMING, password_error),
        error_text(error, role="alert"),
        button(t("Change the username"), submits=True, test_id="change-username"),
        note(said, role="status", data_testid="username-changed"),
        unsent=USERNAME,
        on_submit=on_submit,
        name="username",
    )


def email_form(
    *, on_submit: Handler, said: Text, error: Text = "", field_error: Text = "", password_error: Text = ""
) -> rx.Component:
    """Submits `email` and `password`; `said` as above."""
    return form_panel(
        t("Change your email address"),
        note(
            t(
                "It counts at once; you can sign in with it at once if you type the password here, else after your "
                "next sign-in by name. Where this site sends mail, both addresses get a letter: the one you had of the "
                "change, the other one to be confirmed."
            )
        ),
        field(
            Field("email", t("Another email address"), "email", "email", error=field_error),
            id_prefix=_MOVING,
        ),
        password_field(_MOVING, password_error),
        error_text(error, role="alert"),
        button(t("Change the address"), submits=True, test_id="change-email"),
        note(said, role="status", data_testid="email-changed"),
        unsent=EMAIL,
        on_submit=on_submit,
        name="email",
    )


def codes_form(*, left: Text, made: rx.Var[bool], on_submit: Handler, error: Text) -> rx.Component:
    """Submits `password`, which may be empty; `left` is empty before it is known.

    New codes are put into a field of its own: no state may hold them.
    """
    shown = rx.el.textarea(
        id=CODES_FIELD,
        read_only=True,
        default_value="",
        rows=CODES,
        spell_check=False,
        auto_complete="off",
        aria_label=t("Your recovery codes"),
        class_name="codes-field",
        data_testid="recovery-codes",
    )
    return form_panel(
        t("Recovery codes"),
        note(_CODES),
        password_field(_MAKING),
        error_text(error, role="alert"),
        button(t("Make ten new codes"), submits=True, test_id="make-codes"),
        aside=rx.cond(left, rx.el.output(left, f" {t('of 10 left')}", data_testid="codes-left"), ""),
        # Outside of the form, which would send it along: it has an id.
        result=rx.el.div(shown, class_name="codes", hidden=~made),
        unsent=MAKE_CODES,
        on_submit=on_submit,
        name="codes",
    )
