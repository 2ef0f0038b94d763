"""Why a copy, a backup or a restore was refused or didn't end well. Databases and tables are named, no row is shown."""

from domain.kit.errors import DomainError
from domain.kit.texts import N_


class NothingThere(DomainError):
    """The database to read from doesn't exist, or holds no table."""

    source = N_("There is nothing to copy: {place} doesn't exist or holds no tables.")


class Unreadable(DomainError):
    """A file that is no SQLite database, or a damaged one."""

    source = N_("{place} is no SQLite database, or it is damaged. Nothing was written.")


class UnreadableText(DomainError):
    """A text that isn't UTF-8: no driver can carry it."""

    source = N_("{place} holds a text that isn't valid UTF-8, so it can't be read.")


class NoConstela(DomainError):
    """A sound database, but not one of this program's."""

    source = N_("{place} is no Constela database. Nothing was written.")


class NotEmpty(DomainError):
    """The database to write to holds something already."""

    source = N_("{place} isn't empty. Nothing was written to it; please name an empty database.")


class InUse(DomainError):
    """A file beside which SQLite's own files lie: put in its place, another would be read together with them."""

    source = N_("{place} is in use, or a database's -wal or -journal file lies beside it. Nothing was written.")


class FileExists(DomainError):
    """A backup would take another file's place."""

    source = N_("{place} exists already, and was left as it is. To replace it: --replace")


class SamePlace(DomainError):
    """From and to are one database."""

    source = N_("Both addresses name the same database. Nothing was written.")


class Unfinished(DomainError):
    """The database to read from is itself a copy that was never finished."""

    source = N_("{place} holds an unfinished copy. Please finish it first: python -m domain copy")


class OtherCopy(DomainError):
    """What was begun there is a copy of something else."""

    source = N_(
        "{place} holds an unfinished copy of another database, or of this one before it was changed. Nothing was written. "
        "To drop what is there and begin again: --start-over"
    )


class CantTravel(DomainError):
    """Something that this copy doesn't know how to make anew."""

    source = N_("These can't be copied: {names}.")


class SourceChanged(DomainError):
    """Someone wrote to the source while it was copied, so that the copy is of no one moment."""

    source = N_(
        "{place} was written to while it was copied ({tables}). The copy stays marked as unfinished. "
        "Please stop the program that writes, then copy again with --start-over"
    )


class CopyDiffers(DomainError):
    """What arrived isn't what was sent."""

    source = N_("The copy differs from its source ({tables}), and stays marked as unfinished. To begin again: --start-over")


class LooseReferences(DomainError):
    """Rows that refer to what isn't there: no copy of them could be proved sound."""

    source = N_("{place} holds references that lead nowhere: {tables}. Please mend it first.")


class NoRoom(DomainError):
    """The disk is full."""

    source = N_("There is no room left for {place}. Please make some, and run the same again.")


class BackupMoved(DomainError):
    """A server ended the read transaction, and someone wrote: what was read so far is of two moments."""

    source = N_("{place} was written to while it was read ({tables}), so no backup was made. Please try again.")


class BackupBroken(DomainError):
    """A backup that failed its own check."""

    source = N_("The backup failed its check ({tables}), and was not kept.")
