"""A first visit loads the text of its page before the scripts, and of the components that pages share its own."""

from pathlib import Path

import pytest

from portfolio_app.http.build.browser_files import (
    MODULE,
    OTHERS,
    SharedComponents,
    defer_scripts,
    with_deferred_scripts,
)
from portfolio_app.http.content.pictures import FIRST

HEAD = 'import {memo} from "react"\n\n'
EACH = {
    name: f"export const {name} = /*#__PURE__*/ (() => {{\nreturn memo(() => {name[-1]});\n}})();\n\n"
    for name in ("A_1", "B_2", "C_3")
}


def importing(*names: str, path: str = MODULE) -> str:
    return f'import {{jsx}} from "@emotion/react"\nimport {{{",".join(names)}}} from "$/{path}"\nexport default 1\n'


def test_each_component_is_in_one_module_and_a_page_imports_it_from_there() -> None:
    shared = SharedComponents()
    assert shared.front_page(importing("A_1", "B_2")) == importing("A_1", "B_2")
    assert shared.page(importing("C_3")) == importing("C_3", path=OTHERS)
    assert shared.page(importing("B_2")) == importing("B_2")
    both = shared.page(importing("B_2", "C_3"))
    assert f'import {{B_2}} from "$/{MODULE}"\nimport {{C_3}} from "$/{OTHERS}"\n' in both
    assert shared.page("export default 1\n") == "export default 1\n"
    assert shared.module(HEAD + "".join(EACH.values())) == HEAD + EACH["A_1"] + EACH["B_2"]
    assert shared.others("") == HEAD + EACH["C_3"]


def test_a_front_page_that_looks_different_stops_the_build() -> None:
    with pytest.raises(RuntimeError, match="another way"):
        SharedComponents().front_page("export default 1\n")


ENTRY = '<script type="module" async="">import "/a.js";\nimport("/b.js");</script>'
SHEET = '<link href="/a.css" rel="stylesheet"/>'
PAGE = f'{SHEET}<link rel="modulepreload" href="/a.js"/><link rel="modulepreload" href="/b.js"/>words{ENTRY}'


def test_no_module_of_any_page_is_fetched_at_once(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    pages = [tmp_path / "index.html", tmp_path / "work" / "index.html"]
    for page in pages:
        page.write_text(PAGE)
    defer_scripts(tmp_path)
    for page in pages:
        html = page.read_text()
        assert 'rel="modulepreload"' not in html
        assert 'type="module"' not in html
        assert '<script type="waiting">import "/a.js";\nimport("/b.js");</script>' in html


def test_where_the_first_screen_has_a_picture_the_modules_wait_for_it_too() -> None:
    plain, pictured = (
        with_deferred_scripts(f"<head></head>{image}{PAGE}", "a.html") for image in ("<img>", f"<img{FIRST}>")
    )
    assert "decode" not in plain
    assert "data-later" not in plain
    style, _, script = pictured.partition("</head>")
    assert "<style data-later>" in style
    assert 'querySelector("style[data-later]")?.remove()' in script
    assert pictured.count("Promise.race([first?.decode()") == 1
    assert pictured.count("<script") == 2


def test_on_a_slow_line_the_modules_are_asked_for_by_a_script_before_the_stylesheet_but_not_beside_a_picture() -> (
    None
):
    plain, pictured = (
        with_deferred_scripts(f"<head>{image}{PAGE}", "a.html") for image in ("", f"<img{FIRST}>")
    )
    before, _, after = plain.partition(SHEET)
    assert before.startswith("<head><script>")
    assert "if (performance.now() > 500) setTimeout(ask" in before
    assert after.count("<script") == 2
    assert "performance.now()" not in pictured


@pytest.mark.parametrize("page", ["words", PAGE + ENTRY, SHEET, ENTRY])
def test_a_page_that_starts_in_another_way_stops_the_build(page: str) -> None:
    with pytest.raises(
        RuntimeError, match=r"work\.html has [012] scripts that start it and [01] stylesheets"
    ):
        with_deferred_scripts(page, "work.html")
