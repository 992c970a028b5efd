"""What answers a form that a browser sends by itself, because the scripts of its page have not arrived."""

from dataclasses import dataclass


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
