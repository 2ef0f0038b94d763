"""What is asked of any page that a browser shows: its words, what axe-core finds, what the browser refuses by its policy."""

import re
import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from pages._shell.borrowed import WORDS
from tests.browser.window import Window
from tests.pages.words import english, pieces

# What a person sees in words: texts that are drawn, and what empty fields say. Icons are words too, which nobody reads.
SEEN = """() => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const within = walker.currentNode.parentElement;
    const hidden = within.closest('script, style, noscript, [translate="no"], [data-testid="stIconMaterial"]');
    if (!hidden && within.checkVisibility({visibilityProperty: true, opacityProperty: true})) seen.push(walker.currentNode.data);
  }
  for (const field of document.querySelectorAll("[placeholder]")) seen.push(field.placeholder);
  return seen;
}"""
# What is read there in English for a reason: a lesson of English is in English.
NOT_OURS = {"Places": "the title of a lesson in the demo school"}

# What is heard: names by which buttons and fields are called.
HEARD = "() => [...document.querySelectorAll('[aria-label]')].map((each) => each.getAttribute('aria-label'))"

THEMES = ("light", "dark")
PATIENCE = 10.0  # seconds
SEVERE = {"serious", "critical"}
# What is Streamlit's own and can't be changed from here: rule, part of the element that it is found at, why it stays.
STREAMLITS_OWN: tuple[tuple[str, str, str], ...] = ()

NOTED = """document.addEventListener("securitypolicyviolation", (event) => {
  console.info(`POLICY ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`);
});"""
# Streamlit's protobuf tries for a WebAssembly of its own, and counts in JavaScript where it gets none.
REFUSED_AND_NOT_MISSED = "POLICY script-src wasm-eval"


def english_on(it: Window) -> list[str]:
    """The sources of ours that stand untranslated on the page that is open, and what Streamlit says there in English.

    What was drawn this moment may not be translated yet: it is looked at until it is, for some seconds.
    """
    until = time.monotonic() + PATIENCE
    while (found := _english_now(it)) and time.monotonic() < until:
        it.page.wait_for_timeout(250)
    return found


def _english_now(it: Window) -> list[str]:
    plain, filled, _long = english()
    seen = {piece for text in it.page.evaluate(SEEN) for piece in pieces(text)} - NOT_OURS.keys()
    ours = {each for each in seen if each in plain or any(form.fullmatch(each) for form in filled)}
    said = {*it.page.evaluate(SEEN), *it.page.evaluate(HEARD)}
    theirs = {each for each in said if any(re.fullmatch(word.form, each) for word in WORDS)}
    return sorted(f"{it.page.url}: {each}" for each in ours | theirs)


def severe_on(it: Window) -> list[str]:
    """What axe-core finds severe on the open page, by day and by night, a line each: rule, element, what is wrong with it."""
    found: list[str] = []
    for theme in THEMES:
        it.in_theme(theme)
        violations: list[dict[str, Any]] = Axe().run(it.page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [
            f"{it.page.url} {theme} {each['id']} ({each['impact']}): {node['html'][:200]}\n    {node['failureSummary']}"
            for each in violations
            if each["impact"] in SEVERE
            for node in each["nodes"]
            if not any(each["id"] == rule and part in node["html"] for rule, part, _why in STREAMLITS_OWN)
        ]
    return found


def refused_on(it: Window) -> list[str]:
    """What the browser refuses by the page's policy from here on, a line each."""
    found: list[str] = []

    def note(said: str) -> None:
        if said.startswith("POLICY") and REFUSED_AND_NOT_MISSED not in said:
            found.append(f"{it.page.url} {said}")

    it.page.add_init_script(NOTED)
    it.page.on("console", lambda said: note(said.text))
    return found
