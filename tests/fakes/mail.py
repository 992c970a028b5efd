"""Letters in a list."""

from dataclasses import dataclass, field

from portfolio_app.app.ports.mail import Letter


@dataclass
class FakeMail:
    """Implements `Mail`."""

    is_set: bool = True
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)
