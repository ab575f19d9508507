"""The settings: one frozen record, read from a TOML file and the environment. There is no module-level configuration.

Every field has a comment line that says what it does; `deploy/transients.toml` shows each one, and a test fails when one is missing there.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, dataclass_transform

import msgspec

from schemas.errors import ConfigurationError


class Secret:
    """A text that is never printed: shown as ***, readable only through `reveal()`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


#: A token's name becomes part of the source's in the inbox.
_TOKEN_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Shorter secrets could be guessed by asking.
_SHORTEST_TOKEN = 16


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the settings."""


class DatabaseSettings(Section, kw_only=True):
    # Address of a PostgreSQL server (postgresql://…). Empty: an embedded server is run in `data_dir`.
    url: Secret | None = None
    # Connections kept per process.
    pool_size: int = 8
    # Seconds for which `transients serve` waits at its start for a database that does not answer; 0: it ends at once.
    wait_s: float = 120.0


class GcnSettings(Section, kw_only=True):
    # Whether to listen to GCN's Kafka.
    enabled: bool = False
    # Client id and secret as GCN's web site gives them (receive scope).
    client_id: str = ""
    client_secret: Secret | None = None
    # gcn.nasa.gov, test.gcn.nasa.gov or dev.gcn.nasa.gov.
    domain: str = "gcn.nasa.gov"
    # Consumer group: the same on every machine, never random, or alerts are lost at a restart.
    group_id: str = "transients"
    # Topics to read; the default is every topic a handler knows.
    topics: tuple[str, ...] = ()
    # Whether circulars are read too, when no topics are named; a source of their own reads them, group "<group_id>-circulars".
    circulars: bool = True
    # Topic in which something comes all the time: when it stops, the line is silent. Empty: silence means nothing.
    pulse_topic: str = "gcn.heartbeat"
    # Seconds without a pulse that are a gap.
    silence_s: float = 60.0
    # "any", "v4" or "v6": which addresses of the brokers are used. With "any" a network without version 6 is found out.
    address_family: Literal["any", "v4", "v6"] = "any"


class KafkaSettings(Section, kw_only=True):
    # Name of this source in the inbox.
    name: str
    # host:port of the brokers.
    bootstrap_servers: tuple[str, ...]
    # Topics to read; the default is every topic a handler knows.
    topics: tuple[str, ...] = ()
    # Consumer group.
    group_id: str = "transients"
    # PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
    security_protocol: str = "PLAINTEXT"
    # PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
    sasl_mechanism: str = "PLAIN"
    # User and password for SASL.
    username: str = ""
    password: Secret | None = None
    # PEM file of who signed the broker's certificate, for SSL. Empty: whom the system trusts.
    ca_file: str = ""
    # Topic in which something comes all the time: when it stops, the line is silent. Empty: silence means nothing.
    pulse_topic: str = ""
    # Seconds without a pulse that are a gap.
    silence_s: float = 60.0
    # "any", "v4" or "v6": which addresses of the brokers are used. With "any" a network without version 6 is found out.
    address_family: Literal["any", "v4", "v6"] = "any"
    # Seconds without a sign of life after which the broker takes a member for dead and gives its partitions to another.
    session_timeout_s: float = 10.0


class HopSettings(Section, kw_only=True):
    # Name of this source in the inbox.
    name: str
    # User and password as `hop auth` made them (SCRAM).
    username: str
    password: Secret
    # Topics to read; the default is every topic a handler knows.
    topics: tuple[str, ...] = ()
    # Consumer group. Hop takes only groups that begin with the user's name and a hyphen; empty: USER-transients.
    group_id: str = ""
    # host:port of the brokers.
    bootstrap_servers: tuple[str, ...] = ("kafka.scimma.org:9092",)
    # "any", "v4" or "v6": which addresses of the brokers are used. With "any" a network without version 6 is found out.
    address_family: Literal["any", "v4", "v6"] = "any"


class VtpSettings(Section, kw_only=True):
    # Name of this source in the inbox.
    name: str
    # Name or address of the broker.
    host: str
    # Where it serves subscribers.
    port: int = 8099
    # Who we say we are, an IVOA identifier (ivo://…). Empty: nobody.
    identity: str = ""
    # A line on which no whole message came for this many seconds is taken for dead and made anew.
    silence_s: float = 150.0


class HttpSettings(Section, kw_only=True):
    # Who may send alerts to POST /api/alerts, by name: {observatory = "env:OBSERVATORY_TOKEN"}; a secret has 16 characters or more.
    # Nobody: there is no such address.
    tokens: dict[str, Secret] = {}
    # Whether they are taken from other machines than this one.
    remote: bool = False
    # Alerts of one token taken at the same time.
    concurrent: int = 4
    # Alerts of one token taken in a minute.
    per_minute: int = 600

    def __post_init__(self) -> None:
        for name, secret in self.tokens.items():
            if not _TOKEN_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a token: letters, digits, '.', '_' and '-', at most 64")
            if len(secret.reveal()) < _SHORTEST_TOKEN:
                raise ValueError(f"the token of {name} is too easy to guess: {_SHORTEST_TOKEN} characters or more")
        if len(set(self.tokens.values())) < len(self.tokens):
            raise ValueError("two names have the same token: who sent could not be told")
        if self.concurrent < 1 or self.per_minute < 1:
            raise ValueError("concurrent and per_minute are 1 or more")


class DirectorySettings(Section, kw_only=True):
    # Name of this source in the inbox.
    name: str
    # Folder whose new files are read as alerts.
    path: str
    # Seconds between looks.
    interval_s: float = 2.0
    # Whether folders in it are looked into.
    subfolders: bool = True


class InboxSettings(Section, kw_only=True):
    # Days that the bytes of documents are kept, by a pattern for their topic ("gcn.classic.*"); the first that fits counts. What no
    # pattern fits is kept for ever, and so is everything but the bytes.
    keep_days: dict[str, float] = {}

    def __post_init__(self) -> None:
        for pattern, days in self.keep_days.items():
            if not days > 0:
                raise ValueError(f"{pattern}: documents are kept for more than 0 days, not {days:g}")


class SourceSettings(Section, kw_only=True):
    # Gateway of the data services (SERVICES routes). Empty: no data services.
    gateway_url: str = ""
    # Folders of recorded light curves, attitude and orbit files.
    archive_dirs: tuple[str, ...] = ()
    # Seconds a request may take.
    timeout_s: float = 60.0
    # Hosts a sky map may be fetched from; anything else is refused.
    skymap_hosts: tuple[str, ...] = ("gracedb.ligo.org", "gcn.gsfc.nasa.gov", "heasarc.gsfc.nasa.gov", "roc.icecube.wisc.edu")
    # Largest sky map taken, bytes.
    skymap_max_bytes: int = 100_000_000


class ScanSettings(Section, kw_only=True):
    # Whether the real-time counts of the mission's searched instrument are searched for bursts that nobody announced.
    live: bool = False
    # Seconds between looks for new counts.
    interval_s: float = 8.0
    # Least S/N of an excess.
    threshold_snr: float = 5.0
    # Excesses that the background gives more often than so many times a day are not kept.
    far_per_day: float = 1.0
    # Rates of the background as `transients scan` measured them (rates-….json). Empty: measured as it goes.
    rates: str = ""
    # Missing bins are waited for as long as those after them are younger than this many seconds.
    late_s: float = 120.0

    def __post_init__(self) -> None:
        if not (self.interval_s > 0 and self.threshold_snr >= 4 and self.far_per_day > 0 and self.late_s >= 0):
            raise ValueError("interval_s and far_per_day are positive, threshold_snr is 4 or more, late_s not negative")


class MissionSettings(Section, kw_only=True):
    # The mission whose results are made: "INTEGRAL", or one that a plug-in brings (docs/missions.md).
    name: str = "INTEGRAL"
    # Half width of the Sun constraint about 90 deg: the spacecraft may point 90 +- this from the Sun. Not set: the mission's own.
    sun_half_width_deg: float | None = None
    # File with calibrated responses (docs/response.md); empty: the model that ships.
    response_file: str = ""
    # Time zone of the operations centre, for the working-hours rule of the planning urgency.
    operations_time_zone: str = "Europe/Madrid"
    # Orbits of other spacecraft, by name: files of state vectors (OEM, CSV, ECSV) or two-line elements; light travel times to each are
    # given with every event.
    other_spacecraft: dict[str, str] = {}


class ZenodoSettings(Section, kw_only=True):
    # "off", "record" (write what would be sent to the database), "sandbox" or "production".
    mode: Literal["off", "record", "sandbox", "production"] = "record"
    # Token with scopes deposit:write and deposit:actions.
    token: Secret | None = None
    # Address of the service; empty: that of the mode.
    url: str = ""
    # "by-hand": a deposit waits for `transients publish`; "detections": detections publish themselves; "all".
    publish: Literal["by-hand", "detections", "all"] = "by-hand"
    # Names put as creators, "Family, Given". Not set: the mission's own.
    creators: tuple[str, ...] | None = None


class MailSettings(Section, kw_only=True):
    # "off", "record" or "smtp".
    mode: Literal["off", "record", "smtp"] = "record"
    # Server, port, and whether to start TLS.
    host: str = "localhost"
    port: int = 25
    start_tls: bool = False
    # Sender of the messages.
    sender: str = "transients@localhost"
    # User and password, where the server wants them.
    username: str = ""
    password: Secret | None = None


class WebhookSettings(Section, kw_only=True):
    # "off", "record" or "http".
    mode: Literal["off", "record", "http"] = "record"
    # Secret that signs each message (header X-Transients-Signature, HMAC-SHA256 of the body).
    signing_key: Secret | None = None


class NotifySettings(Section, kw_only=True):
    # The rota: path or address of an iCalendar file. Empty: nobody is on shift and only `always` is told.
    rota: str = ""
    # Contacts by person as named in the rota's SUMMARY: {"A. Name" = ["mail:a@example.org", "webhook:https://…"]}.
    contacts: dict[str, tuple[str, ...]] = {}
    # Told of everything, on shift or not.
    always: tuple[str, ...] = ()
    # The least urgent grade that is told: "very high", "high", "medium" or "low". Detections are always told.
    least_grade: Literal["very high", "high", "medium", "low"] = "high"
    # Mail and webhook.
    mail: MailSettings = MailSettings()
    webhook: WebhookSettings = WebhookSettings()


class CircularSettings(Section, kw_only=True):
    # Author lines printed after the people on shift. Not set: the mission's own.
    authors: tuple[str, ...] | None = None
    # Closing sentence on the status of the product.
    status: str = "This is a preliminary result of automatic processing, checked and sent by a person."


class WebSettings(Section, kw_only=True):
    # Address and port of the dashboard. Beyond loopback only when set so here.
    host: str = "127.0.0.1"
    port: int = 8088
    # Address under which people reach it, for links in messages; empty: http://host:port.
    public_url: str = ""


class CanarySettings(Section, kw_only=True):
    # Seconds between alerts that the service sends itself, to see that alerts come through; 0: none.
    interval_s: float = 3600.0
    # Seconds after which one that did not come through is told to whoever is on shift, `notify.always`, and `tell`.
    patience_s: float = 900.0
    # Told besides, as in `notify.always`.
    tell: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.interval_s < 0 or (self.interval_s and not self.patience_s > 0):
            raise ValueError("interval_s is 0 or more, patience_s more than 0")


class MetricsSettings(Section, kw_only=True):
    # Port of this process's numbers for Prometheus; 0: none of their own (the dashboard gives them at /metrics).
    port: int = 0
    # Address they are given at. Beyond loopback only when set so here.
    host: str = "127.0.0.1"


class StatusSettings(Section, kw_only=True):
    # Address of the Sun's X-ray flux of GOES as JSON, for a card of the front page. Empty: no such card.
    goes_url: str = ""
    # Address of the status of the gravitational-wave detectors as JSON, for a card of the front page. Empty: no such card.
    gw_network_url: str = ""
    # Seconds between two looks at these.
    interval_s: float = 120.0

    def __post_init__(self) -> None:
        if not self.interval_s >= 10.0:
            raise ValueError("interval_s is 10 or more: these are other people's servers")


class Settings(Section, kw_only=True):
    """All settings."""

    # Folder for the embedded database.
    data_dir: str = "var"
    # One switch that holds everything that leaves the house.
    hold: bool = False
    # Notices with role "test" are processed too (drafts are marked; nothing leaves the house).
    process_tests: bool = False
    # Worker tasks per process.
    workers: int = 2
    # Processes that do the arithmetic of a worker process, beside one for first looks; 0: threads of its own.
    computing: int = 2
    # Private memory that each of these may take, MB: an alert that needs more is given up, and said.
    computing_memory_mb: int = 4096
    # Events with T0 within so many days are assessed anew, when nothing else is to do, after the code's version or the calibration
    # changed; 0: only by `transients reassess`.
    reassess_days: float = 30.0
    # Seconds to finish running work after SIGTERM.
    shutdown_s: float = 20.0
    # "console" for people, "json" for machines.
    log_format: Literal["console", "json"] = "console"
    database: DatabaseSettings = DatabaseSettings()
    gcn: GcnSettings = GcnSettings()
    kafka: tuple[KafkaSettings, ...] = ()
    hop: tuple[HopSettings, ...] = ()
    vtp: tuple[VtpSettings, ...] = ()
    http: HttpSettings = HttpSettings()
    directory: tuple[DirectorySettings, ...] = ()
    inbox: InboxSettings = InboxSettings()
    sources: SourceSettings = SourceSettings()
    scan: ScanSettings = ScanSettings()
    mission: MissionSettings = MissionSettings()
    zenodo: ZenodoSettings = ZenodoSettings()
    notify: NotifySettings = NotifySettings()
    circular: CircularSettings = CircularSettings()
    web: WebSettings = WebSettings()
    metrics: MetricsSettings = MetricsSettings()
    canary: CanarySettings = CanarySettings()
    status: StatusSettings = StatusSettings()


ENVIRONMENT_PREFIX = "TRANSIENTS_"
#: Variables with that prefix that are no settings: the file itself, and switches of the build and the tests.
_NOT_SETTINGS = frozenset({"CONFIG", "REQUIRE", "SKIP_ASSETS", "ASSETS_QUIET", "TEST_POSTGRES"})


def load_settings(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from a TOML file (None: the defaults), then from the environment.

    `TRANSIENTS_WEB__PORT=8090` sets `web.port`: double underscores go one section down; values are TOML, or plain text.
    A value "env:NAME" or "file:PATH" of a secret is read from there.

    Raises
    ------
    ConfigurationError
        Naming the file and the field.
    """
    environment = os.environ if environment is None else environment
    data: dict[str, Any] = {}
    if path is not None:
        try:
            data = tomllib.loads(path.read_text())
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(str(error), where=str(path)) from error
    for name, text in sorted(environment.items()):
        setting = name.removeprefix(ENVIRONMENT_PREFIX)
        if setting != name and setting not in _NOT_SETTINGS:
            _assign(data, setting.lower().split("__"), text)

    def read_secret(kind: type, value: Any) -> Any:
        if kind is Secret:
            return _secret(str(value), environment)
        raise NotImplementedError(kind)

    try:
        return msgspec.convert(data, Settings, dec_hook=read_secret)
    except msgspec.ValidationError as error:
        raise ConfigurationError(str(error), where=str(path) if path else "environment") from error


def _assign(data: dict[str, Any], keys: list[str], text: str) -> None:
    for key in keys[:-1]:
        data = data.setdefault(key, {})
    try:
        data[keys[-1]] = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        data[keys[-1]] = text


def _secret(text: str, environment: Mapping[str, str]) -> Secret:
    if text.startswith("env:"):
        name = text.removeprefix("env:")
        if name not in environment:
            raise ConfigurationError(f"the environment has no {name}")
        return Secret(environment[name])
    if text.startswith("file:"):
        path = text.removeprefix("file:")
        try:
            return Secret(Path(path).read_text().strip())
        except OSError as error:
            raise ConfigurationError(str(error), where=path) from error
    return Secret(text)
