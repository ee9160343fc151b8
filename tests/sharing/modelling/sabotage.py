"""The exchange broken on purpose, one way at a time: the proofs must notice each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import DatabaseError, connection

from sojourn.sharing.catalogue import Resource
from sojourn.sharing.querysets import HeadQuerySet
from sojourn.sharing.services import applying, heads, sealing
from sojourn.sharing.shapes import Shape
from sojourn.sharing.vault import AlreadySigned
from tests.sharing.modelling.story import Story
from tests.sharing.modelling.wire import Wires
from tests.sharing.modelling.world import World


def other_order():
    """As if the sealer went by the clock, the transaction or anything else than the number of the marker."""
    right = Shape.__dict__["marked"].func

    def marked(shape: Shape) -> str:
        return (
            right(shape)
            .replace("ORDER BY id LIMIT", "ORDER BY id DESC LIMIT")
            .replace("ORDER BY m.id", "ORDER BY m.id DESC")
        )

    return mock.patch.object(Shape, "marked", property(marked))


def cursor_over_ids():
    """As if what lies behind the last marker sealed were all that is left."""
    right, last = sealing._unsealed, {}

    def unsealed(feed_id: int, resource: Resource) -> sealing.Marked:
        place = connection.settings_dict["NAME"], feed_id
        markers, rows = right(feed_id, resource)
        behind = [marker for marker in markers if marker[0] > last.get(place, 0)]
        last[place] = max([last.get(place, 0), *(marker for marker, _entity, _version in behind)])
        return behind, rows

    return mock.patch.object(sealing, "_unsealed", unsealed)


@contextmanager
def no_head_lock() -> Iterator[None]:
    with mock.patch.object(HeadQuerySet, "locked_or_left", lambda heads: heads.order_by("pk")):
        yield


@contextmanager
def no_new_versions() -> Iterator[None]:
    begin = World.begin

    def begun(world: World) -> None:
        begin(world)
        for name in world.nodes:
            with world.work(name), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
                    " WHERE tgname LIKE 'pgtrigger_next_version%' AND tgrelid::regclass::text LIKE 'facilities%'"
                )
                for table, trigger in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")

    with mock.patch.object(World, "begin", begun):
        yield


@contextmanager
def any_signature() -> Iterator[None]:
    """Whoever stands on the wire may forge pages, and does: one number has two headers (I6)."""
    with (
        mock.patch.object(Wires, "fault", return_value="forged"),
        mock.patch("sojourn.sharing.protocol.verifying.verify_page_signature"),
        mock.patch.object(heads, "verify_page_signature"),
    ):
        yield


@contextmanager
def no_watermark() -> Iterator[None]:
    """The sealer goes by its database alone, as if nothing had ever been put back."""
    with (
        mock.patch("sojourn.sharing.vault.Watermark.last", return_value=None),
        mock.patch.object(sealing, "is_at", return_value=True),
    ):
        yield


SABOTAGES: dict[str, Callable] = {
    "sealed in another order than that of the markers' ids": other_order,
    "a cursor over the markers' ids": cursor_over_ids,
    "no lock on the head": no_head_lock,
    "versions do not rise": no_new_versions,
    "any signature will do": any_signature,
    "no watermark outside the database": no_watermark,
}


def noticed(world: World, sabotage: Callable, *, within: int, **facts: Any) -> str:
    """What the first story under a sabotage complains of; empty where so many stories notice nothing."""
    with sabotage():
        for seed in range(within):
            story = Story(world, seed, small_pages=seed % 2 == 1, **facts)
            try:
                complaints = story.told()
            except (DatabaseError, AlreadySigned, BlockingIOError) as error:
                complaints = [type(error).__name__]
            if complaints:
                return f"seed {seed}: {complaints[0]}"
    return ""


# --- for the kills ---------------------------------------------------------------------------------------
NOTICED = (AssertionError, DatabaseError)


@contextmanager
def commit_before(module, name: str) -> Iterator[None]:
    """What should be one transaction is two: it is committed before this function."""
    whole = getattr(module, name)

    def cut(*words, **named):
        connection.connection.commit()
        return whole(*words, **named)

    with mock.patch.object(module, name, cut):
        yield


def seal_in_two():
    return commit_before(sealing, "_drop_markers")


def apply_in_two():
    return commit_before(applying, "_kept")
