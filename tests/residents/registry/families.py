"""Families in tests: accounts with a telephone, what they ask, and the links they have."""

import itertools

from residents.registry import services
from residents.registry.models import Link, LinkRequest, Resident
from residents.registry.services import Proven
from residents.registry.states import Proof, Relation
from sojourn.accounts.actors import actor_for
from sojourn.accounts.services import open_family_account, phone_of
from sojourn.core.actors import SYSTEM, Actor
from tests.residents.actors import staff

_numbers = itertools.count(10_020_000_000)
FITTING = {Relation.SELF: Proof.IDENTITY_CARD, Relation.GUARDIAN: Proof.COURT_DECISION}


def family_member(phone: str = "") -> Actor:
    """Somebody who signed in by telephone."""
    return actor_for(open_family_account(phone=phone or str(next(_numbers)), actor=SYSTEM))


def proven(relation: str, **more) -> Proven:
    """What shows the relation."""
    kind = Relation(relation)
    return Proven(kind, more.pop("proof", FITTING.get(kind, Proof.HOUSEHOLD_REGISTER)), **more)


def ask(actor: Actor, *, identity_number: str, name: str = "单雪雁", relation: str = "child") -> LinkRequest:
    return services.ask_link(name=name, identity_number=identity_number, proven=proven(relation), actor=actor)


def linked(actor: Actor, resident: Resident, relation: str = "guardian", **more) -> Link:
    """A link of this person, made at the counter by an officer of the resident's county."""
    return services.link_family(
        resident_id=resident.pk,
        phone=phone_of(actor.user_id),
        proven=proven(relation, **more),
        actor=staff(resident.home_division_id),
    )
