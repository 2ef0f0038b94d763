"""The script behind every address: who is here, in which language, what their menu is, then the page itself."""

from pathlib import Path

import streamlit as st

from domain.kit.errors import DatabaseUnavailable
from domain.kit.texts import _
from pages._shell import cache, door, errors, frame, guard, language, later_step, parts, state, trouble
from pages._shell.catalog import CATALOG, HOME, PAGES, page_at, pages_for
from pages._shell.navigate import streamlit_page, wanted_path

HERE = Path(__file__).parent


def main() -> None:
    """One run; what it asks of the database is said at its foot, in development."""
    with parts.counted(), state.one_run():
        _draw()


def _draw() -> None:
    st.set_page_config(page_title="Constela", page_icon=HERE / "static" / "mark.svg", layout="wide")
    st.html(cache.style_sheet())
    language.settle(None)
    try:
        cache.require_database()
        actor = guard.find_actor()
        founded = actor is not None or cache.school_exists()
    except DatabaseUnavailable as error:
        errors.note(error)
        _everywhere(HERE / "elsewhere.py")  # without a navigation Streamlit would forget the address
        trouble.show(error)
    if not st.query_params.get("reset") and later_step.is_under_way(actor):
        _everywhere(HERE / "elsewhere.py")
        later_step.draw()
    errors.give_back()
    if actor is None or st.query_params.get("reset"):  # a link for a new password is its own page, whoever is signed in
        page = _everywhere(PAGES / ("sign_in.py" if founded else "welcome.py"))
        door.pass_through()  # after the navigation, without which Streamlit would forget the address
        page.run()
        return
    listed = [page for page in pages_for(actor.role) if page.file.is_file()]
    pages = [streamlit_page(page) for page in listed]
    wanted = wanted_path()
    pages.append(st.Page(HOME.file, title=_(HOME.title), url_path=HOME.path))  # its other address, which people type
    if wanted and wanted not in {page.path for page in listed}:
        pages.append(_elsewhere(wanted))
    page = st.navigation(pages, position="hidden")
    later_step.give_back()
    frame.sidebar(actor)
    page.run()


def _everywhere(script: Path) -> st.Page:
    """One script at every address, so that a pasted link stays in the address bar until its person is signed in."""
    paths = ({page.path for page in CATALOG} | {wanted_path()}) - {""}
    pages = [st.Page(script, title="Constela", url_path="", default=True)]
    pages += [st.Page(script, title="Constela", url_path=path) for path in sorted(paths)]
    return st.navigation(pages, position="hidden")


def _elsewhere(path: str) -> st.Page:
    """The page at an address that is nobody's, or another role's: the same words for both."""
    known = page_at(path)
    return st.Page(HERE / "elsewhere.py", title=_("Nothing here"), url_path=known.path if known else path)


main()
