"""Whether a browser is on this very machine: what founding a school and entering as the demo's people hang on."""

from types import SimpleNamespace

import pytest
import streamlit as st

from pages._shell import place

HERE = {"Host": "localhost:8501"}


def comes(monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], address: str | None) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(headers=headers, ip_address=address))


@pytest.mark.parametrize(
    ("headers", "address"),
    [({}, None), (HERE, "127.0.0.1"), (HERE, None), ({"Host": "127.0.0.1:8501"}, "127.0.0.9"), ({"Host": "[::1]:8501"}, "::1")],
)
def test_a_browser_that_comes_straight_from_this_machine_is_here(
    headers: dict[str, str], address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes(monkeypatch, headers, address)
    assert place.is_here()
    assert place.demo_is_open()


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        (HERE, "192.168.0.7"),
        (HERE, "nonsense"),
        ({"Host": "school.example.org"}, "127.0.0.1"),  # a page elsewhere whose name leads to this machine
        ({"Host": "[nonsense"}, "127.0.0.1"),
        ({"Host": ""}, "127.0.0.1"),
        *(({**HERE, name: "127.0.0.1"}, "127.0.0.1") for name in place.FORWARDED),  # behind a proxy everybody would look local
    ],
)
def test_whoever_might_come_from_elsewhere_is_not(headers: dict[str, str], address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONSTELA_DEMO", raising=False)
    comes(monkeypatch, headers, address)
    assert not place.is_here()
    assert not place.demo_is_open()


def test_who_keeps_the_server_may_open_the_demo_to_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    comes(monkeypatch, HERE, "192.168.0.7")
    for said, opened in (("1", True), ("0", False), ("", False)):
        monkeypatch.setenv("CONSTELA_DEMO", said)
        assert place.demo_is_open() is opened
