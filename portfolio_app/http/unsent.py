"""Forms that a browser sends by itself, because the scripts of their page have not arrived: where they go."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Unsent:
    """What is answered to one kind of form; `kept` names the field whose text is shown again, never a secret."""

    name: str
    title: str
    words: str
    page: str
    link: str
    kept: str | None = None

    @property
    def path(self) -> str:
        """The form's action: an address that no field can get into."""
        return f"/unsent/{self.name}"


MESSAGE: Final = Unsent(
    "message",
    "Not posted yet",
    "The scripts of the page had not loaded yet, so your message was neither posted nor stored.",
    "/chat",
    "Open the chat",
    kept="body",
)
SIGN_IN: Final = Unsent(
    "sign-in",
    "Not signed in yet",
    "The scripts of the page had not loaded yet, so nothing you typed was checked or stored.",
    "/sign-in",
    "Back to signing in",
)
REGISTER: Final = Unsent(
    "register",
    "No account made yet",
    "The scripts of the page had not loaded yet, so nothing you typed was checked or stored.",
    "/register",
    "Back to registering",
)
UNSENT: Final = (MESSAGE, SIGN_IN, REGISTER)
