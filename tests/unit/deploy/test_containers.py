"""The container file and the compose file, as far as no engine is needed to judge them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from transients.config import Secret, load_settings

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
ROOT = DEPLOY.parent


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_every_copied_path_exists_and_is_let_into_the_build() -> None:
    allowed = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [source for name, rest in instructions() if name == "COPY" and "--from" not in rest for source in rest.split()[:-1]]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert source in allowed, f"{source} is kept out by Containerfile.dockerignore"
    for name in allowed:
        assert (ROOT / name).exists(), name


def test_the_whole_package_is_copied() -> None:
    import tomllib

    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = " ".join(rest for name, rest in instructions() if name == "COPY")
    assert all(f"{package} {package}" in copied for package in packages)


def test_the_image_is_small_locked_and_not_root() -> None:
    made = instructions()
    images = [rest for name, rest in made if name == "FROM"]
    assert len(images) == 2
    assert all("-slim" in image for image in images)
    assert any("--require-hashes -r requirements/run.txt" in rest for name, rest in made if name == "RUN")
    last_user = [rest for name, rest in made if name == "USER"][-1]
    assert last_user.isdigit()
    assert int(last_user) > 0
    names = [name for name, _ in made]
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert "HEALTHCHECK" in names
    assert "ADD" not in names
    assert not any(re.search(r"(PASSWORD|SECRET|TOKEN)", rest) for name, rest in made if name in ("ENV", "ARG"))


def test_the_command_of_the_image_exists() -> None:
    from click.testing import CliRunner

    from transients.cli.main import main

    done = CliRunner().invoke(main, ["--config", str(DEPLOY / "transients.toml"), "serve", "--help"])
    assert done.exit_code == 0, done.output
    assert all(role in done.output for role in ("ingest", "worker", "web"))


def test_compose_has_the_parts(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "kafka", "ingest", "worker", "web"}
    for role in ("ingest", "worker", "web"):
        service = compose["services"][role]
        assert service["command"] == ["serve", "--role", role]
        assert service["build"]["dockerfile"] == "deploy/Containerfile"
        assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
        assert service["depends_on"]["postgres"] == {"condition": "service_healthy"}
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    for name, service in compose["services"].items():
        assert service["image"], name
        assert service["restart"] == "unless-stopped"


def test_only_loopback_is_published(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert "ports" not in compose["services"]["postgres"]
    assert not any("network_mode" in service or service.get("privileged") for service in compose["services"].values())


def test_what_is_named_is_defined(compose: dict[str, Any]) -> None:
    volumes = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }
    assert volumes == set(compose["volumes"])
    secrets = {secret for service in compose["services"].values() for secret in service.get("secrets", [])}
    assert secrets == set(compose["secrets"])
    mounted = [v.split(":")[0] for s in compose["services"].values() for v in s.get("volumes", []) if v.startswith(".")]
    assert all((DEPLOY / path).exists() for path in mounted)
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN|DATABASE__URL", name):
                assert str(value).startswith(("/run/secrets/", "file:/run/secrets/"))
    assert "secrets/" in (DEPLOY / ".gitignore").read_text()


def test_the_service_understands_its_environment(compose: dict[str, Any], tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql://transients:word@postgres:5432/transients")
    for role in ("ingest", "worker", "web"):
        environment = dict(compose["services"][role]["environment"])
        assert environment["TRANSIENTS_DATABASE__URL"] == "file:/run/secrets/database_url"
        environment["TRANSIENTS_DATABASE__URL"] = f"file:{secret}"
        settings = load_settings(DEPLOY / "transients.toml", environment)
        assert settings.database.url == Secret("postgresql://transients:word@postgres:5432/transients")
        assert settings.kafka[0].bootstrap_servers == ("kafka:19092",)
        assert settings.web.host == ("0.0.0.0" if role == "web" else "127.0.0.1")
        assert settings.shutdown_s < float(compose["services"][role]["stop_grace_period"].removesuffix("s"))


def test_the_broker_advertises_what_it_listens_to(compose: dict[str, Any]) -> None:
    environment = compose["services"]["kafka"]["environment"]
    listeners = {entry.partition(":")[0] for entry in environment["KAFKA_LISTENERS"].split(",")}
    advertised = {entry.partition(":")[0] for entry in environment["KAFKA_ADVERTISED_LISTENERS"].split(",")}
    protocols = {entry.partition(":")[0] for entry in environment["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")}
    assert advertised == listeners - {environment["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    assert protocols == listeners
    stored = [volume.split(":")[1] for volume in compose["services"]["kafka"]["volumes"]]
    assert environment["KAFKA_LOG_DIRS"] in stored
