"""The dashboard in a real Chromium: it shows, it changes by itself, it fits a phone, nothing complains."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import dashboard_samples as samples
import pytest

from transients.config import Settings, WebSettings
from transients.web import assets, create_app, serve_app
from transients.web.keys import key_to_segment
from transients.web.memory import MemoryStore

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [
    pytest.mark.browser,
    # playwright's own event loop is closed by its driver process.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
EVENT = f"/events/{key_to_segment(samples.S230518H)}"


class Served:
    """A dashboard in a thread of its own: `base` is its address, `do` runs a function on its loop."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self.stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="dashboard")
        self._thread.start()
        assert self._ready.wait(20), "the dashboard did not start"

    def _run(self) -> None:
        app = create_app(self.store, Settings(), status=samples.status, clock=lambda: samples.NOW)

        def started(address: str) -> None:
            self.base = address
            self._ready.set()

        with contextlib.closing(self._loop):
            self._loop.run_until_complete(serve_app(app, WebSettings(port=0), self.stop, started=started))

    def do(self, action: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(action)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self.stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the dashboard did not stop"


@pytest.fixture(scope="module")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium on PATH (Debian: apt-get install chromium)")
    if assets.problems():
        pytest.skip("the browser libraries are not there: python -m transients.web.assets")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[playwright_api.Browser]:
    # A new context has a user folder of its own each time.
    with playwright_api.sync_playwright() as play:
        launched = play.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def served(chromium: str) -> Iterator[Served]:
    """Only looked at."""
    server = Served(samples.filled_store())
    yield server
    server.close()


@pytest.fixture
def changing(chromium: str) -> Iterator[Served]:
    """One that a test may change."""
    server = Served(samples.filled_store())
    yield server
    server.close()


@pytest.fixture
def visit(browser: playwright_api.Browser, served: Served) -> Iterator[Callable[..., playwright_api.Page]]:
    complaints: list[str] = []
    contexts = []

    def note_failure(request: playwright_api.Request) -> None:
        # A browser aborts what a page still loads when a click leaves it (the icon, the stream): no fault of the server,
        # whose own failures come as refused or reset connections or as an error in the console.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"{request.url}: {request.failure}")

    def open_page(address: str, server: Served = served, **options: object) -> playwright_api.Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("requestfailed", note_failure)
        page.on(
            "request", lambda r: complaints.append(f"asked elsewhere: {r.url}") if not r.url.startswith(server.base) else None
        )
        page.goto(server.base + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_the_table_shows_and_a_row_opens_its_event(visit: Callable[..., playwright_api.Page]) -> None:
    page = visit("/")
    heads = page.locator("table.events thead th").all_inner_texts()
    assert heads[0] == "Event"
    assert heads[-1] == "Raw notice"
    assert len(heads) == 12
    row = page.locator("table.events tbody tr", has_text="S230518h")
    # Anywhere in the row, not only on the name.
    row.locator("td[data-label='ScW']").click(force=True)
    page.wait_for_url("**/events/**")
    assert page.locator("header.verdict .word").inner_text() == "NO COUNTERPART"
    assert "S230518h" in page.title()


def test_raw_notice_in_a_row_opens_the_bytes(visit: Callable[..., playwright_api.Page]) -> None:
    page = visit("/")
    page.locator("table.events tbody tr", has_text="S230518h").get_by_role("link", name="notice").click()
    page.wait_for_url("**/raw/**")
    assert samples.NOTICE_BODY.decode() in page.locator("body").inner_text()


def test_a_new_event_arrives_by_itself(visit: Callable[..., playwright_api.Page], changing: Served) -> None:
    page = visit("/", changing)
    assert page.locator("table.events tbody tr").count() == 8
    page.locator("#live-state[data-live='on']").wait_for()
    page.get_by_label("Name").fill("half a wo")
    new = samples.event("LIGO Virgo KAGRA:S230518new", "LIGO Virgo KAGRA", "gravitational-wave", "2023-05-18T13:39:59")
    changing.do(lambda: changing.store.put_event(new))
    page.locator("table.events tbody tr", has_text="S230518new").wait_for()
    assert page.locator("dl.counters dd").first.inner_text() == "9"
    # What somebody is typing is left alone.
    assert page.get_by_label("Name").input_value() == "half a wo"


def test_an_open_event_page_follows_its_event(visit: Callable[..., playwright_api.Page], changing: Served) -> None:
    page = visit("/events/ANTARES:230518A", changing)
    assert page.locator("header.verdict .word").inner_text() == "PENDING"
    page.locator("#live-state[data-live='on']").wait_for()
    found = samples.samples.detection(event_key="ANTARES:230518A", event_id="230518A", revision=1)
    changing.do(lambda: changing.store.put_assessment(found, samples.files(), samples.circular(found, "detection")))
    page.locator("header.verdict .word", has_text="DETECTION").wait_for()
    page.locator("figure.curve canvas").wait_for()


def test_the_light_curve_is_drawn_and_the_draft_copied(visit: Callable[..., playwright_api.Page]) -> None:
    page = visit(EVENT, permissions=["clipboard-read", "clipboard-write"])
    page.locator("figure.curve canvas").wait_for()
    assert page.locator("figure.curve .u-title").inner_text() == "SPI-ACS, archive"
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("Line 0 of the draft")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_phone_shows_it_without_sideways_scrolling(browser: playwright_api.Browser, served: Served, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    for address in ("/", EVENT, "/refused", "/nope"):
        page.goto(served.base + address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
        left = page.evaluate("document.querySelector('main h1:not(.visually-hidden), main h2').getBoundingClientRect().left")
        assert left >= 8, f"{address}: text touches the edge"
    context.close()


def test_dark_where_the_person_likes_it_dark(visit: Callable[..., playwright_api.Page]) -> None:
    shade = (
        "(() => { const c = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g); return +c[0] + +c[1] + +c[2] })()"
    )
    assert visit("/", color_scheme="dark").evaluate(shade) < 120
    assert visit("/", color_scheme="light").evaluate(shade) > 600


CONTRAST = """
() => {
  const rgb = (text) => { const c = text.match(/[0-9.]+/g).map(Number); return c.length > 3 ? c : [...c.slice(0, 3), 1]; };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 0.99) return c; }
    return [255, 255, 255, 1];
  };
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.closest(".visually-hidden, .skip, figure.curve")) continue;
    const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${e.tagName}.${e.className} "${e.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return bad;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/", EVENT, "/events/Fermi-GBM:699898651"])
def test_every_text_has_contrast(visit: Callable[..., playwright_api.Page], address: str, scheme: str) -> None:
    """WCAG 2.1 AA: 4.5 to 1."""
    page = visit(address, color_scheme=scheme)
    page.wait_for_timeout(400)
    assert page.evaluate(CONTRAST) == []


def test_a_broken_line_is_said(browser: playwright_api.Browser, changing: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(changing.base)
    page.locator("#live-state[data-live='on']").wait_for()
    changing.do(changing.stop.set)
    page.locator("#live-state[data-live='off']", has_text="not live").wait_for()
    context.close()


def test_ages_of_the_card_grow_while_nobody_reloads(visit: Callable[..., playwright_api.Page]) -> None:
    page = visit("/")
    latency = page.locator("#status tbody tr").first.locator("[data-age]")
    assert latency.get_attribute("data-age") == "66.0"
    # The script counts every 5 s from what the server said, whatever the browser's clock shows.
    playwright_api.expect(latency).to_have_text(re.compile(r"^7\d s$"), timeout=15_000)


def test_keyboard_reaches_content_and_rows(visit: Callable[..., playwright_api.Page]) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "open":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/**")


def test_everything_is_there_without_scripts(browser: playwright_api.Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.base + EVENT)
    words = page.locator("main").inner_text()
    context.close()
    for needed in (
        "NO COUNTERPART",
        "Line 11 of the draft",
        "Upper limits",
        "Excesses",
        "Overview",
        "assessment.json",
        "Notices",
    ):
        assert needed in words


def test_hostile_texts_do_not_run(visit: Callable[..., playwright_api.Page], changing: Served) -> None:
    event, assessment = samples.hostile()
    changing.store.put_event(event)
    changing.store.put_assessment(assessment)
    page = visit("/", changing)
    page.on("dialog", lambda d: pytest.fail("a script ran"))
    page.locator("a.open", has_text="<script>").click()
    page.wait_for_url("**/events/**")
    assert page.locator("main script, main img[src='x']").count() == 0


def test_pictures_for_people(visit: Callable[..., playwright_api.Page], tmp_path: Path) -> None:
    """Kept where $DASHBOARD_SCREENSHOTS says, for somebody to look at."""
    folder = Path(os.environ.get("DASHBOARD_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    for name, address, width, scheme in (
        ("board", "/", 1440, "light"),
        ("board-phone", "/", 390, "dark"),
        ("event", "/events/Fermi-GBM:699898651", 1440, "dark"),
    ):
        page = visit(address, viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.wait_for_timeout(300)
        picture = page.screenshot(path=folder / f"{name}.png", full_page=True)
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 20_000
