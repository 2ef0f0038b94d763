"""Supervision: alerts, wellbeing and the log, without anybody's words."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("supervision_records", GROUPS["supervision"].tables, spec_of)
