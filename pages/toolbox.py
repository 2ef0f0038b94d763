"""Toolbox: what belongs to the student. Searches in a student's own texts never stand in the URL."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("toolbox", GROUPS["toolbox"].tables, spec_of)
