"""Takes out of a log line what must not be in one, those of libraries included."""

import re
from typing import Final

HIDDEN: Final = "***"
LONGEST: Final = 2_000

_SECRETS: Final = (
    # name=value, "name": "value", name: value; the value ends where its quotes or the next field begin. The rest of a
    # name has a limit, or a text of such names alone is read once for each of them.
    re.compile(
        r"""(?ix)
        (?P<kept>
            (?:password|passwd|secret|token|cookie|authorization|api[_-]?key|ticket) [\w-]{0,64}
            ["']? \s* [=:] \s* (?:(?:bearer|basic)\s+)?
          | [?&] key =
        )
        (?: "[^"]*" | '[^']*' | [^\s,;&"'<>)\]}]+ )"""
    ),
    re.compile(r"(?P<kept>://)[^\s/]+(?=@)"),  # up to the last @: a password may have one
    re.compile(r"(?P<kept>)gAAAA[\w-]{20,}"),
    re.compile(r"(?P<kept>)[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"),
)


def redacted(text: str) -> str:
    """`text` without values of fields named like credentials, sealed tokens, and email addresses.

    At most `LONGEST` characters, on one line.
    """
    clean = text[: LONGEST * 2]
    if not clean.isprintable():
        clean = "".join(ch if ch.isprintable() else " " for ch in clean)
    for secret in _SECRETS:
        clean = secret.sub(rf"\g<kept>{HIDDEN}", clean)
    return clean[:LONGEST]
