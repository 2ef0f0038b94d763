"""Signing in by a certified provider as a person does it, and signing out so that it stays so."""

import json

import pytest
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import Route, expect

from domain.access.id_tokens import Proven
from domain.access.identities import arrive, enter
from domain.access.invitations import invite
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.oidc.conftest import Providers, providers, running  # noqa: F401 -- fixtures
from tests.oidc.flow import COOKIE_SECRET

pytestmark = pytest.mark.browser


def _here_alone(route: Route) -> None:
    """The provider's own pages ask for fonts from the network, which there is none of."""
    if "//127.0.0.1" in route.request.url:
        route.continue_()
    else:
        route.abort()


def go_to_provider(it: Window, subject: str, address: str = "/") -> None:
    """Press the button, sign in there as this subject, agree."""
    it.open(address)
    it.at("provider-certified").locator("button").click()
    page = it.page
    page.locator('input[name="login"]').fill(subject)
    page.locator('input[name="password"]').fill("any")
    page.locator('button[type="submit"]').click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{it.server.url}/**")


def test_a_person_comes_in_to_the_page_that_they_wanted_and_signs_out_for_good(
    providers: Providers,  # noqa: F811
    window: OpenWindow,
) -> None:
    invite(providers.school.actor("school"), providers.user("teacher"))
    it = window(providers.server)
    it.page.route("**/*", _here_alone)
    go_to_provider(it, "tomas", "/security?from=link")
    expect(it.at("menu")).to_be_visible()
    expect(it.settle().title).to_have_text("My sign-ins")
    assert it.page.url.endswith("/security?from=link")
    expect(it.at("my-identities")).to_contain_text("Linked to Certified")
    names = {each["name"] for each in it.context.cookies(providers.server.url)}
    assert "constela_session" in names
    assert not {each for each in names if each.startswith("_streamlit_user")}
    it.is_well()

    it.at("sign-out").locator("button").click()
    expect(it.title).to_have_text("Sign in")
    it.open("/security")
    expect(it.title).to_have_text("Sign in")
    it.is_well()


def test_someone_unknown_is_told_whom_to_ask(providers: Providers, window: OpenWindow) -> None:  # noqa: F811
    it = window(providers.server)
    it.page.route("**/*", _here_alone)
    go_to_provider(it, "nobody")
    it.settle().says("Please ask your school's coordination for an invitation")
    expect(it.title).to_have_text("Sign in")
    it.is_well()


def test_a_cookie_of_streamlits_opens_nothing_even_if_it_is_signed_as_it_should_be(
    providers: Providers,  # noqa: F811
    window: OpenWindow,
) -> None:
    invite(providers.school.actor("school"), providers.user("teacher"))
    assert enter(str(arrive("a flow", Proven(providers.certified, "tomas", "teacher@example.com"))))
    identity = {"iss": providers.certified, "sub": "tomas", "email": "teacher@example.com", "email_verified": True}
    said = json.dumps({**identity, "origin": providers.server.url, "is_logged_in": True, "provider": "certified"})
    forged = URLSafeTimedSerializer(COOKIE_SECRET, salt="_streamlit_user").dumps(said)
    other = window(providers.server)
    other.context.add_cookies([{"name": "_streamlit_user", "value": str(forged), "url": providers.server.url}])
    expect(other.open("/").title).to_have_text("Sign in")
    other.is_well()
