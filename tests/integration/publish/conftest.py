"""A Zenodo on loopback that is strict about order, checksums and the token, and fails when told to."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import pytest
import stamina
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TOKEN = "a-token-for-tests"


class FakeZenodo:
    """Depositions in memory. `fail[step]` is called after (or, for "before:" steps, instead of) the step's effect."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.base = server.url_for("").rstrip("/")
        self.depositions: dict[int, dict] = {}
        self.files: dict[int, dict[str, bytes]] = {}
        self.log: list[str] = []
        self.times: list[float] = []
        self.fail: dict[str, list[Response | float]] = {}
        #: Searches that do not see depositions yet.
        self.index_lag = 0
        self.damage: set[str] = set()
        self.stray_link = False
        self._next = 100
        self.problems: list[str] = []
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.times.append(time.monotonic())
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response("no token", status=401)
        if TOKEN in request.url:
            self.problems.append("token in the address")
        path = unquote(request.path)
        for method, pattern, step, act in self._routes():
            match = re.fullmatch(pattern, path)
            if method == request.method and match:
                early = self._failure(f"before:{step}")
                if early is not None:
                    return early
                self.log.append(step)
                reply = act(request, *match.groups())
                return self._failure(step) or reply
        return Response("no such thing", status=404)

    def _failure(self, step: str) -> Response | None:
        plan = self.fail.get(step)
        if not plan:
            return None
        what = plan.pop(0)
        if isinstance(what, Response):
            return what
        time.sleep(what)
        return Response("too late", status=500)

    def _routes(self) -> list[tuple[str, str, str, Callable[..., Response]]]:
        root = "/api/deposit/depositions"
        return [
            ("GET", root, "search", self._search),
            ("POST", root, "create", self._create),
            ("GET", rf"{root}/(\d+)", "get", lambda r, n: self._json(self._shown(int(n)), 200) if int(n) in self.depositions else
                Response("gone", status=404)),
            ("PUT", rf"{root}/(\d+)", "describe", self._describe),
            ("DELETE", rf"{root}/(\d+)", "discard", self._discard),
            ("GET", rf"{root}/(\d+)/files", "files", self._files),
            ("DELETE", rf"{root}/(\d+)/files/(.+)", "delete", self._delete),
            ("PUT", r"/api/files/bucket-(\d+)/(.+)", "upload", self._upload),
            ("POST", rf"{root}/(\d+)/actions/publish", "publish", self._publish),
            ("POST", rf"{root}/(\d+)/actions/newversion", "newversion", self._newversion),
        ]  # fmt: skip

    @staticmethod
    def _json(data: object, status: int) -> Response:
        return Response(json.dumps(data), status=status, content_type="application/json")

    def _shown(self, number: int) -> dict:
        d = self.depositions[number]
        base = "https://elsewhere.example.org" if self.stray_link else self.base
        links = {"bucket": f"{base}/api/files/bucket-{number}", "html": f"{self.base}/deposit/{number}"}
        if d["submitted"]:
            links["record_html"] = f"{self.base}/record/{number}"
        return {**d, "id": number, "links": {**links, **d.get("links", {})}}

    def _new(self, metadata: dict, concept: str | None = None) -> int:
        number, self._next = self._next, self._next + 1
        self.depositions[number] = {
            "conceptrecid": concept or str(number - 1000),
            "submitted": False,
            "metadata": {**metadata, "prereserve_doi": {"doi": f"10.5072/zenodo.{number}"}},
        }
        self.files[number] = {}
        return number

    def _search(self, request: Request) -> Response:
        if self.index_lag > 0:
            self.index_lag -= 1
            return self._json([], 200)
        wanted = request.args["q"].strip('"')
        concept = wanted.removeprefix("conceptrecid:") if wanted.startswith("conceptrecid:") else None
        shown = [self._shown(n) for n in sorted(self.depositions, reverse=True)]
        if concept is not None:
            hits = [d for d in shown if d["conceptrecid"] == concept]
        else:  # a search engine also gives what nearly fits
            hits = [d for d in shown if any(k.startswith("transients-") for k in d["metadata"].get("keywords", []))]
        size, page = int(request.args["size"]), int(request.args["page"])
        return self._json(hits[(page - 1) * size : page * size], 200)

    def _create(self, request: Request) -> Response:
        return self._json(self._shown(self._new(request.get_json()["metadata"])), 201)

    def _describe(self, request: Request, number: str) -> Response:
        d = self.depositions[int(number)]
        if d["submitted"]:
            return Response("published: cannot be changed", status=403)
        if not self.files[int(number)]:
            self.problems.append("described before anything was uploaded")
        d["metadata"] = {**request.get_json()["metadata"], "prereserve_doi": d["metadata"]["prereserve_doi"]}
        d["described"] = True
        return self._json(self._shown(int(number)), 200)

    def _discard(self, request: Request, number: str) -> Response:
        if int(number) not in self.depositions:
            return Response("gone", status=410)
        if self.depositions[int(number)]["submitted"]:
            self.problems.append("a published deposit was to be deleted")
            return Response("published: cannot be deleted", status=403)
        del self.depositions[int(number)]
        return Response(status=204)

    def _files(self, request: Request, number: str) -> Response:
        listed = [
            {"id": f"id-{name}", "filename": name, "checksum": hashlib.md5(data).hexdigest(), "filesize": len(data)}
            for name, data in self.files[int(number)].items()
        ]
        return self._json(listed, 200)

    def _delete(self, request: Request, number: str, file_id: str) -> Response:
        self.files[int(number)].pop(file_id.removeprefix("id-"), None)
        return Response(status=204)

    def _upload(self, request: Request, number: str, name: str) -> Response:
        if self.depositions[int(number)]["submitted"]:
            return Response("published: cannot be changed", status=403)
        data = request.get_data()
        if name in self.damage:
            self.damage.remove(name)
            data = data[:-1]
        self.files[int(number)][name] = data
        return self._json({"key": name, "checksum": f"md5:{hashlib.md5(data).hexdigest()}", "size": len(data)}, 201)

    def _publish(self, request: Request, number: str) -> Response:
        d = self.depositions[int(number)]
        if d["submitted"]:
            return Response("already published", status=400)
        if not d.get("described") or not self.files[int(number)]:
            self.problems.append("published too early")
            return Response("metadata or files missing", status=400)
        d["submitted"] = True
        d["doi"] = d["metadata"]["prereserve_doi"]["doi"]
        return self._json(self._shown(int(number)), 202)

    def _newversion(self, request: Request, number: str) -> Response:
        old = self.depositions[int(number)]
        open_drafts = [d for d in self.depositions.values() if d["conceptrecid"] == old["conceptrecid"] and not d["submitted"]]
        if not old["submitted"] or open_drafts:
            return Response("Please remove all files first.", status=400)
        fresh = self._new(old["metadata"], old["conceptrecid"])
        self.files[fresh] = dict(self.files[int(number)])
        link = f"{self.base}/api/deposit/depositions/{fresh}"
        return self._json({**self._shown(int(number)), "links": {**self._shown(int(number))["links"], "latest_draft": link}}, 201)

    @property
    def counted(self) -> Counter[str]:
        return Counter(self.log)


@pytest.fixture
def zenodo(httpserver: HTTPServer) -> Iterator[FakeZenodo]:
    fake = FakeZenodo(httpserver)
    yield fake
    assert fake.problems == []


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Waits between tries are set aside, but not the tries; tests that measure waiting switch this off."""
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)
