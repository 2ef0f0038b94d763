"""What a hostile or a broken identity provider hands out lets nobody in, and neither does an answer that is used again.

Each case says who refuses it. "theirs": Streamlit and Authlib do. A claim's name: they let it pass, and `id_tokens` refuses it.
"""

import json
import time
from typing import Any

import pytest

from domain.access.identities import enter
from domain.access.invitations import invite
from tests.oidc import hostile
from tests.oidc.conftest import Providers
from tests.oidc.flow import HOSTILE, Flow, provider_token, state_of

pytestmark = pytest.mark.browser  # no window, but the running app

THEIRS = "the provider's answer"
ELSEWHERE = "https://elsewhere.example"
NOW = int(time.time())
HOUR = 3600
ALL_ALGORITHMS = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}


def by_another_key(claims: dict[str, Any]) -> str:
    return hostile.signed(claims, key=hostile.OTHER_KEY)


def by_an_unknown_key(claims: dict[str, Any]) -> str:
    return hostile.signed(claims, key=hostile.OTHER_KEY, kid="two")


def by_the_key_that_it_brings(claims: dict[str, Any]) -> str:
    return hostile.signed(claims, key=hostile.OTHER_KEY, jwk=hostile.OTHER_KEY.as_dict(private=False))


def changed_afterwards(claims: dict[str, Any]) -> str:
    head, _body, signature = hostile.signed(claims).split(".")
    return f"{head}.{hostile.signed({**claims, 'sub': 'another'}).split('.')[1]}.{signature}"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"claims": {"iat": NOW - 2 * HOUR, "exp": NOW - HOUR}}, THEIRS),
    "without an end": ({"without": ("exp",)}, THEIRS),
    "made long ago": ({"claims": {"iat": NOW - HOUR}}, "iat"),
    "made in the future": ({"claims": {"iat": NOW + HOUR}}, THEIRS),
    "signed by another key": ({"sign": by_another_key}, THEIRS),
    "signed by an unknown key": ({"sign": by_an_unknown_key}, THEIRS),
    "signed by a key that it brings itself": ({"sign": by_the_key_that_it_brings}, THEIRS),
    "changed after it was signed": ({"sign": changed_afterwards}, THEIRS),
    "not signed": ({"sign": hostile.unsigned}, THEIRS),
    "not signed, as the metadata allows": ({"sign": hostile.unsigned, "metadata": ALL_ALGORITHMS}, "alg"),
    "signed with the public key": ({"sign": hostile.by_public_key}, THEIRS),
    "signed with the public key, as the metadata allows": (
        {"sign": hostile.by_public_key, "metadata": ALL_ALGORITHMS},
        THEIRS,
    ),
    "signed with the client's secret": ({"sign": hostile.by_client_secret, "metadata": ALL_ALGORITHMS}, THEIRS),
    "for another audience": ({"claims": {"aud": "another"}}, THEIRS),
    "for another audience, made for us": ({"claims": {"aud": "another", "azp": hostile.CLIENT}}, "aud"),
    "for several audiences": ({"claims": {"aud": [hostile.CLIENT, "another"]}}, THEIRS),
    "for us, made for another": ({"claims": {"azp": "another"}}, THEIRS),
    "by another issuer": ({"claims": {"iss": ELSEWHERE}}, THEIRS),
    "by another issuer, whom the metadata doesn't name": ({"claims": {"iss": ELSEWHERE}, "metadata": {"issuer": None}}, "iss"),
    "by another issuer, whom the metadata names": ({"claims": {"iss": ELSEWHERE}, "metadata": {"issuer": ELSEWHERE}}, "iss"),
    "without a nonce": ({"without": ("nonce",)}, THEIRS),
    "with another's nonce": ({"claims": {"nonce": "another"}}, THEIRS),
    "about nobody": ({"without": ("sub",)}, THEIRS),
    "about an empty subject": ({"claims": {"sub": ""}}, "sub"),
    "about a number": ({"claims": {"sub": 7}}, THEIRS),
    "about a very long subject": ({"claims": {"sub": "s" * 5000}}, "sub"),
    "no token at all": ({"answer": {"id_token": None}}, THEIRS),
    "no token that is one": ({"answer": {"id_token": "a.b.c"}}, THEIRS),
    "no answer that is one": ({"answer": {"error": "invalid_grant", "access_token": None, "id_token": None}}, THEIRS),
}


def refusals(providers: Providers) -> list[str]:
    """What the log says of refused sign-ins so far."""
    lines = [json.loads(line) for line in providers.server.said().splitlines() if line.startswith("{")]
    return [line["reason"] for line in lines if line["event"] == "provider_refused"]


def test_a_provider_that_behaves_brings_its_person_back(providers: Providers) -> None:
    invite(providers.school.actor("school"), providers.user("teacher"))
    providers.hostile.behave(claims={"email": "teacher@example.com"})
    found = enter(providers.flow().through())
    assert found
    assert [each.user_id for each in found.accounts] == [providers.user("teacher")]


@pytest.mark.parametrize("case", REFUSED)
def test_a_token_that_proves_nobody_lets_nobody_in(case: str, providers: Providers) -> None:
    how, by = REFUSED[case]
    before = len(refusals(providers))
    flow = Flow(providers.server.url)
    address = flow.at_provider(flow.leave(HOSTILE))
    providers.hostile.behave(**how)  # only now: it has to be reached first, whatever it says of itself later
    flow.back(address)
    assert flow.arrival == "failed"
    assert enter("failed") is None
    said = refusals(providers)[before:]
    assert len(said) == 1
    assert said[0].startswith(by)


def test_the_claims_of_a_large_token_are_read_as_well(providers: Providers) -> None:
    providers.hostile.behave(claims={"groups": [f"group number {each}" for each in range(600)]})
    assert enter(providers.flow().through()) is not None


def test_an_answer_counts_once(providers: Providers) -> None:
    flow = providers.flow()
    address = flow.at_provider(flow.leave())
    flow.back(address)
    first = flow.arrival
    flow.back(address)
    assert flow.arrival == "failed"
    assert enter(first) is not None, "and the first is worth what it was"


def test_an_answer_counts_once_even_with_the_cookie_as_it_was_before(providers: Providers) -> None:
    flow = providers.flow()
    address = flow.at_provider(flow.leave())
    kept = dict(flow.client.cookies)
    flow.back(address)
    again = providers.flow()
    for name, value in kept.items():
        again.client.cookies.set(name, value, domain="127.0.0.1")
    again.back(address)
    assert again.arrival == "failed"
    assert refusals(providers)[-1] == "state used before"


def test_an_answer_is_worth_nothing_in_another_browser(providers: Providers) -> None:
    address = providers.flow().at_provider(providers.flow().leave())
    other = providers.flow()
    other.back(address)
    assert other.arrival == "failed"


def test_an_answer_to_another_flow_is_worth_nothing(providers: Providers) -> None:
    mine, theirs = providers.flow(), providers.flow()
    address = mine.at_provider(mine.leave())
    other = theirs.at_provider(theirs.leave())
    mine.back(address.replace(state_of(address), state_of(other)))
    assert mine.arrival == "failed"
    mine.back(address.replace(state_of(address), "made-up"))
    assert mine.arrival == "failed"


def test_an_answer_of_another_issuer_is_worth_nothing(providers: Providers) -> None:
    flow = providers.flow()
    flow.back(flow.at_provider(flow.leave()) + f"&iss={ELSEWHERE}")
    assert flow.arrival == "failed"


def test_a_provider_that_says_no_and_whatever_is_written_into_the_address_stay_out_of_the_log(providers: Providers) -> None:
    flow = providers.flow()
    flow.leave()
    flow.back(f"{providers.server.url}/oauth2callback?error=access_denied&error_description=ana%40example.com%0Aforged&state=x")
    assert flow.arrival == "failed"
    flow.back(f"{providers.server.url}/oauth2callback?error=ana%40example.com&state=x")
    said = providers.server.said()
    assert "access_denied" in said
    assert "ana@example.com" not in said
    assert "forged" not in said


def test_no_cookie_of_streamlits_says_who_somebody_is(providers: Providers) -> None:
    flow = providers.flow()
    answer = flow.back(flow.at_provider(flow.leave()))
    given = answer.headers.get_list("set-cookie")
    assert not any(each.startswith("_streamlit_user") for each in given)
    [arrival] = [each for each in given if each.startswith("constela_arrival=")]
    assert {"HttpOnly", "SameSite=lax", "Max-Age=120"} <= {part.strip() for part in arrival.split(";")}
    assert providers.hostile.token().split(".")[0] not in str(answer.headers)


def test_behind_tls_every_cookie_of_the_way_is_secure(providers: Providers) -> None:
    flow = providers.flow()
    flow.client.headers["X-Forwarded-Proto"] = "https"
    left = flow.client.get(flow.app + "/auth/login", params={"provider": provider_token(HOSTILE)})
    cookies = left.headers.get_list("set-cookie")
    for each in cookies:
        name, _equals, value = each.split(";")[0].partition("=")
        flow.client.cookies.set(name, value, domain="127.0.0.1")
    cookies += flow.back(flow.at_provider(left.headers["location"])).headers.get_list("set-cookie")
    assert len(cookies) >= 4
    assert all("secure" in each.lower() for each in cookies), cookies


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("/class?id=7&tab=people", "/class?id=7&tab=people"),
        ("/", "/"),
        ("/?reset=abc", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
    ],
)
def test_the_page_that_was_wanted_comes_back_and_nothing_beyond_this_app(
    came_from: str, goes_to: str, providers: Providers
) -> None:
    flow = providers.flow()
    answer = flow.back(flow.at_provider(flow.leave(came_from=came_from)))
    assert answer.headers["location"] == goes_to


def test_a_page_elsewhere_names_no_way_back(providers: Providers) -> None:
    flow = providers.flow()
    flow.client.headers["Referer"] = f"{ELSEWHERE}/class"
    left = flow.client.get(flow.app + "/auth/login", params={"provider": provider_token(HOSTILE)})
    assert flow.back(flow.at_provider(left.headers["location"])).headers["location"] == "/"
    flow.client.cookies.set("constela_wish", "https%3A//elsewhere.example", domain="127.0.0.1", path="/oauth2callback")
    flow.back(flow.at_provider(flow.leave()))


def test_without_a_button_pressed_the_way_leads_nowhere(providers: Providers) -> None:
    flow = providers.flow()
    for token in ("", "made-up", "hostile"):
        answer = flow.client.get(flow.app + "/auth/login", params={"provider": token})
        assert (answer.status_code, answer.headers["location"]) == (302, "/")
    answer = flow.client.get(flow.app + "/auth/logout")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
