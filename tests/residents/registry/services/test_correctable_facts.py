"""Every fact of a registration can be asked to be put right, each by its own kind of value; a home within its province."""

from datetime import date

import pytest

from residents.registry import services
from residents.registry.errors import (
    AlreadyMoving,
    FactsInvalid,
    HomeElsewhere,
    MergedAway,
    MovedAway,
    NoSuchResident,
    NotYourDivision,
    NotYourResident,
    ToldByIdentity,
    TooYoung,
)
from residents.registry.models import CorrectionRequest, Disclosure, Resident
from residents.registry.states import CORRECTABLE, TOLD_BY_IDENTITY, ResidentStatus
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from sojourn.desk.models import WorkItem
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db
REVEAL = {"purpose": "verification", "case": "GZ-7"}
STOOD = {
    "sex": "male",
    "birth_on": date(1948, 3, 5),
    "dialect": "hakka",
    "diets": ["soft"],
    "mobility": "walks",
    "benefit_category": "destitute",
}


@pytest.fixture
def father():
    return ResidentFactory(identity_number=None, **STOOD)


@pytest.fixture
def guardian(father):
    actor = family_member()
    linked(actor, father)
    return actor


def ask(resident: Resident, actor, field: str, value: object) -> CorrectionRequest:
    return services.ask_correction(resident_id=resident.pk, field=field, value=value, actor=actor)


def waiting() -> WorkItem:
    return WorkItem.objects.unfinished().get(queue="correction_requests")


@pytest.mark.parametrize(
    ("field", "value", "stored", "told"),
    [
        ("sex", "female", "female", ("男", "女")),
        ("birth_on", date(1949, 3, 5), date(1949, 3, 5), ("1948-03-05", "1949-03-05")),
        ("dialect", "teochew", "teochew", ("客家话", "潮汕话")),
        ("dialect", None, None, ("客家话", "改为未报告")),
        ("diets", ["halal", "soft"], ["soft", "halal"], ("软食", "软食、清真")),
        ("diets", None, None, ("软食", "改为未报告")),
        ("mobility", "wheelchair", "wheelchair", ("独立行走", "使用轮椅")),
        ("benefit_category", "ordinary", "ordinary", ("特困人员", "不属于救助或优抚对象")),
    ],
)
def test_it_waits_under_her_key_is_read_in_words_and_registered(father, guardian, field, value, stored, told):
    officer = staff("440106")
    request = ask(father, guardian, field, value)
    assert CorrectionRequest.objects.get().wanted_cipher.startswith("v1.")

    read = services.reveal_wanted(request_id=request.pk, actor=officer, **REVEAL)
    services.grant_correction(request_id=request.pk, actor=officer)

    assert (read.registered, read.wanted) == told
    assert Disclosure.objects.get().fields == [field]
    father.refresh_from_db()
    assert getattr(father, field) == stored
    events = next(iter(Resident.pgh_event_models.values())).objects.filter(pgh_obj_id=father.pk)
    assert STOOD[field] in list(events.values_list(field, flat=True))
    line = AuditEntry.objects.get(action="resident.corrected")
    assert line.facts == {"corrected": [field]}


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("birth_on", "1949-03-05", FactsInvalid),
        ("birth_on", date(1849, 3, 5), FactsInvalid),
        ("birth_on", today(), TooYoung),
        ("birth_on", None, FactsInvalid),
        ("sex", "both", FactsInvalid),
        ("sex", None, FactsInvalid),
    ],
)
def test_a_birth_or_a_sex_that_could_not_be_registered_is_not_asked(father, guardian, field, value, refusal):
    with pytest.raises(refusal):
        ask(father, guardian, field, value)

    assert not WorkItem.objects.exists()


def test_birth_and_sex_are_not_asked_where_an_identity_number_says_them(guardian):
    known = ResidentFactory(identity_number=sample_identity(9_410_001, BORN))
    linked(guardian, known, relation="guardian")

    for field, value in (("birth_on", date(1949, 3, 5)), ("sex", "female")):
        with pytest.raises(ToldByIdentity):
            ask(known, guardian, field, value)

    assert dict(CORRECTABLE).keys() - services.correctable(known).keys() == set(TOLD_BY_IDENTITY)
    assert not WorkItem.objects.exists()


# --- a home in the wrong division -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("wanted", "bureau"), [("440105", "440100"), ("440305", "440000"), ("440106", "440106")]
)
def test_a_wrong_home_waits_at_the_bureau_above_both_divisions(father, guardian, wanted, bureau):
    ask(father, guardian, "home_division", wanted)

    assert waiting().division_code == bureau


def test_who_reaches_both_divisions_puts_a_home_right_and_the_old_one_stays_in_the_history(father, guardian):
    request = ask(father, guardian, "home_division", "440305")
    with pytest.raises(NotYourDivision):
        services.grant_correction(request_id=request.pk, actor=staff("440106"))
    assert waiting()

    read = services.reveal_wanted(request_id=request.pk, actor=staff("44"), **REVEAL)
    services.grant_correction(request_id=request.pk, actor=staff("44"))

    assert (read.registered, read.wanted) == ("广东省广州市天河区", "广东省深圳市南山区")
    father.refresh_from_db()
    assert (father.home_division_id, father.owner) == ("440305", "440000")
    events = next(iter(Resident.pgh_event_models.values())).objects.filter(pgh_obj_id=father.pk)
    assert "440106" in set(events.values_list("home_division_id", flat=True))
    assert AuditEntry.objects.get(action="resident.corrected").facts == {"corrected": ["home_division"]}


def test_what_waits_besides_and_what_went_into_her_come_along(father, guardian):
    merged = ResidentFactory()
    Resident.objects.filter(pk=merged.pk).update(status=ResidentStatus.MERGED, merged_into=father)
    ask(father, guardian, "phone", "10055501234")

    services.correct_home(resident_id=father.pk, to_division_code="440105", actor=staff("4401"))

    assert waiting().division_code == "440105"
    assert Resident.objects.get(pk=merged.pk).home_division_id == "440105"


@pytest.mark.parametrize(
    ("who", "code", "refusal"),
    [
        (("440105", "440106"), "440305", NotYourDivision),
        (("44", "23"), "230103", HomeElsewhere),
        (("440105",), "440105", NoSuchResident),
    ],
)
def test_a_home_is_put_right_within_reach_and_province_alone(father, who, code, refusal):
    with pytest.raises(refusal):
        services.correct_home(resident_id=father.pk, to_division_code=code, actor=staff(*who))

    father.refresh_from_db()
    assert father.home_division_id == "440106"


def test_no_home_is_put_right_while_she_moves_nor_once_she_is_gone(father):
    officer = staff("44")
    services.transfer_out(resident_id=father.pk, to_division_code="440305", reason="迁户", actor=officer)
    with pytest.raises(AlreadyMoving):
        services.correct_home(resident_id=father.pk, to_division_code="440105", actor=officer)

    for status, more, refusal in (
        (ResidentStatus.MERGED, {"merged_into": ResidentFactory()}, MergedAway),
        (ResidentStatus.MOVED_OUT, {"merged_into": None, "moved_out_on": today()}, MovedAway),
    ):
        Resident.objects.filter(pk=father.pk).update(status=status, **more)
        with pytest.raises(refusal):
            services.correct_home(resident_id=father.pk, to_division_code="440105", actor=officer)
    assert Resident.objects.get(pk=father.pk).home_division_id == "440106"


def test_an_auditor_puts_no_home_right(father):
    with pytest.raises(NotYourResident):
        services.correct_home(
            resident_id=father.pk, to_division_code="440105", actor=staff("44", role="auditor")
        )


def test_what_waits_goes_with_a_household_that_moves(father, guardian):
    ask(father, guardian, "phone", "10055501234")
    transfer = services.transfer_out(
        resident_id=father.pk, to_division_code="440305", reason="迁户", actor=staff("440106")
    )

    services.transfer_in(transfer_id=transfer.pk, actor=staff("440305"))

    item = WorkItem.objects.unfinished().get(queue="correction_requests")
    assert item.division_code == "440305"


def test_of_who_was_erased_nothing_is_put_right(father, guardian, own_keyring):
    services.erase_resident(resident_id=father.pk, ground="period_over", actor=SYSTEM)

    with pytest.raises(NoSuchResident):
        ask(father, guardian, "sex", "female")
