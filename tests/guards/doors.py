"""Guards that stand in lists and tables instead of conditions: the middleware, each header, each rule of the content policy."""

from collections.abc import Callable
from dataclasses import dataclass

from pages._shell import headers, startup


@dataclass(frozen=True)
class Door:
    """One entry of a list that guards, and what leaves it out."""

    key: str
    take_out: Callable[[], None]

    def __str__(self) -> str:
        return self.key


def doors() -> list[Door]:
    """All entries, as the lists hold them now."""
    found = [
        Door(f"pages/_shell/startup.py MIDDLEWARE without {each.cls.__name__}", lambda each=each: startup.MIDDLEWARE.remove(each))  # type: ignore[attr-defined, misc]
        for each in startup.MIDDLEWARE
    ]
    found += [
        Door(f"pages/_shell/headers.py without {name}", lambda name=name: _forget(headers.PLAIN, name)) for name in headers.PLAIN
    ]
    rules = headers.content_policy().split("; ")
    found += [
        Door(f"pages/_shell/headers.py content policy without {rule.split()[0]}", lambda rule=rule: _without(rule))
        for rule in rules
    ]
    return found


def _forget(known: dict[str, str], name: str) -> None:
    del known[name]


def _without(rule: str) -> None:
    said = "; ".join(each for each in headers.content_policy().split("; ") if each != rule)
    headers.content_policy = lambda: said  # type: ignore[assignment]
