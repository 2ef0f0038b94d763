"""The doorstep speaks the browser's language and is fit for everyone; a picked language stays."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.looks import english_on, severe_on
from tests.browser.server import Server, copy, serving
from tests.browser.window import Window

pytestmark = pytest.mark.browser

CLASSES = "/operations?table=classes"


def test_the_doorstep_speaks_the_browsers_language(server: Server, demo_server: Server, window: OpenWindow) -> None:
    welcome = window(server, locale="pt-BR").open("/")
    assert not english_on(welcome)
    assert not severe_on(welcome)
    welcome.click("found-submit")
    expect(welcome.problem("found-school")).not_to_be_empty()
    assert not english_on(welcome)
    door = window(demo_server, locale="pt-BR").open("/")
    assert not english_on(door)
    assert not severe_on(door)
    expect(window(demo_server, locale="de-DE").open("/").title).to_have_text("Sign in")


def test_a_lost_connection_is_told_in_the_language_of_the_page(migrated: Path, tmp_path: Path, window: OpenWindow) -> None:
    with serving(copy(migrated, tmp_path)) as server:
        it = window(server, locale="pt-BR").open("/")
    told = it.page.get_by_role("dialog")
    expect(told).to_contain_text("A conexão caiu")
    expect(told).to_contain_text("A página continua sozinha quando ela voltar.")
    expect(told).not_to_contain_text("Streamlit")


def test_a_picked_language_is_kept(page_as: Callable[..., Window]) -> None:
    it = page_as("school").open(CLASSES)
    expect(it.title).to_have_text("Classes")
    it.choose("language", "Português")
    expect(it.title).to_have_text("Turmas")
    assert "table=classes" in it.page.url
    it.open("/operations?table=rooms")
    expect(it.title).to_have_text("Salas")
    it.choose("language", "English")
    expect(it.title).to_have_text("Rooms")


def test_streamlits_own_words_are_in_the_language_of_the_page(page_as: Callable[..., Window], tmp_path: Path) -> None:
    it = page_as("school").open("/exchange?table=rooms")
    said = {"English": ("Choose a file", "At most 10MB • CSV"), "Português": ("Escolher um arquivo", "No máximo 10MB • CSV")}
    for spoken in ("English", "Português", "English", "Português"):
        it.choose("language", spoken)
        button, limit = said[spoken]
        expect(it.page.get_by_role("button", name=button, exact=True)).to_have_text(re.compile(f"{button}$"))
        it.says(re.compile(f"^{limit}"))
    assert not english_on(it)
    path = tmp_path / "Upload.csv"  # whatever a person calls their own
    path.write_bytes(b"Nome,Lugares\n" + b"Open,muitos\n" * 30)
    it.page.locator("input[type=file]").set_input_files(path)
    expect(it.page.get_by_role("button", name="Remover Upload.csv")).to_be_visible()
    expect(it.page.get_by_role("button", name="Próxima página")).to_be_visible()
    expect(it.page.get_by_role("cell", name="muitos").first).to_be_visible()
    assert not english_on(it.settle())
    it.page.locator("input[type=file]").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(it.page.get_by_role("alert").filter(has_text="Arquivos deste tipo não são aceitos.")).to_be_in_viewport()
    assert not english_on(it)
    it.is_well()
