"""Streamlit's own words, which it says in English alone, put into the language of the page: what is read and what is heard.

The browser does it, as soon as Streamlit has drawn them and before they are seen: a text or a name that a part of Streamlit's
bears is exchanged in its place, so that buttons are called what they say. Where a later Streamlit says it otherwise, its English
stands again. What a person typed stays: each form is looked for where only Streamlit speaks.
"""

import json
from dataclasses import dataclass

from domain.kit.texts import N_, _


@dataclass(frozen=True)
class Borrowed:
    """Where Streamlit says something (a CSS selector), its form (a regular expression), and our words for it: `{what}`, and then
    `{more}`, is what the form has in brackets. `name`: the attribute that says it; none, where it is a text.
    """

    where: str
    form: str
    ours: str
    name: str = ""


def _part(name: str, below: str = "") -> str:
    return f'[data-testid="{name}"]{below}'


NAME, HINT = "aria-label", "placeholder"
UPLOAD, LISTS = _part("stFileUploader"), ':is([data-testid="stSelectbox"], [data-testid="stMultiSelect"])'
TOOL, DATE, NUMBER = _part("stBaseButton-elementToolbar"), "stDateInput", "stNumberInputStep"
COPY, LOST = _part("stCode", " button"), '[role="dialog"] *'
TOOLTIP, REFUSAL = _part("stTooltipContent", " *"), f"{UPLOAD} *, {_part('stTooltipErrorContent')}"

WORDS = (
    Borrowed(_part("stSkipToContent"), "Skip to main content", N_("Skip to the content")),
    Borrowed(_part("stSidebar"), "Sidebar", N_("Main menu"), NAME),
    Borrowed(_part("stSidebarCollapseButton", " button"), "Collapse sidebar", N_("Close the menu"), NAME),
    Borrowed(_part("stExpandSidebarButton"), "Expand sidebar", N_("Open the menu"), NAME),
    Borrowed(_part("stTooltipHoverTarget", " button"), "Help for (.*)", N_("Help: {what}"), NAME),
    Borrowed(f"{UPLOAD} button p", "Upload", N_("Choose a file")),
    Borrowed(f"{UPLOAD} input", "file upload", N_("File"), NAME),
    Borrowed(f"{UPLOAD} button", "Add files", N_("Choose another file"), NAME),
    Borrowed(f"{UPLOAD} button", "Remove (.*)", N_("Remove {what}"), NAME),
    Borrowed(f"{UPLOAD} span", r"(\d+MB) per file(.*)", N_("At most {what}{more}")),
    Borrowed(f"{UPLOAD} *", "Drag and drop a file here", N_("Drop the file here")),
    Borrowed(
        REFUSAL,
        r"(?:Error: )?(?:\S+|This type of) files are not allowed\.",
        N_("Files of this kind aren't taken."),
    ),
    Borrowed(REFUSAL, r"(?:Error: )?File must be (.*) or smaller\.", N_("This file is too large: at most {what}.")),
    Borrowed(f"{LISTS} button", "Open", N_("Open the list"), NAME),
    Borrowed(f"{LISTS} button", "Clear value", N_("Empty it"), NAME),
    Borrowed(f"{LISTS} input", "Choose an option|Choose options", N_("Choose"), HINT),
    Borrowed('[role="listbox"] *, [data-testid="stSelectboxVirtualDropdownEmpty"] *', "No results", N_("Nothing found")),
    Borrowed(_part(f"{NUMBER}Up"), "Increment", N_("One more"), NAME),
    Borrowed(_part(f"{NUMBER}Down"), "Decrement", N_("One less"), NAME),
    Borrowed(_part(f"{DATE}CalendarButton"), "Choose date", N_("Choose a day"), NAME),
    Borrowed(_part(f"{DATE}FieldsScroller", ' [role="spinbutton"]'), "day, (.*)", N_("Day, {what}"), NAME),
    Borrowed(_part(f"{DATE}FieldsScroller", ' [role="spinbutton"]'), "month, (.*)", N_("Month, {what}"), NAME),
    Borrowed(_part(f"{DATE}FieldsScroller", ' [role="spinbutton"]'), "year, (.*)", N_("Year, {what}"), NAME),
    Borrowed(TOOL, "Fullscreen((?:: .*)?)", N_("Full screen{what}"), NAME),
    Borrowed(TOOL, "Close fullscreen((?:: .*)?)", N_("Leave the full screen{what}"), NAME),
    Borrowed(TOOL, "Search((?:: .*)?)", N_("Search these rows{what}"), NAME),
    Borrowed(TOOL, "Show/hide columns((?:: .*)?)", N_("Show and hide columns{what}"), NAME),
    Borrowed(TOOLTIP, "Fullscreen", N_("Full screen")),
    Borrowed(TOOLTIP, "Close fullscreen", N_("Leave the full screen")),
    Borrowed(TOOLTIP, "Search", N_("Search these rows")),
    Borrowed(TOOLTIP, "Show/hide columns", N_("Show and hide columns")),
    Borrowed(f"{_part('stPagination')}, {_part('stPagination', ' *')}", "Pagination", N_("Pages"), NAME),
    Borrowed(_part("stPaginationPrev"), "Previous page", N_("Previous page"), NAME),
    Borrowed(_part("stPaginationNext"), "Next page", N_("Next page"), NAME),
    Borrowed('[data-testid^="stPaginationPage"]', "Page (.*)", N_("Page {what}"), NAME),
    *(
        Borrowed(".modebar-btn", theirs, ours, name)
        for theirs, ours in (
            ("Fullscreen", N_("Full screen")),
            ("Download plot as a PNG", N_("As a picture (PNG)")),
            ("Reset camera to default", N_("As it was seen first")),
        )
        for name in (NAME, "data-title")  # what Plotly shows beside its buttons
    ),
    Borrowed(_part("stProgress", " *"), "progress", N_("How far it is"), NAME),
    Borrowed(_part("InputInstructions", " *"), "Press Enter to apply", N_("Enter takes it over")),
    Borrowed(_part("InputInstructions", " *"), "Press Enter to submit form", N_("Enter sends it")),
    Borrowed(_part("InputInstructions", " *"), r"Press (\S+) to apply", N_("{what} takes it over")),
    Borrowed(_part("InputInstructions", " *"), r"Press (\S+) to submit form", N_("{what} sends it")),
    Borrowed(COPY, "Copy to clipboard", N_("Copy"), NAME),
    Borrowed(COPY, "Copied", N_("Copied"), NAME),
    Borrowed(TOOLTIP, "Copy to clipboard", N_("Copy")),
    Borrowed(TOOLTIP, "Copied", N_("Copied")),
    Borrowed(LOST, "Connection error", N_("The connection is lost")),
    Borrowed(
        LOST,
        r"Streamlit server is not responding\. Are you connected to the internet\?|Connection failed with .*",
        N_("The page goes on by itself once it is back. Until then nothing can be changed; what was saved stays saved."),
    ),
    Borrowed(':is([data-testid="stDialog"], [data-testid="stToast"]) button', "Close", N_("Close"), NAME),
)

# What stood there is kept beside the element: another language begins from it.
SCRIPT = """<script>
(() => {
  const places = %s;
  const said = (window.constelaSaid ??= new WeakMap());
  const look = () => {
    for (const [where, forms] of places) {
      for (const each of document.querySelectorAll(where)) for (const [form, ours, name] of forms) {
        if (!name && ![...each.childNodes].every((node) => node.nodeType === Node.TEXT_NODE)) continue;
        const now = name ? each.getAttribute(name) : each.textContent;
        const before = said.get(each) ?? {};
        const theirs = before[name]?.ours === now ? before[name].theirs : now;
        const found = theirs?.match(form);
        if (!found) continue;
        const text = ours.replace("{what}", () => found[1] ?? "").replace("{more}", () => found[2] ?? "");
        said.set(each, { ...before, [name]: { theirs, ours: text } });
        if (text === now) continue;
        if (name) each.setAttribute(name, text);
        else each.childNodes.forEach((node, at) => (node.data = at ? "" : text));
      }
    }
  };
  window.constelaListens?.disconnect();
  let waits = false;
  const soon = () => {
    if (!waits) requestAnimationFrame(() => ((waits = false), look())); // once, before what changed is seen
    waits = true;
  };
  window.constelaListens = new MutationObserver(soon);
  const names = { attributes: true, attributeFilter: ["aria-label", "placeholder"] };
  window.constelaListens.observe(document.body, { subtree: true, childList: true, characterData: true, ...names });
  look();
})();
</script>"""


def script() -> str:
    """Puts Streamlit's words into the language spoken now, for as long as the page is open."""
    places: dict[str, list[tuple[str, str, str]]] = {}
    for each in WORDS:
        places.setdefault(each.where, []).append((f"^(?:{each.form})$", _(each.ours), each.name))
    return SCRIPT % json.dumps(list(places.items()))
