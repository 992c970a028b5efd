"""Forms, their fields, and what is said when one is refused."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import reflex as rx
from reflex.utils.format import format_ref
from reflex.vars import VarData
from reflex_base.utils.imports import ImportVar

from portfolio_app.http.kit.kinds import Child, Handler, Number, Text
from portfolio_app.http.kit.marks import icon, in_zone
from portfolio_app.http.kit.page import Unsent

InputType = Literal["text", "email", "password"]


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the form key and the stem of the `field-...` test id and the element ids."""

    name: str
    label: str
    type: InputType
    autocomplete: str
    hint: str = ""
    error: Text = ""
    also_known_as: str = ""
    """Another test id: a script may take the login for an email or for a username."""
    required: bool = True
    on_change: Handler = None
    """Called with what is typed, a moment after it was."""
    verdict: Text = ""
    """The verdict on the text that is being typed."""


def error_text(text: Text, **attributes: str) -> rx.Component:
    """Takes no room while empty; said in words and with a sign, not by colour alone."""
    return rx.el.p(
        rx.cond(text, rx.fragment(icon("alert"), in_zone(text))), class_name="field-error", **attributes
    )


def _label(spec: Field, input_id: str) -> rx.Component:
    known = {"data_testid": f"field-{spec.also_known_as}"} if spec.also_known_as else {}
    return rx.el.label(spec.label, html_for=input_id, class_name="field-label", **known)


def _with_ref(input_id: str) -> dict[str, Any]:
    """An id, and the ref by which `rx.set_value` finds it, as the framework makes them for an id of its own."""
    name = format_ref(input_id)
    known = rx.Var(name)._as_ref()
    data = VarData.merge(
        known._get_all_var_data(),
        VarData(
            imports={"react": ImportVar(tag="useRef")},
            hooks=[f"const {name} = useRef(null); {known!s} = {name};"],
        ),
    )
    return {"id": input_id, "ref": rx.Var(name, _var_data=data)}


def field(spec: Field, *, id_prefix: str = "") -> rx.Component:
    """The server's answer comes back as `error`: one place and one wording for every refusal.

    `id_prefix` keeps the element ids apart where a page has two fields of one name.
    """
    input_id = f"{id_prefix}{spec.name}"
    hint_id, error_id = f"{input_id}-hint", f"{input_id}-error"
    # The framework would send what has an id of its own under that as well, and the form's DTO refuse it.
    named: dict[str, Any] = {"custom_attrs": _with_ref(input_id)} if id_prefix else {"id": input_id}
    typing = {} if spec.on_change is None else {"on_change": spec.on_change}
    judged = (
        [] if spec.on_change is None else [rx.el.p(spec.verdict, role="status", class_name="field-verdict")]
    )
    return rx.el.div(
        _label(spec, input_id),
        rx.el.input(
            **named,
            name=spec.name,
            type=spec.type,
            auto_complete=spec.autocomplete,
            auto_capitalize="none",
            spell_check=False,
            required=spec.required,
            class_name="field-input",
            aria_describedby=f"{hint_id} {error_id}",
            aria_invalid=rx.cond(spec.error, "true", "false"),
            data_testid=f"field-{spec.name}",
            **typing,
        ),
        rx.el.p(spec.hint, id=hint_id, class_name="field-hint"),
        *judged,
        error_text(spec.error, id=error_id, role="alert"),
        class_name="field",
    )


def choice(
    label: Text, *options: Child, value: Text, on_change: Handler, count: Number, name: str
) -> rx.Component:
    """One of `options`, some of which may come later than their `value`; `count` is how many there are by now."""
    return rx.el.label(
        rx.el.span(label),
        rx.el.select(
            *options,
            value=value,
            on_change=on_change,
            class_name="choice-options",
            data_testid=name,
            # Or an option that comes later stays unselected: React selects when it draws the select.
            data_options=count,
        ),
        class_name="choice",
    )


class NativeForm(rx.Component):
    """A form that the browser sends: the framework's own prevents that where it has no handler."""

    tag = "form"
    _is_tag_in_global_scope = True

    method: rx.Var[str]
    action: rx.Var[str]


def form_of_script(*children: Child, action: str) -> rx.Component:
    """A hidden form that a script fills in and has the browser post to `action`."""
    return NativeForm.create(*children, method="post", action=action, custom_attrs={"hidden": True})


# Afterwards: the browser reads the fields when the event is over.
_EMPTY: Final[rx.Var[Any]] = rx.Var("({ currentTarget }) => setTimeout(() => currentTarget.reset())")


def form(
    *children: Child,
    unsent: Unsent,
    on_submit: Handler = None,
    stays: bool = False,
    **attributes: Text | bool,
) -> rx.Component:
    """Calls `on_submit` with the fields; until the scripts are there the browser posts them to `unsent`.

    Without `on_submit` it always does; where the answer is a file, the page `stays`, and its form is emptied.

    Without a method and an action of its own, a browser would put the fields into the page's address.
    """
    if on_submit is None:
        emptied = {"custom_attrs": {"onSubmit": _EMPTY}} if stays else {}
        return NativeForm.create(*children, method="post", action=unsent.path, **attributes, **emptied)
    return rx.el.form(*children, method="post", action=unsent.path, on_submit=on_submit, **attributes)
