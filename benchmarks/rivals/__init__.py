"""The same chat written other ways, to measure the site's own against."""
