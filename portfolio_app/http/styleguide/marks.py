"""The smallest parts."""

from typing import get_args

from portfolio_app.http.kit.icon import IconName, icon
from portfolio_app.http.kit.layer import layer_strip
from portfolio_app.http.kit.pill import pill, tag
from portfolio_app.http.kit.shell import connection_indicator
from portfolio_app.http.showcase.pattern import chip_list
from portfolio_app.http.styleguide.specimen import Group, specimen


def group() -> Group:
    """Icons, pills and the like."""
    return Group(
        "Marks",
        "What stands in a line of text, or beside it.",
        (
            *(specimen(name, icon, name) for name in get_args(IconName)),
            specimen("key and value", pill, "status", "200"),
            specimen("long value", pill, "handler", "moderation.decide"),
            specimen("guest", tag, "k7f2"),
            specimen("words", tag, "this browser"),
            specimen("with a kind", chip_list, "Libraries", ("starlette", "sqlmodel", "cryptography")),
            *(specimen(state, connection_indicator, state) for state in ("live", "reconnecting", "offline")),
            specimen("the four", layer_strip),
        ),
        small=frozenset({icon, pill, tag, connection_indicator}),
    )
