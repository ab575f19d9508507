"""The JSON Schemas kept in schemas/json are those of today's records."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import schemas
from schemas import Attitude, Instant, generate, to_json


def test_kept_schemas_are_not_stale() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in generate.FOLDER.glob("*.json")}
    stale = sorted(name for name, text in generate.rendered().items() if kept.get(name) != text)
    assert not stale, "run python -m schemas.generate"
    assert set(kept) == set(generate.rendered())


def test_every_parsed_kind_travels() -> None:
    assert {kind.__name__ for kind in schemas.Parsed.__args__} <= set(generate.TRAVELLING)


@pytest.mark.parametrize("name", sorted(generate.TRAVELLING))
def test_each_is_a_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(generate.schema(name))


def test_a_wrong_record_fails_its_schema() -> None:
    at = Instant(utc="2023-05-18T12:59:08")
    good = json.loads(to_json(Attitude(at=at, x_ra_deg=0.0, x_dec_deg=0.0, z_ra_deg=90.0, z_dec_deg=0.0, source="axes")))
    validator = jsonschema.Draft202012Validator(generate.schema("Attitude"))
    validator.validate(good)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**good, "source": "guess"})
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({key: value for key, value in good.items() if key != "x_ra_deg"})


def test_writing_removes_what_no_longer_travels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path / "json")
    generate.main()
    (tmp_path / "json" / "Gone.schema.json").write_text("{}")
    generate.main()
    assert {path.name for path in (tmp_path / "json").iterdir()} == set(generate.rendered())
