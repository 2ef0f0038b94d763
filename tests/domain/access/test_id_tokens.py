"""What an ID token must say, claim by claim; and when its e-mail or its second factor counts."""

import datetime as dt
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.id_tokens import Proven, Refused, prove
from domain.access.providers import Provider

ISSUER, CLIENT = "https://id.example.org", "constela"
NOW = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
SECONDS = int(NOW.timestamp())
PROVIDER = Provider(
    "x", "X", ISSUER, f"{ISSUER}/.well-known/openid-configuration", CLIENT, "secret", second_factor=("mfa please",)
)
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "someone",
    "aud": CLIENT,
    "iat": SECONDS - 5,
    "exp": SECONDS + 60,
    "nonce": "n",
    "email": "Ana@Example.com",
    "email_verified": True,
}


def part(content: Any) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def token(header: Any = None, **changed: Any) -> str:
    """A token with some claims changed; None takes one away."""
    claims = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    return f"{part(header or {'alg': 'RS256'})}.{part(claims)}.signature"


def test_a_token_that_says_what_it_must_proves_its_subject() -> None:
    assert prove(token(), PROVIDER, NOW) == Proven(ISSUER, "someone", "ana@example.com")


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("iss", {"iss": "https://elsewhere.example"}),
        ("iss", {"iss": f"{ISSUER}.elsewhere.example"}),
        ("iss", {"iss": None}),
        ("iss", {"iss": [ISSUER]}),
        ("aud", {"aud": "another"}),
        ("aud", {"aud": ["another"]}),
        ("aud", {"aud": "another", "azp": CLIENT}),
        ("aud", {"aud": None}),
        ("aud", {"aud": {"constela": 1}}),
        ("azp", {"aud": [CLIENT, "another"]}),
        ("azp", {"aud": [CLIENT, "another"], "azp": "another"}),
        ("azp", {"azp": "another"}),
        ("sub", {"sub": ""}),
        ("sub", {"sub": None}),
        ("sub", {"sub": 7}),
        ("sub", {"sub": "s" * 256}),
        ("sub", {"sub": "a\nb"}),
        ("exp", {"exp": SECONDS - 61}),
        ("exp", {"exp": None}),
        ("exp", {"exp": "soon"}),
        ("exp", {"exp": True}),
        ("iat", {"iat": SECONDS - 601}),
        ("iat", {"iat": SECONDS + 61}),
        ("iat", {"iat": None}),
        ("nonce", {"nonce": None}),
        ("nonce", {"nonce": ""}),
    ],
)
def test_a_claim_that_is_wrong_is_named_and_its_value_is_not(name: str, changed: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        prove(token(**changed), PROVIDER, NOW)
    assert str(refused.value) == name


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", "", None, ["RS256"], {"RS256": 1}, 7])
def test_only_a_signature_by_the_providers_own_key_counts(algorithm: Any) -> None:
    with pytest.raises(Refused, match=r"^alg$"):
        prove(token({"alg": algorithm}), PROVIDER, NOW)


def test_several_audiences_are_fine_where_it_was_made_for_us_and_so_is_a_slash_at_the_issuers_end() -> None:
    assert prove(token(aud=[CLIENT, "another"], azp=CLIENT), PROVIDER, NOW)
    assert prove(token(iss=f"{ISSUER}/"), PROVIDER, NOW).issuer == ISSUER


@pytest.mark.parametrize(
    ("changed", "email"),
    [
        ({}, "ana@example.com"),
        ({"email_verified": False}, ""),
        ({"email_verified": None}, ""),
        ({"email_verified": "true"}, ""),
        ({"email_verified": 1}, ""),
        ({"email": None}, ""),
        ({"email": ["ana@example.com"]}, ""),
        ({"email": "ma\u212ae@example.com"}, ""),  # the sign for kelvin, which becomes a k when made small
        ({"email": "a" * 300}, ""),
    ],
)
def test_an_e_mail_counts_only_if_it_is_verified_beyond_doubt(changed: dict[str, Any], email: str) -> None:
    assert prove(token(**changed), PROVIDER, NOW).email == email


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": "mfa"}, False),
        ({"acr": "mfa please"}, True),
        ({"acr": "phr"}, False),  # this provider was configured otherwise
        ({"acr": ["mfa please"]}, False),
    ],
)
def test_a_second_factor_is_vouched_for_by_the_standards_own_words(changed: dict[str, Any], asked: bool) -> None:
    assert prove(token(**changed), PROVIDER, NOW).second_factor is asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "None",
        "a.b",
        "a.b.c.d",
        "é.é.é",
        f"{part([])}.{part({})}.x",
        f"{part({})}.{part([])}.x",
        f"{'[' * 100_000}.x.y",
        "\ud800.a.b",
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        prove(text, PROVIDER, NOW)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    claims=st.dictionaries(st.sampled_from([*GOOD, "azp", "amr", "acr"]), VALUES), header=st.dictionaries(st.just("alg"), VALUES)
)
def test_whatever_a_token_holds_it_is_refused_or_proves_a_subject_of_this_issuer(
    claims: dict[str, Any], header: dict[str, Any]
) -> None:
    text = f"{part({'alg': 'RS256', **header})}.{part({**GOOD, **claims})}.x"
    try:
        found = prove(text, PROVIDER, NOW)
    except Refused:
        return
    assert found.issuer == ISSUER
    assert found.subject == claims.get("sub", "someone")
    assert CLIENT in {**GOOD, **claims}["aud"]
