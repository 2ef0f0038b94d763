"""What all column types share: a value is tidied, then looked at; and closed sets of values."""

import unicodedata
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import TEXT
from sqlalchemy.types import TypeDecorator, TypeEngine

from domain.kit.texts import N_, _

UNKEPT = N_("This holds a character that can't be kept, such as a line break or a null byte.")


def has_unkept(text: str, *, lines: bool = False) -> bool:
    """Whether a text holds what no column keeps: control characters (save those of `lines`) and halves of surrogate pairs."""
    return any(unicodedata.category(each) in {"Cc", "Cs"} and not (lines and each in "\n\t\r") for each in text)


class Choice(StrEnum):
    """A closed set of values, each with the word that a person reads: `PAID = "paid", N_("Paid")`."""

    source: str

    def __new__(cls, value: str, source: str = "") -> "Choice":
        member = str.__new__(cls, value)
        member._value_ = value
        member.source = source or value
        return member

    @property
    def label(self) -> str:
        """The word for it in the language spoken now."""
        return _(self.source)


class Shaped(TypeDecorator[Any]):
    """What all types of ours share: values are tidied, then looked at."""

    cache_ok = True
    impl: TypeEngine[Any] | type[TypeEngine[Any]] = TEXT
    searchable: ClassVar[bool] = False

    def tidy(self, value: Any) -> Any:
        """The value as it will be kept: trimmed, without a document's dots. Never fails."""
        return value

    def problem(self, value: Any) -> str | None:
        """What is wrong with a tidied value that isn't None: a source text, or None if it fits."""
        return None
