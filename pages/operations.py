"""Operations: classes, enrolments, sessions, attendance and where and when they are."""

from domain.registry import GROUPS
from pages._crud.page import group_page
from pages._specs import spec_of

group_page("operations", GROUPS["operations"].tables, spec_of)
