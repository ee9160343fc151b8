"""The triggers by which a shared table marks its changes, whatever program wrote them.

One statement, one insert: bulk updates, raw SQL and data migrations are marked as well, in the transaction of
the change (feeds.md, "Producing"). While another node's page is applied nothing is marked, or its facts would
echo.
"""

import pgtrigger

from sojourn.core.ownership import NOT_APPLYING

_MARK = """
    INSERT INTO sharing_marker (feed_id, entity, version)
    SELECT feed.id, changed.id, changed.version
    FROM ({changed}) AS changed
    JOIN sharing_feed AS feed ON feed.owner = changed.owner AND feed.resource = '{resource}' AND feed.is_own{to};
    RETURN NULL;
"""
# An update that changed nothing raised no version; it leaves no mark.
_CHANGED = {
    pgtrigger.Insert: "SELECT id, owner, version{to} FROM new_rows",
    pgtrigger.Update: (
        "SELECT n.id, n.owner, n.version{n_to} FROM new_rows AS n"
        " JOIN old_rows AS o ON o.id = n.id AND o.version <> n.version"
    ),
    pgtrigger.Delete: "SELECT id, owner, version + 1 AS version{to} FROM old_rows",
}
_NAMES = {pgtrigger.Insert: "mark_new", pgtrigger.Update: "mark_changed", pgtrigger.Delete: "mark_gone"}


def markers_of(resource: str, *, addressed_by: str = "") -> list[pgtrigger.Trigger]:
    """The triggers of a table whose rows are the entities of this resource.

    ``addressed_by`` is the column with the member whose feed alone a row is marked in; it never changes.
    """
    columns = {
        "to": f", {addressed_by}" if addressed_by else "",
        "n_to": f", n.{addressed_by}" if addressed_by else "",
    }
    its_feed = f" AND feed.audience = 'member.' || changed.{addressed_by}" if addressed_by else ""
    return [
        pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            condition=pgtrigger.Condition(NOT_APPLYING),
            referencing=pgtrigger.Referencing(
                old=None if operation is pgtrigger.Insert else "old_rows",
                new=None if operation is pgtrigger.Delete else "new_rows",
            ),
            func=_MARK.format(changed=_CHANGED[operation].format(**columns), resource=resource, to=its_feed),
        )
        for operation, name in _NAMES.items()
    ]
