"""The pages: the only place where states and components meet."""

from portfolio_app.http.pages import account, chat, home, moderation, run
from portfolio_app.http.pages.problems import ERROR, NOT_FOUND, boundary

PAGES = (home.PAGE, *chat.PAGES, *account.PAGES, moderation.PAGE, run.PAGE)

__all__ = ["ERROR", "NOT_FOUND", "PAGES", "boundary"]
