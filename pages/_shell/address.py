"""The app's own address, for links that are handed on."""

from urllib.parse import urlsplit

import streamlit as st

from domain.kit.mail import app_address


def here() -> str:
    """As it is set, else as the browser of whoever hands the link out knows it."""
    seen = urlsplit(st.context.url or "")
    return app_address() or (f"{seen.scheme}://{seen.netloc}" if seen.netloc else "")
