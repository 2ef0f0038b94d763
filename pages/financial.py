"""Finance: invoices, payments, prices, teachers' pay."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("financial", GROUPS["financial"].tables, spec_of)
