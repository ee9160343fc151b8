"""The family's pages: only what was opened, nobody else's, and who looked in plain sentences."""

import pytest

from residents.registry import my, services
from residents.registry.my import Section, add_section, sections_of
from sojourn.core.actors import Role
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import staff
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


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


def test_the_access_log_reads_as_sentences(client, father):
    services.disclose(
        resident_id=father.pk, fields=["phone"], purpose="check_in", case="W-7", actor=staff("440106")
    )

    page = client.get(f"/my/people/{father.pk}/access-log/").content.decode()

    assert "广东省广州市天河区经办人于" in page
    assert "查看了本人电话，用途：入住交接，事由：W-7" in page


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


def test_a_section_of_another_room_stands_in_the_order_it_asked_for(client, father, monkeypatch):
    monkeypatch.setattr(my, "_sections", dict(my._sections))
    add_section(Section(label="占位栏目", url_name="my_person", order=99))

    found = sections_of(father, current="my_person")

    assert [section["label"] for section in found][-1] == "占位栏目"
    assert [section["is_current"] for section in found][-1] is True
