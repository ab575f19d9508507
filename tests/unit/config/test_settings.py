"""Reading the settings: file, environment, secrets, and errors that name the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import ConfigurationError
from transients.config import Secret, Settings, load_settings


def test_defaults_need_nothing() -> None:
    settings = load_settings(None, {})
    assert settings == Settings()
    assert settings.web.host == "127.0.0.1"
    assert settings.zenodo.mode == "record"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text('data_dir = "here"\n[web]\nport = 1000\n[[kafka]]\nname = "k"\nbootstrap_servers = ["localhost:9092"]\n')
    settings = load_settings(path, {"TRANSIENTS_WEB__PORT": "2000", "TRANSIENTS_DATA_DIR": "there", "OTHER": "x"})
    assert (settings.web.port, settings.data_dir, settings.kafka[0].name) == (2000, "there", "k")


def test_switches_of_build_and_tests_are_no_settings() -> None:
    assert load_settings(None, {"TRANSIENTS_REQUIRE": "kafka browser", "TRANSIENTS_CONFIG": "x.toml"}) == Settings()


def test_secrets_are_read_from_where_they_are_and_never_printed(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    environment = {
        "TRANSIENTS_ZENODO__TOKEN": f"file:{tmp_path}/token",
        "TRANSIENTS_DATABASE__URL": "env:PG",
        "PG": "postgresql://user:s3cret@localhost/db",
    }
    settings = load_settings(None, environment)
    assert settings.zenodo.token == Secret("from-file")
    assert settings.database.url is not None
    assert settings.database.url.reveal().endswith("/db")
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[web]\nprot = 1\n", "prot"),
        ('[web]\nport = "many"\n', "port"),
        ("workers = 1.5\n", "workers"),
        ('[zenodo]\nmode = "live"\n', "live"),
        ("= 3\n", "t.toml"),
        ('[http.tokens]\n"a b" = "0123456789abcdef"\n', "no name of a token"),
        ('[http.tokens]\na = "0123456789abcde"\n', "too easy to guess"),
        ('[http.tokens]\na = "0123456789abcdef"\nb = "0123456789abcdef"\n', "same token"),
        ("[http]\nper_minute = 0\n", "1 or more"),
        ('[inbox.keep_days]\n"igwn.*" = 0\n', "more than 0 days"),
        ('[inbox.keep_days]\n"igwn.*" = "long"\n', "float"),
        ('[[vtp]]\nname = "v"\n', "host"),
        ('[[hop]]\nname = "h"\nusername = "u"\n', "password"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=named):
        load_settings(path, {})


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(ConfigurationError, match="NOT_THERE"):
        load_settings(None, {"TRANSIENTS_ZENODO__TOKEN": "env:NOT_THERE"})
