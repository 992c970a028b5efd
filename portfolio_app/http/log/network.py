"""The network table: every request and event of this visitor's session."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from portfolio_app.http.kit.kinds import Child, Handler, Number, Row, Rows, Text
from portfolio_app.http.kit.layout import empty_state, panel
from portfolio_app.http.kit.marks import icon, instant, short_id, spoken
from portfolio_app.words import t

_TITLE: Final = t("Network")
_EVENTS: Final = t("Network events")
_COLUMNS: Final = {
    "seq": t("Time"),
    "method": t("Method"),
    "path": t("Path or handler"),
    "status": t("Status"),
    "ms": t("Duration"),
    "bytes": t("Size"),
    "request_id": t("Request"),
}
_REFUSED: Final = 400
_KB: Final = 1024


@dataclass(frozen=True, slots=True)
class NetworkTable:
    """The table as Vars: `rows` as sorted, `count` of the whole session, sorting `column` and `direction`.

    `on_sort` is called with a column's name and gives a handler; `on_trace` with a row's request id.
    """

    rows: Rows
    count: Number
    column: rx.Var[str]
    direction: rx.Var[str]
    on_sort: Any
    on_keys: Handler


def network_row(row: Row, *rest: Any, on_trace: Any, reachable: Any) -> rx.Component:  # noqa: ANN401
    """One request: the whole row opens its waterfall, by the button around its path."""
    return rx.el.tr(
        rx.el.td(instant(row["at"]), role="cell", data_column="at"),
        rx.el.td(row["method"], role="cell", data_column="method"),
        rx.el.td(
            rx.el.button(
                spoken(f"{t('Waterfall of')} "),
                row["path"],
                type="button",
                class_name="network-open",
                tab_index=rx.cond(reachable, 0, -1),
                on_click=on_trace(row["request_id"]),
            ),
            role="cell",
            data_column="path",
        ),
        rx.el.td(row["status"], role="cell", data_column="status"),
        rx.el.td(f"{row['ms'].to(float):.2f} ms", role="cell", data_column="ms"),
        rx.el.td(_size(row["bytes"].to(int)), role="cell", data_column="bytes"),
        rx.el.td(short_id(row["request_id"]), role="cell", data_column="request_id"),
        *rest,
        class_name="network-row",
        role="row",
        data_testid="network-row",
        data_outcome=rx.cond(row["status"].to(int) >= _REFUSED, "error", "ok"),
        data_method=row["method"],
        data_path=row["path"],
        data_status=row["status"],
        data_request_id=row["request_id"],
    )


def _size(of: Number) -> Text:
    return rx.cond(of < _KB, f"{of} B", f"{of / _KB:.1f} KB").to(str)


def _head(column: str, words: str, table: NetworkTable) -> rx.Component:
    is_sorted = table.column == column
    return rx.el.th(
        rx.el.button(
            words,
            rx.el.span(icon("down"), class_name="network-arrow"),
            type="button",
            class_name="network-sort",
            on_click=table.on_sort(column),
        ),
        scope="col",
        role="columnheader",
        aria_sort=rx.cond(is_sorted, table.direction, "none"),
        data_column=column,
    )


def _table(table: NetworkTable, each: Child) -> rx.Component:
    # On a phone the rows become a list: roles keep them a table for a screen reader.
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(*(_head(column, words, table) for column, words in _COLUMNS.items()), role="row"),
            role="rowgroup",
        ),
        rx.el.tbody(each, role="rowgroup", custom_attrs={"onKeyDown": table.on_keys}),
        class_name="network",
        role="table",
        aria_label=_TITLE,
    )


def network_panel(
    table: NetworkTable, *, each: Child, label: str = _EVENTS, anchor: str = ""
) -> rx.Component:
    """`each` draws the rows of `table` with `network_row`; `label` names the region that scrolls.

    `anchor` as in `panel`.
    """
    return panel(
        _TITLE,
        rx.el.div(
            rx.cond(
                table.count > 0,
                _table(table, each),
                empty_state(
                    t("No network events yet. Trigger a demo action to populate this table."),
                    t("Requests and websocket events appear here; each opens its waterfall."),
                    unfed=t("Without a websocket, rows come by a plain stream: none yet."),
                    data_testid="network-empty",
                ),
            ),
            class_name="network-region",
            role="region",
            tab_index=0,
            aria_label=label,
            data_testid="network-panel",
        ),
        aside=rx.fragment(
            rx.el.output(table.count, aria_live="off", data_testid="network-count"),
            rx.cond(table.count == 1, f" {t('event')}", f" {t('events')}"),
        ),
        data_panel="network",
        anchor=anchor,
    )
