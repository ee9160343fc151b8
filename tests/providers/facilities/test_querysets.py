import pytest

from providers.facilities import policy
from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.states import FacilityStatus
from sojourn.core.actors import PUBLIC, Role
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.providers.actors import CITY_OFFICER, COUNTY_OFFICER, OFFICER_WITHOUT_REACH, everyone, staff_of

# name, its initials (with and without the words for divisions), its traditional form: by hand, not by our code
THE_ELEVEN = [
    (
        "广东颐寿医疗养老有限公司广州麓湖家长荟分院",
        "gdysylylyxgsgzlhjzhfy",
        "廣東頤壽醫療養老有限公司廣州麓湖家長薈分院",
    ),
    (
        "保利养老产业投资管理有限公司广州天悦和熹会颐养中心",
        "blylcytzglyxgsgztyhxhyyzx",
        "保利養老產業投資管理有限公司廣州天悅和熹會頤養中心",
    ),
    (
        "保利养老产业投资管理有限公司广州中科和熹会颐养中心",
        "blylcytzglyxgsgzzkhxhyyzx",
        "保利養老產業投資管理有限公司廣州中科和熹會頤養中心",
    ),
    ("深业颐居养老运营(深圳)有限公司", "syyjylyyszyxgs", "深業頤居養老運營（深圳）有限公司"),
    ("深圳市任达爱心护理院", "szsrdaxhly", "深圳市任達愛心護理院"),
    ("樵晋老龄家园", "qjlljy", "樵晉老齡家園"),
    ("中山市广弘颐养院", "zssghyyy", "中山市廣弘頤養院"),
    (
        "广东银雁健康产业投资发展有限公司(雁鸣湖畔养老养生公寓)",
        "gdyyjkcytzfzyxgsymhpylysgy",
        "廣東銀雁健康產業投資發展有限公司（雁鳴湖畔養老養生公寓）",
    ),
    ("惠州市社会福利院", "hzsshfly", "惠州市社會福利院"),
    ("惠州市仲恺区社会综合福利服务中心", "hzszkqshzhflfwzx", "惠州市仲愷區社會綜合福利服務中心"),
    ("揭阳市聚龙湾护理院", "jysjlwhly", "揭陽市聚龍灣護理院"),
]
NAMES = [name for name, _, _ in THE_ELEVEN]


def found(q: str) -> list[str]:
    return list(Facility.objects.matching(q).values_list("listed_name", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "initials", "traditional"), THE_ELEVEN, ids=NAMES)
def test_each_real_base_is_found_by_name_initials_and_traditional_form(name, initials, traditional):
    assert found(name) == [name]
    assert found(initials) == [name]
    assert found(initials.upper()) == [name]
    assert found(traditional) == [name]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("zsghyy", "中山市广弘颐养院"),
        ("ghyyy", "中山市广弘颐养院"),
        ("中山 广弘", "中山市广弘颐养院"),
        ("中山广弘", "中山市广弘颐养院"),
        ("guanghong", "中山市广弘颐养院"),
        ("zhongshan guanghong", "中山市广弘颐养院"),
        ("中山guanghong", "中山市广弘颐养院"),
        ("ｇｈｙｙｙ", "中山市广弘颐养院"),
        ("rdax", "深圳市任达爱心护理院"),
        ("爱心　深圳", "深圳市任达爱心护理院"),
        ("佛山 樵晋", "樵晋老龄家园"),
        ("廣東 foshan jiayuan", "樵晋老龄家园"),
        ("440600 老龄", "樵晋老龄家园"),
        ("hzzk", "惠州市仲恺区社会综合福利服务中心"),
        ("深业颐居（深圳）", "深业颐居养老运营(深圳)有限公司"),
        ("养老 深圳 运营", "深业颐居养老运营(深圳)有限公司"),
        ("中山 任达", None),
        ("北京 樵晋", None),
    ],
)
def test_every_word_must_describe_the_facility(q, name):
    assert found(q) == ([name] if name else [])


@pytest.mark.django_db
def test_a_word_of_a_place_finds_all_that_stand_there():
    assert set(found("廣州")) == set(NAMES[:3])
    assert set(found("Shenzhen")) == set(NAMES[3:5])
    assert set(found("广东省")) == set(NAMES)


@pytest.mark.django_db
def test_a_number_finds_its_facility_however_it_is_typed():
    facility = Facility.objects.get(listed_name="樵晋老龄家园")

    assert found(facility.number) == found(facility.number.lower().replace("-", " ")) == ["樵晋老龄家园"]


@pytest.mark.django_db
def test_no_word_is_no_condition():
    assert len(found("")) == len(found("  ")) == Facility.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize("q", ["%", "_", "、，。", "()"])
def test_marks_without_a_word_describe_nothing(q):
    assert found(q) == []


@pytest.mark.django_db
def test_within_takes_prefixes_of_any_level_and_none_means_nowhere():
    county = FacilityFactory(division_id="440106")
    city = FacilityFactory(division_id="440100")
    elsewhere = FacilityFactory(division_id="230103")
    ours = Facility.objects.filter(pk__in=[county.pk, city.pk, elsewhere.pk])

    assert set(ours.within(("440106",))) == {county}
    assert set(ours.within(("4401",))) == {county, city}
    assert set(ours.within(("2301", "440106"))) == {county, elsewhere}
    assert set(ours.within(("",))) == {county, city, elsewhere}
    assert set(ours.within(())) == set()


@pytest.fixture
def rows(db):
    """A facility of every status in two provinces, each with an operator and a report."""
    facilities = [
        FacilityFactory(division_id=code, status=status, operator=OperatorFactory(division_id=code))
        for code in ("440106", "230103")
        for status in FacilityStatus
    ]
    reports = [FeatureReportFactory(facility=facility) for facility in facilities]
    return facilities, [facility.operator for facility in facilities], reports


def test_list_and_detail_agree_for_every_role(rows):
    facilities, operators, reports = rows
    actors = everyone(facilities[0], facilities[-1])

    assert {actor.role for actor in actors} == set(Role)
    for actor in actors:
        for row in [*facilities, *operators, *reports]:
            assert type(row).objects.visible_to(actor).contains(row) == policy.can_view(actor, row), (
                actor,
                row,
            )
        for row in [*facilities, *operators]:
            assert type(row).objects.managed_by(actor).contains(row) == policy.can_manage(actor, row), (
                actor,
                row,
            )


def test_the_public_sees_open_and_paused_facilities_only(rows):
    facilities, operators, reports = rows

    seen = Facility.objects.visible_to(PUBLIC).filter(pk__in=[f.pk for f in facilities])

    assert {facility.status for facility in seen} == {"open", "paused"}
    assert Operator.objects.visible_to(PUBLIC).filter(pk__in=[o.pk for o in operators]).count() == len(
        operators
    )
    assert FeatureReport.objects.visible_to(PUBLIC).filter(pk__in=[r.pk for r in reports]).count() == 4


def test_an_officer_also_sees_what_is_not_public_within_her_reach(rows):
    facilities, _, _ = rows
    ours = Facility.objects.filter(pk__in=[f.pk for f in facilities])

    assert set(ours.visible_to(COUNTY_OFFICER).within(("44",))) == set(facilities[:4])
    assert ours.visible_to(COUNTY_OFFICER).within(("23",)).count() == 2
    assert set(ours.managed_by(CITY_OFFICER)) == set(facilities[:4])
    assert not ours.managed_by(OFFICER_WITHOUT_REACH).exists()


def test_a_facility_account_sees_and_manages_its_own(rows):
    facilities, _, _ = rows
    own = next(f for f in facilities if f.status == FacilityStatus.REGISTERED)

    assert Facility.objects.visible_to(staff_of(own)).contains(own)
    assert list(Facility.objects.managed_by(staff_of(own))) == [own]


@pytest.mark.django_db
def test_facilities_are_listed_in_pinyin_order():
    for name in ("岚鸥院", "汀鹭院", "澜莺院"):
        FacilityFactory(listed_name=name, division_id="230103")

    in_order = Facility.objects.within(("230103",)).by_name().values_list("listed_name", flat=True)

    assert list(in_order) == ["岚鸥院", "澜莺院", "汀鹭院"]
