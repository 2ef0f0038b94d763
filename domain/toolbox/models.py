"""What a student makes, tries and earns. All of it is the student's own, and goes when the student's record does."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import (
    choice,
    created,
    day,
    flag,
    fraction,
    instant,
    json_value,
    long_text,
    number,
    reference,
    shaped,
    short_text,
    whole,
)
from domain.db.types import Color, Flag, JsonList, Tags
from domain.kit.clock import now
from domain.kit.texts import N_
from domain.toolbox.enums import Technique


class StudentPrompt(Tenant, Base):
    """A prompt that a student wrote and kept."""

    __tablename__ = "student_prompts"
    __title__, __one__ = N_("My prompts"), N_("Prompt of a student")
    __label__ = ("title",)
    __order_by__ = ("-created_at",)

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    title: Mapped[str] = short_text(N_("Title"))
    system_prompt: Mapped[str] = long_text(
        N_("Instructions"), note=N_("Tell the AI who it is and how it should answer (the system prompt).")
    )
    user_template: Mapped[str | None] = long_text(N_("Message"), note=N_("What you send, with gaps to fill in."))
    character: Mapped[str | None] = short_text(N_("Character"), 120, note=N_("The role that the AI plays."))
    technique: Mapped[Technique | None] = choice(N_("Technique"), Technique)
    tags: Mapped[list[str]] = json_value(N_("Tags"), Tags, default=list)
    is_favorite: Mapped[bool] = flag(N_("Favourite"))
    created_at: Mapped[datetime] = created()


class PromptRun(Tenant, Base):
    """One try of a prompt: what went in, what came out. It outlives the prompt that it tried."""

    __tablename__ = "prompt_runs"
    __title__, __one__ = N_("Tries"), N_("Try")
    __label__ = ("prompt_id", "student_prompt_id", "created_at")
    __order_by__ = ("-created_at",)
    __table_args__ = (
        CheckConstraint(
            "prompt_id IS NULL OR student_prompt_id IS NULL",
            name="one_prompt",
            info={"message": N_("Please choose one of the two prompts, not both.")},
        ),
    )

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    prompt_id: Mapped[str | None] = reference(
        N_("Prompt of a lesson"), "prompts", on_delete="SET NULL", note=N_("Either this or a prompt of your own.")
    )
    student_prompt_id: Mapped[str | None] = reference(
        N_("Prompt of your own"), "student_prompts", on_delete="SET NULL", note=N_("Either this or a lesson's prompt.")
    )
    input: Mapped[str] = long_text(N_("What you wrote"))
    output: Mapped[str | None] = long_text(N_("What the AI answered"), 200_000)
    tokens_used: Mapped[int | None] = whole(N_("Tokens used"), low=0)
    character_held: Mapped[bool | None] = shaped(
        Flag(), N_("Stayed in character"), note=N_("Did the AI keep its role? Leave it empty if nobody looked yet.")
    )
    created_at: Mapped[datetime] = created()


class Annotation(Tenant, Base):
    """An entry of a student's journal."""

    __tablename__ = "annotations"
    __title__, __one__ = N_("Journal"), N_("Page of the journal")
    __label__ = ("created_at",)
    __order_by__ = ("-created_at",)

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    prompt_run_id: Mapped[str | None] = reference(
        N_("About this try"), "prompt_runs", on_delete="SET NULL", note=N_("If the entry is about one.")
    )
    content: Mapped[str] = long_text(N_("Text"))
    tags: Mapped[list[str]] = json_value(N_("Tags"), Tags, default=list)
    created_at: Mapped[datetime] = created()


class GraveyardIdea(Tenant, Base):
    """An idea that didn't work, buried with what it taught."""

    __tablename__ = "graveyard_ideas"
    __title__, __one__ = N_("Graveyard of ideas"), N_("Buried idea")
    __label__ = ("idea",)
    __order_by__ = ("-created_at",)
    __table_args__ = (
        CheckConstraint(
            "autopsy_complete = 0 OR (why_failed IS NOT NULL AND learned IS NOT NULL)",
            name="autopsy",
            info={"message": N_("Please say first why it failed and what you learned.")},
        ),
    )

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    idea: Mapped[str] = short_text(N_("Idea"), 500, note=N_("What you tried."))
    why_failed: Mapped[str | None] = long_text(N_("Why it failed"))
    learned: Mapped[str | None] = long_text(N_("What you learned"))
    autopsy_complete: Mapped[bool] = flag(
        N_("Autopsy complete"), note=N_("Yes once you know why it failed and what you learned.")
    )
    created_at: Mapped[datetime] = created()


class TechniqueMastery(Tenant, Base):
    """How well a student commands one of the four techniques."""

    __tablename__ = "techniques"
    __title__, __one__ = N_("Techniques"), N_("Technique of a student")
    __label__ = ("user_id", "technique")
    __order_by__ = ("user_id", "technique")
    __table_args__ = (UniqueConstraint("user_id", "technique"),)

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    technique: Mapped[Technique] = choice(N_("Technique"), Technique)
    usage_count: Mapped[int] = whole(N_("Times used"), low=0, default=0)
    mastery_level: Mapped[float] = fraction(
        N_("Mastery"), default=0.0, note=N_("Rises with use, and when the AI stays in character.")
    )
    last_used: Mapped[datetime | None] = instant(N_("Last used"))


class Todo(Tenant, Base):
    """Something a student means to do, weighed on three axes."""

    __tablename__ = "todos"
    __title__, __one__ = N_("Tasks"), N_("Task")
    __label__ = ("title",)
    __order_by__ = ("completed", "-importance", "-urgency")

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    title: Mapped[str] = short_text(N_("Task"))
    description: Mapped[str | None] = long_text(N_("Description"))
    urgency: Mapped[int] = whole(N_("Urgency"), low=1, high=10, default=5, note=N_("How soon it must be done."))
    importance: Mapped[int] = whole(N_("Importance"), low=1, high=10, default=5, note=N_("How much it matters to you."))
    effort: Mapped[int] = whole(N_("Effort"), low=1, high=10, default=5, note=N_("How much work it is."))
    due_date: Mapped[date | None] = day(N_("Due"))
    completed: Mapped[bool] = flag(N_("Done"))
    created_at: Mapped[datetime] = created()


class KnowledgeNode(Tenant, Base):
    """A star of a student's constellation: something the student knows."""

    __tablename__ = "knowledge_nodes"
    __title__, __one__ = N_("Stars"), N_("Star")
    __label__ = ("label",)
    __table_args__ = (UniqueConstraint("user_id", "id"),)  # what the edges' keys lean on

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    label: Mapped[str] = short_text(N_("Name"), 120, note=N_("What you know."))
    category: Mapped[str | None] = short_text(N_("Category"), 80)
    size: Mapped[float] = number(N_("Size"), low=0.1, high=100, default=1.0)
    x: Mapped[float] = number(N_("Position x"), default=0.0)
    y: Mapped[float] = number(N_("Position y"), default=0.0)
    z: Mapped[float] = number(N_("Position z"), default=0.0)
    color: Mapped[str | None] = shaped(Color(), N_("Colour"))
    created_at: Mapped[datetime] = created()


class KnowledgeEdge(Tenant, Base):
    """A line between two stars of one student."""

    __tablename__ = "knowledge_edges"
    __title__, __one__ = N_("Connections"), N_("Connection")
    __label__ = ("source_id", "label", "target_id")
    __order_by__ = ("-strength",)
    __table_args__ = (
        UniqueConstraint("source_id", "target_id"),
        CheckConstraint(
            "source_id <> target_id",
            name="two_stars",
            info={"message": N_("A star isn't connected with itself: please choose another one.")},
        ),
        # No line leads into another student's constellation.
        *(
            ForeignKeyConstraint(
                ["user_id", end],
                ["knowledge_nodes.user_id", "knowledge_nodes.id"],
                name=f"fk_knowledge_edges_{end}_same_student",
                ondelete="CASCADE",
            )
            for end in ("source_id", "target_id")
        ),
    )

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    source_id: Mapped[str] = reference(N_("From"), "knowledge_nodes", on_delete="CASCADE")
    target_id: Mapped[str] = reference(N_("To"), "knowledge_nodes", on_delete="CASCADE")
    label: Mapped[str | None] = short_text(N_("Relationship"), 80, note=N_("Such as: is part of, leads to."))
    strength: Mapped[float] = fraction(N_("Strength"), default=0.5, note=N_("Stronger lines are drawn thicker."))


class UserBadge(Tenant, Base):
    """A badge that someone earned."""

    __tablename__ = "user_badges"
    __title__, __one__ = N_("Badges earned"), N_("Badge earned")
    __label__ = ("user_id", "badge_id")
    __order_by__ = ("-earned_at",)
    __table_args__ = (UniqueConstraint("user_id", "badge_id"),)

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE")
    badge_id: Mapped[str] = reference(N_("Badge"), "badges")
    earned_at: Mapped[datetime] = instant(N_("Earned"), default=now)
    lesson_id: Mapped[str | None] = reference(
        N_("Lesson"), "lessons", on_delete="SET NULL", note=N_("The lesson that earned it, if it was one.")
    )


class UserProgress(Tenant, Base):
    """How far a student got in a lesson, or (without a lesson) in a module."""

    __tablename__ = "user_progress"
    __title__, __one__ = N_("Progress"), N_("Progress of a student")
    __label__ = ("user_id", "module_id", "lesson_id")
    __order_by__ = ("-completed_at",)
    __table_args__ = (
        UniqueConstraint("user_id", "lesson_id"),
        Index("uq_user_progress_module", "user_id", "module_id", unique=True, sqlite_where=text("lesson_id IS NULL")),
        # Said here because the one above holds only some of the rows.
        Index("ix_user_progress_user_id", "user_id"),
    )

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",), on_delete="CASCADE")
    module_id: Mapped[str] = reference(N_("Module"), "modules")
    lesson_id: Mapped[str | None] = reference(N_("Lesson"), "lessons", note=N_("Leave it empty for the module as a whole."))
    points_earned: Mapped[int] = whole(N_("Points earned"), low=0, default=0)
    completed_at: Mapped[datetime | None] = instant(N_("Completed on"))
    tasks_completed: Mapped[list[Any]] = json_value(N_("Tasks done"), JsonList, default=list)
