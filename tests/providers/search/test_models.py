"""The rows of the search follow every source in the same transaction, whoever writes and however."""

import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from providers.designation.models import Base
from providers.designation.services import withdraw_base
from providers.facilities.features import BY_CODE
from providers.facilities.models import Facility, FeatureReport
from providers.facilities.reports import FeatureAnswers, Prices
from providers.facilities.services import open_facility_to_sojourners, report_features, report_prices
from providers.facilities.states import AbilityLevel, Answer
from providers.search.models import FEATURE_BITS, LEVEL_BITS, SearchRow
from providers.search.services import rebuild_search, stray_rows
from sojourn.core.actors import SYSTEM
from sojourn.provinces.models import Division, SeasonMonth
from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory, FeatureReportFactory
from tests.factories.provinces import DivisionFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture

GUANGZHOU = "440100"


def run(statement: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def a_facility(**columns) -> Facility:
    return FacilityFactory(open=True, division_id="440106", **columns)


def updates_facility():
    facility = a_facility()
    yield facility
    Facility.objects.filter(pk=facility.pk).update(levels_taken=["mild"])


def deletes_facility():
    facility = a_facility()
    yield facility
    run("DELETE FROM facilities_facility WHERE id = %s", facility.pk)


def inserts_feature():
    facility = a_facility()
    yield facility
    FeatureReport.objects.bulk_create(
        [
            FeatureReport(
                facility=facility, feature="lift", answer="yes", as_of=date(2026, 9, 1), reported_by="x"
            )
        ]
    )


def updates_feature():
    report = FeatureReportFactory(facility=a_facility(), answer=Answer.NO)
    yield report.facility
    FeatureReport.objects.filter(pk=report.pk).update(answer=Answer.YES)


def deletes_feature():
    report = FeatureReportFactory(facility=a_facility())
    yield report.facility
    FeatureReport.objects.filter(pk=report.pk).delete()


def inserts_base():
    facility = a_facility()
    yield facility
    BaseFactory(facility=facility)


def updates_base():
    base = BaseFactory(facility=a_facility())
    yield base.facility
    withdraw_base(base_id=base.pk, reason="样例原因", actor=SYSTEM)


def deletes_base():
    base = BaseFactory(facility=a_facility())
    yield base.facility
    Base.objects.filter(pk=base.pk).delete()


def inserts_season():
    month = SeasonMonth.objects.get(place=GUANGZHOU, month=1)
    month.delete()
    yield a_facility()
    month.pk = None
    month.save(force_insert=True)


def updates_season():
    yield a_facility()
    SeasonMonth.objects.filter(place=GUANGZHOU, month=7).update(fit=7)


def deletes_season():
    yield a_facility()
    SeasonMonth.objects.filter(place=GUANGZHOU, month=7).delete()


def inserts_division():
    county = DivisionFactory(code="449801", city_code="449800")
    yield FacilityFactory(open=True, division_id=county.code)
    DivisionFactory(code="449800", level="city", parent_id="440000", search_name="样例市")


def updates_division():
    yield a_facility()
    Division.objects.filter(pk=GUANGZHOU).update(search_name="穗城")


def deletes_division():
    DivisionFactory(code="449800", level="city", parent_id="440000", search_name="样例市")
    county = DivisionFactory(code="449801", city_code="449800")
    yield FacilityFactory(open=True, division_id=county.code)
    Division.objects.filter(pk="449800").delete()


CHANGES = {
    "facilities_facility": (updates_facility, deletes_facility),
    "facilities_featurereport": (inserts_feature, updates_feature, deletes_feature),
    "designation_base": (inserts_base, updates_base, deletes_base),
    "provinces_seasonmonth": (inserts_season, updates_season, deletes_season),
    "provinces_division": (inserts_division, updates_division, deletes_division),
}
SOURCES = [(table, change) for table, changes in CHANGES.items() for change in changes]
NAMES = [change.__name__ for _table, change in SOURCES]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "change"), SOURCES, ids=NAMES)
def test_a_row_follows_a_change_of_this_source(table, change):
    steps = change()
    facility = next(steps)
    before = SearchRow.objects.filter(pk=facility.pk).values().first()

    list(steps)

    assert SearchRow.objects.filter(pk=facility.pk).values().first() != before
    assert stray_rows() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "change"), SOURCES, ids=NAMES)
def test_without_its_trigger_the_row_would_stay_behind(table, change):
    steps = change()
    facility = next(steps)
    verb = change.__name__.split("s_")[0]
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} DISABLE TRIGGER search_follows_{verb}")

    list(steps)

    assert facility.pk in stray_rows()


@pytest.mark.django_db
def test_a_facility_has_a_row_from_the_moment_it_opens_until_it_no_longer_is():
    facility = FacilityFactory()
    assert not SearchRow.objects.filter(pk=facility.pk).exists()

    open_facility_to_sojourners(facility_id=facility.pk, actor=SYSTEM)
    assert SearchRow.objects.filter(pk=facility.pk).exists()

    Facility.objects.filter(pk=facility.pk).update(status="paused")
    assert not SearchRow.objects.filter(pk=facility.pk).exists()
    assert stray_rows() == []


@pytest.mark.django_db
def test_a_change_that_is_undone_leaves_the_row_as_it_was():
    facility = a_facility()

    with transaction.atomic():
        Facility.objects.filter(pk=facility.pk).update(levels_taken=["mild"])
        assert SearchRow.objects.get(pk=facility.pk).level_bits is not None
        transaction.set_rollback(True)

    assert SearchRow.objects.get(pk=facility.pk).level_bits is None
    assert stray_rows() == []


@pytest.mark.django_db
def test_the_row_says_what_its_sources_say():
    facility = a_facility(
        reported=True,
        levels_taken=["intact", "complete"],
        lng="113.26",
        lat="23.13",
        listed_name="中山市广弘颐养院",
    )
    answers = {"lift": Answer.YES, "hot_water": Answer.NO, "trial_stay": Answer.UNKNOWN}
    report_features(
        facility_id=facility.pk, report=FeatureAnswers(answers, date(2026, 9, 1), "机构自报"), actor=SYSTEM
    )

    row = SearchRow.objects.get(pk=facility.pk)

    assert (row.province_code, row.city_code, row.county_code) == ("440000", "440100", "440106")
    assert row.level_bits == LEVEL_BITS["intact"] | LEVEL_BITS["complete"]
    assert (row.features_yes, sorted(row.features_told)) == (["lift"], ["hot_water", "lift"])
    assert (row.monthly_fee_fen, row.lat, row.lng, row.designated) == (350_000, 23.13, 113.26, False)
    seasons = SeasonMonth.objects.filter(place=GUANGZHOU).order_by("month")
    assert row.fits == list(seasons.values_list("fit", flat=True))
    assert row.place == "天河区 广州市 广东省"


@pytest.mark.django_db
def test_a_place_without_climate_has_no_season():
    row = SearchRow.objects.get(
        pk=FacilityFactory(open=True, division_id=DivisionFactory(code="449801", city_code="449800").code)
    )

    assert row.fits is None


@pytest.mark.django_db
@pytest.mark.parametrize("code", BY_CODE)
def test_every_feature_has_the_same_bit_in_the_database(code):
    report = FeatureReportFactory(facility=a_facility(), feature=code)

    assert SearchRow.objects.get(pk=report.facility_id).yes_bits == FEATURE_BITS[code]


@pytest.mark.django_db
@pytest.mark.parametrize("level", AbilityLevel.values)
def test_every_level_has_the_same_bit_in_the_database(level):
    assert SearchRow.objects.get(pk=a_facility(levels_taken=[level]).pk).level_bits == LEVEL_BITS[level]


@pytest.mark.django_db
def test_rows_that_were_lost_or_altered_are_named_and_mended():
    lost, altered = a_facility(), a_facility()
    run("DELETE FROM search_searchrow WHERE facility_id = %s", lost.pk)
    run("UPDATE search_searchrow SET designated = true WHERE facility_id = %s", altered.pk)

    assert stray_rows() == sorted([lost.pk, altered.pk])
    with pytest.raises(CommandError, match="2 rows differ"):
        call_command("verify_search")

    assert rebuild_search() == SearchRow.objects.count()
    assert stray_rows() == []
    call_command("verify_search", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_as_the_app_role_a_change_takes_its_row_along_and_the_row_itself_is_out_of_reach(as_app):
    facility = a_facility()

    as_app.execute("UPDATE facilities_facility SET levels_taken = '{mild}' WHERE id = %s", [facility.pk])

    assert SearchRow.objects.get(pk=facility.pk).level_bits == LEVEL_BITS["mild"]
    assert as_app.execute("SELECT count(*) FROM search_searchrow").fetchone()[0] > 0
    for statement in (
        "UPDATE search_searchrow SET designated = true",
        "DELETE FROM search_searchrow",
        "INSERT INTO search_searchrow SELECT * FROM search_searchrow",
        "TRUNCATE search_searchrow",
        "ALTER TABLE facilities_facility DISABLE TRIGGER search_follows_update",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            as_app.execute(statement)
    as_app.execute("SELECT search_follow(ARRAY[%s]::uuid[])", [facility.pk])
    assert as_app.execute("SELECT search_strays()").fetchall() == []


def pricing(facility: Facility):
    prices = Prices(100_000, 100_000, 100_000, None, date(2026, 9, 1))
    return lambda: report_prices(facility_id=facility.pk, prices=prices, actor=SYSTEM)


def answering_past_the_lock(facility: Facility):
    def answer():
        with transaction.atomic():
            return FeatureReportFactory(facility=facility, feature="lift")

    return answer


def stumbling(verb):
    """The same verb, whose clash in the database is an outcome like others."""

    def attempt():
        try:
            return verb()
        except DatabaseError as clash:
            return clash

    return attempt


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_before_commit")
def test_two_changes_of_one_facility_at_once_are_both_in_its_row():
    facility = a_facility()

    outcomes = race(pricing(facility), answering_past_the_lock(facility))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Facility", "FeatureReport"]
    row = SearchRow.objects.get(pk=facility.pk)
    assert (row.monthly_fee_fen, row.features_yes) == (300_000, ["lift"])
    assert stray_rows() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_before_commit")
def test_without_the_lock_one_of_the_two_would_stumble():
    facility = a_facility()
    [[function]] = run("SELECT pg_get_functiondef('search_follow(uuid[])'::regprocedure)")
    run(re.sub(r"PERFORM 1 FROM facilities_facility[^;]*;", "", function))

    outcomes = race(stumbling(pricing(facility)), stumbling(answering_past_the_lock(facility)))

    assert any(isinstance(outcome, DatabaseError) for outcome in outcomes) or stray_rows() == [facility.pk]
