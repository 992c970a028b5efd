"""What a process remembers of posts: one per session, of a few sessions, and never in words."""

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.http.dto.chat import PostDTO
from portfolio_app.http.last_posts import SESSIONS_KEPT, LastPosts, Posted
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
