"""Which identity providers are configured: by the environment or by Streamlit's file, and what is wrong with them."""

import os
from pathlib import Path

import pytest

from domain.access.providers import Setup, setup

ADDRESS = "https://clerk.example.com/.well-known/openid-configuration"
REDIRECT = "https://school.example.org/oauth2callback"
COOKIE = "c" * 32
HEAD = f'[auth]\nredirect_uri = "{REDIRECT}"\ncookie_secret = "{COOKIE}"\n'
CLERK = f'[auth.clerk]\nclient_id = "id"\nclient_secret = "hush"\nserver_metadata_url = "{ADDRESS}"\n'
MORE = 'prompt = "login", token_endpoint_auth_method = "client_secret_post", verify = false'
ENVIRONMENT = {
    "CONSTELA_OIDC_CLIENT_ID": "id",
    "CONSTELA_OIDC_CLIENT_SECRET": "hush",
    "CONSTELA_OIDC_METADATA_URL": ADDRESS,
    "CONSTELA_OIDC_REDIRECT_URI": REDIRECT,
    "CONSTELA_OIDC_COOKIE_SECRET": COOKIE,
}


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's folder and a program's, both empty, and no setting."""
    for name in [each for each in os.environ if each.startswith("CONSTELA_OIDC_")]:
        monkeypatch.delenv(name)
    for name in ("home", "program"):
        (tmp_path / name / ".streamlit").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "program")


def written(text: str, folder: str = ".") -> Setup:
    """What is configured with this in the program's file."""
    (Path(folder) / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")
    return setup()


def in_environment(monkeypatch: pytest.MonkeyPatch, **changed: str) -> Setup:
    for name, value in {**ENVIRONMENT, **{f"CONSTELA_OIDC_{name}": value for name, value in changed.items()}}.items():
        monkeypatch.setenv(name, value)
    return setup()


def test_nothing_is_configured_by_itself() -> None:
    assert setup() == Setup()
    assert setup().secrets() is None
    assert written('[mail]\nhost = "x"\n') == Setup()


def test_streamlits_file_names_providers() -> None:
    found = written(HEAD + CLERK + CLERK.replace("clerk", "other").replace("other.example", "id.example"))
    assert [(each.key, each.name, each.issuer, each.keyed) for each in found.providers] == [
        ("clerk", "Clerk", "https://clerk.example.com", True),
        ("other", "Other", "https://id.example.com", False),
    ]
    assert found.trouble == ()


def test_one_provider_may_stand_in_the_section_itself() -> None:
    found = written(HEAD + CLERK.replace("[auth.clerk]\n", ""))
    assert [(each.key, each.name, each.keyed) for each in found.providers] == [("default", "clerk.example.com", True)]
    found = written(HEAD + CLERK.replace("[auth.clerk]\n", "") + 'client_kwargs = { prompt = "login" }\n')
    assert [(each.key, each.prompt) for each in found.providers] == [("default", "login")], "how it is asked is no provider"


def test_the_programs_file_goes_before_the_persons() -> None:
    written(HEAD + CLERK.replace("clerk]", "mine]"), os.environ["HOME"])
    assert [each.key for each in setup().providers] == ["mine"]
    assert [each.key for each in written(HEAD + CLERK).providers] == ["clerk"]


def test_the_environment_names_one_provider_and_goes_before_files(monkeypatch: pytest.MonkeyPatch) -> None:
    written(HEAD + CLERK)
    [found] = in_environment(monkeypatch, NAME="Our city", PROMPT="login", SECOND_FACTOR_ACR="a b").providers
    assert (found.name, found.prompt, found.scope) == ("Our city", "login", "openid email profile")
    assert (found.second_factor, found.issuer, found.keyed) == (("a", "b"), "https://clerk.example.com", True)


def test_only_settings_that_bear_the_apps_name_and_say_something_count(monkeypatch: pytest.MonkeyPatch) -> None:
    written(HEAD + CLERK)
    monkeypatch.setenv("CLIENT_ID", "of another program")
    assert [each.key for each in setup().providers] == ["clerk"]
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "")
    assert [(each.key, each.client_id) for each in setup().providers] == [("clerk", "id")]


def test_a_provider_is_found_by_its_key_and_by_no_other() -> None:
    found = written(HEAD + CLERK + CLERK.replace("clerk", "other"))
    assert [getattr(found.named(key), "key", None) for key in ("other", "clerk", "Clerk", "")] == ["other", "clerk", None, None]


def test_streamlit_is_given_what_it_needs_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    found = written(HEAD + 'expose_tokens = ["id", "access"]\n' + CLERK + f"client_kwargs = {{ {MORE} }}\n")
    assert found.secrets() == {
        "auth": {
            "redirect_uri": REDIRECT,
            "cookie_secret": COOKIE,
            "clerk": {
                "client_id": "id",
                "client_secret": "hush",
                "server_metadata_url": ADDRESS,
                "client_kwargs": {
                    "scope": "openid email profile",
                    "prompt": "login",
                    "token_endpoint_auth_method": "client_secret_post",
                },
            },
        }
    }


def test_no_secret_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = in_environment(monkeypatch)
    assert "hush" not in repr(found)
    assert COOKIE not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "no provider in it"),
        (HEAD.replace("https:", "http:") + CLERK, "redirect_uri must be"),
        (HEAD.replace("/oauth2callback", "/") + CLERK, "redirect_uri must be"),
        (HEAD.replace(COOKIE, "xxx") + CLERK, "cookie_secret must be random"),
        (CLERK, "redirect_uri must be"),
        (HEAD + CLERK.replace("https:", "http:"), "server_metadata_url of clerk must be an https address"),
        (HEAD + CLERK.replace("https:", "http:").replace("clerk.example.com", "10.0.0.1"), "must be an https address"),
        (HEAD + CLERK.replace("clerk.example.com", ""), "must be an https address"),
        (HEAD + CLERK.replace("https://clerk", "https://[clerk"), "must be an https address"),
        (HEAD + CLERK.replace("/.well-known/openid-configuration", "/"), "server_metadata_url of clerk"),
        (HEAD + CLERK.replace('"hush"', '""'), "clerk lacks client_secret"),
        (HEAD + CLERK.replace("auth.clerk", "auth.my_clerk"), "must not contain an underscore"),
        (HEAD + CLERK + 'client_kwargs = { scope = "email" }\n', "must contain openid and email"),
        ("[auth", "can't be read as TOML"),
    ],
)
def test_what_is_wrong_is_said_and_the_provider_is_not_offered(text: str, said: str) -> None:
    found = written(text)
    assert found.providers == ()
    assert found.secrets() is None
    assert len(found.trouble) >= 1
    assert said in " ".join(found.trouble)
    assert "hush" not in str(found.trouble)


def test_of_what_lacks_nothing_else_is_said() -> None:
    [said] = written(HEAD + CLERK.replace(ADDRESS, "")).trouble
    assert said.endswith("clerk lacks server_metadata_url.")


def test_on_this_very_machine_no_tls_is_needed() -> None:
    here = (HEAD + CLERK).replace("https://school.example.org", "http://localhost:8501")
    assert written(here.replace("https://clerk.example.com", "http://127.0.0.1:9000")).providers
