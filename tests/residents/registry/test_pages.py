"""The family's pages: only what was opened, and nobody else's."""

import pytest

from residents.registry import my, services
from residents.registry.models import Resident
from residents.registry.my import Section, add_section, sections_of
from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Role
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
HELD = {
    "dialect": "cantonese",
    "diets": ["vegetarian", "low_salt"],
    "mobility": "wheelchair",
    "benefit_category": "destitute",
}


@pytest.fixture
def daughter():
    user = UserFactory(name="")
    MembershipFactory(user=user, role=Role.FAMILY, division_code="")
    return user


@pytest.fixture
def client(daughter):
    return sign_in(daughter, second_factor=False)


@pytest.fixture
def father(daughter):
    person = ResidentFactory(name="欧阳望海")
    AccessFactory(resident=person, to_user=True, holder_id=daughter.pk)
    return person


def test_a_family_sees_the_people_opened_to_it_and_nobody_else(client, father):
    stranger = ResidentFactory(name="单雪雁")

    page = client.get("/my/").content.decode()

    assert "欧阳**" in page
    assert father.number in page
    assert stranger.number not in page
    assert "望海" not in page


def test_somebody_elses_person_does_not_exist(client):
    stranger = ResidentFactory()

    answers = [client.get(f"/my/people/{stranger.pk}/{part}") for part in ("", "access-log/")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_facts_stand_behind_their_masks(client, father):
    page = client.get(f"/my/people/{father.pk}/").content.decode()

    assert "1948-**-**" in page
    assert "欧阳望海" not in page


@pytest.mark.parametrize("address", ["/my/", "/my/people/{}/"])
def test_an_invented_person_is_marked_as_a_sample(client, father, address):
    assert "badge-sample" in client.get(address.format(father.pk)).content.decode()


def test_who_has_not_signed_in_is_led_to_the_familys_door(client, father):
    client.logout()

    answer = client.get(f"/my/people/{father.pk}/")

    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next=/my/people/{father.pk}/"


def test_staff_have_no_business_here():
    officer = MembershipFactory(role=Role.OFFICER).user

    assert sign_in(officer).get("/my/").status_code == 403


def test_no_cache_keeps_a_familys_page(client, father):
    assert "no-store" in client.get(f"/my/people/{father.pk}/")["Cache-Control"]


def test_a_section_of_another_room_stands_in_the_order_it_asked_for(daughter, father, monkeypatch):
    monkeypatch.setattr(my, "_sections", dict(my._sections))
    add_section(Section(label="占位栏目", url_name="my_person", order=99))

    found = sections_of(father, actor_for(daughter), current="my_person")

    assert [section["label"] for section in found][-1] == "占位栏目"
    assert [section["is_current"] for section in found][-1] is True


def test_a_section_stands_in_the_menu_of_those_to_whom_it_is_open(daughter, father, monkeypatch):
    monkeypatch.setattr(my, "_sections", dict(my._sections))
    add_section(
        Section("占位栏目", url_name="my_person", order=99, open_to=lambda actor, person: actor == SYSTEM)
    )

    shown = [
        "占位栏目" in [section["label"] for section in sections_of(father, actor)]
        for actor in (actor_for(daughter), SYSTEM)
    ]

    assert shown == [False, True]


def test_a_relative_reads_how_he_is_let_in(client):
    page = client.get("/my/").content.decode()

    assert "其他亲属需要老人的委托书，由老人到户籍地民政部门窗口或打电话办理" in page


@pytest.mark.parametrize("relation", ["self", "guardian"])
def test_she_and_her_guardian_read_what_else_is_held_of_her_and_the_way_to_put_it_right(relation):
    person, reader = ResidentFactory(**HELD), family_member()
    linked(reader, person, relation)

    page = sign_in(User.objects.get(pk=reader.user_id), second_factor=False).get(f"/my/people/{person.pk}/")

    read = dict(page.context["held"])
    assert read == {
        "性别": "女",
        "户籍所在地区": "广东省广州市天河区",
        "日常语言": "粤语",
        "饮食要求": "低盐、素食",
        "行动情况": "使用轮椅",
        "救助优抚类别": "特困人员",
    }
    assert f'href="/my/people/{person.pk}/corrections/"' in page.content.decode().partition("<dl")[2]


def test_where_she_lives_is_left_out_while_her_whereabouts_are_protected():
    person, reader = ResidentFactory(**HELD, whereabouts_protected=True), family_member()
    linked(reader, person)

    read = dict(services.other_facts_of(person, reader))

    assert read["行动情况"] == "使用轮椅"
    assert "户籍所在地区" not in read


def page_of(person, reader):
    """The page of a person as this reader opens it, and who she is to the browser."""
    browser = sign_in(User.objects.get(pk=reader.user_id), second_factor=False)
    return browser, browser.get(f"/my/people/{person.pk}/").content.decode()


@pytest.mark.parametrize(("relation", "offered"), [("self", 2), ("guardian", 1)])
def test_who_was_never_asked_is_asked_on_her_page(relation, offered):
    person, reader = ResidentFactory(**HELD, whereabouts_protected=None), family_member()
    linked(reader, person, relation)
    browser, page = page_of(person, reader)

    assert page.count('name="answer"') == offered
    assert ("天河区" in page) is (relation == "self")
    for answer, kept in (("", None), ("false", None if relation == "guardian" else False)):
        browser.post(f"/my/people/{person.pk}/whereabouts/", {"answer": answer})
        assert Resident.objects.get(pk=person.pk).whereabouts_protected is kept
    browser.post(f"/my/people/{person.pk}/whereabouts/", {"answer": "true"})

    assert Resident.objects.get(pk=person.pk).whereabouts_protected is (relation == "guardian")
    assert 'name="answer"' not in page_of(person, reader)[1]


def test_of_what_is_no_guardians_to_say_a_child_is_not_asked(client, daughter):
    person = ResidentFactory(whereabouts_protected=None)
    AccessFactory(resident=person, to_user=True, holder_id=daughter.pk)

    answer = client.post(f"/my/people/{person.pk}/whereabouts/", {"answer": "true"})

    assert 'name="answer"' not in client.get(f"/my/people/{person.pk}/").content.decode()
    assert answer.status_code == 302
    assert Resident.objects.get(pk=person.pk).whereabouts_protected is None


def test_whom_the_law_does_not_open_it_to_reads_nothing_of_that(client, daughter):
    person = ResidentFactory(**HELD)
    AccessFactory(resident=person, to_user=True, holder_id=daughter.pk)

    page = client.get(f"/my/people/{person.pk}/").content.decode()

    assert "1948-**-**" in page
    assert not any(words in page for words in ("使用轮椅", "素食", "特困人员", "天河区"))


def test_of_somebody_erased_nothing_else_is_told_either(own_keyring):
    person, reader = ResidentFactory(**HELD), family_member()
    linked(reader, person)
    services.erase_resident(resident_id=person.pk, ground="unlawful", actor=SYSTEM)

    person.refresh_from_db()

    assert services.other_facts_of(person, reader) == []
