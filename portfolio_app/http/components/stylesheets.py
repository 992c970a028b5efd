"""The stylesheets of the site, in the order in which they are imported."""

STYLESHEETS: tuple[str, ...] = tuple(
    f"/css/{name}.css"
    for name in (
        "tokens",
        "fonts",
        "reset",
        "base",
        "button",
        "layer",
        "panel",
        "pill",
        "shell",
        "hero",
        "message",
        "chat",
        "log",
        "log_controls",
        "toggle",
        "network",
        "trace",
        "waterfall",
        "form",
        "burst",
        "burst_live",
        "plot",
        "receipt",
        "runs",
        "moderation",
        "terminal",
        "tabs",
        "capability",
        "attack",
        "sessions",
        "page",
        "code",
        "prose",
        "article",
        "resume",
        "print",
    )
)
"""`tokens` goes first: it fixes the order of the cascade layers."""
