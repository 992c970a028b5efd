"""Compiles single pages ahead of all others, for the development server: those that are open in a browser."""

import re
from collections.abc import Collection
from zlib import crc32

from reflex.app import App
from reflex.compiler import compiler, utils
from reflex.compiler.plugins import default_page_plugins
from reflex_base.components.component import evaluate_style_namespaces
from reflex_base.components.memo import MEMOS
from reflex_base.config import get_config
from reflex_base.plugins import CompileContext, CompilerHooks

from portfolio_app.http.build.workshop import write_whole


def components_of(route: str) -> str:
    """The module that a page's components are compiled into.

    Each page has one of its own, so that it can be compiled without the others; by itself the framework compiles
    those of all pages into one, named like the module that registers them.
    """
    return f"portfolio_pages.{re.sub(r'[^0-9A-Za-z]', '_', route)}_{crc32(route.encode()):08x}"


def compile_pages(app: App, routes: Collection[str]) -> list[str]:
    """Write these pages with their components and the initial state; returns what was written.

    Nothing is removed, and what all pages share is left to the compile of all that follows.
    """
    config = get_config()
    app._apply_decorated_pages()  # type: ignore[no-untyped-call] # Reflex annotates no result
    app.style = evaluate_style_namespaces(app.style)
    plugins, radix = compiler._resolve_radix_themes_plugin(app, config.plugins)
    pages = [page for route, page in app._unevaluated_pages.items() if route in routes]
    context = CompileContext(
        app=app,
        pages=pages,
        hooks=CompilerHooks(plugins=default_page_plugins(style=app.style, plugins=plugins)),
    )
    with context:
        context.compile()
    components, _ = compiler.compile_memo_components(
        (*MEMOS.values(), *context.auto_memo_components.values())
    )
    state = compiler.compile_contexts(app._state, radix.get_theme(), component_imports=context.all_imports)
    # What is imported comes before what imports it.
    outputs = [
        state,
        *components,
        *((page.output_path, page.output_code) for page in context.compiled_pages.values()),
    ]
    for path, code in outputs:
        if path is not None and code is not None:
            write_whole(utils.resolve_path_of_web_dir(path), code)
    return [str(path) for path, _ in outputs]
