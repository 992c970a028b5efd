"""What the page has to say for the seed: its own sentences, or what `wording.toml` has in their place."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from portfolio_app.http.content.model import Profile

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Wording:
    """`page` stands for `seed`; `live` words come with the connection, `owner`'s are those of the profile."""

    seed: str
    page: tuple[str, ...]
    live: bool
    owner: bool

    def expected(self, profile: Profile) -> tuple[str, ...]:
        """What has to be on the page; the owner's words only as long as the profile says them."""
        if not self.owner:
            return self.page
        said = (profile.claim, *profile.ledes)
        return tuple(words for words in self.page if any(words in text for text in said))


def seed() -> str:
    """The seed as it stands."""
    return (FOLDER / "seed.txt").read_text()


def anywhere(text: str) -> str:
    """A pattern for `text`, wherever its lines break."""
    return r"\s+".join(map(re.escape, text.split()))


def wordings() -> list[Wording]:
    """Everything that is worded otherwise, each with its reason."""
    listed = tomllib.loads((FOLDER / "wording.toml").read_text())["adapted"]
    assert all(entry["reason"] for entry in listed)
    return [
        Wording(entry["seed"], tuple(entry["page"]), entry.get("live", False), entry.get("owner", False))
        for entry in listed
    ]


def word_for_word() -> list[str]:
    """The lines and sentences of the seed without what is listed."""
    text = seed()
    for wording in wordings():
        text = re.sub(anywhere(wording.seed), "\n", text)
    return sorted(
        {part for line in text.splitlines() for part in re.split(r"(?<=[.])\s", line.strip()) if part}
    )


def adapted(profile: Profile) -> list[str]:
    """What stands on the page for the seed before it is connected, and what the profile says itself."""
    listed = [words for wording in wordings() if not wording.live for words in wording.expected(profile)]
    return [*listed, profile.claim, *profile.ledes]
