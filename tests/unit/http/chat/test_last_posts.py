"""What a process remembers of posts: one per session, of a few sessions, and never in words."""

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.events import RoomChanged
from portfolio_app.app.ports.live_feed import Trace
from portfolio_app.http.chat.last_posts import SESSIONS_KEPT, Emission, LastPosts, Posted
from portfolio_app.http.chat.state import PostDTO
from tests.fakes.live_feed import rows
from tests.fakes.samples import message

DTO = PostDTO(client_id="client-1", body=" secret ")


def posted(message_id: str) -> Posted:
    command = PostCommand("lobby", DTO.client_id, DTO.body)
    return Posted(DTO, command, message(message_id=message_id), "request")


def test_only_the_last_post_of_a_session_is_kept_and_only_for_that_session() -> None:
    posts = LastPosts()
    first, second = posted("first"), posted("second")
    posts.keep("ann", first)
    assert posts.of("ann", "first") is first
    posts.keep("ann", second)
    assert posts.of("ann", "first") is None
    assert posts.of("ann", "second") is second
    assert posts.of("bob", "second") is None


def test_whoever_posted_longest_ago_is_forgotten_first() -> None:
    posts = LastPosts()
    for number in range(SESSIONS_KEPT):
        posts.keep(f"visitor {number}", posted("a"))
    posts.keep("visitor 0", posted("b"))
    posts.keep("one more", posted("c"))

    assert posts.of("visitor 0", "b")
    assert posts.of("visitor 1", "a") is None
    assert posts.of("visitor 2", "a")


def test_what_was_posted_is_not_in_its_own_words_for_a_log() -> None:
    assert "secret" not in repr(posted("first"))


def test_what_a_post_emitted_outlives_the_live_feed_until_the_next_post() -> None:
    posts, trace = LastPosts(), Trace("first", "chat.send", 0.0, 1, ())
    whole = Emission("first", rows(1, 3), trace)
    second = Emission("second", rows(4, 4))
    assert posts.whole("ann", Emission("first", rows(1, 2))) == Emission("first", rows(1, 2))
    assert posts.whole("ann", whole) == whole
    assert posts.whole("ann", Emission("first", rows(3, 3))) == whole
    assert posts.whole("ann", Emission("first")) == whole
    assert posts.whole("bob", Emission("first")) == Emission("first")
    assert posts.whole("ann", second) == second
    assert posts.whole("ann", Emission("first")) == Emission("first")


def test_emissions_are_forgotten_like_posts() -> None:
    posts, empty = LastPosts(), Emission("first")
    posts.whole("ann", Emission("first", rows(1, 1)))
    for number in range(SESSIONS_KEPT - 1):
        posts.whole(f"visitor {number}", Emission("first", rows(1, 1)))
        posts.whole(f"reader {number}", empty)
    assert posts.whole("ann", empty).rows
    for number in range(SESSIONS_KEPT):
        posts.whole(f"later {number}", Emission("first", rows(1, 1)))
    assert posts.whole("ann", empty) == empty


async def test_what_was_taken_away_is_kept_no_longer() -> None:
    posts = LastPosts()
    written = message("secret")
    session = written.author.session_id
    posts.keep(session, Posted(DTO, posted(written.id).command, written, "request"))
    await posts.on_event(RoomChanged("lobby", (message("other", message_id="m2").remove(2),)))
    assert posts.of(session, written.id) is not None
    await posts.on_event(RoomChanged("lobby", (written.erase(2),)))
    assert posts.of(session, written.id) is None
