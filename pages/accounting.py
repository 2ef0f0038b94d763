"""Accounting: the books, in double entry. What is posted stays."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("accounting", GROUPS["accounting"].tables, spec_of)
