"""A column's type decides its widget, found along the type's classes. Each widget holds what `values.seed` made."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading
from domain.db.types import (
    EARLIEST,
    LATEST,
    Cents,
    ChoiceType,
    ClockTime,
    Color,
    Cpf,
    Day,
    Document,
    Email,
    Flag,
    Fraction,
    Instant,
    JsonValue,
    Key,
    LongText,
    Money,
    Number,
    Phone,
    Shaped,
    ShortText,
    Tags,
    Url,
    Weekday,
    Whole,
)
from domain.kit.formats import show_limit, show_weekday
from domain.kit.texts import _
from domain.records.fields import Field
from pages._crud import json_editor
from pages._crud.options import Options, Wanted, options
from pages._shell import cache, parts, state

Draw = Callable[..., None]  # of a field, what it holds, the widget's key, the actor
FINE_STEP, MINUTES, DAY = 0.01, timedelta(minutes=5), timedelta(days=1)


def draw(field: Field, raw: Any, key: str, actor: Actor, offered: Mapping[str, Options] | None = None) -> None:
    """Draw a field's widget, holding `raw` until the person changes it. `offered`: what `offers` gave for the whole form."""
    for kind in type(field.type).__mro__:
        if kind in WIDGETS:
            asked = {"found": offered[key]} if offered and key in offered else {}
            WIDGETS[kind](field, raw, key, actor, **asked)
            return
    raise TypeError(f"no widget for {type(field.type).__name__}")


def label_of(field: Field) -> str:
    """The label, with a mark where the field must be filled in."""
    must = field.required and not field.has_default and not isinstance(field.type, Flag)
    return parts.needed(field.label) if must else field.label


def help_of(field: Field) -> str | None:
    """The model's help, and its limits in words."""
    said = [field.help] if field.help_source else []
    low, high = (_bound(field, field.low), _bound(field, field.high))
    if low is not None and high is not None:
        said.append(_("From {low} to {high}.").format(low=low, high=high))
    elif low is not None:
        said.append(_("{low} or more.").format(low=low))
    elif high is not None:
        said.append(_("{high} or less.").format(high=high))
    if field.length and field.length < 1000:
        said.append(_("At most {limit} characters.").format(limit=field.length))
    return " ".join(said) or None


def _bound(field: Field, bound: float | None) -> str | None:
    if bound is None:
        return None
    number = bound / 100 if isinstance(field.type, Cents) else bound
    return show_limit(number)


def _line(kind: Any = "default", icon: str | None = None, placeholder: str | None = None) -> Draw:
    def draw_line(field: Field, raw: Any, key: str, _actor: Actor) -> None:
        if field.suggested:
            _suggested(field, raw, key)
            return
        # Streamlit's own check of addresses speaks English alone; the domain's speaks the person's language.
        st.text_input(
            label_of(field), raw, key=key, type=kind, help=help_of(field), icon=icon, placeholder=placeholder, validate=""
        )

    return draw_line


def _suggested(field: Field, raw: Any, key: str) -> None:
    offered = list(dict.fromkeys([*([raw] if raw else []), *field.suggested]))
    index = offered.index(raw) if raw else None
    st.selectbox(
        label_of(field),
        offered,
        index=index,
        key=key,
        help=help_of(field),
        accept_new_options=True,
        placeholder=_("Choose or type"),
    )


def _long(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.text_area(label_of(field), raw, key=key, help=help_of(field), height=140)


def _amount(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.text_input(label_of(field), raw, key=key, help=help_of(field), icon=":material/payments:")


def _choice(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    offered = field.choices
    st.selectbox(
        label_of(field),
        offered,
        index=offered.index(raw) if raw in offered else None,
        format_func=lambda each: each.label,
        key=key,
        help=help_of(field),
        placeholder=_("Choose one"),
    )


def _flag(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    if field.required:
        st.toggle(label_of(field), bool(raw), key=key, help=help_of(field))
        return
    answers = {True: _("Yes"), False: _("No")}
    offered = list(answers)
    index = None if raw is None else offered.index(raw)
    st.selectbox(label_of(field), offered, index=index, format_func=answers.__getitem__, key=key, help=help_of(field))


def _whole(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.number_input(label_of(field), value=raw, step=1, key=key, help=help_of(field))


def _weekday(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    days = list(range(7))
    index = days.index(raw) if raw in days else None
    st.selectbox(label_of(field), days, index=index, format_func=show_weekday, key=key, placeholder=_("Choose one"))


def _number(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.number_input(label_of(field), value=raw, step=FINE_STEP, format="%.6g", key=key, help=help_of(field))


def _fraction(field: Field, raw: Any, key: str, actor: Actor) -> None:
    if raw is None or not field.required:
        _number(field, raw, key, actor)
        return
    low, high = field.low or 0.0, 1.0 if field.high is None else field.high
    st.slider(label_of(field), low, high, min(max(raw, low), high), FINE_STEP, key=key, help=field.help or None)


def _day(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.date_input(label_of(field), raw, min_value=EARLIEST, max_value=LATEST, format="DD/MM/YYYY", key=key, help=help_of(field))


def _clock(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.time_input(label_of(field), raw, step=MINUTES, key=key, help=help_of(field))


def _instant(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.datetime_input(
        label_of(field),
        raw,
        # A day more at either end: the widget speaks the school's wall clock, the limits are those of UTC.
        min_value=datetime.combine(EARLIEST - DAY, time()),
        max_value=datetime.combine(LATEST + DAY, time.max),
        step=MINUTES,
        format="DD/MM/YYYY",
        key=key,
        help=help_of(field),
    )


def _color(field: Field, raw: Any, key: str, actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _line(placeholder="#5B4BC4")(field, raw, key, actor)
        picker = f"{key}-picker"
        st.color_picker(
            field.label,
            raw or "#5B4BC4",
            key=picker,
            label_visibility="collapsed",
            on_change=lambda: state.put(key, state.value(picker)),
        )


def _json(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    json_editor.draw(field, raw, key, label_of(field), help_of(field))


def _tags(field: Field, raw: Any, key: str, _actor: Actor) -> None:
    st.multiselect(
        label_of(field),
        raw,
        default=raw,
        key=key,
        help=help_of(field),
        accept_new_options=True,
        placeholder=_("Type a word, then Enter"),
    )


def wanted_of(asked: Mapping[str, tuple[Field, Any]]) -> dict[str, Wanted]:
    """What the relation pickers among some widgets ask, by widget key; each widget's field is given with what it holds."""
    return {
        key: Wanted(field, state.value(_search_key(key), "") or "", state.value(key, raw))
        for key, (field, raw) in asked.items()
        if isinstance(field.type, Key)
    }


def offers(asked: Mapping[str, tuple[Field, Any]], actor: Actor) -> dict[str, Options]:
    """What the relation pickers among some widgets offer, by widget key, asked at once."""
    wanted = wanted_of(asked)

    def ask() -> dict[str, Options]:
        with reading(actor) as session:
            return options(session, wanted)

    if not wanted:
        return {}
    searched = tuple((key, each.field, each.search) for key, each in wanted.items())
    found = cache.while_unchanged(actor, "offers", searched, ask)
    if any(each.current and each.current not in found[key].labels for key, each in wanted.items()):
        cache.forget("offers")  # something else is chosen now, which must be among what is offered
        found = cache.while_unchanged(actor, "offers", searched, ask)
    return found


def _search_key(key: str) -> str:
    return f"{key}-search"


def pick(field: Field, raw: Any, key: str, actor: Actor, *, label: str | None = None, found: Options | None = None) -> None:
    """A relation picker: a list of a short table, a search of a long one. `found`: what it offers, if that is known."""
    search_key = _search_key(key)
    found = found or offers({key: (field, raw)}, actor)[key]
    shown = label or label_of(field)
    if found.searched:
        st.text_input(
            _("Search: {field}").format(field=field.label), key=search_key, type="search", placeholder=_("Type part of a name")
        )
    offered = list(found.labels)
    if raw is None and field.required and len(offered) == 1:
        raw = offered[0]
    st.selectbox(
        shown,
        offered,
        index=offered.index(raw) if raw in offered else None,
        format_func=lambda each: found.labels.get(each, ""),
        key=key,
        help=help_of(field),
        placeholder=_("Choose one") if offered else _("Nothing to choose from yet"),
    )


WIDGETS: dict[type[Shaped], Draw] = {
    ShortText: _line(),
    LongText: _long,
    Email: _line("email", ":material/mail:", "ana@example.com"),
    Phone: _line("phone", ":material/call:", "(11) 98765-4321"),
    Cpf: _line(placeholder="000.000.000-00"),
    Document: _line(placeholder="000.000.000-00 / 00.000.000/0000-00"),
    Url: _line("url", ":material/link:", "https://example.com"),
    Color: _color,
    ChoiceType: _choice,
    Flag: _flag,
    Whole: _whole,
    Weekday: _weekday,
    Cents: _amount,
    Money: _amount,
    Number: _number,
    Fraction: _fraction,
    Day: _day,
    ClockTime: _clock,
    Instant: _instant,
    JsonValue: _json,
    Tags: _tags,
    Key: pick,
}
