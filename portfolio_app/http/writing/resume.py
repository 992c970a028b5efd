"""The résumé: one column on a screen, one or two sheets on paper."""

import reflex as rx

from portfolio_app.http.content.model import Entry, Link, Profile, Section
from portfolio_app.http.kit.kinds import Child


def resume(profile: Profile) -> rx.Component:
    """Who, then every section in the order of the profile."""
    return rx.el.article(
        rx.el.header(
            rx.el.h1(profile.name),
            rx.el.p(profile.role),
            rx.el.p(profile.resume_lede, class_name="resume-hint"),
            rx.el.p(*map(_contact, profile.links), class_name="resume-links"),
            class_name="resume-heading",
        ),
        *map(_section, profile.resume),
        class_name="resume",
    )


def _contact(link: Link) -> rx.Component:
    return rx.el.a(link.label, href=link.href)


def _section(section: Section) -> rx.Component:
    return rx.el.section(
        rx.el.h2(section.title),
        rx.el.div(*map(_entry, section.entries), class_name="resume-entries"),
        class_name="resume-section",
    )


def _entry(entry: Entry) -> rx.Component:
    where: list[Child] = [rx.el.span(words) for words in (entry.where, entry.when) if words]
    return rx.el.div(
        rx.el.h3(entry.title),
        *([rx.el.p(*where, class_name="resume-where")] if where else []),
        *([rx.el.p(entry.text)] if entry.text else []),
        *([rx.el.ul(*(rx.el.li(point) for point in entry.points))] if entry.points else []),
        class_name="resume-entry",
    )
