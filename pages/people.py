"""People: who is at the school, their families and addresses."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("people", GROUPS["core"].tables, spec_of)
