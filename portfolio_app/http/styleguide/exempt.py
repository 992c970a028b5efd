"""Components without a specimen, each with the reason why there is nothing to show."""

from typing import Final

from portfolio_app.http.components import hidden, interactive, log_controls, message, meta, shell
from portfolio_app.http.styleguide.specimen import Component

_IN_THE_HEAD: Final = "it is written into <head>, where nothing is drawn"
_HEARD: Final = "it is read by a screen reader and seen by nobody"

EXEMPT: Final[dict[Component, str]] = {
    meta.named: _IN_THE_HEAD,
    meta.shared: _IN_THE_HEAD,
    meta.link: _IN_THE_HEAD,
    meta.json_ld: _IN_THE_HEAD,
    hidden.spoken: _HEARD,
    log_controls.log_words: _HEARD,
    message.waiting_note: "it is a line of a message and of a room, and is shown with them",
    interactive.refresh_after: "it draws nothing: it calls a handler when a text changes",
    shell.shell: "the style guide itself stands in it",
    shell.still_shell: "it is the same frame without what follows a state, and a page has one",
}
