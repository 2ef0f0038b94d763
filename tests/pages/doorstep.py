"""Someone at the door: the sign-in's screens, walked by the keys of their widgets."""

from streamlit.testing.v1 import AppTest

from tests.pages.browser import MAIN, Browser


class Doorstep(Browser):
    """Someone who isn't signed in."""

    def __init__(self, **query: str) -> None:
        self.at = AppTest.from_file(str(MAIN), default_timeout=120)
        self.at.query_params.update(query)
        self.run()

    def sign_in(self, email: str, password: str) -> "Doorstep":
        self.put({"sign-in-email": email, "sign-in-password": password}).click("sign-in-submit")
        return self

    def give(self, field: str, text: str, button: str) -> "Doorstep":
        """Type into a field, and click."""
        self.put({field: text}).click(button)
        return self

    @property
    def title(self) -> str:
        return str(self.at.title[0].value)

    @property
    def is_in(self) -> bool:
        """Whether the browser was handed a ticket."""
        return 'data-trade="session"' in self.text()
