"""Something that goes wrong on purpose, for tests and exercises."""

from __future__ import annotations

import dataclasses
from typing import Any

from litestar import Response

from schemas.errors import BadRequest

from .answers import finite, text_reply


@dataclasses.dataclass
class Fault:
    """Something that goes wrong on purpose, for tests and exercises.

    Attributes
    ----------
    path
        Only requests whose path holds this text.
    delay_s
        Wait so long before anything else.
    text
        Answer with this text, status 200, instead of data.
    html
        Put that text into an HTML page.
    status
        Answer with this status.
    cut
        Send only the first half of the reply.
    times
        How often; None: always.
    """

    path: str = ""
    delay_s: float = 0.0
    text: str | None = None
    html: bool = False
    status: int | None = None
    cut: bool = False
    times: int | None = None


class Faults(list[Fault]):
    """The faults in force; may be changed while serving."""

    def take(self, path: str) -> Fault | None:
        """The first fault that applies to a path, counted down."""
        for fault in self:
            if fault.path in path and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


def parse_fault(text: str) -> Fault:
    """A fault as the command line gives it: "PATH,KIND[,VALUE]" with KIND one of text, html, status, delay, cut.

    Raises
    ------
    BadRequest
        Naming the text.
    """
    path, _, rest = text.partition(",")
    kind, _, value = rest.partition(",")
    match kind:
        case "text" | "html":
            return Fault(path=path, text=value or "No Data (at this time?)", html=kind == "html")
        case "status" if value.isdigit() and 400 <= int(value) <= 599:
            return Fault(path=path, status=int(value))
        case "delay":
            return Fault(path=path, delay_s=finite(value))
        case "cut":
            return Fault(path=path, cut=True)
        case _:
            raise BadRequest(f"not a fault (PATH,text|html|status|delay|cut[,VALUE]): {text[:80]!r}")


def faulty(fault: Fault) -> Response[Any] | None:
    """The answer a fault gives instead of data; None when the data is to be sent."""
    if fault.status is not None:
        return text_reply(fault.text or f"status {fault.status}", fault.status)
    if fault.text is None:
        return None
    if fault.html:
        page = f"<!DOCTYPE html><html><head><title>service</title></head><body><p>{fault.text}</p></body></html>"
        return Response(page, media_type="text/html", status_code=200)
    return text_reply(fault.text)
