"""People at other machines, without browsers: raw clients that post from a thread of their own."""

import asyncio
import threading
from contextlib import AsyncExitStack

from tests.socket.client import Tab, open_tab


class Crowd(threading.Thread):
    """Visitors who each post their `bodies`, one after the other, as fast as they are answered."""

    def __init__(self, url: str, bodies: list[list[str]]) -> None:
        super().__init__(name="crowd")
        self._url = url
        self.bodies = bodies
        self.refusals: list[str] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Post everything; `failure` is what went wrong."""
        try:
            asyncio.run(self._talk())
        except BaseException as error:
            self.failure = error

    async def _talk(self) -> None:
        async with AsyncExitStack() as stack, asyncio.timeout(60):
            tabs = [await stack.enter_async_context(open_tab(self._url)) for _ in self.bodies]
            await asyncio.gather(*(tab.boot("/chat") for tab in tabs))
            await asyncio.gather(*map(self._post_all, tabs, range(len(tabs))))

    async def _post_all(self, tab: Tab, number: int) -> None:
        for n, body in enumerate(self.bodies[number]):
            client_id = f"crowd{number:02}x{n:04}"
            payload = {"client_id": client_id, "body": body}
            await tab.call(f"{tab.find('chat_state')}.send", payload, path="/chat")
            await tab.until(lambda sent=client_id: _answered(tab) == sent, 30)
            if refusal := tab.value("chat_state", "outcome")["error"]:
                self.refusals.append(refusal)


def _answered(tab: Tab) -> str | None:
    outcome = tab.value("chat_state", "outcome")
    return outcome["cid"] if outcome else None
