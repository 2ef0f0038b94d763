"""The page that stands in for all others when the database can't be used: what happened, what to do, and that it looks again."""

from typing import NoReturn

import streamlit as st

from domain.kit.errors import (
    DatabaseAddressWrong,
    DatabaseEmpty,
    DatabaseExtraMissing,
    DatabaseFailing,
    DatabaseHostUnknown,
    DatabaseNewer,
    DatabaseNotTrusted,
    DatabaseOlder,
    DatabaseReadOnly,
    DatabaseRefuses,
    DatabaseSilent,
    DatabaseTimedOut,
    DatabaseTokenExpired,
    DatabaseTokenMissing,
    DatabaseTokenReadOnly,
    DatabaseUnavailable,
)
from domain.kit.texts import N_, _
from pages._shell import errors
from pages._shell.cells import plain
from pages._shell.frame import brand

TITLES: dict[type[BaseException], str] = {
    DatabaseReadOnly: N_("The database can't be written"),
    DatabaseNewer: N_("The database is newer than the program"),
    DatabaseOlder: N_("The database is older than the program"),
    DatabaseEmpty: N_("The database has no tables yet"),
    DatabaseAddressWrong: N_("The database's address is wrong"),
    DatabaseExtraMissing: N_("A part of the program is missing"),
    DatabaseHostUnknown: N_("The database's server can't be found"),
    DatabaseSilent: N_("The database's server doesn't answer"),
    DatabaseTimedOut: N_("The database's server takes too long to answer"),
    DatabaseNotTrusted: N_("The database's server can't prove who it is"),
    DatabaseFailing: N_("The database's server has a problem"),
    DatabaseRefuses: N_("The database doesn't take this app's token"),
    DatabaseTokenMissing: N_("The database asks for a token"),
    DatabaseTokenExpired: N_("This app's token for the database has expired"),
    DatabaseUnavailable: N_("The database can't be opened"),
}
ADVICE: dict[type[BaseException], str] = {
    DatabaseReadOnly: N_(
        "Ask whoever keeps this server to make the database's file and its folder writable, and to see that the disk isn't full."
    ),
    DatabaseTokenReadOnly: N_("Ask whoever keeps this server to give the app a token that allows changes."),
    DatabaseNewer: N_("Ask whoever keeps this server to install the newer version of Constela that made this database."),
    DatabaseOlder: N_("Ask whoever keeps this server to run `python -m domain migrate`, which keeps all records."),
    DatabaseEmpty: N_("Ask whoever keeps this server to run `python -m domain migrate`, which makes them."),
    DatabaseExtraMissing: N_(
        "Ask whoever keeps this server to run `pip install 'constela[websocket]'`, and to start the program again."
    ),
    DatabaseUnavailable: N_(
        "Ask whoever keeps this server to run `python -m domain doctor`, which says what is wrong with the database."
    ),
}
IF_IT_LASTS = N_(
    "If it lasts, ask whoever keeps this server to run `python -m domain doctor`, which says what is wrong with the database."
)


def show(error: DatabaseUnavailable) -> NoReturn:
    """Tell what is wrong with the database and what to do, end the run, and go on by itself once the database can be used."""
    kinds = type(error).__mro__
    title = next(TITLES[kind] for kind in kinds if kind in TITLES)
    advice = next(ADVICE[kind] for kind in kinds if kind in ADVICE)
    with st.container(key="door", gap="medium"):
        brand()
        st.title(_(title), anchor=False)
        if kinds[0] not in TITLES:
            st.markdown(plain(error.message))
        st.markdown(_("Nothing is changed meanwhile, and what you typed is kept."))
        st.markdown(_("This page looks again by itself, and opens as soon as the database can be used."))
        st.markdown(_(IF_IT_LASTS if advice == ADVICE[DatabaseUnavailable] and not error.asks_keeper else advice))
        st.button(_("Try again"), key="try-again", type="primary", icon=":material/refresh:")
    errors.look_again()
    st.stop()
