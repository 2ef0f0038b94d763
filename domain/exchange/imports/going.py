"""How far an import has come, for the person who waits: what is done at present, how much of it, and its share of the whole."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from domain.exchange.imports.sheet import ZIP
from domain.kit.formats import show_number
from domain.kit.progress import Step, Work, heard_by
from domain.kit.texts import N_, _, language, set_language

Progress = Callable[[float, str], None]
"""Hears a share between 0 and 1 and a sentence in the language of who waits."""

BEGUN = {
    Work.READING: N_("Reading the file …"),
    Work.CHECKING: N_("Looking at each row …"),
    Work.COMPARING: N_("Comparing it with what is there …"),
    Work.ASKING: N_("Looking whether what is there may be changed …"),
    Work.WRITING: N_("Writing …"),
    Work.KEEPING: N_("Looking at what all of it makes of the school …"),
    Work.NOTING: N_("Writing its history …"),
}
GOING = {
    Work.READING: N_("Reading the file: {done} rows so far"),
    Work.CHECKING: N_("Checking “{about}” …"),
    Work.COMPARING: N_("Comparing it with what is there: {done} of {total} rows"),
    Work.ASKING: N_("Looking whether what is there may be changed: {done} of {total} records"),
    Work.WRITING: N_("Writing: {done} of {total} rows"),
    Work.NOTING: N_("Writing its history: {done} of {total} rows"),
}
TRYING, TRYING_ROWS = N_("Trying it …"), N_("Trying it: {done} of {total} rows")

# Seconds for 100,000 rows of attendance; a workbook takes much longer to be read than a text.
SECONDS = {
    Work.READING: 0.5,
    Work.CHECKING: 0.5,
    Work.COMPARING: 0.5,
    Work.ASKING: 0.2,
    Work.WRITING: 1.4,
    Work.KEEPING: 0.6,
    Work.NOTING: 1.7,
}
SECONDS_OF_A_WORKBOOK = 10.0
EXPECTED = 50_000  # rows of a file that doesn't say how many it has, or not truly: halfway
OFTEN = 0.1  # seconds between two sentences about the same work
START, END = 0.02, 0.98


@dataclass
class Going:
    """Turns steps into sentences. The share never goes back: a work that begins once more (a batch in halves) stands still."""

    tell: Progress
    seconds: Mapping[Work, float]
    is_trial: bool
    spoken: str = field(default_factory=language)
    share: float = 0.0
    work: Work | None = None
    told: float = 0.0

    def __call__(self, step: Step) -> None:
        """Hear of a step."""
        if step.work not in self.seconds:
            return
        moment = monotonic()
        if step.work is self.work and moment - self.told < OFTEN:
            return
        self.work, self.told = step.work, moment
        self.share = max(self.share, self._share(step))
        before = language()
        set_language(self.spoken)  # a file's cells are read in the file's own language
        try:
            self.tell(self.share, self._sentence(step))
        finally:
            set_language(before)

    def _share(self, step: Step) -> float:
        listed = list(self.seconds)
        before = sum(self.seconds[each] for each in listed[: listed.index(step.work)])
        part = step.done / (step.total if step.total >= step.done > 0 else step.done + EXPECTED)
        return START + (END - START) * (before + part * self.seconds[step.work]) / sum(self.seconds.values())

    def _sentence(self, step: Step) -> str:
        is_tried = step.work is Work.WRITING and self.is_trial
        if step.work not in GOING or not (step.done or step.about):
            return _(TRYING if is_tried else BEGUN[step.work])
        source = TRYING_ROWS if is_tried else GOING[step.work]
        return _(source).format(done=show_number(step.done), total=show_number(step.total), about=step.about)


@contextmanager
def going(progress: Progress | None, data: bytes, *, is_trial: bool) -> Iterator[None]:
    """Let `progress` hear how far the import of a file comes meanwhile; a trial leaves no history."""
    if progress is None:
        yield
        return
    seconds = {work: each for work, each in SECONDS.items() if not (is_trial and work is Work.NOTING)}
    if data.startswith(ZIP):
        seconds[Work.READING] = SECONDS_OF_A_WORKBOOK
    with heard_by(Going(progress, seconds, is_trial)):
        yield
