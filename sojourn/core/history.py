"""Row history by database trigger, so that no bulk write, raw statement or migration slips past it."""

import pghistory


def tracked(model):
    """Keep every state a row of this model ever had in an append-only table beside it.

    Default tracking would leave deletes out. The history needs no context rows: the trail, written
    in the same transaction, says who and why.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        obj_field=pghistory.ObjForeignKey(related_name="+", db_constraint=False),
        context_field=None,
        append_only=True,
    )(model)
