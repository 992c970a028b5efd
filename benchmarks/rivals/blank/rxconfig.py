"""Reflex settings of the rival: only what a backend without a frontend needs."""

import reflex as rx

config = rx.Config(
    app_name="blank",
    telemetry_enabled=False,
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    show_built_with_reflex=False,
    disable_plugins=[rx.plugins.SitemapPlugin],
)
