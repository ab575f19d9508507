"""Whether a login is refused for good, from what librdkafka says about it."""

from __future__ import annotations

import re
from typing import Protocol

#: How librdkafka says that it has no token: the token server's answer, or why there was none, comes after it.
_NO_TOKEN = ("Failed to acquire SASL OAUTHBEARER token", "there is no token available")
#: What a token server answers to a client that it will never serve: RFC 6749, section 5.2.
_REFUSAL = re.compile(
    r'"error"\s*:\s*"(invalid_request|invalid_client|invalid_grant|unauthorized_client|unsupported_grant_type|invalid_scope)"'
)
#: A broker that refuses a token this long does not do so because the token has just run out.
_PATIENCE_S = 60.0
#: librdkafka asks a token server that does not answer for up to two minutes before it says so.
_NO_TOKEN_S = 300.0


class Trouble(Protocol):
    """Tells a login that is refused for good from trouble that passes."""

    def is_final(self, text: str, now_s: float) -> bool:
        """Whether a person must act. `text`: what librdkafka says; `now_s`: a monotonic clock, seconds."""


class PasswordTrouble:
    """A broker that refuses a password refuses it for good."""

    def is_final(self, text: str, now_s: float) -> bool:
        """Always."""
        return True


class LoginTrouble:
    """Of a login with tokens. Refused for good and trouble that passes have the same error code in librdkafka.

    A token server that says so refuses for good, at once. One that is away or out of order is waited for, and so is a broker
    that refuses a token which could not be renewed in time; a broker that goes on refusing while tokens are to be had
    refuses for good.
    """

    def __init__(self) -> None:
        self._first_s = self._last_s = self._no_token_s = float("-inf")

    def is_final(self, text: str, now_s: float) -> bool:
        """Whether a person must act. `text`: what librdkafka says; `now_s`: a monotonic clock, seconds."""
        if any(part in text for part in _NO_TOKEN):
            self._no_token_s = now_s
            return _REFUSAL.search(text) is not None
        if now_s - self._last_s > _PATIENCE_S:
            self._first_s = now_s
        self._last_s = now_s
        return now_s - self._first_s >= _PATIENCE_S and now_s - self._no_token_s > _NO_TOKEN_S
