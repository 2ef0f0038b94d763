"""The way in and out: a proven person's ticket is traded for a cookie by the browser, which then loads the page anew."""

import json

import streamlit as st

from domain.access.roles import Role
from domain.kit.texts import _
from pages._shell import state

# The page is loaded anew because Streamlit reads cookies when it connects. `reload` keeps path and query of a pasted link.
_TRADE = """<script>
fetch("/auth/%s", {method: "POST", credentials: "same-origin", headers: {"Content-Type": "application/json"}, body: %s})
  .finally(() => %s);
</script>"""


def let_in(user_id: str, role: Role) -> None:
    """Sign the browser in as this person, whom the caller has made sure of."""
    from domain.access.sign_in import issue_ticket

    state.set_ticket(issue_ticket(user_id, role))


def switch_role(role: Role) -> None:
    """Go on as the same person in another role, from their home page."""
    from domain.access import sign_in

    token = state.token()
    if token:
        state.set_ticket(sign_in.switch_role(token, role))
        state.put("constela_go", "/")


def let_out() -> None:
    """Sign the browser out: the session ends in the database, then the cookie goes."""
    from domain.access.sign_in import end

    token = state.token()
    if token:
        end(token)
    state.forget_actor()
    state.drop(state.TOKEN)
    state.put("constela_leaving", True)


def pass_through() -> None:
    """Do what `let_in` or `let_out` began, and stop: the browser loads the page anew."""
    go = state.value("constela_go")
    move = f"location.replace({json.dumps(go)})" if go else "location.reload()"
    ticket = state.take_ticket()
    if ticket:
        state.drop("constela_go")
        _wait(_("Opening your school …"), _TRADE % ("session", json.dumps(json.dumps({"ticket": ticket})), move))
    if state.value("constela_leaving"):
        state.drop("constela_leaving")
        _wait(_("Signing you out …"), _TRADE % ("end", '"{}"', 'location.replace("/")'))


def _wait(text: str, script: str) -> None:
    with st.container(key="door"):
        st.markdown(f":material/hourglass_top: {text}")
        st.html(script, unsafe_allow_javascript=True)
    st.stop()
