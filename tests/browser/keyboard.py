"""A visitor without a pointer: Tab, Shift+Tab, Enter, Space and letters, and a focus that can be seen."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

MOST_STOPS = 60
FOCUS = """() => new Promise((done) => {
  const deadline = performance.now() + 30_000;
  const look = () => {
    const element = document.activeElement;
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const inView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    const marked = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    if (element === document.body || (inView && marked)) done(true);
    else if (performance.now() > deadline) {
      const place = [top, bottom, left, right].map(Math.round);
      const seen = `${innerWidth} by ${innerHeight}, scrolled to ${Math.round(scrollY)}`;
      done(`${element.outerHTML.slice(0, 160)} at ${place} of ${seen}, outline ${outlineStyle} ${outlineWidth}`);
    }
    else requestAnimationFrame(look);
  };
  look();
})"""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Drives `page` by keys alone."""

    page: Page

    def press(self, key: str) -> None:
        """One key, after which the focus is either on the page's body or plain to see."""
        self.page.keyboard.press(key)
        # Scrolling the focus into view may take a moment.
        seen = self.page.evaluate(FOCUS)
        assert seen is True, f"the focus can't be seen on {seen}"

    def go_to(self, target: Locator, *, key: str = "Tab") -> None:
        """Press Tab until `target` has the focus."""
        for _ in range(MOST_STOPS):
            if self.has_focus(target):
                return
            self.press(key)
        raise AssertionError(f"{MOST_STOPS} times {key} did not lead to {target}")

    def back_to(self, target: Locator) -> None:
        """Press Shift+Tab until `target` has the focus."""
        self.go_to(target, key="Shift+Tab")

    def write(self, target: Locator, words: str) -> None:
        """Go to a field and fill it."""
        self.go_to(target)
        self.page.keyboard.type(words)

    @staticmethod
    def has_focus(target: Locator) -> bool:
        """Whether it is where the keys go."""
        return target.count() == 1 and bool(
            target.evaluate("(element) => element === document.activeElement")
        )
