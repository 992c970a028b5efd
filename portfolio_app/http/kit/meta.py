"""Tags of <head> that describe a page; React moves them there."""

import json
from collections.abc import Mapping
from typing import Any

import reflex as rx

from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.kit.origin import with_origin


def named(name: str, value: Text) -> rx.Component:
    """`<meta name=…>`."""
    return rx.el.meta(name=name, content=value)


def shared(name: str, value: Text) -> rx.Component:
    """`<meta property=…>`, as Open Graph spells it."""
    return rx.el.meta(content=value, custom_attrs={"property": name})


def link(relation: str, address: Text) -> rx.Component:
    """`<link rel=…>`."""
    return rx.el.link(rel=relation, href=address)


def json_ld(described: Mapping[str, Any]) -> rx.Component:
    """Facts for machines: a block of data, which no policy has to allow because nothing runs it."""
    text = json.dumps(described, ensure_ascii=False).replace("<", "\\u003c")
    return rx.el.script(
        type="application/ld+json",
        custom_attrs={"dangerouslySetInnerHTML": {"__html": with_origin(text)}},
    )
