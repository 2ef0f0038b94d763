"""`doctor` on identity providers: properly configured, reached, who they should be; and no secret in what it says."""

from pathlib import Path

import pytest

from domain.cli.doctor import examine
from domain.cli.main import main
from tests.oidc import hostile
from tests.oidc.flow import COOKIE_SECRET
from tests.oidc.hostile import Hostile

REDIRECT = "http://127.0.0.1:8501/oauth2callback"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    """The hostile provider, which the environment names."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with hostile.hostile() as started:
        for name, value in {
            "METADATA_URL": f"{started.issuer}/.well-known/openid-configuration",
            "CLIENT_ID": hostile.CLIENT,
            "CLIENT_SECRET": hostile.SECRET,
            "REDIRECT_URI": REDIRECT,
            "COOKIE_SECRET": COOKIE_SECRET,
            "NAME": "The city",
        }.items():
            monkeypatch.setenv(f"CONSTELA_OIDC_{name}", value)
        yield started


@pytest.mark.usefixtures("database")
def test_a_provider_that_can_be_used_is_said_without_its_secret(provider: Hostile, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine().trouble == []
    assert main(["doctor"]) == 0
    assert main(["doctor", "--json"]) == 0
    said = capsys.readouterr().out
    assert f"Sign-in by provider: The city ({provider.issuer}), can be used: yes" in said
    assert hostile.SECRET not in said
    assert COOKIE_SECRET not in said


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"issuer": "https://elsewhere.example"}, "calls itself another issuer"),
        ({"jwks_uri": None}, "lacks jwks_uri"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "signs by none of the algorithms"),
    ],
)
def test_a_provider_that_is_not_as_it_should_be_is_named(metadata: dict[str, object], said: str, provider: Hostile) -> None:
    provider.behave(metadata=metadata)
    report = examine()
    assert len(report.trouble) == 1
    assert said in report.trouble[0]
    assert not report.providers[0].works


@pytest.mark.usefixtures("database", "provider")
def test_a_provider_that_does_not_answer_and_a_setting_that_is_wrong_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELA_OIDC_METADATA_URL", "http://127.0.0.1:1/.well-known/openid-configuration")
    assert examine().trouble == ["Sign-in by provider: provider doesn't answer at its server_metadata_url."]
    monkeypatch.setenv("CONSTELA_OIDC_COOKIE_SECRET", "xxx")
    [said] = examine().trouble
    assert "cookie_secret must be random" in said


@pytest.mark.usefixtures("database")
def test_without_a_provider_nothing_is_said_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert (examine().providers, examine().trouble) == ([], [])
