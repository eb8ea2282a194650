"""Why a publisher's newest figures could not be had: one class for each reason, in words for an
operator."""

from typing import ClassVar


class SourceFailure(Exception):
    """A publisher's newest file could not be had or not be loaded; the message says why.

    `kind` names the reason for programs. `by_hand` says whether a file saved with a browser would
    help.
    """

    kind: ClassVar[str]
    by_hand: ClassVar[bool] = True


class Unreachable(SourceFailure):
    """The site did not answer, or not in time, however often it was asked."""

    kind = "unreachable"


class AccessDenied(SourceFailure):
    """The site refuses this client, as some do by User-Agent, by address, or by how a client
    connects."""

    kind = "access-denied"


class AskedToWait(SourceFailure):
    """The site wants to be asked later than an update can wait."""

    kind = "asked-to-wait"


class NotFound(SourceFailure):
    """Nothing is at the address."""

    kind = "not-found"


class PageChanged(SourceFailure):
    """The page is not built as it was: what was looked for is not there."""

    kind = "page-changed"


class NotTheFile(SourceFailure):
    """What came is not a file of the expected type and size."""

    kind = "not-the-file"


class UnreadableFile(SourceFailure):
    """The file came, and its content is not laid out as its reader expects."""

    kind = "unreadable-file"
    by_hand = False


class OlderFile(SourceFailure):
    """The newest file that the page offers ends before what is already known."""

    kind = "older-file"


class ImplausibleFigures(SourceFailure):
    """Figures were restated by more than this publisher has ever restated one."""

    kind = "implausible-figures"


class Busy(SourceFailure):
    """Another process is asking this publisher at this moment."""

    kind = "busy"
    by_hand = False
