"""At whose desk a matter of the exchange waits, and what it is called there."""

from django.conf import settings

from sojourn.core.actors import Actor
from sojourn.desk.subjects import Subject
from sojourn.provinces.models import Member
from sojourn.sharing import policy


def desk_of(owner: str = "", *, actor: Actor | None = None) -> str:
    """The province at whose desk it waits: the owner's where it is hosted, else one that the actor reaches.

    Empty where this node hosts nobody: then there is no desk.
    """
    hosted = list(settings.HOSTED_PROVINCES)
    if owner in hosted:
        return owner
    reached = [m for m in hosted if actor is not None and policy.reaches_all_of(actor, m)]
    return next(iter([*reached, *hosted]), "")


def subject_of(kind: str, key: str, title: str, *, owner: str = "", actor: Actor | None = None) -> Subject:
    return Subject(kind, key, title[:200], desk_of(owner, actor=actor))


def names_in(subject: str) -> dict[str, str]:
    """The name of the member whose feed this is, by its code; nothing where it is no feed."""
    owner = subject.partition("/")[0]
    return dict(Member.objects.filter(pk=owner).values_list("pk", "name"))
