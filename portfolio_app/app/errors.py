"""Errors of a request, apart from those of the values in it. They carry meaning, never an HTTP status."""

from typing import Final

_MINUTES_FROM: Final = 120


class AppError(Exception):
    """A use case refused or failed; `str(error)` is fit to be shown to a person."""


class NotFound(AppError):
    """The thing asked for does not exist, or not for this visitor."""


class NotAllowed(AppError):
    """The visitor is known and may not do this."""


class SessionEnded(AppError):
    """The session was revoked or has expired; the visitor needs a new one."""

    def __init__(self) -> None:
        super().__init__("Your session has ended. Reload the page to go on.")


class BadCredentials(AppError):
    """Sign-in failed; says the same whether the account exists or not."""

    def __init__(self) -> None:
        super().__init__("Username, email or password is wrong.")


class BadRecoveryCode(AppError):
    """A code opens nothing; says the same whether the account exists or not."""

    def __init__(self) -> None:
        super().__init__("Name or code is wrong, or the code was used or has expired.")


class BadPasskey(AppError):
    """A device's answer opens or adds nothing; says the same whatever is wrong with it."""

    def __init__(self) -> None:
        super().__init__("That passkey was not accepted here, or it took too long. Try again.")


class ProofNeeded(AppError):
    """The session is a member's, and what was asked for wants the password again."""

    def __init__(self) -> None:
        super().__init__("Type your password again to go on.")


class AlreadyTaken(AppError):
    """The username, which everybody can see, or the address is another account's."""

    def __init__(self) -> None:
        super().__init__("That username is already in use.")


class TicketRefused(AppError):
    """A session ticket was expired, used, or made for another browser."""

    def __init__(self) -> None:
        super().__init__("That sign-in link has expired. Sign in again.")


class StreamKeyRefused(AppError):
    """The key of a stream was expired or never one."""

    def __init__(self) -> None:
        super().__init__("That key has expired. Get a new command from the page.")


class StreamKeyInAddress(AppError):
    """A key came where proxies, shells and browsers write it down."""

    def __init__(self) -> None:
        super().__init__(
            "A key in the address ends up in logs. Send it as a header: curl -H 'Authorization: Bearer KEY'. "
            "The page makes such a command, with a new key."
        )


class Conflict(AppError):
    """The same client message id came back with another body."""

    def __init__(self) -> None:
        super().__init__("This message was already sent with a different text.")


class RoomExists(AppError):
    """A room has that name, archived or not."""

    def __init__(self) -> None:
        super().__init__("There is a room with that name already.")


class RoomTitleTaken(AppError):
    """A room that is open has that title: a list of rooms would show two lines that nobody can tell apart."""

    def __init__(self) -> None:
        super().__init__("Another open room has that title already: nobody could tell the two apart.")


class RoomArchived(AppError):
    """The room is archived: it takes no messages."""

    def __init__(self) -> None:
        super().__init__("This room is archived: it can be read, not written to.")


class WrittenAsAnother(AppError):
    """The session is not that of the author any more whose name stood beside the text when it was written."""

    def __init__(self, author: str) -> None:
        super().__init__(f"You wrote this as {author}. Send it again to post it as you are now.")


class Muted(AppError):
    """The author may not write; the text says until when."""


class RateLimited(AppError):
    """Too many attempts; `retry_after` is the seconds until the next one can succeed, at least 1."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(f"Too fast. Try again in {_spoken(self.retry_after)}.")


class SlowMode(RateLimited):
    """The author posted in a room in slow mode less than `every` seconds ago."""

    def __init__(self, every: int, retry_after: int) -> None:
        super().__init__(retry_after)
        self.args = (f"This room is in slow mode: one message every {_spoken(every)}. {self}",)


class BurstRefused(RateLimited):
    """A request of a burst beyond what its run, or all runs together, may send."""

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        super().__init__(retry_after)
        self.args = (reason,)


class RunUnderWay(BurstRefused):
    """The session has a run that is not finished; `run` names it."""

    def __init__(self, run: str, retry_after: int) -> None:
        super().__init__("Your last run is not finished yet, here or in another tab.", retry_after)
        self.run = run


class BurstTicketRefused(AppError):
    """The ticket of a run was never one, is another session's, or its run has ended."""

    def __init__(self) -> None:
        super().__init__("That ticket opens no run. Start a new one.")


class Unavailable(AppError):
    """A dependency (database, Redis) does not answer; trying again later can help."""

    def __init__(self) -> None:
        super().__init__("The service can't be reached right now. Try again in a moment.")


class Busy(Unavailable):
    """The database answers, but something else held what the work needs for too long; nothing was changed."""

    def __init__(self) -> None:
        super().__init__()
        self.args = ("The service is too busy right now. Try again in a moment.",)


class NotReady(AppError):
    """A part of this process can't do its work; the text names the state, never a detail."""


def _spoken(seconds: int) -> str:
    if seconds >= _MINUTES_FROM:
        return f"{-(-seconds // 60)} minutes"
    return "1 second" if seconds == 1 else f"{seconds} seconds"
