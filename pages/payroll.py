"""Payroll: what staff are owed and how it is paid."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("payroll", GROUPS["payroll"].tables, spec_of)
