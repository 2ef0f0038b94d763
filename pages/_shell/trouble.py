"""The page that stands in for all others when the database can't be used: what happened, and what to do."""

import streamlit as st

from domain.kit.errors import DatabaseNewer, DatabaseOlder, DatabaseReadOnly, DatabaseUnavailable
from domain.kit.texts import N_, _
from pages._shell.cells import plain
from pages._shell.frame import brand

TITLES = {
    DatabaseReadOnly: N_("The database can't be written"),
    DatabaseNewer: N_("The database is newer than the program"),
    DatabaseOlder: N_("The database is older than the program"),
    DatabaseUnavailable: N_("The database can't be opened"),
}
ADVICE = {
    DatabaseReadOnly: N_(
        "Ask whoever keeps this server to make the database's file and its folder writable, and to see that the disk isn't full."
    ),
    DatabaseNewer: N_("Ask whoever keeps this server to install the newer version of Constela that made this database."),
    DatabaseOlder: N_("Ask whoever keeps this server to run `python -m domain migrate`, which keeps all records."),
    DatabaseUnavailable: N_(
        "Ask whoever keeps this server to run `python -m domain doctor`, which says what is wrong with the database."
    ),
}


def show(error: DatabaseUnavailable) -> None:
    """Tell what is wrong with the database, and what to do."""
    kind = type(error) if type(error) in TITLES else DatabaseUnavailable
    with st.container(key="door", gap="medium"):
        brand()
        st.title(_(TITLES[kind]), anchor=False)
        st.markdown(plain(error.message))
        st.markdown(_(ADVICE[kind]))
        st.markdown(_("Nothing was lost: no record was changed."))
        st.button(_("Try again"), key="try-again", type="primary", icon=":material/refresh:")
