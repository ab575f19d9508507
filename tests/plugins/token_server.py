"""Who gives out tokens for a broker's login, as GCN's does: OAuth 2 client credentials (RFC 6749, section 4.4) on loopback."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER = "token-server"
AUDIENCE = "kafka"
_KEY_ID = "one"


class TokenServer:
    """Signed tokens (RS256) for who knows the secret, 401 for who does not; a context manager.

    Attributes
    ----------
    secrets : dict
        Secret of each client.
    life_s : float
        Life of the tokens it gives.
    audience : str
        For whom they are; a broker takes only its own.
    status : int or None
        Answer every request with this status and no JSON, as a server in trouble does.
    issued : list
        The client of each token given.
    asked : int
        How many requests for a token came.
    """

    def __init__(self, secrets: dict[str, str]) -> None:
        self.secrets = secrets
        self.issued: list[str] = []
        self.asked = 0
        self.reset()
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="token server")

    def reset(self) -> None:
        """Behave as a server without trouble, from now on."""
        self.life_s, self.audience, self.status = 3600.0, AUDIENCE, None

    status: int | None

    @property
    def token_url(self) -> str:
        """Where tokens are asked for."""
        return f"http://127.0.0.1:{self._server.server_port}/token"

    @property
    def keys_url(self) -> str:
        """Where the broker gets the public key that the signatures are checked with."""
        return f"http://127.0.0.1:{self._server.server_port}/keys"

    def keys(self) -> dict[str, Any]:
        """The public key as a JSON Web Key set (RFC 7517)."""
        numbers = self._key.public_key().public_numbers()
        parts = {name: _text(_bytes(value)) for name, value in (("n", numbers.n), ("e", numbers.e))}
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": _KEY_ID, **parts}]}

    def token(self, client: str) -> str:
        """A signed token (RFC 7519)."""
        now = time.time()
        header = {"alg": "RS256", "typ": "JWT", "kid": _KEY_ID}
        claims = {"iss": ISSUER, "aud": self.audience, "sub": client, "iat": int(now), "exp": int(now + self.life_s)}
        signed = ".".join(_text(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{_text(self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def grant(self, authorization: str, form: str) -> tuple[int, dict[str, Any]]:
        """Status and answer to a request for a token."""
        client, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if client not in self.secrets or self.secrets[client] != secret:
            return 401, {"error": "invalid_client"}
        if "grant_type=client_credentials" not in form:
            return 400, {"error": "unsupported_grant_type"}
        self.issued.append(client)
        return 200, {"access_token": self.token(client), "token_type": "Bearer", "expires_in": int(self.life_s)}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(server: TokenServer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 (`self` is the request below)
        class Request(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(200, json.dumps(server.keys()).encode())

            def do_POST(self) -> None:
                server.asked += 1
                form = self.rfile.read(int(self.headers["content-length"])).decode()
                if server.status is not None:
                    self._answer(server.status, b"<html>in trouble</html>")
                else:
                    status, answer = server.grant(self.headers["authorization"], form)
                    self._answer(status, json.dumps(answer).encode())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        return Request


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
