"""Event keys in addresses: "/" and "~" escaped as RFC 6901 does, so that every key is one path segment."""

from __future__ import annotations

from urllib.parse import quote


def key_to_segment(event_key: str) -> str:
    """The key as one percent-encoded path segment.

    >>> key_to_segment("LIGO Virgo KAGRA:S230518h"), key_to_segment("a/b~c")
    ('LIGO%20Virgo%20KAGRA:S230518h', 'a~1b~0c')
    """
    return quote(event_key.replace("~", "~0").replace("/", "~1"), safe=":")


def segment_to_key(segment: str) -> str:
    """The key of an already percent-decoded segment.

    >>> segment_to_key("a~1b~0c")
    'a/b~c'
    """
    return segment.replace("~1", "/").replace("~0", "~")
