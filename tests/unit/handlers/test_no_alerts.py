"""What is readable and no alert is refused by the word a person finds right; what is alike and real is not."""

from __future__ import annotations

import pytest
from em_samples import BURST, gcn_json
from handler_samples import voevent

from handlers import parse
from schemas import Notice, Refusal


@pytest.mark.parametrize(
    ("ivorn", "reason"),
    [
        ("ivo://com.dc3/dc3.broker#BrokerTest-2014-02-24T15:55:27.72", "broker-test"),
        ("ivo://voevent.4pisky.org/voevent-receive#TestEvent-2018-10-01T00:58:39Z", "broker-test"),
        ("ivo://any.new.broker/at.all#TestEvent-2026-01-01T00:00:00", "broker-test"),
        ("ivo://voevent.4pisky.org/TEST-TRIGGER#151216-1730.11", "broker-test"),
        ("ivo://voevent.4pisky.org/ALARRM-OBSTEST#160209-1805.02", "broker-test"),
        ("ivo://voevent.phys.soton.ac.uk/AMI-REQUEST#151118-0306.52", "observing-request"),
        ("ivo://voevent.4pisky.org/ALARRM-REQUEST#151230-2227.19", "observing-request"),
        ("ivo://grandma.lal.in2p3.fr/GRANDMA_Alert#GRANDMA20220112TCA3", "observing-request"),
        ("ivo://refitt.org/voevent/#1", "observing-request"),
        ("ivo://hotwired.org/gaia_demo#1", "demonstration"),
        ("INTEGRAL/dummy/demo#1", "demonstration"),
        ("ivo://raptor.lanl/VOEvent#235649409", "demonstration"),
        ("ivo://0/test#1", "demonstration"),
        ("ivo://psws.irap/VOEvent/Tao_Jupiter_2018-10-02T17_34_45::v1.0", "not-an-alert"),
    ],
)
def test_each_by_its_word(ivorn: str, reason: str) -> None:
    got = parse(voevent(None, {"TrigID": "1"}, ivorn=ivorn, role="test"))
    assert isinstance(got, Refusal)
    assert (got.reason, got.message.endswith("no alert")) == (reason, True)
    assert got.kind


@pytest.mark.parametrize("packet", [3, 4])
def test_gcns_socket_speaks_of_itself(packet: int) -> None:
    got = parse(voevent(packet, {}, time=None, position=None))
    assert isinstance(got, Refusal)
    assert (got.reason, got.kind) == ("not-an-alert", {3: "IM_ALIVE", 4: "KILL_SOCKET"}[packet])


def test_an_archives_announcement_is_no_alert() -> None:
    got = parse(gcn_json("heasarc/archive_alert", mission="HEASARC", alert_datetime="2022-05-04T00:00:00Z", obs_id="01001099"))
    assert isinstance(got, Refusal)
    assert got.reason == "not-an-alert"


def test_real_events_of_like_names_are_not_swept_away() -> None:
    assert isinstance(parse(voevent(110, BURST, ivorn="ivo://nasa.gsfc.gcn/Fermi#GBM_Alert_TestEvent_1")), Notice)
    unknown = parse(voevent(None, {}, ivorn="ivo://raptor.lanl/VOEvent#111"))
    assert isinstance(unknown, Refusal)
    assert unknown.reason == "unknown-kind"
