"""The moderators' page."""

import reflex as rx

from portfolio_app.http.account import IdentityState
from portfolio_app.http.chat import AuthorsState, authors_notice
from portfolio_app.http.kit.layout import column, page_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.problem import not_allowed
from portfolio_app.http.kit.scripts import refresh_after
from portfolio_app.http.moderation.members import MembersState, member_form, muted_panel
from portfolio_app.http.moderation.page_views import PageViewsState, page_views_panel
from portfolio_app.http.moderation.parts import audit_trail, moderation_queue
from portfolio_app.http.moderation.rooms import RoomsState, rooms_panel
from portfolio_app.http.moderation.state import ModerationFeed, ModerationState
from portfolio_app.words import t


def _member_form() -> rx.Component:
    # A type checker sees the state's plain dict, the page gets a Var of it.
    errors = rx.Var.create(MembersState.errors).to(dict[str, str])
    return member_form(
        on_submit=MembersState.end_sessions,
        said=MembersState.said,
        error=errors["form"],
        name_error=errors["username"],
        password_error=errors["password"],
    )


def _panels() -> rx.Component:
    # As above.
    refused = rx.Var.create(RoomsState.refused).to(dict[str, str])
    return rx.fragment(
        page_heading(t("Moderation"), t("A decision takes effect in every open tab within a second.")),
        column(
            authors_notice(
                notice=AuthorsState.notice,
                handle=AuthorsState.handle,
                problem=AuthorsState.problem,
                on_lift=AuthorsState.lift,
                on_dismiss=AuthorsState.dismiss,
            ),
            moderation_queue(
                rows=ModerationState.queue,
                ready=ModerationState.loaded,
                on_approve=ModerationState.approve,
                on_keep=ModerationState.keep,
                on_remove=ModerationState.remove,
                on_filter=ModerationState.show,
                only=ModerationState.only,
                on_mute=AuthorsState.mute,
                on_ban=AuthorsState.ban,
                on_more=ModerationState.more,
                on_dismiss=ModerationState.dismiss,
                count=ModerationState.count,
                error=ModerationState.problem,
                notice=ModerationState.notice,
            ),
            # Last, and once it is known that the visitor may: what comes later moves nothing that is there.
            rx.cond(
                ModerationState.allowed,
                rx.fragment(
                    muted_panel(
                        rows=ModerationState.muted, ready=ModerationState.loaded, on_lift=AuthorsState.lift
                    ),
                    _member_form(),
                    audit_trail(rows=ModerationState.trail, ready=ModerationState.loaded),
                    rooms_panel(
                        rows=RoomsState.rooms,
                        on_make=RoomsState.make,
                        on_rename=RoomsState.rename,
                        on_slow=RoomsState.slow,
                        on_up=RoomsState.move_up,
                        on_archive=RoomsState.archive,
                        on_reopen=RoomsState.reopen,
                        error=RoomsState.problem,
                        refused_slug=refused["slug"],
                        refused_title=refused["title"],
                    ),
                    rx.cond(
                        PageViewsState.counting,
                        page_views_panel(
                            rows=PageViewsState.rows,
                            bars=PageViewsState.bars,
                            first=PageViewsState.first,
                            last=PageViewsState.last,
                            words=PageViewsState.words,
                        ),
                    ),
                ),
            ),
        ),
        # A new version brings no rows: they are read again, with authorisation.
        refresh_after(
            rx.cond(ModerationFeed.version > 0, ModerationFeed.version.to_string(), ""),
            on_change=ModerationState.refresh,
        ),
        refresh_after(
            rx.cond(ModerationFeed.rooms > 0, ModerationFeed.rooms.to_string(), ""),
            on_change=RoomsState.reread,
        ),
    )


def _build() -> rx.Component:
    refused = ModerationState.loaded & ~ModerationState.allowed
    return rx.cond(refused, not_allowed(signed_in=IdentityState.username != ""), _panels())


PAGE = Page(
    route="/moderation",
    title=t("Moderation"),
    description=t("The moderation queue and the audit trail, for moderators."),
    build=_build,
    on_load=(ModerationState.refresh, RoomsState.load, PageViewsState.load, MembersState.clear),
)
