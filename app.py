"""The application: `streamlit run app.py`, or any ASGI server with `app:app`."""

import streamlit as st

from pages._files.routes import FILES
from pages._shell.errors import on_script_error
from pages._shell.oidc import configured
from pages._shell.routes import ROUTES
from pages._shell.startup import MIDDLEWARE, lifespan

app = st.App(
    "pages/_shell/main.py",
    routes=[*ROUTES, *FILES],
    middleware=MIDDLEWARE,
    lifespan=lifespan,
    on_script_error=on_script_error,
    secrets=configured().secrets(),
)
