"""The folder of a result: complete, the same each time, and a notebook that runs."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from pathlib import Path

import nbformat
import outgoing_samples as samples
import pytest

from schemas import Assessment, Event, Geometry, Orientation, from_json
from schemas.errors import RefusedInput
from transients.report import COLUMNS, draft, event_row, result_files

WORDS = {"people": ("A. Person",), "authors": ("for the team",), "status": "Preliminary.", "created": samples.CREATED}


def files(assessment: Assessment | None = None, **artefacts: bytes) -> dict[str, bytes]:
    assessment = assessment or samples.assessment()
    named = {name.replace("_", ".", 1): data for name, data in artefacts.items()}
    return result_files(samples.event(), assessment, draft(samples.event(), assessment, **WORDS), named)


def test_what_is_in_the_folder() -> None:
    made = files(sky_png=b"PNG", limits_fits=b"FITS")
    assert list(made) == [
        *(
            "README.txt",
            "assessment.json",
            "circular.txt",
            "event.json",
            "limits.fits",
            "provenance.json",
            "result.ipynb",
            "sky.png",
        ),
    ]
    assert made["sky.png"] == b"PNG"
    assert from_json(made["assessment.json"], Assessment) == samples.assessment()
    assert from_json(made["event.json"], Event) == samples.event()
    assert all(name in made["README.txt"].decode() for name in made)
    assert made["circular.txt"].startswith(b"Subject: LIGO/Virgo/KAGRA S230518h: No counterpart")
    assert files(sky_png=b"PNG", limits_fits=b"FITS") == made


def test_no_circular_no_file() -> None:
    assert "circular.txt" not in result_files(samples.event(), samples.assessment(verdict="pending"), None, {})


def test_provenance_names_every_input_and_file() -> None:
    made = files(sky_png=b"PNG")
    said = json.loads(made["provenance.json"])
    assert f"sha256:{'ab' * 32}" in said["entity"]
    for name, data in made.items():
        if name not in ("provenance.json", "README.txt"):
            assert said["entity"][f"sha256:{hashlib.sha256(data).hexdigest()}"]["label"] == name
    assert {u["entity"] for u in said["used"]} | {g["entity"] for g in said["wasGeneratedBy"]} <= set(said["entity"])
    assert said["activity"]["search:SPI-ACS:0"]["parameters"] == {"half_width_s": 300.0}


@pytest.mark.parametrize("name", ["assessment.json", "../up.png", "a/b.png", ".hidden"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(RefusedInput):
        result_files(samples.event(), samples.assessment(), None, {name: b""})


def test_a_light_curve_must_be_there() -> None:
    with pytest.raises(RefusedInput, match="not among"):
        result_files(samples.event(), samples.assessment(), None, {}, light_curves={"lc.fits": "SPI-ACS"})


def test_simulated_results_say_so_in_every_text() -> None:
    made = files(samples.assessment(simulated=True))
    for name in ("README.txt", "circular.txt", "event.json", "result.ipynb"):
        assert b"SIMULATED DATA" in made[name], name
    assert json.loads(made["provenance.json"])["simulated"] is True
    said = json.loads(made["event.json"])
    assert next(iter(said)) == "WARNING"
    del said["WARNING"]
    assert from_json(json.dumps(said).encode(), Event) == samples.event()


def run(folder: Path, made: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> tuple[str, dict[str, object]]:
    for name, data in made.items():
        (folder / name).write_bytes(data)
    monkeypatch.chdir(folder)
    book = nbformat.reads(made["result.ipynb"].decode(), as_version=4)
    code = [c for c in book.cells if c.cell_type == "code" and "IPython" not in c.source]
    assert code[0].metadata["tags"] == ["parameters"]
    namespace: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for cell in code:
            exec(cell.source, namespace)
    return printed.getvalue(), namespace


def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed, namespace = run(tmp_path, files(samples.detection(), sky_png=b"PNG"), monkeypatch)
    assert "S230518h detection" in printed
    assert "theta 136.20 deg" in printed
    assert namespace["t0_utc"] == "2023-05-18T12:59:08.167"
    assert namespace["figures"] == ["sky.png"]


def test_the_notebook_finds_the_burst_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_data: Path) -> None:
    data = (shared_data / "integral" / "spiacs_grb230307a_mmoda.fits").read_bytes()
    assessment = samples.detection(geometry=samples.geometry(t0=samples.at("2023-03-07T15:44:06.67")))
    made = result_files(samples.event(), assessment, None, {"lc.fits": data}, light_curves={"lc.fits": "SPI-ACS"})
    _, namespace = run(tmp_path, made, monkeypatch)
    (found,) = namespace["again"]
    assert found.detection
    assert found.onset_s == pytest.approx(0.46, abs=0.06)


def test_the_table_reads_as_the_seeds_did() -> None:
    geometry: Geometry = samples.geometry(
        scw_id="209700520010",
        orientation=Orientation(
            ra_deg=73.39, dec_deg=-7.03, theta_deg=127.8, phi_deg=-20.2, word="bottom", attitude_source="historic"
        ),
    )
    event = samples.event(event_id="S190602aq", origin="LIGO Virgo", t0=samples.at("2019-06-02T17:59:27.089"))
    nrt = samples.assessment().data[0].__class__(instrument="SPI-ACS", tier="nrt", completeness=1.0, source="index")
    row = event_row(event, samples.assessment(geometry=geometry, data=(nrt,)))
    assert tuple(row) == COLUMNS
    assert row == {
        "Event": "S190602aq",
        "Origin": "LIGO Virgo",
        "Role": "observation",
        "UTC": "2019-06-02T17:59:27.0",
        "Sky Location": "73.39 -7.03",
        "Orientation": "bottom (127.8, -20.2)",
        "FoV exposure": "0.0 ks",
        "ScW": "209700520010",
        "Data": "NRT",
        "Visibility": "1.3%",
        "Planning urgency": "very high",
        "Raw notice": "c2",
    }


def test_a_row_before_anything_is_known() -> None:
    row = event_row(samples.event(t0=None, history=()), None)
    assert tuple(row) == COLUMNS
    assert row["UTC"] == row["Orientation"] == row["Data"] == row["Raw notice"] == ""


def test_the_row_says_simulated_retracted_inactive() -> None:
    assert event_row(samples.event(), samples.assessment(simulated=True))["Data"] == "realtime (SIMULATED)"
    assert event_row(samples.event(state="retracted"), samples.assessment())["Role"] == "observation, retracted"
    assert event_row(samples.event(), samples.inactive())["Data"] == "inactive"
