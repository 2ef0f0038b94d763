"""Sealing with the installation's key: what is sealed opens with the same key, for the same thing, or not at all."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.crypto import installation
from domain.crypto.installation import KeyMissing, OtherKey, fits, key, seal, unseal

ONE, OTHER = bytes(range(32)), bytes(range(1, 33))


@given(secret=st.text(max_size=200), about=st.text(max_size=50))
def test_what_was_sealed_opens_again_and_never_looks_the_same_twice(secret: str, about: str) -> None:
    if any(0xD800 <= ord(each) < 0xE000 for each in secret + about):
        return
    sealed = seal(ONE, secret, about)
    assert unseal(ONE, sealed, about) == secret
    assert sealed != seal(ONE, secret, about)
    assert (fits(ONE, sealed), fits(OTHER, sealed)) == (True, False)


def test_neither_another_key_nor_another_thing_nor_a_changed_letter_opens_it() -> None:
    sealed = seal(ONE, "secret", "of Ana")
    with pytest.raises(OtherKey):
        unseal(OTHER, sealed, "of Ana")
    with pytest.raises(OtherKey):
        unseal(ONE, sealed, "of Bia")
    for at in range(len(sealed)):
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        if changed.rstrip("=") == sealed.rstrip("="):
            continue
        try:
            assert unseal(ONE, changed, "of Ana") == "secret"  # unused bits at the end of Base64
            assert at >= len(sealed) - 3
        except OtherKey:
            pass
    for nonsense in ("", "1", "1.2", "a.b.c", "1.2.3.4", sealed[:-8]):
        with pytest.raises(OtherKey):
            unseal(ONE, nonsense, "of Ana")


def test_the_key_comes_from_the_environment_and_a_short_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "one.key"
    monkeypatch.setenv("CONSTELA_SECRET_KEY", "a text that is long enough for a key")
    first = key(place)
    assert (len(first), first == key(tmp_path / "other.key"), place.exists()) == (32, True, False)
    monkeypatch.setenv("CONSTELA_SECRET_KEY", "short")
    with pytest.raises(KeyMissing):
        key(place)


def test_without_one_a_file_is_made_once_for_the_apps_user_alone(tmp_path: Path) -> None:
    place = tmp_path / "folder" / "one.key"
    first = key(place)
    assert (len(first), key(place), place.stat().st_mode & 0o777) == (32, first, 0o600)


def test_of_many_who_need_it_first_all_have_the_same(tmp_path: Path) -> None:
    place, found = tmp_path / "one.key", list[bytes]()
    threads = [threading.Thread(target=lambda: found.append(key(place))) for _each in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(found), len(set(found))) == (16, 1)


def test_a_hurt_file_is_told_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "PATIENCE", 0.02)
    place = tmp_path / "one.key"
    place.write_text("not a key")
    with pytest.raises(KeyMissing):
        key(place)
    assert place.read_text() == "not a key"
