"""A browser's window on the app, in words of the app: keys of widgets, the page that is open, what it says.

Nothing here sleeps for a guessed time: each step waits for what it needs.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, WebSocket, expect
from playwright.sync_api import TimeoutError as StepTimedOut
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.server import Server

CHROMIUM = "/usr/bin/chromium"
# The first two lines are for machines without a sandbox or a network, the third draws WebGL without a graphics card.
ARGUMENTS = (
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
)
PATIENCE = 20_000  # milliseconds for one step, on a busy machine
# Streamlit says on its root whether a script runs; between a click and its run it says nothing, so it must be calm a while.
CALM = """() => new Promise((resolve) => {
  let since = performance.now();
  const look = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    const busy = !app || app.dataset.testScriptState !== "notRunning" || app.dataset.testConnectionState !== "CONNECTED"
      || document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"]');
    if (busy) since = performance.now();
    if (performance.now() - since > 150) resolve(true); else setTimeout(look, 25);
  };
  look();
})"""

expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


class Window:
    """One window on a running app."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server = server
        self.context = context
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.awaited = False
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        """Note what the page asks of the script and when the script has answered: a busy machine lets seconds pass between."""

        def sent(payload: str | bytes) -> None:
            if isinstance(payload, bytes) and BackMsg.FromString(payload).HasField("rerun_script"):
                self.awaited = True

        def received(payload: str | bytes) -> None:
            if isinstance(payload, bytes) and ForwardMsg.FromString(payload).HasField("script_finished"):
                self.awaited = False

        self.awaited = False
        socket.on("framesent", sent)
        socket.on("framereceived", received)
        socket.on("close", lambda _socket: setattr(self, "awaited", False))

    def open(self, address: str = "/") -> "Window":
        """Load an address of the app: a path, or a whole URL as it was copied."""
        self.page.goto(address if address.startswith("http") else self.server.url + address)
        return self.settle()

    def settle(self) -> "Window":
        """Wait until the page has its title and nothing runs any more."""
        expect(self.title).to_be_visible()
        self.page.evaluate(CALM)
        until = time.monotonic() + PATIENCE / 1000
        while self.awaited and time.monotonic() < until:
            self.page.evaluate(CALM)
        return self

    def in_theme(self, theme: str) -> "Window":
        """As the page is drawn by day ("light") or by night ("dark")."""
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        expect(self.page.locator('[data-testid="stApp"]')).to_have_css("color-scheme", theme)
        return self.settle()

    @property
    def title(self) -> Locator:
        """The page's title."""
        return self.page.locator("h1").first

    def at(self, key: str) -> Locator:
        """What is drawn under a key."""
        return self.page.locator(f".st-key-{re.sub(r'[^A-Za-z0-9_-]', '-', key)}")

    def click(self, key: str) -> "Window":
        """Click the button under a key."""
        self.at(key).locator("button").first.click()
        return self.settle()

    def type(self, key: str, text: str) -> "Window":
        """Put text into the field under a key, and leave the field."""
        field = self.at(key).locator("input, textarea").first
        field.fill(text)
        field.press("Tab")
        return self.settle()

    def digits(self, key: str, typed: str) -> "Window":
        """Type into the date or time under a key, a field of several parts, from its first one on: `24122026`, `1830`."""
        self.at(key).get_by_role("spinbutton").first.focus()  # a click would open a calendar over the next field
        self.page.keyboard.type(typed)
        self.page.keyboard.press("Tab")
        return self.settle()

    def holds(self, key: str) -> str:
        """What the field under a key holds."""
        return self.at(key).locator("input, textarea").first.input_value()

    def choose(self, key: str, text: str = "") -> str:
        """Choose from the list under a key the first entry that contains a text; gives the entry."""
        box = self.at(key).get_by_role("combobox")
        entry = self.page.get_by_role("option").filter(has_text=text).first
        box.scroll_into_view_if_needed()
        self.settle()  # a list shuts when what lies under it is scrolled
        box.click()
        for _attempt in range(3):
            with suppress(StepTimedOut):
                entry.wait_for(timeout=PATIENCE / 4)
                break
            box.press("ArrowDown")  # opens it where it has shut again; a click opens none that has the cursor already
        chosen = entry.inner_text()
        entry.click()
        self.settle()
        return chosen

    def problem(self, field: str) -> Locator:
        """What is said to be wrong at a field of a form: `classes-new-name`."""
        return self.at(f"field-{field}").locator(".c-problem")

    def says(self, text: str | re.Pattern[str]) -> "Window":
        """Wait until the page says something."""
        expect(self.page.get_by_text(text).first).to_be_visible()
        return self

    def menu(self) -> list[tuple[str, str]]:
        """The entries of the menu: name and path."""
        links = self.at("menu").locator("a").evaluate_all("all => all.map(a => [a.querySelector('p').innerText, a.pathname])")
        return [(name, path) for name, path in links]

    def follow(self, path: str) -> "Window":
        """Click the menu's entry that leads to a path."""
        self.at("menu").locator(f'a[href="{path.lstrip("/")}"]').click()
        self.page.wait_for_url(f"{self.server.url}/{path.lstrip('/')}")
        return self.settle()

    def enter(self, role: str) -> "Window":
        """Sign in as the demo school's person of a role, by one click on the sign-in page."""
        self.open("/")
        self.at(f"enter-{role}").locator("button").click()
        expect(self.at("menu")).to_be_visible()
        return self.settle()

    def another(self, browser: Browser, **options: Any) -> "Window":
        """Another window that carries the same cookies, as a copied link is opened by the same person elsewhere."""
        return Window(self.server, browser.new_context(storage_state=self.context.storage_state(), **options))

    def is_well(self) -> None:
        """Fail if the page shows or the server noted that something went wrong."""
        said = self.page.locator("body").inner_text()
        assert "Something went wrong" not in said, f"{self.page.url} went wrong:\n{self.server.said()}"
        assert not self.page.locator('[data-testid="stException"]').count(), f"{self.page.url} shows an exception"
        assert not self.server.troubles(), f"after {self.page.url} the server says:\n{self.server.said()}"
        assert not self.faults, f"after {self.page.url} the browser says: {self.faults}"
