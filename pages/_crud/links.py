"""Links to views of a table: the filters of a question, spelled as the URL spells them."""

from domain.db.base import model_of
from domain.records.figures import Question
from domain.records.traits import filter_fields
from pages._crud.address import FILTER, spell
from pages._shell.catalog import Link, table_link


def question_link(question: Question) -> Link:
    """The list of the records that a question counts."""
    known = filter_fields(model_of(question.table))
    return table_link(question.table, **{FILTER + each.name: spell(each, known[each.name]) for each in question.filters})
