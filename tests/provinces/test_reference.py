"""What was loaded is what the sources say."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Count, Q

from sojourn.provinces.models import (
    AgreedItem,
    Agreement,
    CalendarYear,
    ClimateNormal,
    ClimatePlace,
    Division,
    DivisionSuccession,
    Holiday,
    Member,
    Party,
    Rule,
)
from sojourn.provinces.services import DATA
from sojourn.provinces.states import (
    AgreementKind,
    DatePrecision,
    DivisionKind,
    HolidayKind,
    ItemStatus,
    PartyKind,
    RuleFlag,
)

pytestmark = pytest.mark.django_db

# Cities and counties of each member province, after the table of the source.
UNITS = {
    "粤": (21, 122),
    "辽": (14, 100),
    "吉": (9, 60),
    "黑": (13, 122),
    "赣": (11, 100),
    "桂": (14, 111),
    "湘": (14, 122),
    "渝": (2, 38),
    "川": (21, 183),
    "黔": (9, 88),
    "陕": (10, 107),
}

# Every number of the table of rules and of the season rule, by the key under which it is held.
RULES = {
    "prepaid_service_fee_months": (12, RuleFlag.SEEN),
    "deposit_bed_fee_months": (12, RuleFlag.SEEN),
    "membership_fee_allowed": (False, RuleFlag.SEEN),
    "membership_fee_never_for": (
        ["public", "public_built_private_run", "unfinished", "listed"],
        RuleFlag.SEEN,
    ),
    "prepayments_net_fixed_assets_percent": (100, RuleFlag.SEEN),
    "custody_accounts": (1, RuleFlag.SEEN),
    "custody_covers": (["deposit", "membership_fee"], RuleFlag.SEEN),
    "custody_paid_in_days": (1, RuleFlag.SEEN),
    "custody_refund_days": (1, RuleFlag.SEEN),
    "custody_emergency_papers_days": (7, RuleFlag.SEEN),
    "custody_risk_reserve_floor": (None, RuleFlag.SEEN),
    "custody_new_after_closing_report": (False, RuleFlag.SEEN),
    "refused_contract_wording": (["repayment_with_interest", "returns", "unposted_prices"], RuleFlag.SEEN),
    "defence_days": (10, RuleFlag.RECALLED),
    "defence_floor_days": (5, RuleFlag.RECALLED),
    "designation_notice_days": (5, RuleFlag.ASSUMED),
    "listing_publicity_months_least": (12, RuleFlag.SEEN),
    "listing_publicity_months_most": (36, RuleFlag.SEEN),
    "penalty_publicity_months_least": (3, RuleFlag.SEEN),
    "penalty_publicity_months_most": (12, RuleFlag.SEEN),
    "minor_penalty_publicity_months": (0, RuleFlag.SEEN),
    "listing_removal_request_months": (24, RuleFlag.SEEN),
    "penalty_notice_acknowledge_days": (3, RuleFlag.ASSUMED),
    "wrong_publicity_withdrawal_days": (3, RuleFlag.RECALLED),
    "filing_receipt_days": (10, RuleFlag.SEEN),
    "filing_site_check_days": (20, RuleFlag.RECALLED),
    "inspections_a_year": (1, RuleFlag.RECALLED),
    "sharing_reply_days_conditional": (10, RuleFlag.RECALLED),
    "sharing_reply_days_unconditional": (1, RuleFlag.RECALLED),
    "sharing_delivery_days": (20, RuleFlag.RECALLED),
    "sharing_correction_days": (10, RuleFlag.RECALLED),
    "sharing_quarantine_percent": (10, RuleFlag.ASSUMED),
    "sharing_volume_swing_percent": (30, RuleFlag.ASSUMED),
    "sharing_volume_swing_entities": (50, RuleFlag.ASSUMED),
    "sharing_clock_tolerance_seconds": (120, RuleFlag.ASSUMED),
    "sharing_poll_seconds": (60, RuleFlag.ASSUMED),
    "sharing_heads_seconds": (10, RuleFlag.ASSUMED),
    "sharing_registry_warning_days": (30, RuleFlag.ASSUMED),
    "sharing_snapshot_hours": (24, RuleFlag.ASSUMED),
    "sharing_snapshot_pages": (20, RuleFlag.ASSUMED),
    "sharing_page_days": (400, RuleFlag.ASSUMED),
    "sharing_stale_minutes": (10, RuleFlag.ASSUMED),
    "assessment_level_scores": (
        {"intact": 90, "mild": 66, "moderate": 46, "severe": 30, "complete": 0},
        RuleFlag.SEEN,
    ),
    "assessment_assessors": (2, RuleFlag.RECALLED),
    "assessment_medical_assessors": (1, RuleFlag.RECALLED),
    "assessment_valid_months": (12, RuleFlag.ASSUMED),
    "facility_grades": ([1, 2, 3, 4, 5], RuleFlag.RECALLED),
    "facility_grade_valid_years": (3, RuleFlag.RECALLED),
    "contract_kept_years": (5, RuleFlag.RECALLED),
    "land_square_decimetres_a_head": (20, RuleFlag.SEEN),
    "land_population_base": ("resident_population", RuleFlag.ASSUMED),
    "due_date_beyond_notice": ("provisional", RuleFlag.ASSUMED),
    "decision_effect_elsewhere": ("focus_supervision", RuleFlag.ASSUMED),
    "reconsideration_days": (60, RuleFlag.RECALLED),
    "litigation_months": (6, RuleFlag.RECALLED),
    "listing_handlers": (2, RuleFlag.RECALLED),
    "desk_escalation_days": (3, RuleFlag.ASSUMED),
    **{
        key: (value, RuleFlag.ASSUMED)
        for key, value in {
            "sign_in_code_minutes": 10,
            "sign_in_code_tries": 5,
            "sign_in_code_wait_seconds": 60,
            "sign_in_codes_an_hour_of_a_network": 300,
            "passkey_challenge_minutes": 5,
            "passkeys_of_an_account": 10,
            "passkey_fresh_minutes": 15,
            "link_request_days": 5,
            "link_requests_waiting": 5,
            "link_years": 5,
            "correction_days": 10,
            "facility_corrections_waiting": 50,
            "staff_proof_minutes": 30,
        }.items()
    },
    "disclosures_an_hour": (30, RuleFlag.ASSUMED),
    "look_ups_an_hour": (60, RuleFlag.ASSUMED),
    "consent_longest_days": (366, RuleFlag.ASSUMED),
    "mandate_longest_days": (1096, RuleFlag.ASSUMED),
    "match_settle_days": (30, RuleFlag.ASSUMED),
    "match_marks_an_hour": (2000, RuleFlag.ASSUMED),
    "match_key_days": (365, RuleFlag.ASSUMED),
    "match_key_change_days": (10, RuleFlag.ASSUMED),
    "assessment_ending_days": (45, RuleFlag.ASSUMED),
    "assessment_objection_days": (30, RuleFlag.ASSUMED),
    "assessment_entry_told_days": (1, RuleFlag.ASSUMED),
    "assessment_review_days": (20, RuleFlag.ASSUMED),
    "assessment_recheck_months": (3, RuleFlag.ASSUMED),
    "assessment_recheck_percent": (5, RuleFlag.ASSUMED),
    "transfer_days": (10, RuleFlag.ASSUMED),
    "transfer_elsewhere_days": (30, RuleFlag.ASSUMED),
    "duplicate_score": (60, RuleFlag.ASSUMED),
    "retention_years_died": (5, RuleFlag.ASSUMED),
    "retention_years_moved_out": (5, RuleFlag.ASSUMED),
    "retention_years_assessments": (5, RuleFlag.ASSUMED),
    "retention_years_proofs": (3, RuleFlag.ASSUMED),
    "retention_years_requests": (3, RuleFlag.ASSUMED),
    "retention_years_imports": (3, RuleFlag.ASSUMED),
    "resident_import_rows": (10_000, RuleFlag.ASSUMED),
    "resident_import_megabytes": (10, RuleFlag.ASSUMED),
    "resident_import_unpacked_megabytes": (60, RuleFlag.ASSUMED),
    "resident_import_days": (7, RuleFlag.ASSUMED),
    "resident_export_rows": (1_000, RuleFlag.ASSUMED),
    "api_key_days": (365, RuleFlag.ASSUMED),
    "api_token_minutes": (10, RuleFlag.ASSUMED),
    "file_most_bytes": (20_971_520, RuleFlag.ASSUMED),
    "file_most_pixels": (25_000_000, RuleFlag.ASSUMED),
    "season_humidity_index": ({"factor": 0.55, "base_celsius": 14.4}, RuleFlag.RECALLED),
    "season_wind_index": (
        {"root_factor": 10, "constant": 10.45, "skin_celsius": 33, "sunshine_factor": 8.55},
        RuleFlag.RECALLED,
    ),
    "season_decimals": ({"humidity_index": 1, "wind_index": 0}, RuleFlag.RECALLED),
    "season_winter_months": ([10, 11, 12, 1, 2, 3], RuleFlag.ASSUMED),
    "season_windy_metres_a_second": (3, RuleFlag.RECALLED),
    "season_warm_tier": ({"months": [11, 12, 1, 2, 3], "places": 20}, RuleFlag.ASSUMED),
    "season_midday_heat_celsius": (31, RuleFlag.ASSUMED),
    "season_wet_days": (18, RuleFlag.ASSUMED),
    "season_high_altitude_metres": (1500, RuleFlag.ASSUMED),
    "season_fit": (
        {
            "one_index_only": 500,
            "month_missing": 40,
            "from_middle": 39,
            "outside": 1000,
            "band_width": 100,
            "worst": 9999,
        },
        RuleFlag.ASSUMED,
    ),
}


def present():
    return Division.objects.live_on(date(2024, 3, 31))


def test_the_present_divisions_are_as_many_as_the_source_counts():
    levels = Counter(present().values_list("level", flat=True))

    assert levels == {"province": 34, "city": 342, "county": 2845}
    assert present().filter(level="city", kind=DivisionKind.PSEUDO).count() == 9


@pytest.mark.parametrize(("short", "units"), UNITS.items())
def test_each_member_has_the_cities_and_counties_of_the_source(short, units):
    member = Member.objects.get(short=short)
    own = present().filter(province_code=member.code)

    assert (own.filter(level="city").count(), own.filter(level="county").count()) == units


def test_there_are_eleven_members():
    assert dict(Member.objects.values_list("code", "name")) == {
        "440000": "广东省",
        "210000": "辽宁省",
        "220000": "吉林省",
        "230000": "黑龙江省",
        "360000": "江西省",
        "450000": "广西壮族自治区",
        "430000": "湖南省",
        "500000": "重庆市",
        "510000": "四川省",
        "520000": "贵州省",
        "610000": "陕西省",
    }


def test_every_division_stands_below_one_a_level_higher_or_its_province():
    for division in Division.objects.exclude(level="province").select_related("parent"):
        assert division.parent.level in {"city", "province"}
        assert division.parent.level != division.level
        assert division.province_code == division.code[:2] + "0000"
        assert division.parent_id in {division.city_code, division.province_code}


def test_a_present_division_never_stands_below_a_withdrawn_one():
    assert not present().filter(parent__valid_to__isnull=False).exists()


def test_every_present_division_has_a_point_and_pinyin():
    assert not present().filter(Q(lng=None) | Q(pinyin="") | Q(initials="")).exists()
    guangzhou = Division.objects.get(code="440100")
    assert (guangzhou.pinyin, guangzhou.initials) == ("guangzhou", "gz")
    assert abs(guangzhou.lng - Decimal("113.28")) < Decimal("0.05")


def test_no_code_that_was_ever_listed_is_dropped():
    codes = set(DivisionSuccession.objects.values_list("code", flat=True))

    assert len(codes) == 810
    assert not codes - set(Division.objects.values_list("code", flat=True))


def test_the_framework_agreements_bind_six_each_and_both_guangdong():
    by_code = {
        agreement.code: set(agreement.parties.values_list("division__member__short", flat=True))
        for agreement in Agreement.objects.filter(code__startswith="six_provinces")
    }

    assert by_code == {"six_provinces_2021": set("粤湘渝川黔陕"), "six_provinces_2019": set("粤黑辽吉赣桂")}
    both = Agreement.objects.binding(["440000"])
    assert set(both.values_list("code", flat=True)) == set(by_code)


def test_no_instrument_binds_all_eleven():
    members = Member.objects.values_list("code", flat=True)

    assert not Agreement.objects.binding(members).exists()
    assert not Agreement.objects.binding(["210000", "510000"]).exists()


def test_a_date_is_as_precise_as_was_reported():
    first = Agreement.objects.get(code="six_provinces_2021")
    earlier = Agreement.objects.get(code="six_provinces_2019")
    others = Agreement.objects.exclude(code__startswith="six_provinces")

    assert (first.signed, first.instruments) == ("2021-11-15", 1)
    assert (earlier.signed, earlier.instruments) == ("2019–2020", None)
    assert {row.signed_precision for row in others} == {DatePrecision.NOT_REPORTED}


def test_instruments_below_and_beside_have_the_parties_of_the_reports():
    parties = {
        agreement.code: {party.division.short_name for party in agreement.parties.select_related("division")}
        for agreement in Agreement.objects.exclude(code__startswith="six_provinces")
    }

    assert parties == {
        "chengdu_chongqing_elderly_care": {"重庆", "四川"},
        "sichuan_chongqing_guizhou_elderly_care": {"重庆", "四川", "贵州"},
        "sichuan_chongqing_civil_affairs": {"重庆", "四川"},
        "qijiang_panzhihua": {"綦江", "攀枝花"},
        "yubei_guangan": {"渝北", "广安"},
        "hechuan_guangyuan_nanchong": {"合川", "广元", "南充"},
        "wanzhou_dazhou_kaizhou": {"万州", "达州", "开州"},
    }
    kinds = dict(Agreement.objects.values_list("code", "kind"))
    assert kinds["wanzhou_dazhou_kaizhou"] == AgreementKind.MECHANISM
    assert kinds["yubei_guangan"] == AgreementKind.COOPERATION


def test_only_reported_bodies_are_named():
    named = Party.objects.exclude(body="").values_list("body", "kind")

    assert set(named) == {
        ("綦江区人民政府", PartyKind.GOVERNMENT),
        ("攀枝花市人民政府", PartyKind.GOVERNMENT),
    }


@pytest.mark.parametrize(
    ("code", "agreement", "status"),
    [
        ("data_sharing", "six_provinces_2021", ItemStatus.AGREED),
        ("integrity_appeal", "six_provinces_2021", ItemStatus.DONE),
        ("expert_committee", "six_provinces_2019", ItemStatus.DONE),
        ("facility_filing_in_both", "sichuan_chongqing_civil_affairs", ItemStatus.DONE),
        ("assessment_recognition", "chengdu_chongqing_elderly_care", ItemStatus.PLANNED),
        ("time_bank", "chengdu_chongqing_elderly_care", ItemStatus.EXPLORED),
    ],
)
def test_an_agreed_item_has_the_status_of_the_reports(code, agreement, status):
    item = AgreedItem.objects.select_related("agreement").get(code=code)

    assert (item.agreement.code, item.status) == (agreement, status)


def test_every_item_and_agreement_has_a_source():
    assert not AgreedItem.objects.filter(source="").exists()
    assert not Agreement.objects.filter(source="").exists()


def test_every_rule_of_the_table_has_a_row_with_its_flag():
    held = {row.key: (row.value, row.flag) for row in Rule.objects.exclude(key="season_classes")}

    assert held == RULES


def test_every_rule_has_source_edition_and_label():
    assert not Rule.objects.filter(Q(source="") | Q(edition="") | Q(label="")).exists()
    assert not Rule.objects.filter(member__isnull=False).exists()


def test_the_season_classes_are_those_of_the_standard():
    classes = Rule.objects.get(key="season_classes").value

    assert [(row["label"], row["humidity_index"], row["wind_index"]) for row in classes] == [
        ("寒冷", [None, 13.9], [None, -401]),
        ("冷", [14.0, 16.9], [-400, -300]),
        ("舒适", [17.0, 25.4], [-299, -100]),
        ("热", [25.5, 27.5], [-99, -10]),
        ("闷热", [27.6, None], [-9, None]),
    ]


@pytest.mark.parametrize(("year", "off", "makeup"), [(2020, 30, 7), (2024, 28, 8), (2026, 33, 6)])
def test_the_calendar_has_the_days_of_each_notice(year, off, makeup):
    days = Holiday.objects.filter(calendar_id=year)
    calendar = CalendarYear.objects.get(year=year)

    assert days.filter(kind=HolidayKind.OFF).count() == off == calendar.off_days
    assert days.filter(kind=HolidayKind.WORKDAY).count() == makeup == calendar.makeup_workdays
    assert calendar.announced
    assert calendar.notices


def test_2027_has_its_legal_days_and_no_notice():
    calendar = CalendarYear.objects.get(year=2027)

    assert (calendar.announced, calendar.off_days, calendar.notices) == (False, None, [])
    assert calendar.days.count() == calendar.days.filter(kind=HolidayKind.STATUTORY_ONLY).count() == 13


def test_climate_covers_twelve_months_of_every_city():
    months = ClimatePlace.objects.annotate(months=Count("normals")).values_list("months", flat=True)

    assert list(months) == [12] * 337
    assert ClimateNormal.objects.count() == 337 * 12
    assert set(ClimatePlace.objects.values_list("period_from", "period_to")) == {(1961, 1990)}


@pytest.mark.parametrize(
    ("city", "month", "mean"),
    [("230100", 1, "-18.9"), ("440100", 1, "13.6"), ("520100", 7, "24.6"), ("510400", 1, "11.8")],
)
def test_climate_has_the_check_values_of_the_source(city, month, mean):
    assert ClimateNormal.objects.get(place_id=city, month=month).tmean_c == Decimal(mean)


def test_the_data_name_no_address_of_a_machine():
    for path in DATA.iterdir():
        text = path.read_text("utf-8")
        assert re.search(r"(?<![\w./:-])/(home|root|srv|tmp|usr|var|opt)/", text) is None, path.name
