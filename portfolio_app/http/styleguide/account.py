"""Members and moderators."""

from portfolio_app.http.account.form import register_form, sign_in_form
from portfolio_app.http.account.sessions import session_list
from portfolio_app.http.account.views import SessionView
from portfolio_app.http.kit.shell import session_notice
from portfolio_app.http.moderation.audit import audit_trail
from portfolio_app.http.moderation.parts import moderation_queue
from portfolio_app.http.moderation.views import AuditRowView, QueueRowView
from portfolio_app.http.styleguide.samples import REQUEST, listed, nothing
from portfolio_app.http.styleguide.specimen import Group, Specimen, specimen

_NOON = "2026-01-01 12:00:04"
_BUSY = "The service is busy. Try again in a moment."
_SESSIONS = (
    SessionView("here", f"{_NOON} UTC", "2026-01-31 12:00:04 UTC", current=True),
    SessionView("there", "2025-12-24 09:30:00 UTC", "2026-01-23 09:30:00 UTC", current=False),
)
_QUEUE = (
    QueueRowView("1", "lobby", "demo", "k7f2", "see https://example.org/notes", _NOON, ("link",)),
    QueueRowView("2", "lobby", "ada", "", "WHY IS IT SO QUIET HERE", _NOON, ("shouting", "word")),
)
_AUDIT = (
    AuditRowView("0", _NOON, "lin", "approve", "message 1", REQUEST[:12]),
    AuditRowView("1", _NOON, "lin", "remove", "message 2", REQUEST[:12]),
)


def group() -> Group:
    """Forms, sessions, the queue and its trail."""
    return Group(
        "Account and moderation",
        "Errors come back in words, beside the field they are about or above the button.",
        (*_notices(), *_forms(), *_sessions(), *_queues(), *_trails()),
        wide=frozenset({audit_trail, session_notice}),
    )


def _notices() -> tuple[Specimen, ...]:
    return (
        specimen("ended", session_notice, "Your session has ended."),
        specimen("nothing to say", session_notice, ""),
    )


def _forms() -> tuple[Specimen, ...]:
    return (
        specimen("idle", sign_in_form, on_submit=nothing, error="", id_prefix="sign-in-idle-"),
        specimen("busy", sign_in_form, on_submit=nothing, error="", busy=True, id_prefix="sign-in-busy-"),
        specimen(
            "refused",
            sign_in_form,
            on_submit=nothing,
            error="This combination is not known.",
            id_prefix="sign-in-refused-",
        ),
        specimen("idle", register_form, on_submit=nothing, error="", id_prefix="register-idle-"),
        specimen("busy", register_form, on_submit=nothing, error="", busy=True, id_prefix="register-busy-"),
        specimen(
            "refused",
            register_form,
            on_submit=nothing,
            error="",
            email_error="This is not an email address.",
            username_error="This name is taken.",
            password_error="This password is too short.",  # noqa: S106 (what is said of one)
            id_prefix="register-refused-",
        ),
    )


def _sessions() -> tuple[Specimen, ...]:
    def sessions(state: str, *, ready: bool = True, error: str = "") -> Specimen:
        return specimen(
            state,
            session_list,
            rows=listed(_SESSIONS),
            ready=ready,
            on_revoke=nothing,
            on_sign_out=nothing,
            error=error,
        )

    return (sessions("busy", ready=False), sessions("full"), sessions("failed", error=_BUSY))


def _queues() -> tuple[Specimen, ...]:
    def queue(
        state: str, rows: tuple[QueueRowView, ...] = (), *, ready: bool = True, error: str = ""
    ) -> Specimen:
        return specimen(
            state,
            moderation_queue,
            rows=listed(rows),
            ready=ready,
            on_approve=nothing,
            on_remove=nothing,
            error=error,
        )

    return (
        queue("busy", ready=False),
        queue("empty"),
        queue("full", _QUEUE),
        queue("failed", _QUEUE[:1], error=_BUSY),
    )


def _trails() -> tuple[Specimen, ...]:
    return (
        specimen("busy", audit_trail, rows=listed(()), ready=False),
        specimen("empty", audit_trail, rows=listed(()), ready=True),
        specimen("full", audit_trail, rows=listed(_AUDIT), ready=True),
    )
