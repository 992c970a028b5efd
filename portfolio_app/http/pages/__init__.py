"""The pages: the only place where states and components meet."""

from portfolio_app.http.pages import account, chat, home, moderation, proof, run
from portfolio_app.http.pages.page import Page
from portfolio_app.http.pages.problems import ERROR, NOT_FOUND, boundary
from portfolio_app.http.pages.written import written_pages

PAGES = (home.PAGE, *chat.PAGES, *account.PAGES, moderation.PAGE, run.PAGE, proof.PAGE)


def all_pages() -> tuple[Page, ...]:
    """`PAGES`, and those made of the owner's content."""
    return (*PAGES, *written_pages())


__all__ = ["ERROR", "NOT_FOUND", "PAGES", "all_pages", "boundary"]
