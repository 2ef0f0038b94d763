"""Documents, money, folded texts, keys, time and languages: the rules of each, tried by the thousand."""

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kit import documents, money
from domain.kit.clock import today, zone_of
from domain.kit.documents import format_cnpj, format_cpf, format_document, is_cnpj, is_cpf, is_nfe_key
from domain.kit.fold import fold
from domain.kit.formats import show_date, show_money
from domain.kit.ids import is_id, new_id
from domain.kit.phones import format_phone
from domain.kit.texts import best_language, set_language

DIGITS = st.text("0123456789", min_size=9, max_size=9)
CNPJ_STEMS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12)
AMOUNTS = st.decimals(min_value=-money.LARGEST, max_value=money.LARGEST, places=2)


@pytest.mark.parametrize("text", ["52998224725", "11144477735"])
def test_known_cpfs_check(text: str) -> None:
    assert is_cpf(text)


@pytest.mark.parametrize(
    "text",
    ["", "5299822472", "529982247255", "52998224724", "00000000000", "11111111111", "529.982.247-25", "５２９９８２２４７２５"],
)
def test_what_is_no_cpf_does_not_check(text: str) -> None:
    assert not is_cpf(text)


@pytest.mark.parametrize("typed", ["12.ABC.345/01DE-35", "12abc34501de35", "11.222.333/0001-81", "11222333000181"])
def test_known_cnpjs_check_the_alphanumeric_one_too(typed: str) -> None:
    assert is_cnpj(documents.bare(typed))


@pytest.mark.parametrize("text", ["", "12ABC34501DE36", "12ABC34501DE53", "12ABC34501DEA5", "00000000000000", "12ABC34501D€35"])
def test_what_is_no_cnpj_does_not_check(text: str) -> None:
    assert not is_cnpj(text)


@given(DIGITS, st.integers(0, 10), st.integers(1, 9))
def test_a_cpf_with_one_digit_changed_is_no_cpf(first: str, at: int, by: int) -> None:
    cpf = first + documents.cpf_check_digits(first)
    assert is_cpf(cpf) == (len(set(cpf)) > 1)
    changed = cpf[:at] + str((int(cpf[at]) + by) % 10) + cpf[at + 1 :]
    # Remainders 0 and 1 share the check digit 0, so a change among the nine is seen by one of the two digits, not by each.
    assert at < 9 or not is_cpf(changed)


@given(CNPJ_STEMS)
def test_a_cnpj_has_exactly_one_pair_of_check_digits(first: str) -> None:
    right = documents.cnpj_check_digits(first)
    pairs = [f"{pair:02}" for pair in range(100) if is_cnpj(f"{first}{pair:02}")]
    assert pairs == ([right] if len(set(first + right)) > 1 else [])


@given(DIGITS, CNPJ_STEMS)
def test_a_document_is_kept_bare_and_shown_formatted_and_back(cpf_stem: str, cnpj_stem: str) -> None:
    cpf = cpf_stem + documents.cpf_check_digits(cpf_stem)
    cnpj = cnpj_stem + documents.cnpj_check_digits(cnpj_stem)
    assert documents.bare(format_cpf(cpf)) == cpf
    assert documents.bare(format_cnpj(cnpj)) == cnpj
    assert re.fullmatch(r"\d{3}\.\d{3}\.\d{3}-\d{2}", format_document(cpf))
    assert re.fullmatch(r"\w{2}\.\w{3}\.\w{3}/\w{4}-\d{2}", format_document(cnpj))


def test_documents_are_shown_as_people_write_them() -> None:
    assert format_document("52998224725") == "529.982.247-25"
    assert format_document("12ABC34501DE35") == "12.ABC.345/01DE-35"


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("+5511987654321", "+55 (11) 98765-4321"),
        ("11987654321", "(11) 98765-4321"),
        ("+551132654321", "+55 (11) 3265-4321"),
        ("1132654321", "(11) 3265-4321"),
        ("+351912345678", "+351912345678"),
        ("+15551234567", "+15551234567"),
        ("987654321", "987654321"),
        ("08001234567", "08001234567"),
        ("", ""),
    ],
)
def test_a_phone_number_is_shown_as_in_brazil_and_one_of_elsewhere_as_it_is(kept: str, shown: str) -> None:
    assert format_phone(kept) == shown


@given(st.text("0123456789", min_size=43, max_size=43))
def test_an_access_key_has_44_characters_and_one_check_digit(first: str) -> None:
    keys = [f"{first}{digit}" for digit in range(10) if is_nfe_key(f"{first}{digit}")]
    assert len(keys) == 1
    assert not is_nfe_key(first)


@given(AMOUNTS)
def test_money_survives_cents_and_a_float_column(amount: Decimal) -> None:
    assert money.from_cents(money.to_cents(amount)) == amount
    assert money.to_money(float(amount)) == amount


@given(st.decimals(min_value=-1000, max_value=1000, places=3).filter(lambda each: each != round(each, 2)))
def test_money_with_a_third_place_is_refused_not_rounded(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="two places"):
        money.to_money(amount)


@pytest.mark.parametrize("value", ["NaN", "inf", "-inf", "ten", "", None, Decimal("1e12"), float("nan"), "1,50"])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money.to_money(value)


def test_a_tenth_three_times_is_three_tenths() -> None:
    assert sum((money.to_money(0.1) for _each in range(3)), Decimal(0)) == Decimal("0.30")


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"), [("João  D'Ávila", "joao d'avila"), ("  ÇÃO\t", "cao"), ("Straße", "strasse"), ("ﬁ", "fi"), ("", "")]
)
def test_a_folded_text_has_no_case_accents_or_double_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_keys_are_told_from_anything_else_and_differ() -> None:
    made = {new_id() for _each in range(1000)}
    assert len(made) == 1000
    assert all(is_id(each) for each in made)
    for text in ("", "x", new_id().lower(), new_id() + "0", "8" + "0" * 25, 7, None):
        assert not is_id(text)


def test_a_schools_day_is_the_one_on_its_own_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    late = dt.datetime(2026, 3, 3, 2, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("domain.kit.clock.now", lambda: late)
    assert today(zone_of({"time_zone": "America/Sao_Paulo"})) == dt.date(2026, 3, 2)
    assert today(zone_of({"time_zone": "America/Noronha"})) == dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    "settings", [None, {}, {"time_zone": "Mars/Olympus"}, {"time_zone": 7}, {"time_zone": ""}, {"time_zone": "../x"}]
)
def test_a_school_without_a_sensible_zone_lives_in_sao_paulo(settings: dict[str, object] | None) -> None:
    assert zone_of(settings) == ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("pt-BR",), "pt_BR"),
        (("pt",), "pt_BR"),
        (("pt-PT",), "pt_BR"),
        (("en-GB",), "en"),
        (("fr-FR", "pt-BR"), "pt_BR"),
        (("fr",), "en"),
        ((None, ""), "en"),
        ((None, "pt_BR.UTF-8"), "pt_BR"),
    ],
)
def test_the_first_language_of_ours_that_fits_is_spoken(wanted: tuple[str | None, ...], language: str) -> None:
    assert best_language(*wanted) == language


def test_dates_and_money_are_written_as_brazil_does() -> None:
    set_language("pt_BR")
    assert show_date(dt.date(2026, 4, 3)) == "03/04/2026"
    assert show_money(Decimal("1234.56")).replace("\xa0", " ") == "R$ 1.234,56"
