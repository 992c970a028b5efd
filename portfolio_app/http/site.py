"""The pages: the only place where states and components meet."""

from portfolio_app.http.account import page as account
from portfolio_app.http.burst import run_page as run
from portfolio_app.http.chat import page as chat
from portfolio_app.http.home import page as home
from portfolio_app.http.kit.page import Page
from portfolio_app.http.moderation import page as moderation
from portfolio_app.http.problems import ERROR, NOT_FOUND, boundary
from portfolio_app.http.showcase import proof_page as proof
from portfolio_app.http.writing.page import written_pages

PAGES = (home.PAGE, *chat.PAGES, *account.PAGES, moderation.PAGE, run.PAGE, proof.PAGE)


def all_pages() -> tuple[Page, ...]:
    """`PAGES`, and those made of the owner's content."""
    return (*PAGES, *written_pages())


__all__ = ["ERROR", "NOT_FOUND", "PAGES", "all_pages", "boundary"]
