"""My profile: how one is reached, in which language one reads, and one's picture."""

from functools import partial
from typing import Any

import streamlit as st

from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core import pictures
from domain.core.models import User
from domain.db.gather import gather
from domain.kit.errors import InvalidInput
from domain.kit.phones import format_phone
from domain.kit.texts import LANGUAGES, _
from domain.records import write
from domain.records.query import Row, get_row
from pages._crud import undo
from pages._shell import errors, parts, state
from pages._shell.cells import own_picture
from pages._shell.guard import current_actor, open_page

KINDS = ["jpg", "jpeg", "png", "webp"]
NONE = ""  # no language of one's own: the browser's


def main() -> None:
    """Draw the page."""
    actor = open_page("profile")
    parts.page_header(_("My profile"), _("How the school reaches you, in which language you read, and your picture."))
    undo.bar(actor)
    with reading(actor) as session:
        row, may_change = gather(
            session, lambda: get_row(session, User, actor.user_id), lambda: pictures.may_change(session, actor.user_id)
        )
    if not may_change:
        parts.note(_("In the role that you are in now you can't change this. Choose another of your roles, or ask coordination."))
    _picture(row, may_change=may_change)
    if may_change:
        _reached(row)


def _picture(row: Row, *, may_change: bool) -> None:
    sentence = _("Those who may open your record see it. It is kept small, without when and where it was taken.")
    parts.section(_("Your picture"), sentence)
    shown = own_picture(row.values.get("avatar_url"))
    if shown:
        st.html(f'<img class="c-portrait" src="{shown}" alt="{_("Your picture")}">')
    if not may_change:
        return
    fields = errors.Fields("profile-picture")
    with st.container(key="profile-picture-width", width=480):
        with fields.of(pictures.FIELD):
            given = st.file_uploader(
                _("A new picture"),
                KINDS,
                key=f"profile-upload-{state.value('profile-uploads', 0)}",
                max_upload_size=pictures.LARGEST_UPLOAD // 1024**2,
                help=_("JPEG, PNG or WebP, at most {limit} MB.").format(limit=pictures.LARGEST_UPLOAD // 1024**2),
            )
        fields.mark(state.value("profile-problems", []))
        state.drop("profile-problems")
        with st.container(horizontal=True):
            st.button(
                _("Use this picture"),
                key="profile-use",
                type="primary",
                disabled=given is None,
                on_click=errors.telling(_use),
                args=(given,),
            )
            if shown:
                st.button(_("Take it away"), key="profile-remove", icon=":material/delete:", on_click=errors.telling(_remove))


def _use(given: Any) -> None:
    if given is None:
        return
    try:
        with unit_of_work(current_actor()) as session:
            pictures.keep(session, given.getvalue())
    except InvalidInput as error:
        state.put("profile-problems", list(error.problems))
        return
    _done(_("Your picture is set."))


def _remove() -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        pictures.remove(session, actor.user_id)
    _done(_("Your picture is gone."))


def _done(said: str) -> None:
    """The uploaded file is let go of with its widget: Streamlit keeps it as long as a widget shows it."""
    state.put("profile-uploads", state.value("profile-uploads", 0) + 1)
    state.forget_actor()
    parts.toast(said, later=True)


def _reached(row: Row) -> None:
    parts.section(_("How you are reached"))
    fields = errors.Fields("profile")
    with st.container(key="profile-width", width=480), st.form("profile", border=True):
        with fields.of("phone"):
            known = format_phone(row.values["phone"] or "")
            phone = st.text_input(_("Phone"), known, key="profile-phone", autocomplete="tel")
        with fields.of("whatsapp"):
            whatsapp = st.text_input(
                _("WhatsApp"), format_phone(row.values["whatsapp"] or ""), key="profile-whatsapp", autocomplete="tel"
            )
        with fields.of("language"):
            options = [NONE, *LANGUAGES]
            now = row.values["language"] or NONE
            language = st.selectbox(
                _("Language"),
                options,
                index=options.index(now) if now in options else 0,
                format_func=lambda each: LANGUAGES.get(each) or _("As in the browser"),
                key="profile-language",
                filter_mode=None,
            )
        sent = st.form_submit_button(_("Save"), key="profile-save", type="primary")
    if sent:
        with fields.telling():
            _save(row, {"phone": phone or None, "whatsapp": whatsapp or None, "language": language or None})


def _save(row: Row, values: dict[str, Any]) -> None:
    actor = current_actor()
    opened = {name: row.values[name] for name in values}
    with unit_of_work(actor) as session:
        write.update(session, User, actor.user_id, values, version=row.version, opened=opened)
    before = state.chosen_language()
    if values["language"]:
        state.choose_language(values["language"])
    undo.done(actor, written(session), _("Your profile is saved."), then=partial(_as_before, before))
    st.rerun()


def _as_before(language: str | None) -> None:
    """What this browser forgets once a saved profile is undone: what was typed, and the language that went with it."""
    state.drop("profile-phone", "profile-whatsapp", "profile-language")
    state.choose_language(language)


main()
