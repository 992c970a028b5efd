"""Errors of a value or a state change, in the words of the domain."""


class DomainError(Exception):
    """A rule of the domain was broken; `str(error)` is fit to be shown to a person."""


class InvalidValue(DomainError):
    """A value object refused its input. `field` names the value, for a form to point at."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class AlreadyDecided(DomainError):
    """A moderator decided on a message that is no longer open to that decision."""


class NotEditable(DomainError):
    """A message that its author can't change, or not any more."""
