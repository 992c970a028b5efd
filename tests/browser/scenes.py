"""States of the site worth looking at: what a page shows when somebody has been busy."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from uuid import uuid4

from playwright.sync_api import expect

from portfolio_app.http.site import all_pages
from tests.browser.visitor import SOON_MS, Visitor
from tests.site import Site

ALLOWANCE = 5
"""Posts a visitor may make in ten seconds; the next one waits its turn."""
REFUSED = "\u2800\u2800"
"""A message in which there is nothing to see: the room refuses it."""

NOWHERE = "/nowhere-at-all"
ARTICLES = tuple(page.route for page in all_pages() if page.article)
EVERY_PAGE = (
    *(page.route for page in all_pages() if page.listed),
    "/chat/lobby",
    "/sign-in",
    "/register",
    "/recover",
    "/leave",
    "/details",
    "/password",
    "/account",
    "/moderation",
    *(page.route for page in all_pages() if page.route == "/proof"),
    NOWHERE,
    "/error",
)
"""Every page as a guest finds it."""
OPEN_PAGES = tuple(path for path in EVERY_PAGE if path not in ARTICLES[1:])
"""The same with one article, if there are any: all of them are made in one way."""


def text() -> str:
    """A message nobody else posts."""
    return f"hello {uuid4().hex[:8]}"


def name() -> str:
    """A username nobody has."""
    return f"u{uuid4().hex[:10]}"


def link() -> str:
    """A message that has to wait for a moderator."""
    return f"see https://example.org/{uuid4().hex[:8]}"


def fill_a_room(visitor: Visitor, bodies: Sequence[str] = ()) -> str:
    """Post more than may go out at once, one that is held, and one that is refused. Returns the refused one."""
    *bodies, last = bodies or (*(text() for _ in range(ALLOWANCE - 1)), link(), text())
    for body in bodies:
        visitor.post(body)
    refuse_a_message(visitor)
    visitor.post(last)
    expect(visitor.message(last)).to_have_count(1, timeout=SOON_MS)
    expect(visitor.at("chat-message").and_(visitor.page.locator("[data-status=pending]"))).not_to_have_count(
        0, timeout=SOON_MS
    )
    return REFUSED


SAID = (
    "The server keeps every message, see https://example.org/a-page-with-a-long-address/and-more",
    "האם React 19.2 תומך ב-SSR? זו שאלה ארוכה, שממשיכה גם בשורה שנייה",
    "هل يعمل هذا على PostgreSQL 16 أيضا؟",
    "@ada does `SELECT 1` and\n```python\ndef server(name: str) -> str:\n    return f'hello {name}'\n```",
    "\n".join(f"line {n} of the server's log" for n in range(20)),
    "a server with a name without any end: " + "x" * 90,
    "ok",
)
"""Both directions, a link, code, what is folded, what has no place to break, and next to nothing."""


def talk(site: Site) -> str:
    """All kinds of messages that answer one another, on two days: one gone, two edited, one approved late."""
    slug = f"talk-{uuid4().hex[:8]}"
    columns = (
        "id, room, client_id, session_id, author_name, author_tag, body, status, posted_at, revision, position,"
        " reply_to, reactions, edited_at, stub, approved_at"
    )
    rows = [
        (
            *(
                f"{slug}-{n}",
                slug,
                f"client-{n:06}",
                slug,
                "demo",
                "ab12",
                "" if n == 8 else SAID[n % len(SAID)],
            ),
            *("deleted" if n == 8 else "visible", f"2026-01-0{1 + n // 9} 12:{n:02}:00.000000", n, n),
            f"{slug}-{n - 3}" if n % 3 == 2 and n > 3 else None,
            "like:2 eyes:1" if n % 4 == 1 else "",
            "2026-01-02 13:00:00.000000" if n in (6, 13) else None,
            n == 8,
            "2026-01-02 13:00:00.000000" if n == 12 else None,
        )
        for n in range(1, 15)
    ]
    with closing(sqlite3.connect(site.data_dir / "portfolio.db", timeout=30)) as database, database:
        database.execute(
            "INSERT INTO rooms (slug, title, position, revision) VALUES (?, 'Talk', 9, 14)", (slug,)
        )
        database.executemany(f"INSERT INTO messages ({columns}) VALUES ({', '.join('?' * 16)})", rows)
    return slug


def refuse_a_message(visitor: Visitor) -> None:
    """Post what the room refuses, and wait for the answer."""
    visitor.post(REFUSED)
    visitor.expect_message(REFUSED, "failed")


def refuse_a_registration(visitor: Visitor) -> None:
    """Send the form with an address that is none, and wait for the answer beside the field."""
    visitor.at("field-email").fill("nobody")
    visitor.at("field-username").fill("ada")
    visitor.at("field-password").fill("correct horse battery")
    visitor.at("submit").click()
    expect(visitor.page.locator("#email")).to_have_attribute("aria-invalid", "true", timeout=SOON_MS)


def refuse_a_sign_in(visitor: Visitor) -> None:
    """Send the form with an account that does not exist, and wait for the answer."""
    visitor.at("field-email").fill("stranger")
    visitor.at("field-password").fill("correct horse battery")
    visitor.at("submit").click()
    expect(visitor.at("form-error")).not_to_be_empty(timeout=SOON_MS)
