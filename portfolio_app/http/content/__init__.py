"""The owner's words: parsed from `portfolio_app/content/`, typed, and refused by file and line when wrong."""
