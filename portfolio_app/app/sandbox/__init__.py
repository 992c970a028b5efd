"""Where a visitor may attack the site: real tables, rows of their own."""
