"""Leads: people who asked, from the first call to the first class."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("crm", GROUPS["crm"].tables, spec_of)
