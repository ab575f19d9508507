"""The handlers that ship, and the registry that plug-ins join."""

from __future__ import annotations

from .agile import Agile
from .amon import Amon
from .antares import Antares
from .boom import Boom
from .calet import Calet
from .canary import Canary
from .counterparts import Counterparts
from .einstein_probe import EinsteinProbe
from .frb import Frb
from .gbm import Gbm
from .gcn import Gcn
from .gecam import Gecam
from .gro import Gro
from .hete import Hete
from .housekeeping import Housekeeping
from .icecube import IceCube
from .integral import IntegralAlerts
from .km3net import Km3net
from .konus import Konus
from .lat import Lat
from .lvc_counterpart import LvcCounterpart
from .lvk import Lvk
from .maxi import Maxi
from .nu_track import NuTrack
from .optical import Optical
from .registry import Registry
from .relayed import Relayed
from .smallsats import SmallSatellites
from .snews import Snews
from .standin import StandIns
from .superk import SuperK
from .suzaku import Suzaku
from .svom import Svom
from .swift import Swift
from .tev import Tev

#: The one registry of the process, in the order asked. Those known by a name only come first (what is no alert, what LVK hands on
#: under another's packet type) or last (ANTARES).
registry = Registry(
    (
        Housekeeping(),
        Canary(),
        Relayed(),
        Lvk(),
        IceCube(),
        Gbm(),
        Lat(),
        Swift(),
        IntegralAlerts(),
        Gcn(),
        StandIns(),
        Agile(),
        Calet(),
        Counterparts(),
        EinsteinProbe(),
        Gecam(),
        Gro(),
        Hete(),
        Konus(),
        Maxi(),
        Optical(),
        SmallSatellites(),
        Suzaku(),
        Svom(),
        Tev(),
        Amon(),
        NuTrack(),
        Km3net(),
        Snews(),
        SuperK(),
        Frb(),
        Boom(),
        LvcCounterpart(),
        Antares(),
    )
)
