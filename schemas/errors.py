"""The one root of the errors. A class's docstring is its default message; `retriable` says whether trying again can help."""

from __future__ import annotations

from typing import ClassVar


class TransientsError(Exception):
    """Something went wrong."""

    kind: ClassVar[str] = "error"
    retriable: ClassVar[bool] = False

    def __init__(self, message: str | None = None, *, where: str | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.where = where
        super().__init__(f"{where}: {self.message}" if where else self.message)


class RefusedInput(TransientsError):
    """The input is not what it should be."""

    kind = "refused-input"


class UnknownKind(RefusedInput):
    """No handler knows this kind of document."""

    kind = "unknown-kind"


class OddReply(RefusedInput):
    """The service's answer is none: a page, half a file, numbers of something else. It may find its words again."""

    retriable = True


class NoData(TransientsError):
    """The source has no data for this time, and will have none."""

    kind = "no-data"


class NotYet(NoData):
    """The data is not there yet."""

    kind = "not-yet"
    retriable = True


class ServiceRefused(TransientsError):
    """The service answered, and refused."""

    kind = "service-refused"
    retriable = True


class ServiceUnreachable(TransientsError):
    """The service did not answer."""

    kind = "service-unreachable"
    retriable = True


class DatabaseUnreachable(ServiceUnreachable):
    """The database did not answer."""


class BadRequest(TransientsError):
    """The service does not know what it was asked: a configuration error."""

    kind = "bad-request"


class ConfigurationError(TransientsError):
    """The configuration cannot be used."""

    kind = "configuration"


class NotFound(TransientsError):
    """There is no such thing here."""

    kind = "not-found"


class ComputingLost(TransientsError):
    """A process that computed died, or took too long and was ended."""

    kind = "computing-lost"
    retriable = True


class TooLarge(TransientsError):
    """Computing needs more memory than it may have."""

    kind = "too-large"
