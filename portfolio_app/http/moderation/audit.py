"""The audit trail: who decided what, and under which request."""

from typing import Final

import reflex as rx

from portfolio_app.http.kit.kinds import Flag, Row, Rows
from portfolio_app.http.kit.panel import empty_state, loading_state, panel

_TITLE: Final = "Audit trail"
_COLUMNS: Final = {
    "at": "When",
    "actor": "Who",
    "action": "Did",
    "subject": "To what",
    "request_id": "Request",
}


def _audit_row(row: Row) -> rx.Component:
    return rx.el.tr(*(rx.el.td(row[column]) for column in _COLUMNS), key=row["id"], data_testid="audit-row")


def _table(rows: Rows) -> rx.Component:
    heads = (rx.el.th(head, scope="col") for head in _COLUMNS.values())
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*heads)),
            rx.el.tbody(rx.foreach(rows, _audit_row)),
            class_name="audit",
        ),
        class_name="audit-scroll",
        role="region",
        tab_index=0,
        aria_label=_TITLE,
    )


def audit_trail(*, rows: Rows, ready: Flag) -> rx.Component:
    """A row has id, at, actor, action, subject and request_id; newest first."""
    return panel(
        _TITLE,
        rx.cond(
            ready,
            rx.cond(
                rows.length() > 0,
                _table(rows),
                empty_state("Nothing decided yet.", "Every decision is written here, in its transaction."),
            ),
            loading_state("Reading the trail…"),
        ),
        data_panel="audit",
    )
