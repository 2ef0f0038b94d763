"""Where the keyboard goes on: in the field that is typed into next, or at the part of the page that the last step has led to.

A step takes away the button that it was taken with, and the keyboard would begin anew with the menu.
"""

from html import escape

import streamlit as st

from pages._shell import state

# It never changes, so that the content security policy can know it by its hash.
FOCUS = """<script>
for (const wish of document.querySelectorAll("[data-focus]")) {
  const { focus: key, inside } = wish.dataset;
  wish.remove();
  let left = 40;
  const look = () => {
    const goal = document.querySelector(".st-key-" + key + (inside ? " " + inside : ""));
    const idle = !document.activeElement || !document.activeElement.matches("input, textarea");
    if (goal && idle) {
      if (!inside) goal.tabIndex = -1;
      goal.focus();
    } else if (!goal && left-- > 0) setTimeout(look, 50);
  };
  look();
}
</script>"""
ARRIVED, STEPS = "constela_arrived", "constela_steps"


def field(key: str) -> None:
    """Put the cursor into the field under this key, if the person is nowhere else."""
    _wish(key, "input")


def step_taken() -> None:
    """A step was taken, in a callback: in the run that follows the keyboard goes on at the part that `arrive` names."""
    state.put(ARRIVED, state.value(STEPS, 0) + 1)


def arrive(key: str, *, inside: str = "") -> None:
    """The part under this key, a container, is where the last step has led to, or (`inside`: "input") the field in it. Nothing
    where no step was taken.
    """
    if steps := state.value(ARRIVED):
        state.drop(ARRIVED)
        state.put(STEPS, steps)
        _wish(key, inside, steps)


def _wish(key: str, inside: str, steps: int = 0) -> None:
    # The number makes it another text after each step: the browser runs none twice.
    with st.container(key=f"focus-{key}"):
        said = f'<i data-focus="{escape(key)}" data-inside="{inside}" data-steps="{steps}"></i>'
        st.html(said + FOCUS, unsafe_allow_javascript=True)
