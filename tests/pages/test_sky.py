"""The figure of a sky, from plain data."""

from dataclasses import replace

from domain.graph.graph import Edge, Graph, Node, Place
from domain.graph.paths import fewest_steps
from pages._charts.sky import GOLD, NIGHT, Lit, Look, Sky, figure, mix
from pages._sky.looks import of_categories, of_modalities

GRAPH = Graph(
    (
        Node("a", "<b>Mar</b> & <script>", "x", Place(0, 0, 0), 2.0),
        Node("b", "Sal", "y", Place(1, 0, 0), 1.0, "#000000"),
        Node("c", "Pão", "y", Place(0, 1, 0), 1.0),
    ),
    (Edge("a", "b", "", 1.0), Edge("b", "c", "", 0.2)),
)
LOOKS = {"x": Look("X", "#FFFFFF", "circle", "●"), "y": Look("Y <i>", "#12DC5C", "diamond", "◆")}
SKY = Sky(GRAPH, LOOKS, {"a": 1.0, "b": 0.5, "c": 0.0})


def stars(sky: Sky) -> list[dict]:
    return [trace for trace in figure(sky).to_dict()["data"] if trace["mode"] == "markers" and trace.get("hovertext")]


def test_what_a_person_typed_is_escaped_on_hover_in_names_and_in_the_legend() -> None:
    drawn = figure(SKY).to_json()
    assert "<script>" not in drawn
    assert "\\u003cscript\\u003e" not in drawn
    assert "Y <i>" not in [trace.get("name") for trace in figure(SKY).to_dict()["data"]]


def test_lines_are_one_trace_and_each_category_has_its_shape() -> None:
    data = figure(SKY).to_dict()["data"]
    assert sum(trace["mode"] == "lines" for trace in data) == 1
    assert {trace["marker"]["symbol"] for trace in stars(SKY)} == {"circle", "diamond"}


def test_a_larger_measure_is_a_larger_star() -> None:
    sizes = {size for trace in stars(SKY) for size in trace["marker"]["size"]}
    assert len(sizes) == 3


def test_a_lit_way_is_gold_and_the_rest_sinks_into_the_night() -> None:
    way = fewest_steps(GRAPH, "a", "b")
    lit = replace(SKY, lit=Lit("a", frozenset(), way))
    lines = [trace for trace in figure(lit).to_dict()["data"] if trace["mode"] == "lines"]
    assert lines[1]["line"]["color"] == GOLD
    colors = [color for trace in stars(lit) for color in trace["marker"]["color"]]
    assert "#12DC5C" in colors
    assert mix("#12DC5C", NIGHT, 0.72) in colors


def test_an_own_colour_as_dark_as_the_night_still_shows() -> None:
    colors = [color for trace in stars(replace(SKY, own_colors=True)) for color in trace["marker"]["color"]]
    assert "#000000" not in colors


def test_a_sky_with_a_single_star_can_be_drawn() -> None:
    assert figure(replace(SKY, graph=Graph(GRAPH.nodes[:1]), lit=Lit("a"))).to_dict()["data"]


def test_up_to_forty_categories_look_different() -> None:
    looks = of_categories({f"c{at}": 1 for at in range(40)}, "none")
    assert len({(look.color, look.symbol) for look in looks.values()}) == 40


def test_each_modality_has_its_own_colour_and_shape() -> None:
    looks = of_modalities({name: name for name in ("episodic", "semantic", "procedural", "emotional", "sensory")})
    assert len({look.color for look in looks.values()}) == len({look.symbol for look in looks.values()}) == 5
