"""Curriculum: courses, levels, modules, lessons, prompts, badges."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("curriculum", GROUPS["curriculum"].tables, spec_of)
