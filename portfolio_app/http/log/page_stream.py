"""A page without a websocket: the frames which that would bring, by a plain stream."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final, TypeAlias

from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.live_feed import LogRow
from portfolio_app.http.log.stream import RETRY_MS, Ending, Stream, as_json, encode
from portfolio_app.http.log.views import LogFeed, channels_of
from portfolio_app.http.transport.push import Push, session_topic
from portfolio_app.http.transport.runtime import part, services

MAX_UNREAD: Final = 1_000_000
"""Characters of frames; a page further behind is dropped, and reads everything anew."""


class PageStream(Stream):
    """The frames of topics on their way to one page."""

    def __init__(self, session_id: str, network: str) -> None:
        super().__init__(session_id, network)
        self._frames: list[str] = []
        self._unread = 0

    def join(self, *topics: str) -> None:
        """Get the frames of these topics, too, from now on."""
        part(Push).read(self.bring, *topics)

    def bring(self, frame: str) -> None:
        """Queue a frame, or give the page up."""
        if self._unread > MAX_UNREAD:
            self.end(Ending.SLOW)
        if self.ending is None:
            self._frames.append(frame)
            self._unread += len(frame)
            self.woken.set()

    def offer(self, rows: Iterable[LogRow]) -> None:
        """Take no rows: a page gets them in frames."""

    def end(self, reason: Ending) -> None:
        """See `Stream`; leaves the topics."""
        part(Push).stop(self.bring)
        self._frames.clear()
        super().end(reason)

    async def take_frames(self) -> list[str]:
        """Wait for frames and take them all; none when the stream has ended."""
        await self.woken.wait()
        self.woken.clear()
        frames, self._frames, self._unread = self._frames, [], 0
        return frames


async def updates(stream: PageStream) -> AsyncIterator[bytes]:
    """Frames as they come, several in one chunk; at last why it ended."""
    yield encode(retry=RETRY_MS, comment="what the websocket of this page would bring")
    while stream.ending is None:
        frames = await stream.take_frames()
        stream.sent += len(frames)
        yield b"".join(encode(event="update", data=frame) for frame in frames)
    yield encode(event="end", data=as_json({"reason": stream.ending}))


Opener: TypeAlias = Callable[[Caller, str, PageStream], Awaitable[None]]
"""Has the page at a path join its topics, then brings what it begins with: in this order nothing falls in between."""


class Openers(list[Opener]):
    """The openers of all features, for a page without a websocket."""

    async def __call__(self, caller: Caller, path: str, stream: PageStream) -> None:
        """Have all of them bring it."""
        for opener in self:
            await opener(caller, path, stream)


async def bring_rows(caller: Caller, _path: str, stream: PageStream) -> None:
    """The rows of log and network table."""
    stream.join(session_topic(caller.session_id))
    recent = services().live_feed.recent(caller.session_id)
    stream.bring(part(Push).packet(LogFeed, **channels_of(recent)))
