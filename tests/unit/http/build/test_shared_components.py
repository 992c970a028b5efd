"""What pages share is compiled into two modules: the front page's, and the others'."""

import pytest

from portfolio_app.http.build.shared_components import MODULE, OTHERS, SharedComponents

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
