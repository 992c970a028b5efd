"""A recorded run as one HTML file: no script, nothing loaded from elsewhere."""

from html import escape

from portfolio_app.app.ports.runs import Record


def run_page(record: Record) -> str:
    """The page."""
    return f"<!doctype html><title>{escape(str(record['run']))}</title>"
