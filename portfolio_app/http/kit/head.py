"""What every page puts into <head> besides its title and description."""

from typing import Final

import reflex as rx

from portfolio_app.http.kit.palette import THEMES, colours

_FONTS: Final = ("geist-latin-wght-normal", "geist-mono-latin-wght-normal")


def _preload(font: str) -> rx.Component:
    return rx.el.link(
        rel="preload",
        href=f"/fonts/{font}.woff2",
        custom_attrs={"as": "font"},
        type="font/woff2",
        cross_origin="anonymous",
    )


def _theme_color(mode: str, colour: str) -> rx.Component:
    return rx.el.meta(
        name="theme-color", content=colour, custom_attrs={"media": f"(prefers-color-scheme: {mode})"}
    )


def head_components(feed_title: str) -> list[rx.Component]:
    """For `rx.App(head_components=...)`: the two fonts above the fold, icon, browser colours, feed."""
    return [
        *(_preload(font) for font in _FONTS),
        *(_theme_color(theme, colours(theme)["ground"]) for theme in THEMES),
        rx.el.link(rel="icon", href="/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icon-180.png"),
        rx.el.link(rel="manifest", href="/site.webmanifest"),
        rx.el.link(rel="alternate", href="/feed.xml", type="application/atom+xml", title=feed_title),
    ]
