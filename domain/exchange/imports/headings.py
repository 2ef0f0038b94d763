"""Which column of a file is which field: by its label in either language, by its technical name, or by a part of a reference."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from domain.db.base import Base, model_of
from domain.exchange import lists
from domain.exchange.imports.natural import parts_of
from domain.exchange.imports.spoken import said_in
from domain.kit.fold import fold
from domain.kit.texts import LANGUAGES, language
from domain.records.fields import Field, fields

KEY = lists.KEY.name
DEPTH = 2  # a session's class, that class's term
Path = tuple[str, ...]


@dataclass(frozen=True)
class Headings:
    """What a file's headings mean. `paths`: for each of its columns the field, or the reference and what is said of it; None
    for what isn't known. `spoken`: the language that most of them are in.
    """

    head: tuple[str, ...]
    paths: tuple[Path | None, ...]
    doubled: tuple[str, ...] = ()
    spoken: str = "en"

    @property
    def unknown(self) -> list[str]:
        """The headings that mean nothing here."""
        return [said for said, path in zip(self.head, self.paths, strict=True) if path is None and said]

    def said(self, path: Path) -> str:
        """How the file calls a field; how we do, where it doesn't."""
        return next((said for said, each in zip(self.head, self.paths, strict=True) if each == path), "")


@dataclass
class _Words:
    """All words for the columns of a table, folded, and in which languages each is said."""

    paths: dict[str, Path | None] = field(default_factory=dict)
    languages: dict[str, set[str]] = field(default_factory=dict)

    def add(self, word: str, path: Path, spoken: str = "", *, weak: bool = False) -> None:
        """A word for a path; what means two things means nothing, unless one of them is only a short form (`weak`)."""
        folded = fold(word)
        if folded in self.paths:
            if not weak and self.paths[folded] != path:
                self.paths[folded] = None
        else:
            self.paths[folded] = path
        if spoken:
            self.languages.setdefault(folded, set()).add(spoken)


def known(model: type[Base], head: Sequence[str]) -> int:
    """How many of these headings are columns of a table."""
    words = _words(model).paths
    return sum(words.get(fold(each)) is not None for each in head if each)


def understood(model: type[Base], head: Sequence[str]) -> Headings:
    """What headings mean; a heading that comes twice, by whatever word, is named."""
    words = _words(model)
    paths = tuple(words.paths.get(fold(each)) if each else None for each in head)
    seen: dict[Path, str] = {}
    doubled: dict[str, None] = {}
    counts: dict[str, int] = {}
    for said, path in zip(head, paths, strict=True):
        counts[fold(said)] = counts.get(fold(said), 0) + 1
        if said and (counts[fold(said)] > 1 or (path is not None and path in seen)):
            doubled[said] = None
        if path is not None:
            seen.setdefault(path, said)
    return Headings(tuple(head), paths, tuple(doubled), _language_of(words, head))


def _language_of(words: _Words, head: Sequence[str]) -> str:
    """The language of most headings that are said in one of them alone; else the one spoken now."""
    told = [next(iter(found)) for each in head if len(found := words.languages.get(fold(each), set())) == 1]
    counts = {each: told.count(each) for each in LANGUAGES}
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] > counts.get(language(), 0) else language()


def label_of_path(model: type[Base], path: Path) -> str:
    """What a column is called in the language spoken now: `Session: Class`."""
    if path == (KEY,):
        return lists.KEY.label
    return ": ".join(each.label for each in fields_of(model, path))


def fields_of(model: type[Base], path: Path) -> list[Field]:
    """The fields along a path."""
    found: list[Field] = []
    for name in path:
        each = fields(model)[name]
        found.append(each)
        if each.target:
            model = model_of(each.target)
    return found


@cache
def _words(model: type[Base]) -> _Words:
    words = _Words()
    words.add(KEY, (KEY,))
    for spoken in LANGUAGES:
        words.add(said_in(lists.KEY.label_source, spoken), (KEY,), spoken)
    for name, each in fields(model).items():
        words.add(name, (name,))
        words.add(each.column, (name,))
    for name, each in fields(model).items():
        for spoken in LANGUAGES:
            words.add(said_in(each.label_source, spoken), (name,), spoken)
    for path in paths_below(model):
        along = fields_of(model, path)
        words.add(".".join(path), path)
        for spoken in LANGUAGES:
            words.add(": ".join(said_in(each.label_source, spoken) for each in along), path, spoken)
    _add_short_forms(model, words)
    return words


def _add_short_forms(model: type[Base], words: _Words) -> None:
    """The last part alone (`Class` for `Session: Class`), where it can mean nothing else."""
    short = _Words()
    for path in paths_below(model):
        if len(path) == 2 and not fields(model)[path[0]].automatic:
            last = fields_of(model, path)[-1]
            for spoken in LANGUAGES:
                short.add(said_in(last.label_source, spoken), path, spoken)
    for word, found in short.paths.items():
        if found is not None and word not in words.paths:
            words.paths[word] = found
            words.languages.setdefault(word, set()).update(short.languages.get(word, set()))


@cache
def paths_below(model: type[Base], depth: int = DEPTH) -> tuple[Path, ...]:
    """What may be said of each reference in columns of its own."""
    found: list[Path] = []
    for name, each in fields(model).items():
        if not each.target or each.sealed:
            continue
        other = model_of(each.target)
        found += [(name, part) for part in parts_of(other)]
        if depth > 1:
            found += [
                (name, *below)
                for part in parts_of(other)
                if fields(other)[part].target
                for below in paths_below(other, depth - 1)
                if below[0] == part
            ]
    return tuple(dict.fromkeys(found))
