"""Quoted code with the place it stands at."""

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.content.highlighting import highlighted
from portfolio_app.http.content.source import Passage
from portfolio_app.http.kit.kinds import Text


def place(passage: Passage, repository: Text) -> rx.Component:
    """Path and line; a link where `repository`, the address of this commit's files, is not empty."""
    first, *folders = passage.path.split("/")
    # A long path breaks between folders.
    words = [first, *(part for folder in folders for part in ("/", rx.el.wbr(), folder)), f":{passage.line}"]
    address = f"{repository}/{passage.path}#L{passage.line}"
    return rx.cond(repository, A.create(*words, href=address), rx.el.span(*words))


def snippet(passage: Passage, repository: Text = "") -> rx.Component:
    """The passage, coloured when the page is built; its edge has the hue of the file's layer."""
    code = rx.el.code(
        custom_attrs={"dangerouslySetInnerHTML": {"__html": highlighted(passage.text, "python")}}
    )
    return rx.el.figure(
        rx.el.figcaption("Example: ", place(passage, repository), class_name="snippet-place"),
        # Focusable, so that long lines can be scrolled by keyboard.
        rx.el.pre(
            code,
            tab_index=0,
            role="group",
            aria_label=f"Source of {passage.symbol}",
            data_code="python",
        ),
        class_name="snippet",
        data_testid="snippet",
        data_path=passage.path,
        data_line=str(passage.line),
        data_layer=passage.layer or None,
    )
