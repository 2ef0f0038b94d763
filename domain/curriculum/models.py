"""Courses, level by level, down to the lesson and its prompts.

A floor of the curriculum that still carries another can't be deleted: no one click loses written lessons. A lesson's prompts
are part of the lesson and go with it.
"""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.curriculum.enums import BadgeCategory, Technique
from domain.db.base import Base, Tenant
from domain.db.columns import choice, flag, json_value, long_text, reference, shaped, short_text, whole
from domain.db.types import Color, JsonList, Tags
from domain.kit.texts import N_


class CourseType(Tenant, Base):
    """A course that the school offers, such as English."""

    __tablename__ = "course_types"
    __title__, __one__ = N_("Courses"), N_("Course")
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str] = short_text(
        N_("Code"), 40, suggested=("english", "spanish", "intelligence"), note=N_("A short name, used once in the school.")
    )
    name: Mapped[str] = short_text(N_("Name"), 120)
    description: Mapped[str | None] = long_text(N_("Description"))
    color: Mapped[str | None] = shaped(Color(), N_("Colour"), note=N_("Marks the course in calendars and charts."))
    is_active: Mapped[bool] = flag(N_("Offered"), default=True, note=N_("Courses not offered stay in the records."))


class Level(Tenant, Base):
    """A step of a course, such as A1 of the European framework."""

    __tablename__ = "levels"
    __title__, __one__ = N_("Levels"), N_("Level")
    __label__ = ("course_type_id", "code")  # every course has an A1
    __order_by__ = ("course_type_id", "order")
    __table_args__ = (UniqueConstraint("course_type_id", "code"),)

    course_type_id: Mapped[str] = reference(N_("Course"), "course_types")
    code: Mapped[str] = short_text(N_("Code"), 20, suggested=("A1", "A2", "B1", "B2", "C1"), note=N_("Used once in the course."))
    name: Mapped[str] = short_text(N_("Name"), 120, note=N_("Such as Beginner or Intermediate."))
    order: Mapped[int] = whole(N_("Position"), low=0, default=1, note=N_("Levels are listed from low to high."))


class Module(Tenant, Base):
    """A part of a level, complete when its points are reached."""

    __tablename__ = "modules"
    __title__, __one__ = N_("Modules"), N_("Module")
    __label__ = ("code", "name")
    __order_by__ = ("level_id", "order")
    __table_args__ = (UniqueConstraint("level_id", "code"),)

    level_id: Mapped[str] = reference(N_("Level"), "levels")
    code: Mapped[str] = short_text(N_("Code"), 20, note=N_("Such as m1, used once in the level."))
    name: Mapped[str] = short_text(N_("Name"), 120)
    description: Mapped[str | None] = long_text(N_("Description"))
    order: Mapped[int] = whole(N_("Position"), low=0, default=1, note=N_("Modules are listed from low to high."))
    points_required: Mapped[int] = whole(
        N_("Points to complete"), low=0, default=0, note=N_("With this many points the module is complete.")
    )
    badge_id: Mapped[str | None] = reference(
        N_("Badge"), "badges", on_delete="SET NULL", note=N_("Earned once, by completing the module.")
    )


class Lesson(Tenant, Base):
    """A lesson of a module."""

    __tablename__ = "lessons"
    __title__, __one__ = N_("Lessons"), N_("Lesson")
    __label__ = ("title",)
    __order_by__ = ("module_id", "order")

    module_id: Mapped[str] = reference(N_("Module"), "modules")
    title: Mapped[str] = short_text(N_("Title"))
    content_mdx: Mapped[str | None] = long_text(N_("Content"), 200_000, note=N_("Text in MDX (Markdown)."))
    order: Mapped[int] = whole(N_("Position"), low=0, default=1, note=N_("Lessons are listed from low to high."))
    points: Mapped[int] = whole(N_("Points"), low=0, default=0, note=N_("What one can earn in this lesson."))
    estimated_minutes: Mapped[int | None] = whole(N_("Duration"), low=1, high=1440, unit=N_("minutes"))
    objectives: Mapped[list[str]] = json_value(
        N_("Objectives"), Tags, default=list, note=N_("What the student can do after the lesson.")
    )
    tasks: Mapped[list[Any]] = json_value(N_("Tasks"), JsonList, default=list, note=N_("What there is to do."))


class Prompt(Tenant, Base):
    """A prompt that a lesson offers, to be tried as it is or changed."""

    __tablename__ = "prompts"
    __title__, __one__ = N_("Prompts"), N_("Prompt")
    __label__ = ("title",)
    __order_by__ = ("lesson_id", "order")

    lesson_id: Mapped[str] = reference(N_("Lesson"), "lessons", on_delete="CASCADE")
    title: Mapped[str] = short_text(N_("Title"))
    system_prompt: Mapped[str] = long_text(
        N_("Instructions"), note=N_("Tells the AI who it is and how it should answer (the system prompt).")
    )
    user_template: Mapped[str | None] = long_text(N_("Message"), note=N_("What the student sends, with gaps to fill in."))
    character: Mapped[str | None] = short_text(N_("Character"), 120, note=N_("The role that the AI plays."))
    order: Mapped[int] = whole(N_("Position"), low=0, default=1, note=N_("Prompts are listed from low to high."))
    technique: Mapped[Technique | None] = choice(N_("Technique"), Technique)


class Badge(Tenant, Base):
    """Something to be proud of."""

    __tablename__ = "badges"
    __title__, __one__ = N_("Badges"), N_("Badge")
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    name: Mapped[str] = short_text(N_("Name"), 120)
    description: Mapped[str | None] = long_text(N_("Description"), 2000, note=N_("What one does to earn it."))
    icon: Mapped[str | None] = short_text(N_("Icon"), 80, note=N_("An icon's name or an emoji."))
    color: Mapped[str | None] = shaped(Color(), N_("Colour"))
    category: Mapped[BadgeCategory] = choice(N_("Kind"), BadgeCategory, default=BadgeCategory.SPECIAL)
