"""Someone is enrolled by the keyboard alone: each step leads to the next, and nothing holds the keyboard."""

from collections.abc import Callable

from tests.browser.window import Window

HELD = """() => {
  const part = document.activeElement.closest('[class*="st-key-"]');
  return part ? [...part.classList].find((each) => each.startsWith("st-key-")).slice(7) : "";
}"""


def held(it: Window) -> str:
    """The key of what the keyboard is at."""
    return str(it.page.evaluate(HELD))


def tab_to(it: Window, key: str, *, most: int) -> None:
    """Press Tab until the keyboard is at a key, which is no farther than so many stops."""
    for _stop in range(most):
        it.page.keyboard.press("Tab")
        if held(it).startswith(key):
            return
    raise AssertionError(f"{key} is more than {most} stops away; the keyboard is at {held(it)}")


def press(it: Window, *keys: str) -> None:
    for key in keys:
        it.page.keyboard.press(key)
    it.settle()


def test_reception_enrols_someone_without_a_mouse(page_as: Callable[..., Window]) -> None:
    it = page_as("staff").open("/enrolment")
    press(it, "Tab", "Enter")  # past the menu
    tab_to(it, "enrol-person", most=3)
    press(it, "ArrowDown")
    it.page.get_by_role("option").first.wait_for()
    press(it, "ArrowDown", "Enter")
    tab_to(it, "person-next", most=3)
    press(it, "Enter")
    it.page.wait_for_function(f"({HELD})() === 'enrol-steps'")
    tab_to(it, "enrol-level", most=5)
    for level in range(9):  # until one has a class that this student can be in
        it.at("enrol-level").get_by_role("combobox").focus()
        press(it, "ArrowDown")
        it.page.get_by_role("option").nth(level).wait_for()
        press(it, "Home", *["ArrowDown"] * level, "Enter")
        if it.page.locator("[class*=st-key-choose-]").count():
            break
    tab_to(it, "choose-", most=4)
    press(it, "Enter")
    it.page.wait_for_function(f"({HELD})() === 'enrol-steps'")
    tab_to(it, "enrol-yes", most=6)
    press(it, "Enter")
    it.page.wait_for_function(f"({HELD})() === 'enrol-steps'")
    tab_to(it, "done-next", most=2)
    it.is_well()
