"""Binds the token a tab made up for itself to the session that uses it."""

import hashlib
import re
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def bound_query(query_string: bytes, session_id: str) -> bytes | None:
    """The handshake's query with the token replaced, or None if it is not a proper handshake.

    Reflex finds a tab's state by token. The one it sees is derived from session and token, so the same token
    from another session leads to another, empty state. Nothing else of the query is kept: engine.io would
    take a `sid` for an upgrade of somebody's connection.
    """
    try:
        query = parse_qs(query_string.decode("ascii"), strict_parsing=True, max_num_fields=8)
    except ValueError:
        return None
    token = query.get("token", [""])[0]
    if query.get("EIO") != ["4"] or query.get("transport") != ["websocket"] or not _TOKEN.fullmatch(token):
        return None
    return f"EIO=4&transport=websocket&token={bound_token(session_id, token)}".encode()


def bound_token(session_id: str, token: str) -> str:
    """The token that Reflex knows this session's tab by, in the shape of a UUID."""
    digest = hashlib.sha256(f"tab:{session_id}:{token}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))
