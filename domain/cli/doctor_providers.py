"""What `doctor` says of identity providers: whether each is configured properly, is reached, and is who it should be."""

import json
from dataclasses import dataclass
from typing import Any

import urllib3

from domain.access.id_tokens import SIGNED_BY
from domain.access.providers import Provider, setup
from domain.kit.texts import N_, _

ANSWER_SECONDS = 10.0
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

SILENT = N_("Sign-in by provider: {provider} doesn't answer at its server_metadata_url.")
ANOTHER = N_("Sign-in by provider: {provider} calls itself another issuer than its address says. Set issuer if that is right.")
INCOMPLETE = N_("Sign-in by provider: what {provider} says of itself lacks {key}.")
UNSIGNED = N_("Sign-in by provider: {provider} signs by none of the algorithms that count here.")


@dataclass
class ProviderReport:
    """A provider, and whether it could be used just now."""

    name: str
    issuer: str
    works: bool


def examine_providers() -> tuple[list[ProviderReport], list[str]]:
    """What was looked at, and a line for each thing that is wrong. Nothing, where no provider is configured."""
    found = setup()
    reports: list[ProviderReport] = []
    trouble = list(found.trouble)
    for each in found.providers:
        wrong = _wrong_with(each)
        reports.append(ProviderReport(each.name, each.issuer, not wrong))
        trouble += wrong
    return reports, trouble


def _wrong_with(provider: Provider) -> list[str]:
    said = _metadata(provider)
    if said is None:
        return [_(SILENT).format(provider=provider.key)]
    wrong = [_(INCOMPLETE).format(provider=provider.key, key=key) for key in ENDPOINTS if not said.get(key)]
    if str(said.get("issuer")).rstrip("/") != provider.issuer:
        wrong.append(_(ANOTHER).format(provider=provider.key))
    if not SIGNED_BY & set(map(str, said.get("id_token_signing_alg_values_supported") or ["RS256"])):
        wrong.append(_(UNSIGNED).format(provider=provider.key))
    return wrong


def _metadata(provider: Provider) -> dict[str, Any] | None:
    try:
        with urllib3.PoolManager(timeout=ANSWER_SECONDS, retries=False) as pool:
            answer = pool.request("GET", provider.metadata_url)
        found = json.loads(answer.data) if answer.status == 200 else None
    except (urllib3.exceptions.HTTPError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
