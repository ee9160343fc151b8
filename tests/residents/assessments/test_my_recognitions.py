"""She and her guardian read what another member's result counts for here, beside the original; nobody else does."""

from datetime import date, timedelta

import pytest

from residents.assessments.errors import NotYourAssessment
from residents.assessments.models import Recognition
from residents.assessments.services import read_recognitions, recognise_result
from residents.registry.models import Resident
from residents.registry.services import disclosures_of, erase_resident
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, today
from tests.factories.assessments import final
from tests.factories.consents import a_mandate
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.services.test_entering import AGREEMENT, crosswalk, original
from tests.residents.merging import merged
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident():
    return ResidentFactory()


def recognised(resident, **changes) -> Recognition:
    return recognise_result(
        resident_id=resident.pk, original=original(**changes), agreement_code=AGREEMENT, actor=SYSTEM
    )


def page_of(actor, resident) -> str:
    client = sign_in(User.objects.get(pk=actor.user_id), second_factor=False)
    return client.get(f"/my/people/{resident.pk}/assessments/").content.decode()


@pytest.mark.parametrize("relation", ["self", "guardian"])
def test_the_level_here_stands_with_the_original_the_agreement_and_the_days(resident, relation):
    crosswalk()
    row, reader = recognised(resident), family_member()
    linked(reader, resident, relation)

    page = page_of(reader, resident)

    assert "湖南省的评估结果在这里怎么算" in page
    assert f"<strong>{row.get_level_display()}</strong>" in page
    for told in ("中度失能", "mzt039 2013", "样例长沙评估中心 湘评2026-1", row.agreement.name, row.number):
        assert told in page
    assert "不再作数" not in page
    assert "还没有评估结果" not in page


def test_what_no_agreed_row_maps_is_told_as_to_be_assessed_anew(resident):
    row, reader = recognised(resident), family_member()
    linked(reader, resident)

    page = page_of(reader, resident)

    assert row.status == "reassess"
    assert "不能推定" in page
    assert "在这里算作" not in page


def test_an_original_that_has_run_out_counts_no_more_here_and_the_page_says_so(resident):
    crosswalk()
    recognised(resident, valid_until=today() + timedelta(days=3))
    reader = family_member()
    linked(reader, resident)

    with frozen(today() + timedelta(days=4)):
        page = page_of(reader, resident)

    assert "原结果已过有效期，在这里也不再作数" in page


def test_it_stands_beside_what_was_found_here(resident):
    crosswalk()
    recognised(resident), final(resident)
    reader = family_member()
    linked(reader, resident)

    page = page_of(reader, resident)

    assert page.index("GB/T 42195-2022") < page.index("湖南省的评估结果在这里怎么算")


def test_kin_and_agents_read_none_of_it_as_no_mandate_can_name_health(resident):
    crosswalk()
    recognised(resident)
    daughter, agent = family_member(), family_member()
    linked(daughter, resident, "child")
    a_mandate(agent, resident, may_see=["name"], may_do=["consent", "read_records", "book", "complain"])
    a_mandate(daughter, resident)

    for reader in (daughter, agent):
        page = page_of(reader, resident)
        assert "只给老年人本人和监护人看" in page
        assert "湘评2026-1" not in page
        assert not Recognition.objects.told_to(reader).exists()


def test_of_one_person_on_two_registrations_both_are_read_and_of_others_none(resident):
    crosswalk()
    twin, stranger = ResidentFactory(), ResidentFactory()
    recognised(twin), recognised(stranger, paper_reference="湘评2026-9")
    reader = family_member()
    linked(reader, resident)
    merged(twin, resident)

    page = page_of(reader, resident)

    assert "湘评2026-1<" in page
    assert "湘评2026-9" not in page


@pytest.mark.parametrize(("relation", "shown"), [("self", True), ("guardian", False)])
def test_who_made_it_is_for_herself_alone_while_she_is_protected(resident, relation, shown):
    crosswalk()
    recognised(resident)
    Resident.objects.filter(pk=resident.pk).update(whereabouts_protected=True)
    reader = family_member()
    linked(reader, resident, relation)

    page = page_of(reader, resident)

    assert "湖南省" in page
    assert ("湘评2026-1<" in page) is shown


def test_each_look_is_written_down_once_a_day_and_told_and_none_where_nothing_is_shown(resident):
    crosswalk()
    row, reader, agent = recognised(resident), family_member(), family_member()
    linked(reader, resident)
    a_mandate(agent, resident)

    with frozen(date(2030, 1, 7)):
        [page_of(who, resident) for who in (reader, reader, agent)]
    with frozen(date(2030, 1, 8)):
        page_of(reader, resident)

    told = f"查看了外省评估结果及其互认等级，用途：信息核对与更正，事由：{row.number}"
    assert disclosures_of(resident, SYSTEM) == [
        f"本人或家人于2030-01-08 12:00{told}",
        f"本人或家人于2030-01-07 12:00{told}",
    ]
    with pytest.raises(NotYourAssessment):
        read_recognitions(resident_id=resident.pk, actor=agent)


def test_what_was_erased_is_told_to_nobody(resident, own_keyring):
    crosswalk()
    recognised(resident)
    reader = family_member()
    linked(reader, resident)

    erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("44"))

    assert not Recognition.objects.told_to(reader).exists()
