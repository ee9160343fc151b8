"""What of this room follows a resident whose registration goes into another: the reviews that wait at a desk.

Assessments stay as they are, under the key of the registration they were made for; they are read and carried on through
the pointer (decision 0035).
"""

from uuid import UUID

from residents.assessments.models import Review
from residents.assessments.services.reviewing import QUEUES, SUBJECT
from residents.assessments.states import ReviewGround
from residents.registry.models import Resident
from residents.registry.querysets import of_person
from sojourn.core.actors import SYSTEM
from sojourn.desk.services import move_item


def move_reviews(from_id: UUID, to_id: UUID) -> list[str]:
    """Reviews of her results wait at the desk of the one who stays."""
    waiting = Review.objects.undecided().filter(of_person(from_id, "assessment__resident")).order_by("pk")
    keys = [str(pk) for pk in waiting.values_list("pk", flat=True)]
    _wait_at_home_of(keys, to_id)
    return keys


def give_back_reviews(keys: list[str], to_id: UUID) -> None:
    _wait_at_home_of(keys, to_id)


def _wait_at_home_of(keys: list[str], resident_id: UUID) -> None:
    home = Resident.objects.values_list("home_division_id", flat=True).get(pk=resident_id)
    for pk, ground in Review.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "ground"):
        queue = QUEUES[ReviewGround(ground)]
        move_item(queue=queue, subject_kind=SUBJECT, subject_id=str(pk), division_code=home, actor=SYSTEM)
