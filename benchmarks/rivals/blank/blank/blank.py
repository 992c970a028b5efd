"""A page of Reflex with one state of one var, which reads nothing: what a tab of the framework costs by itself."""

import reflex as rx


class Blank(rx.State):
    """All there is."""

    shown: str = ""

    @rx.event
    def press(self) -> None:
        """Change what is shown."""
        self.shown = "pressed"


def index() -> rx.Component:
    """The page a tab would show."""
    page: rx.Component = rx.el.main(rx.el.button("Press", on_click=Blank.press), rx.el.p(Blank.shown))
    return page


app = rx.App(toaster=None)
app.add_page(index, route="/")
