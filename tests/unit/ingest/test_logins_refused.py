"""Which login is refused for good."""

from __future__ import annotations

import pytest

from ingest.logins import LoginTrouble

NO_TOKEN = "Failed to acquire SASL OAUTHBEARER token: "
REFUSED = 'sasl_ssl://kafka:9092/1: SASL authentication error: {"status":"invalid_token"} (after 302ms in state AUTH_REQ)'


@pytest.mark.parametrize(
    "text",
    [
        NO_TOKEN + '{"error": "invalid_client"}',
        NO_TOKEN + '{"error":"invalid_scope","error_description":"none of yours"}',
        'SASL OAUTHBEARER cannot log in because there is no token available; last error: {"error":"unauthorized_client"}',
    ],
)
def test_a_token_server_that_says_no_is_believed_at_once(text: str) -> None:
    assert LoginTrouble().is_final(text, 0.0)


@pytest.mark.parametrize(
    "why",
    [
        "Could not resolve host: auth.gcn.nasa.gov",
        "Failed to connect to 127.0.0.1:9 after 0 ms: Could not connect to server",
        "<html>Bad gateway</html>",
        "Response is not JSON encoded: (n/a)",
        '{"error":"temporarily_unavailable"}',
    ],
)
def test_a_token_server_in_trouble_is_waited_for_and_so_is_what_comes_of_it(why: str) -> None:
    trouble = LoginTrouble()
    assert not any(trouble.is_final(NO_TOKEN + why, 120.0 * n) for n in range(60))
    # Meanwhile the token has run out, and the broker says so.
    assert not any(trouble.is_final(REFUSED, 59 * 120.0 + n) for n in range(299))


def test_a_broker_that_goes_on_refusing_is_believed_in_the_end() -> None:
    trouble = LoginTrouble()
    answers = [trouble.is_final(REFUSED, 0.5 * n) for n in range(122)]
    assert answers.index(True) == 120


def test_refusals_far_apart_are_not_one() -> None:
    trouble = LoginTrouble()
    assert not any(trouble.is_final(REFUSED, 61.0 * n) for n in range(20))
