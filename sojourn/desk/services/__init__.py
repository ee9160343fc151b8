"""The verbs of the desk; nothing else writes a work item, a proposal or a delegation.

Within the room rows are locked in this order: delegation, proposal, work item.
"""

from sojourn.desk.services.deciding import approve, may_approve, propose, refuse, withdraw
from sojourn.desk.services.delegating import delegate, end_delegation, officer_called
from sojourn.desk.services.handling import (
    close_item,
    colleagues_for,
    finish_item,
    hand_over_item,
    move_item,
    open_item,
    release_item,
    reopen_item,
    take_item,
)
from sojourn.desk.services.sweeping import escalate_overdue, lapse_proposals, settle_due_dates

__all__ = [
    "approve",
    "close_item",
    "colleagues_for",
    "delegate",
    "end_delegation",
    "escalate_overdue",
    "finish_item",
    "hand_over_item",
    "lapse_proposals",
    "may_approve",
    "move_item",
    "officer_called",
    "open_item",
    "propose",
    "refuse",
    "release_item",
    "reopen_item",
    "settle_due_dates",
    "take_item",
    "withdraw",
]
