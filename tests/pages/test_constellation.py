"""A student's own constellation: seen by its student alone, searched, measured and walked through."""

from dataclasses import dataclass

import pytest

from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.engine import engine
from domain.kit.ids import new_id
from domain.toolbox.queries import constellation
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser


@dataclass(frozen=True)
class Stars:
    """The student's stars by name, and one of another student's."""

    keys: dict[str, str]
    foreign: str


@pytest.fixture
def stars(school: School) -> Stars:
    """A chain from sea to bread, with a weak shortcut, a star that stands alone, and another student's star."""
    student = school.people[Role.STUDENT]
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        names = ("Mar", "Sal", "Pão", "Ação **forte**", "Só")
        kinds = dict(zip(names, ("natureza", "cozinha", "cozinha", "palavras", None), strict=True))
        keys = {}
        for at, name in enumerate(names):
            place = {"x": at - 2.0, "y": at % 2, "z": 0.5}
            keys[name] = rows.add("knowledge_nodes", user_id=student, label=name, category=kinds[name], size=1.0 + at, **place)
        for one, other, label, strength in (
            ("Mar", "Sal", "dá", 0.9),
            ("Sal", "Pão", "entra em", 0.9),
            ("Mar", "Pão", None, 0.1),
            ("Pão", "Ação **forte**", "rima com", 0.5),
        ):
            ends = {"source_id": keys[one], "target_id": keys[other]}
            rows.add("knowledge_edges", user_id=student, label=label, strength=strength, **ends)
        other_student = rows.add("users", role="student")
        foreign = rows.add("knowledge_nodes", user_id=other_student, label="Segredo alheio", category="alheia")
    return Stars(keys, foreign)


@pytest.fixture
def browser(school: School) -> Browser:
    return Browser(school, "student")


def figure_text(browser: Browser) -> str:
    """All that is sent to the browser as the figure."""
    return "\n".join(each.proto.spec for each in browser.at.get("plotly_chart"))


def steps(browser: Browser) -> list[str]:
    """The way as it is listed."""
    return [each.label for key, each in sorted(browser.widgets("sky-walk-").items())]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STUDENT])
def test_no_other_role_opens_it(school: School, stars: Stars, role: Role) -> None:
    with pytest.raises(ValueError, match="navigation page"):
        Browser(school, role).follow("constellation")


def test_a_student_sees_their_own_stars_and_no_one_elses(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation")
    assert set(page.at.selectbox(key="sky-star").options) == set(stars.keys)
    sent = figure_text(page) + page.text() + "".join(each.value.to_csv() for each in page.at.table)
    assert "Mar" in sent
    assert "Segredo" not in sent
    assert "alheia" not in sent


def test_a_link_to_another_students_star_shows_nothing_of_it(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation", star=stars.foreign)
    assert any("isn't yours to open" in each.replace("\\", "") for each in page.said())
    assert "Segredo" not in figure_text(page) + page.text()


def test_an_empty_sky_says_how_it_begins(browser: Browser) -> None:
    page = browser.follow("constellation")
    assert page.at.button(key="first-star").label == "Make your first star"
    assert not page.at.get("plotly_chart")


def test_a_star_is_looked_at_by_a_click_and_stands_in_the_address(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation").click("sky-start-0")
    assert page.query == {"star": stars.keys["Só"]}
    page.at.selectbox(key="sky-star").set_value(stars.keys["Mar"])
    page.run()
    assert page.query == {"star": stars.keys["Mar"]}
    assert [page.at.button(key=f"sky-near-1-{at}").label for at in (0, 1)] == ["✚ Sal \\(→ dá\\)", "✚ Pão"]
    assert not page.widgets("sky-near-2-")


def test_a_link_opens_the_star_with_what_lies_two_steps_around_it(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation", star=stars.keys["Mar"], depth="2")
    assert page.held("sky-depth") == 2
    assert "forte" in page.at.button(key="sky-near-2-0").label
    assert "<script" not in figure_text(page)


def test_the_shortest_way_is_listed_and_the_strongest_one_differs(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation", star=stars.keys["Mar"])
    page.at.selectbox(key="sky-goal").set_value(stars.keys["Pão"])
    page.run()
    assert len(steps(page)) == 2
    page.at.segmented_control(key="sky-by").set_value("strong")
    page.run()
    assert len(steps(page)) == 3
    assert "Sal" in steps(page)[1]
    assert page.query == {"star": stars.keys["Mar"], "goal": stars.keys["Pão"], "by": "strong"}


def test_where_no_way_leads_it_says_so(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation", star=stars.keys["Só"], goal=stars.keys["Mar"])
    assert "No way leads there yet" in page.text()
    assert "stands alone" in page.text()


def test_a_search_is_blind_to_accents_and_stays_out_of_the_address(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation")
    page.at.text_input(key="sky-search-constellation").set_value("acao")
    page.run()
    assert "forte" in page.at.button(key="sky-found-0").label
    assert not page.has("sky-found-1")
    assert page.query == {}
    assert len(page.at.table[0].value) == 1


def test_categories_and_the_measure_of_size_stand_in_the_address(browser: Browser, stars: Stars) -> None:
    page = browser.follow("constellation")
    page.at.multiselect(key="sky-kind").set_value(["cozinha"])
    page.at.selectbox(key="sky-size").set_value("betweenness")
    page.run()
    assert page.query == {"kind": "cozinha", "size": "betweenness"}
    assert list(page.at.table[0].value["Star"]) == ["Pão", "Sal"]


@pytest.mark.parametrize("nonsense", [{"star": "🪐"}, {"depth": "99"}, {"size": "x"}, {"kind": "none such"}, {"goal": new_id()}])
def test_nonsense_in_the_address_opens_the_page(browser: Browser, stars: Stars, nonsense: dict[str, str]) -> None:
    assert browser.follow("constellation", **nonsense).at.get("plotly_chart")


def test_stars_that_were_never_put_anywhere_have_no_place(school: School, stars: Stars) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        new = {rows.add("knowledge_nodes", user_id=school.people[Role.STUDENT], label=f"novo {at}") for at in range(2)}
    with reading(school.actor(Role.STUDENT)) as session:
        graph = constellation(session)
    assert {node.id for node in graph.nodes if node.place is None} == new


@pytest.mark.parametrize("role", list(Role))
def test_the_question_itself_answers_for_the_student_alone(school: School, stars: Stars, role: Role) -> None:
    with reading(school.actor(role)) as session:
        graph = constellation(session)
    assert {node.id for node in graph.nodes} == (set(stars.keys.values()) if role is Role.STUDENT else set())
    assert len(graph.edges) == (4 if role is Role.STUDENT else 0)
