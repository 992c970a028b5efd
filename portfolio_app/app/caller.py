"""Who asks, as far as the transport can vouch for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """The visitor behind a request: ids and an address, never a credential.

    `session_id` comes from the sealed cookie. `trusted` is False for a websocket without an Origin
    header, whose session counts as a guest's whoever it belongs to. `request_id` is the trace id.
    """

    session_id: str
    ip: str
    request_id: str
    trusted: bool = True
