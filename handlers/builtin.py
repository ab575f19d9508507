"""The handlers that ship, and the registry that plug-ins join."""

from __future__ import annotations

from .antares import Antares
from .gbm import Gbm
from .gcn import Gcn
from .icecube import IceCube
from .integral import IntegralAlerts
from .lvk import Lvk
from .registry import Registry
from .standin import StandIns

#: The one registry of the process. ANTARES comes last: it is known by a name only.
registry = Registry((Lvk(), IceCube(), Gbm(), IntegralAlerts(), Gcn(), StandIns(), Antares()))
