"""Specimens of the queue of held messages and the audit trail."""

from dataclasses import asdict

from portfolio_app.http.kit.specimen import REQUEST, Group, Specimen, listed, nothing, specimen, var
from portfolio_app.http.moderation.members import member_form, muted_panel
from portfolio_app.http.moderation.page_views import DaysView, PageViewsRow, page_views_panel
from portfolio_app.http.moderation.parts import audit_trail, moderation_queue
from portfolio_app.http.moderation.rooms import ManagedRoomView, rooms_panel
from portfolio_app.http.moderation.state import AuditRowView, MuteView, QueueRowView

_NOON = 1_767_268_804_000
_LATE = "lin approved this message of ada before you decided."
_BUSY = "The service is busy. Try again in a moment."
_QUEUE = (
    QueueRowView("1", "lobby", "demo", "k7f2", "see https://example.org/notes", _NOON, ("link",)),
    QueueRowView("3", "lobby", "bob", "", "Buy followers, cheap.", _NOON, ("spam", "again"), 3),
    QueueRowView("2", "lobby", "ada", "", "WHY IS IT SO QUIET HERE", _NOON, ("shouting", "word")),
)
_AUDIT = (
    AuditRowView("0", _NOON, "lin", "approve", "message 1", REQUEST[:12]),
    AuditRowView("1", _NOON, "lin", "remove", "message 2", REQUEST[:12]),
)


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_group(),)


def _group() -> Group:
    return Group(
        "Moderation",
        "What waits for a decision, and who decided what.",
        (*_queues(), *_authors(), *_trails(), *_rooms(), *_page_views()),
        wide=frozenset({audit_trail, rooms_panel, muted_panel, page_views_panel}),
    )


def _queues() -> tuple[Specimen, ...]:
    def queue(
        state: str,
        rows: tuple[QueueRowView, ...] = (),
        *,
        ready: bool = True,
        count: int = 0,
        error: str = "",
        notice: str = "",
    ) -> Specimen:
        return specimen(
            state,
            moderation_queue,
            rows=listed(rows),
            ready=ready,
            on_approve=nothing,
            on_keep=nothing,
            on_remove=nothing,
            on_filter=nothing,
            on_mute=nothing,
            on_ban=nothing,
            on_more=nothing,
            on_dismiss=nothing,
            count=var(count or len(rows)),
            error=error,
            notice=notice,
        )

    return (
        queue("busy", ready=False),
        queue("empty"),
        queue("full", _QUEUE),
        queue("more than is shown", _QUEUE, count=126),
        queue("decided by somebody else", _QUEUE[:1], notice=_LATE),
        queue("failed", _QUEUE[:1], error=_BUSY),
    )


def _rooms() -> tuple[Specimen, ...]:
    rows = (ManagedRoomView("lobby", "Lobby", False, 30), ManagedRoomView("old-talk", "Old talk", True))
    handlers = dict.fromkeys(("on_make", "on_rename", "on_slow", "on_up", "on_archive", "on_reopen"), nothing)
    taken = "There is a room with that name already."
    return (
        specimen(
            "one archived, a name refused",
            rooms_panel,
            rows=listed(rows),
            error=taken,
            refused_slug="lobby",
            refused_title="Another lobby",
            **handlers,
        ),
    )


def _authors() -> tuple[Specimen, ...]:
    rows = (
        MuteView("a" * 16, "demo k7f2", "lin", _NOON, _NOON + 3_600_000),
        MuteView("b" * 16, "bob", "lin", _NOON, 0),
    )
    return (
        specimen("one muted, one banned", muted_panel, rows=listed(rows), ready=True, on_lift=nothing),
        specimen("nobody", muted_panel, rows=listed(()), ready=True, on_lift=nothing),
        specimen(
            "signed out", member_form, on_submit=nothing, said="bob is signed out: 2 sessions have ended."
        ),
    )


def _trails() -> tuple[Specimen, ...]:
    return (
        specimen("busy", audit_trail, rows=listed(()), ready=False),
        specimen("empty", audit_trail, rows=listed(()), ready=True),
        specimen("full", audit_trail, rows=listed(_AUDIT), ready=True),
    )


def _page_views() -> tuple[Specimen, ...]:
    bars = "M0.00 40V20.00h2.67V40ZM50.00 40V0.00h2.67V40ZM96.67 40V10.00h2.67V40Z"
    words = "212 views in 30 days; most on 14 November 2026: 96."
    days = asdict(DaysView(bars, "29 October 2026", "27 November 2026", words))
    rows = (PageViewsRow("/", 40, 120, 160), PageViewsRow("/chat/{slug}", 8, 31, 52))
    none = asdict(DaysView())
    return (
        specimen("two pages", page_views_panel, rows=listed(rows), **days),
        specimen("nothing counted", page_views_panel, rows=listed(()), **none),
    )
