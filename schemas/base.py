"""What every record is: frozen, keyword-only, closed to unknown fields, and free of numbers that JSON cannot carry."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self, TypeVar, dataclass_transform

import msgspec
from msgspec import inspect

#: The version of the records as a set: raised when a record's meaning changes, stored with every row.
RECORDS_VERSION = 1


# Type checkers do not see that msgspec's options are inherited.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen record that travels; subclasses repeat `kw_only=True`, which msgspec does not inherit.

    Floats must be finite: an unknown number is None, never NaN or infinity. Between processes a record travels as its fields are
    declared: within `Any`, tuples come out as lists.
    """

    def __post_init__(self) -> None:
        # Records are made by the thousand: what is plainly finite is passed at once.
        for value in _numbers_of(type(self))(self):
            if not (type(value) is float and math.isfinite(value)) and type(value) not in _NO_FLOATS:
                self._require_finite()
                return

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[type[Self], bytes]]:
        # To other processes in one piece: pickled record by record, hundreds of them hold up the loop.
        return _unpacked, (type(self), msgspec.msgpack.encode(self))

    def _require_finite(self) -> None:
        for name in _with_floats(type(self)):
            if (found := _infinite(getattr(self, name))) is not None:
                where, number = found
                raise ValueError(f"{type(self).__name__}.{name}{where} must be finite or None, not {number}")


#: Types that hold no float, passed over without a look: every record is checked when it is made.
_NO_FLOATS = frozenset({type(None), str, bytes, int, bool})
_NO_FLOATS_WITHIN = (
    inspect.NoneType,
    inspect.StrType,
    inspect.BytesType,
    inspect.BoolType,
    inspect.LiteralType,
    inspect.StructType,
)


@functools.cache
def _with_floats(kind: type[Record]) -> tuple[str, ...]:
    """The fields of a record that may hold a number, themselves or within; records within have been checked themselves."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return tuple(field.name for field in described.fields if _may_hold_floats(field.type))


@functools.cache
def _numbers_of(kind: type[Record]) -> Callable[[Record], tuple[Any, ...]]:
    """Gives what stands in those fields."""
    names = _with_floats(kind)
    if not names:
        return lambda record: ()
    # Of one name it would give no tuple.
    return operator.attrgetter(*names, names[0])


def _may_hold_floats(kind: inspect.Type) -> bool:
    match kind:
        case inspect.UnionType():
            return any(map(_may_hold_floats, kind.types))
        case inspect.VarTupleType() | inspect.ListType():
            return _may_hold_floats(kind.item_type)
        case inspect.TupleType():
            return any(map(_may_hold_floats, kind.item_types))
        case inspect.DictType():
            return _may_hold_floats(kind.value_type)
        case inspect.Metadata():
            return _may_hold_floats(kind.type)
        case _:
            return not isinstance(kind, _NO_FLOATS_WITHIN)


def _infinite(value: Any) -> tuple[str, float] | None:
    """Where in a value the first number stands that is not finite, and which; records within have been checked themselves."""
    if isinstance(value, float):
        return None if math.isfinite(value) else ("", value)
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list | tuple) and not _all_finite(value):
        items = enumerate(value)  # type: ignore[assignment]
    else:
        return None
    for key, item in items:
        if type(item) not in _NO_FLOATS and (found := _infinite(item)) is not None:
            return f"[{key}]{found[0]}", found[1]
    return None


def _all_finite(values: Sequence[Any]) -> bool:
    """Whether there is nothing but finite numbers in it, without a look at each."""
    try:
        return all(map(math.isfinite, values))
    except (TypeError, OverflowError):  # something else, or a whole number beyond floats
        return False


_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,}))?\s*(Z|[+-]00:?00)?",
    re.ASCII,
)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}", re.ASCII)


class Instant(Record, kw_only=True, order=True):
    """An instant in UTC: text to the second and nanoseconds after it, so that a leap second (:60) survives and nothing is rounded.

    Instants sort in time order. `utc` is "YYYY-MM-DDTHH:MM:SS".
    """

    utc: str
    ns: int = 0
    scale: Literal["utc"] = "utc"

    def __post_init__(self) -> None:
        if _SECOND.fullmatch(self.utc) is None:
            raise ValueError(f"not a UTC time to the second: {self.utc!r}")
        if not 0 <= self.ns < 1_000_000_000:
            raise ValueError(f"nanoseconds out of range: {self.ns}")
        # Refuses days and hours that are none; a leap second is none of its own.
        dt.datetime.fromisoformat(self.utc.removesuffix("60") + "59" if self.utc.endswith("60") else self.utc)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an ISO 8601 time in UTC, with or without zone (none means UTC), fraction of any length (cut at 1 ns)."""
        match = _ISO.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a UTC time: {text!r}")
        year, month, day, hour, minute, second = (match[i] for i in range(1, 7))
        fraction = (match[7] or "")[:9].ljust(9, "0")
        return cls(utc=f"{year}-{month}-{day}T{hour}:{minute}:{second}", ns=int(fraction))

    @classmethod
    def from_datetime(cls, when: dt.datetime) -> Self:
        """Take an aware datetime; a naive one is refused."""
        if when.tzinfo is None:
            raise ValueError("a naive datetime has no place here")
        when = when.astimezone(dt.UTC)
        return cls(utc=when.strftime("%Y-%m-%dT%H:%M:%S"), ns=when.microsecond * 1000)

    @classmethod
    def from_unix_ms(cls, milliseconds: float) -> Self:
        """Take milliseconds since 1970, as brokers and archives count them; OverflowError beyond the year 9999."""
        return cls.from_datetime(dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=milliseconds))

    def to_datetime(self) -> dt.datetime:
        """As an aware datetime, cut at 1 µs; a leap second becomes the second that follows."""
        head, second = self.utc[:17], int(self.utc[17:])
        base = dt.datetime.fromisoformat(f"{head}{min(second, 59):02d}+00:00")
        if second == 60:
            return base + dt.timedelta(seconds=1)
        return base + dt.timedelta(microseconds=self.ns // 1000)

    @property
    def iso(self) -> str:
        """ISO 8601 with as many decimals as the instant has, at least three, and no zone: "2023-03-07T15:44:06.670"."""
        fraction = f"{self.ns:09d}".rstrip("0").ljust(3, "0")
        return f"{self.utc}.{fraction}"

    def __str__(self) -> str:
        return self.iso


def sha256_hex(data: bytes) -> str:
    """The name of a content: its SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")


def to_json(record: Any) -> bytes:
    """Encode a record (or plain data) as JSON, always the same bytes for the same content."""
    return _encoder.encode(record)


def _unpacked(kind: type[T], packed: bytes) -> T:
    return msgspec.msgpack.decode(packed, type=kind)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Decode and validate a record. Raises msgspec.ValidationError with the path of what is wrong."""
    return msgspec.json.decode(data, type=kind)
