"""Posting by hand."""

import secrets

from tests.socket.client import Tab


async def post(tab: Tab, body: str, path: str = "/chat") -> str:
    """Post and wait for the answer."""
    client_id = secrets.token_hex(10)
    await tab.call(f"{tab.find('chat_state')}.send", {"client_id": client_id, "body": body}, path=path)
    await tab.until(lambda: (tab.value("chat_state", "outcome") or {}).get("cid") == client_id)
    return client_id
