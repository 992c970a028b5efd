"""A room by itself, and the room as other pages show it."""

from functools import partial
from typing import Final

import reflex as rx

from portfolio_app.app.chat.history import Toward
from portfolio_app.domain.chat.room import article_room_title
from portfolio_app.http.account import IdentityState, sign_in_from
from portfolio_app.http.chat import scripts
from portfolio_app.http.chat.authors import AuthorsState, author_choices, authors_notice
from portfolio_app.http.chat.changes import ChangesState
from portfolio_app.http.chat.composer import line_composer
from portfolio_app.http.chat.controls import RowHandlers
from portfolio_app.http.chat.feed import RoomsFeed
from portfolio_app.http.chat.own import OwnState, own_panel
from portfolio_app.http.chat.panel import History, changes_notice, chat_panel, room_list
from portfolio_app.http.chat.presence import PresenceState, here_line, typing_line
from portfolio_app.http.chat.said import answering
from portfolio_app.http.chat.search import Found, SearchState, search_panel
from portfolio_app.http.chat.state import DEFAULT_ROOM, ChatState
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.model import Article
from portfolio_app.http.kit.kinds import Child, Handler
from portfolio_app.http.kit.layout import bench, column, page_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.problem import apart
from portfolio_app.http.kit.scripts import refresh_after
from portfolio_app.http.log import LogState, live_log, live_network, live_trace, open_trace
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

ENTERING: Final = (ChatState.enter, ChangesState.arrive)
"""The handlers that a page with a room runs when it opens."""


def article_chat(article: Article) -> rx.Component:
    """The room of an article, to stand under its text: without the list of rooms, and without traces."""
    return live_chat(article_room_title(article.front.title), under=article)


def live_chat(expected: str = "Lobby", search: Child = "", *, under: Article | None = None) -> rx.Component:
    """The room this tab is in; `expected` is its name until it has been read, `search` looks for words in it.

    `under` is the article whose room it is.
    """
    is_guest = IdentityState.username == ""
    path = rx.State.router.url.path.to(str)
    panel = chat_panel(
        room=rx.cond(ChatState.title, ChatState.title, expected),
        rows=scripts.room_rows(),
        spoken=scripts.room_spoken(),
        history=_history(),
        ready=ChatState.window.is_not_none(),
        missing=ChatState.missing,
        held_before=ChatState.held_before,
        on_send=scripts.submit_message(),
        on=RowHandlers(
            scripts.retry_message,
            scripts.discard_message,
            scripts.dismiss_message,
            edit=ChangesState.begin,
            delete=ChangesState.delete,
            take_down=ChangesState.take_down,
            save=ChangesState.save,
            cancel=lambda message_id: [scripts.forget_edited_text(message_id), ChangesState.cancel],
            typed=scripts.edited_text,
            keeps=scripts.keeps_edited_text,
            copy=scripts.copy_link,
            reply=scripts.answer_message,
            go=scripts.go_to_message,
            react=scripts.react_to,
            copied=scripts.copied_link(),
            report=ChangesState.report,
            editing=ChangesState.editing,
            kept=ChangesState.kept,
            moderates=IdentityState.is_moderator,
            trace=None if under else open_trace,
            slow_s=ChatState.slow_s,
            archived=ChatState.archived,
            owners=ChatState.owners,
            moderators=ChatState.moderators,
            me=IdentityState.username,
            author=lambda message: author_choices(message["id"], AuthorsState.mute, AuthorsState.ban),
        ),
        notice=rx.fragment(
            changes_notice(
                problem=ChangesState.problem,
                taken_down=ChangesState.taken_down,
                on_restore=ChangesState.restore,
                reported=ChangesState.reported,
                on_dismiss=ChangesState.dismiss,
            ),
            answering(
                to=scripts.room_answer("answering"),
                by=scripts.room_answer("quoteBy"),
                words=scripts.room_answer("quoteWords"),
                gone=scripts.room_answer_gone(),
                on_cancel=scripts.answer_message(""),
            ),
            authors_notice(
                notice=AuthorsState.notice,
                handle=AuthorsState.handle,
                problem=AuthorsState.problem,
                on_lift=AuthorsState.lift,
                on_dismiss=AuthorsState.dismiss,
            ),
        ),
        error=rx.cond(ChatState.problem != "", ChatState.problem, scripts.room_error()),
        posting_as=_author(),
        is_guest=is_guest,
        archived=ChatState.archived,
        rooms="" if under else room_list(ChatState.rooms, current=ChatState.room),
        search=search,
        here=here_line(PresenceState.here, on_leave=PresenceState.leave),
        typing=typing_line(PresenceState.typing, me=_label()),
        sign_in=sign_in_from(rx.cond(path == "/", "/%23live", path)),
        drafts=under.room if under else DEFAULT_ROOM,
        writer=IdentityState.writer,
        at=under.path if under else "",
        noun=t("Discussion") if under else t("Room"),
    )
    version = RoomsFeed.version
    changed = rx.cond(version > 0, version.to_string(), "")
    return apart(panel, refresh_after(changed, on_change=ChatState.refresh_rooms))


def _author() -> rx.Var[str]:
    guest = rx.cond(IdentityState.tag, f"demo · {IdentityState.tag}", "demo")
    found: rx.Var[str] = rx.cond(IdentityState.username == "", guest, IdentityState.username).to(str)
    return found


def _label() -> rx.Var[str]:
    """The visitor as `Author.label` names them."""
    guest = f"demo {IdentityState.tag}"
    found: rx.Var[str] = rx.cond(IdentityState.username == "", guest, IdentityState.username).to(str)
    return found


def live_line(suggested: str) -> rx.Component:
    """One line for the room that stands further down the same page; what waits there is said here, too."""
    waiting = t("Your message waits in the room for a connection; there it can be posted without one.")
    return line_composer(
        suggested=suggested,
        on_send=scripts.submit_message(),
        error=rx.cond(
            ChatState.problem != "",
            ChatState.problem,
            rx.cond(scripts.room_waiting(), waiting, scripts.room_error()),
        ),
        posting_as=_author(),
        drafts="first",
        writer=IdentityState.writer,
    )


def _history() -> History:
    low, high = scripts.room_low(), scripts.room_high()

    def page(toward: Toward, at: rx.Var[int] | int = 0) -> Handler:
        return ChatState.read_page(toward.value, low, high, at)

    return History(
        low,
        high,
        on_older=page(Toward.OLDER),
        on_newer=page(Toward.NEWER),
        on_newest=page(Toward.NEWEST),
        on_day=lambda form: page(Toward.TIME, scripts.midnight(form.to(dict)["day"])),
        read_to=scripts.read_to(),
    )


def _search() -> rx.Component:
    is_here = SearchState.room == ChatState.room
    low, high = scripts.room_low(), scripts.room_high()
    panel = search_panel(
        Found(
            query=rx.cond(is_here, SearchState.query, ""),
            hits=SearchState.hits,
            more=SearchState.before > 0,
            problem=rx.cond(is_here, SearchState.problem, ""),
            on_search=SearchState.search,
            on_older=SearchState.older,
            on_close=SearchState.close,
            on_open=lambda place: ChatState.read_page(Toward.PLACE.value, low, high, place),
        )
    )
    # A text that is gone from the room is gone from the results, too; nothing is asked where there are none.
    changed = rx.cond(SearchState.query, scripts.room_changes(), "")
    return rx.fragment(
        rx.cond(ChatState.missing, rx.fragment(), panel),
        refresh_after(changed, on_change=SearchState.reread),
    )


def _own() -> rx.Component:
    return own_panel(
        OwnState.asks,
        OwnState.erased,
        OwnState.done,
        OwnState.problem,
        on_ask=OwnState.ask,
        on_keep=OwnState.keep,
        on_erase=OwnState.erase,
    )


def _build(expected: str) -> rx.Component:
    lede = rx.cond(
        IdentityState.signed_in,
        t("You post as {username}.", username=IdentityState.username),
        t("Try live posts as the demo user. Sign in to send as yourself."),
    )
    return rx.fragment(
        page_heading(t("Chat"), lede),
        column(bench(live_chat(expected, _search()), live_log()), live_network(), _own()),
        live_trace(),
    )


def _title() -> rx.Var[str]:
    """The title of the document: the room's title and the site's name, so that tabs of several rooms differ."""
    known = rx.cond(ChatState.title, t("{room}: chat", room=ChatState.title), t("Chat"))
    about = rx.cond(ChatState.missing, t("Not found"), known)
    return rx.Var.create(f"{about} – {content().profile.site}").to(str)


async def _find(value: str, _session_id: str) -> None:
    slug, _, message = value.partition("/")
    await services().find_room(slug, message)


_SLUG = "[a-z0-9-]{1,40}"
PAGES = tuple(
    Page(
        route=route,
        title=t("Chat"),
        description=t(
            "A live chat room: messages are stored, moderated, audited and pushed to every open tab."
        ),
        build=partial(_build, expected),
        on_load=(*ENTERING, LogState.follow),
        listed="[" not in route,
        parameter=parameter,
        scriptless="" if route == "/chat" else "/plain/{}",
        find=_find,
        shown_title=_title if parameter else None,
    )
    for route, expected, parameter in (
        ("/chat", "Lobby", ""),
        ("/chat/[slug]", "…", _SLUG),
        ("/chat/[slug]/[message_id]", "…", f"{_SLUG}/[A-Za-z0-9_-]{{1,64}}"),
    )
)
