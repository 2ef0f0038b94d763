"""The way in and out: a proven person's ticket is traded for a cookie by the browser, which then loads the page anew."""

import json
from html import escape

import streamlit as st

from domain.access.roles import Role
from domain.kit.texts import _
from pages._shell import network, state

# The page is loaded anew because Streamlit reads cookies when it connects. `reload` keeps path and query of a pasted link.
# The script never changes, so that the content security policy can know it by its hash; what changes stands in the page.
TRADE = """<script>
for (const wish of document.querySelectorAll("[data-trade]")) {
  const {trade, body, go} = wish.dataset;
  wish.remove();
  fetch("/auth/" + trade, {method: "POST", credentials: "same-origin", headers: {"Content-Type": "application/json"}, body: body})
    .finally(() => go ? location.replace(go) : location.reload());
}
</script>"""


def address() -> str:
    """Where this browser is on the network."""
    return network.client_address(st.context.ip_address, st.context.headers)


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
    state.put(state.LEAVING, True)


def change_password(present: str, wanted: str) -> None:
    """Give the person a new password: all their browsers are signed out, and this one goes on with a new session."""
    from domain.access import sign_in

    token = state.token()
    if token:
        state.set_ticket(sign_in.change_password(token, present, wanted, address=address()))
        state.put("constela_go", "/security?changed=password")
        state.forget_actor()


def pass_through() -> None:
    """Do what `let_in` or `let_out` began, and stop: the browser loads the page anew."""
    go = state.value("constela_go")
    ticket = state.take_ticket()
    if ticket:
        state.drop("constela_go")
        _wait(_("Opening your school …"), "session", json.dumps({"ticket": ticket}), go or "")
    if state.value(state.LEAVING):
        state.drop(state.LEAVING)
        _wait(_("Signing you out …"), "end", "{}", "/")


def _wait(text: str, trade: str, body: str, go: str) -> None:
    with st.container(key="door"):
        st.markdown(f":material/hourglass_top: {text}")
        wish = f'<i data-trade="{trade}" data-body="{escape(body)}" data-go="{escape(go)}"></i>'
        st.html(wish + TRADE, unsafe_allow_javascript=True)
    st.stop()
