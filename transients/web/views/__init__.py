"""What the pages say, as plain data: pure functions of the records and of now."""

from .board import BoardRow, board_row
from .facts import Fact, FactGroup, event_facts, provenances
from .figures import Figure, figures
from .history import HistoryLine, circular_address, history_lines, revision_lines
from .joint import JointCard, joint_card
from .planning import Planning, planning
from .tables import ExcessRow, LimitRow, excess_rows, limit_rows
from .verdict import Verdict, verdict
from .xrays import XrayPlot, xray_plot

__all__ = [
    "BoardRow",
    "ExcessRow",
    "Fact",
    "FactGroup",
    "Figure",
    "HistoryLine",
    "JointCard",
    "LimitRow",
    "Planning",
    "Verdict",
    "XrayPlot",
    "board_row",
    "circular_address",
    "event_facts",
    "excess_rows",
    "figures",
    "history_lines",
    "joint_card",
    "limit_rows",
    "planning",
    "provenances",
    "revision_lines",
    "verdict",
    "xray_plot",
]
