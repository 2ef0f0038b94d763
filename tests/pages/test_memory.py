"""A companion's memory: read by its student alone, in space and in plain words; none of its words stands in the address."""

from dataclasses import dataclass

import pytest

from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.engine import engine
from domain.memory.queries import conflicts, ledger, memories, memory_graph
from tests.conftest import School
from tests.factories.rows import MOMENT, Rows
from tests.pages.browser import MAIN, Browser

OTHERS = [role for role in Role if role is not Role.STUDENT]


@dataclass(frozen=True)
class Remembered:
    """The student's memories by their words."""

    keys: dict[str, str]


@pytest.fixture
def remembered(school: School) -> Remembered:
    """Three memories, two of which contradict, a fact and a secret; and another student's memory."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        mine = rows.add("memory_graphs", student_id=school.people[Role.STUDENT])
        keys = {}
        for content, modality, gravity in (
            ("Gosta de azul", "semantic", 0.9),
            ("Gosta de laranja", "semantic", 0.4),
            ("Viu um sagui", "episodic", 0.2),
        ):
            told = {"content": content, "modality": modality, "gravity": gravity}
            keys[content] = rows.add("memory_nodes", graph_id=mine, **told)
        azul, laranja, sagui = keys.values()
        rows.add("memory_edges", graph_id=mine, source_id=azul, target_id=laranja, type="CONTRADICTS", weight=0.8)
        rows.add("memory_edges", graph_id=mine, source_id=sagui, target_id=azul, type="EVOKES", weight=0.5)
        rows.add("memory_contradictions", graph_id=mine, node_a=azul, node_b=laranja, detected_at=MOMENT)
        rows.add("memory_ledger", graph_id=mine, category="fact", content="Alergia a amendoim")
        rows.add("memory_ledger", graph_id=mine, category="secret", content="Surpresa guardada")
        other = rows.add("memory_graphs", student_id=rows.add("users", role="student"))
        rows.add("memory_nodes", graph_id=other, content="Palavra alheia")
        rows.add("memory_ledger", graph_id=other, content="Fato alheio")
    return Remembered(keys)


@pytest.fixture
def browser(school: School) -> Browser:
    return Browser(school, "student")


def sent(browser: Browser) -> str:
    """All that the page shows of words, its figure included."""
    figures = "".join(each.proto.spec for each in browser.at.get("plotly_chart"))
    return figures + browser.text() + "".join(each.value.to_csv() for each in browser.at.table)


@pytest.mark.parametrize("role", OTHERS)
def test_no_other_role_opens_it(school: School, remembered: Remembered, role: Role) -> None:
    with pytest.raises(ValueError, match="navigation page"):
        Browser(school, role).follow("memory")


def test_a_student_reads_their_own_memory_and_no_one_elses(browser: Browser, remembered: Remembered) -> None:
    page = browser.follow("memory")
    assert set(page.at.selectbox(key="sky-star").options) == set(remembered.keys)
    assert "Alergia a amendoim" in sent(page)
    assert "alhei" not in sent(page)


def test_a_secret_stays_covered_until_it_is_opened(browser: Browser, remembered: Remembered) -> None:
    page = browser.follow("memory")
    assert "Surpresa guardada" not in sent(page)
    page.at.toggle(key="ledger-open-secret").set_value(True)
    assert "Surpresa guardada" in sent(page.run())


def test_contradictions_are_shown_with_both_sides(browser: Browser, remembered: Remembered) -> None:
    page = browser.follow("memory")
    assert [each.label for each in page.at.tabs] == ["Memories (3)", "Kept whole (2)", "Contradictions (1)"]
    said = "".join(each.value for each in page.at.tabs[2].markdown)
    assert "Gosta de azul" in said
    assert "Gosta de laranja" in said


def test_a_memory_is_looked_at_with_its_lines_in_words(browser: Browser, remembered: Remembered) -> None:
    page = browser.follow("memory").click("sky-start-0")
    assert page.query == {"star": remembered.keys["Gosta de azul"]}
    labels = [page.at.button(key=f"sky-near-1-{at}").label for at in (0, 1)]
    assert labels[0].endswith("Gosta de laranja \\(→ contradicts\\)")
    assert labels[1].endswith("Viu um sagui \\(← evokes\\)")
    assert "importance now 90%" in page.text()


def test_what_is_searched_never_stands_in_the_address(browser: Browser, remembered: Remembered) -> None:
    page = browser.follow("memory")
    page.at.text_input(key="sky-search-memory").set_value("sagui")
    page.run()
    assert "sagui" in page.at.button(key="sky-found-0").label
    assert page.query == {}


def test_an_empty_memory_says_how_it_begins(browser: Browser) -> None:
    page = browser.follow("memory")
    assert page.at.button(key="first-memory").label == "Write down a first memory"


@pytest.mark.parametrize("role", OTHERS)
def test_the_questions_themselves_answer_for_the_student_alone(school: School, remembered: Remembered, role: Role) -> None:
    with reading(school.actor(role)) as session:
        assert not memories(session)
        assert not memory_graph(session).nodes
        assert not ledger(session)
        assert not conflicts(session)


def test_a_memory_is_weighed_by_what_it_means_now(school: School, remembered: Remembered) -> None:
    with reading(school.actor(Role.STUDENT)) as session:
        graph = memory_graph(session)
    assert [(node.label, node.size) for node in graph.nodes] == [
        ("Gosta de azul", 0.9),
        ("Gosta de laranja", 0.4),
        ("Viu um sagui", 0.2),
    ]
    assert all(node.place is None for node in graph.nodes)
    assert {edge.label for edge in graph.edges} == {"CONTRADICTS", "EVOKES"}


@pytest.mark.parametrize("role", OTHERS)
def test_the_page_itself_refuses_other_roles(school: School, remembered: Remembered, role: Role) -> None:
    page = Browser(school, role)
    page.at._script_path = str(MAIN.parents[1] / "memory.py")
    page.at.run()
    assert not page.at.get("plotly_chart")
    assert [each.value for each in page.at.title] == ["Nothing here for you"]
