"""Row history by database trigger, so that no bulk write, raw statement or migration slips past it."""

import pghistory
import pgtrigger

from sojourn.core.models import Versioned
from sojourn.core.ownership import NOT_APPLYING


class ChangedHere(pgtrigger.AnyChange):
    """The row really changed, and not because a page of its owner was applied."""

    def resolve(self, model) -> str:
        return f"{NOT_APPLYING} AND ({super().resolve(model)})"


def tracked(model):
    """Keep every state a row of this model ever had in an append-only table beside it.

    Default tracking would leave deletes out. The history needs no context rows: the trail, written
    in the same transaction, says who and why. Of a fact with an owner only what was written here is
    kept: a copy's history are its owner's pages. On any other row the switch has no effect.
    """
    shared = issubclass(model, Versioned)
    here = pgtrigger.Condition(NOT_APPLYING) if shared else None
    return pghistory.track(
        pghistory.InsertEvent(condition=here),
        pghistory.UpdateEvent(condition=ChangedHere() if shared else pgtrigger.AnyChange()),
        pghistory.DeleteEvent(condition=here),
        obj_field=pghistory.ObjForeignKey(related_name="+", db_constraint=False),
        context_field=None,
        append_only=True,
    )(model)
