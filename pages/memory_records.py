"""Memory: what a companion remembers of its student, open to that student alone."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("memory_records", GROUPS["memory"].tables, spec_of)
