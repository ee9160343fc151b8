"""Kinship opens nothing; who she is herself, or her guardian by law, sees her until the link ends."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from residents.registry import services
from residents.registry.errors import (
    AlreadyLinked,
    EndOutOfRange,
    NoSuchLink,
    NotYourLink,
    OwnLink,
    ProofUnfit,
)
from residents.registry.models import Access, Link, Resident
from residents.registry.states import (
    LINK_FLOW,
    OPENED_BY,
    PROVEN_BY,
    LinkEnd,
    LinkStatus,
    PrivateField,
    Proof,
    Relation,
)
from sojourn.accounts.models import User
from sojourn.core.actors import Role
from sojourn.core.clock import frozen, now, today
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import Refusal, WrongStatus
from tests.factories.accounts import MembershipFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.residents.registry.families import family_member, linked, proven

pytestmark = pytest.mark.django_db


def sees(actor, resident) -> bool:
    return Resident.objects.visible_to(actor).contains(resident)


@pytest.mark.parametrize("relation", sorted(set(Relation) - set(OPENED_BY)))
def test_kinship_alone_opens_nothing(relation):
    daughter, father = family_member(), ResidentFactory()

    link = linked(daughter, father, relation)

    assert link.access is None
    assert not Access.objects.exists()
    assert not sees(daughter, father)


@pytest.mark.parametrize(
    ("relation", "article"),
    [("self", "个人信息保护法》第四十五条第一款"), ("guardian", "民法典》第三十四条第一款")],
)
def test_herself_and_her_guardian_see_her_by_the_article_that_says_so(relation, article):
    person, resident, other = family_member(), ResidentFactory(), ResidentFactory()

    link = linked(person, resident, relation)

    assert sees(person, resident)
    assert not sees(person, other)
    assert link.access.ground == "statutory_duty"
    assert link.access.article.endswith(article)
    assert set(link.access.fields) == set(PrivateField.values)


def test_an_ended_link_loses_access_at_once():
    guardian, resident = family_member(), ResidentFactory()
    link = linked(guardian, resident)

    services.end_link(link_id=link.pk, reason=LinkEnd.NO_LONGER_SO, actor=staff("440106"))

    assert not sees(guardian, resident)
    assert not Access.objects.held_by(guardian).open_at(now()).exists()
    assert AuditEntry.objects.get(action="link.ended").facts == {"reason": "no_longer_so"}


def test_whoever_is_linked_ends_it_herself():
    guardian, resident = family_member(), ResidentFactory()
    link = linked(guardian, resident)

    services.end_link(link_id=link.pk, reason=LinkEnd.MISTAKEN, actor=guardian)

    link.refresh_from_db()
    assert (link.status, link.end_reason) == (LinkStatus.ENDED, LinkEnd.ASKED_BY_USER)
    assert not sees(guardian, resident)


def test_on_its_last_day_it_is_no_more():
    guardian, resident = family_member(), ResidentFactory()
    linked(guardian, resident, ends_on=today() + timedelta(days=30))

    with frozen(today() + timedelta(days=29)):
        assert sees(guardian, resident)
    with frozen(today() + timedelta(days=30)):
        assert not sees(guardian, resident)


def test_where_no_day_is_named_it_holds_as_long_as_the_rule_allows():
    with frozen(date(2028, 2, 29)):
        assert linked(family_member(), ResidentFactory()).ends_on == date(2033, 3, 1)


@pytest.mark.parametrize("days", [0, -1, 366 * 6])
def test_it_ends_after_today_and_within_the_rule(days):
    with pytest.raises(EndOutOfRange):
        linked(family_member(), ResidentFactory(), ends_on=today() + timedelta(days=days))

    assert not Link.objects.exists()
    assert not Access.objects.exists()


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("proof", Proof)
def test_only_what_proves_a_relation_is_taken(relation, proof):
    fits = proof in PROVEN_BY[relation]

    if fits:
        linked(family_member(), ResidentFactory(), relation, proof=proof)
    else:
        with pytest.raises(ProofUnfit):
            linked(family_member(), ResidentFactory(), relation, proof=proof)

    assert Link.objects.count() == fits


def test_being_her_child_makes_nobody_her_guardian():
    assert Proof.HOUSEHOLD_REGISTER not in PROVEN_BY[Relation.GUARDIAN]
    assert Proof.BIRTH_CERTIFICATE not in PROVEN_BY[Relation.GUARDIAN]


def test_the_number_of_a_proof_stands_under_her_own_key():
    linked(family_member(), ResidentFactory(), reference="粤0106民特12号")

    assert "粤0106民特12号" not in dump()


@pytest.mark.parametrize("actor", [("440300",), ("4403",), ()])
def test_an_officer_from_elsewhere_links_nobody(actor):
    with pytest.raises(Refusal) as refused:
        services.link_family(
            resident_id=ResidentFactory().pk,
            phone="10030000001",
            proven=proven("guardian"),
            actor=staff(*actor),
        )

    assert refused.value.status in {403, 404}
    assert not Link.objects.exists()


def test_neither_an_auditor_nor_a_family_links_anybody():
    resident = ResidentFactory()
    guardian = family_member()
    linked(guardian, resident)

    for actor in (staff("44", role=Role.AUDITOR), guardian):
        with pytest.raises(NotYourLink):
            services.link_family(
                resident_id=resident.pk, phone="10030000001", proven=proven("child"), actor=actor
            )

    assert Link.objects.count() == 1


def test_an_officer_does_not_link_herself():
    daughter, resident = family_member("10030000002"), ResidentFactory()
    MembershipFactory(user=User.objects.get(pk=daughter.user_id), role=Role.OFFICER, division_code="440106")
    officer = replace(staff("440106"), user_id=daughter.user_id)

    with pytest.raises(OwnLink):
        services.link_family(
            resident_id=resident.pk, phone="10030000002", proven=proven("guardian"), actor=officer
        )


def test_two_do_not_say_they_are_the_same_person():
    resident, first = ResidentFactory(), family_member()
    linked(first, resident, "self")

    with pytest.raises(AlreadyLinked), transaction.atomic():
        linked(family_member(), resident, "self")
    with pytest.raises(AlreadyLinked), transaction.atomic():
        linked(first, ResidentFactory(), "self")


def test_nobody_is_linked_twice_and_afterwards_anew():
    guardian, resident = family_member(), ResidentFactory()
    link = linked(guardian, resident)

    with pytest.raises(AlreadyLinked), transaction.atomic():
        linked(guardian, resident, "child")
    services.end_link(link_id=link.pk, reason="", actor=guardian)
    linked(guardian, resident)

    assert sees(guardian, resident)


def test_somebody_elses_link_does_not_exist():
    link = linked(family_member(), ResidentFactory())

    for actor in (family_member(), staff("440300"), staff("44", role=Role.AUDITOR)):
        with pytest.raises(NoSuchLink):
            services.end_link(link_id=link.pk, reason=LinkEnd.MISTAKEN, actor=actor)

    link.refresh_from_db()
    assert link.status == LinkStatus.CONFIRMED


@pytest.mark.parametrize("status", sorted(set(LinkStatus) - LINK_FLOW.sources("end")))
def test_only_what_stands_is_ended(status):
    guardian = family_member()
    link = linked(guardian, ResidentFactory())
    Link.objects.filter(pk=link.pk).update(status=status, ended_at=now(), end_reason=LinkEnd.MISTAKEN)

    with pytest.raises(WrongStatus):
        services.end_link(link_id=link.pk, reason="", actor=guardian)

    assert Link.objects.get(pk=link.pk).end_reason == LinkEnd.MISTAKEN


@pytest.mark.parametrize(
    "change", [{"relation": "child"}, {"access": None}, {"status": "ended"}, {"ends_on": date(2000, 1, 1)}]
)
def test_the_database_keeps_the_promise(change):
    link = linked(family_member(), ResidentFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.filter(pk=link.pk).update(**change)
