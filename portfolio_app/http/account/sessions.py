"""The browsers a member is signed in with."""

import reflex as rx

from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.field import error_text
from portfolio_app.http.kit.interactive import kept
from portfolio_app.http.kit.kinds import Flag, Handler, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.panel import loading_state, panel
from portfolio_app.http.kit.pill import tag


def _session_row(row: Row, on_revoke: RowHandler, on_sign_out: Handler) -> rx.Component:
    return rx.el.article(
        rx.el.div(
            rx.el.p("Signed in ", rx.el.time(row["began"])),
            rx.el.p("Ends ", rx.el.time(row["expires"]), class_name="session-ends"),
            class_name="session-words",
        ),
        rx.cond(row["current"], tag("this browser")),
        rx.cond(
            row["current"],
            button("Sign out here", on_click=on_sign_out, test_id="session-revoke"),
            button("Revoke", kind="danger", on_click=on_revoke(row["handle"]), test_id="session-revoke"),
        ),
        key=row["handle"],
        class_name="session-row",
        data_testid="session-row",
        data_current=row["current"],
    )


def session_list(
    *, rows: Rows, ready: Flag, on_revoke: RowHandler, on_sign_out: Handler, error: Text
) -> rx.Component:
    """A row has handle, began, expires and current; `on_revoke` is called with its handle."""
    return panel(
        "Where you are signed in",
        error_text(error, role="alert"),
        kept(
            rx.cond(
                ready,
                rx.foreach(rows, lambda row: _session_row(row, on_revoke, on_sign_out)),
                loading_state("Reading your sessions\u2026"),
            ),
            label="Sessions",
        ),
        aside=rx.cond(ready, rx.el.output(rows.length()), ""),
        data_panel="sessions",
    )
