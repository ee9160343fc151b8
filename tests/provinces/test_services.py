import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import today
from sojourn.core.models import AuditEntry
from sojourn.provinces import services
from sojourn.provinces.errors import NotYourReference
from sojourn.provinces.models import (
    Agreement,
    ClimateNormal,
    Division,
    Holiday,
    Party,
    ReferenceEdition,
    Rule,
    SeasonMonth,
)
from sojourn.provinces.states import Comfort, SeasonWarning
from sojourn.provinces.tasks import judge_seasons
from tests.factories.provinces import RuleFactory

pytestmark = pytest.mark.django_db
TABLES = [table.model._meta.db_table for dataset in services.DATASETS for table in dataset.tables]


def row_versions() -> dict[str, str]:
    """A digest of the physical rows of each table: a row that was rewritten has moved."""
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT md5(string_agg(ctid::text, ',' ORDER BY ctid)) FROM {table}")
            (found[table],) = cursor.fetchone()
    return found


def lines() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action="reference.loaded").order_by("id")
    return [(entry.subject_id, entry.actor_role) for entry in entries]


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of the data that a test may change."""
    for path in services.DATA.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(services, "DATA", tmp_path)
    return tmp_path


def change(path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_each_list_was_loaded_once_and_left_one_line_in_the_trail():
    names = ["divisions", "members", "agreements", "holidays", "climate", "rules"]

    assert lines() == [(name, Role.SYSTEM) for name in names]
    assert set(ReferenceEdition.objects.values_list("dataset", "rows")) == {
        ("divisions", 4022 + 812),
        ("members", 11),
        ("agreements", 9 + 29 + 50),
        ("holidays", 9 + 296),
        ("climate", 337 + 4044),
        ("rules", 113),
    }


def test_loading_again_reads_and_writes_nothing():
    before, trail = row_versions(), lines()

    assert services.load_reference(actor=SYSTEM) == 0

    assert row_versions() == before
    assert lines() == trail


def test_a_list_read_again_rewrites_no_row_that_stands_as_it_should():
    before, rows = row_versions(), sum(ReferenceEdition.objects.values_list("rows", flat=True))
    ReferenceEdition.objects.update(digest="")

    assert services.load_reference(actor=SYSTEM) == rows

    assert row_versions() == before


def test_a_corrected_row_alone_is_rewritten_and_raises_its_version(data):
    untouched = Division.objects.get(code="440105")
    change(data / "divisions.csv", "440106,3,unit,天河区,天河", "440106,3,unit,天河新区,天河")

    assert services.load_reference(actor=SYSTEM) == 4022 + 812 + 11

    changed = Division.objects.get(code="440106")
    assert (changed.name, changed.search_pinyin, changed.version) == ("天河新区", "tianhexinqu", 2)
    assert Division.objects.get(code="440105").changed_at == untouched.changed_at
    assert Division.objects.filter(version__gt=1).count() == 1


def test_a_rule_is_ended_and_followed_by_another(data):
    rules = json.loads((data / "rules.json").read_text("utf-8"))
    defence = next(rule for rule in rules if rule["key"] == "defence_days")
    rules.insert(0, defence | {"value": 15, "valid_from": "2027-01-01", "flag": "seen"})
    defence["valid_to"] = "2027-01-01"
    (data / "rules.json").write_text(json.dumps(rules, ensure_ascii=False), "utf-8")

    services.load_reference(actor=SYSTEM)

    rows = Rule.objects.filter(key="defence_days").order_by("valid_to")
    assert [(row.value, row.flag, row.version) for row in rows] == [(10, "recalled", 2), (15, "seen", 1)]


def test_rows_that_left_the_files_go_but_divisions_stay(data):
    change(
        data / "holidays_cn_2027_statutory.csv",
        "2027-09-15,2027,statutory_only,Mid-Autumn Festival,中秋节\n",
        "",
    )
    lines_of = (data / "divisions.csv").read_text("utf-8").splitlines(keepends=True)
    (data / "divisions.csv").write_text(
        "".join(line for line in lines_of if not line.startswith("442000")), "utf-8"
    )

    services.load_reference(actor=SYSTEM)

    assert Holiday.objects.filter(calendar_id=2027).count() == 12
    assert Division.objects.filter(code="442000").exists()


def test_a_changed_party_raises_the_version_of_its_agreement(data):
    change(data / "agreements.json", "綦江区人民政府", "重庆市綦江区人民政府")

    services.load_reference(actor=SYSTEM)

    agreement = Agreement.objects.get(code="qijiang_panzhihua")
    assert agreement.version == 2
    assert set(agreement.parties.values_list("body", flat=True)) == {
        "重庆市綦江区人民政府",
        "攀枝花市人民政府",
    }
    assert Party.objects.count() == 29
    assert Agreement.objects.filter(version__gt=1).count() == 1


def test_a_list_that_breaks_a_promise_is_not_loaded_at_all(data):
    change(data / "climate_city_monthly.csv", "110100,北京市,110000,1,", "110100,北京市,110000,13,")
    change(data / "climate_city.csv", "110100,北京市,110000,116.407394", "110100,北京市,110000,116.407395")
    held = ReferenceEdition.objects.get(pk="climate")

    with pytest.raises(IntegrityError, match="climatenormal_month_exists"):
        services.load_reference(actor=SYSTEM)

    assert ClimateNormal.objects.filter(month=13).count() == 0
    assert ReferenceEdition.objects.get(pk="climate").digest == held.digest


@pytest.mark.parametrize(
    "actor",
    [
        Actor(role=Role.OFFICER, divisions=("",)),
        Actor(role=Role.ADMIN, divisions=("44",)),
        Actor(role=Role.PUBLIC),
    ],
)
def test_only_the_system_and_the_administrator_of_a_node_may_load(actor):
    ReferenceEdition.objects.update(digest="")
    trail = lines()

    with pytest.raises(NotYourReference):
        services.load_reference(actor=actor)

    assert lines() == trail
    assert not ReferenceEdition.objects.exclude(digest="").exists()


def test_an_administrator_of_the_node_stands_in_the_trail():
    ReferenceEdition.objects.filter(pk="members").update(digest="")

    services.load_reference(actor=Actor(role=Role.ADMIN, divisions=("",)))

    assert lines()[-1] == ("members", Role.ADMIN)


def test_the_command_says_what_each_room_loaded(capsys):
    RuleFactory(key="left_over")
    ReferenceEdition.objects.filter(pk="rules").update(digest="")

    call_command("load_reference")

    assert "sojourn.provinces: 113 rows" in capsys.readouterr().out
    assert not Rule.objects.filter(key="left_over").exists()


def test_months_are_judged_again_when_the_rule_changes_and_only_then(data):
    untouched = SeasonMonth.objects.get(place="520100", month=7)
    change(data / "rules.json", '"value": 1500', '"value": 1000')

    services.load_reference(actor=SYSTEM)

    changed = SeasonMonth.objects.get(place="520100", month=7)
    assert (untouched.warnings, changed.warnings) == ([], [SeasonWarning.ALTITUDE])
    assert (changed.pk, changed.version) == (untouched.pk, untouched.version + 1)
    judged = AuditEntry.objects.filter(action="seasons.judged").order_by("id")
    assert [entry.facts["rows"] for entry in judged] == [338 * 12, 338 * 12]
    assert services.judge_seasons(actor=SYSTEM) == 0


def test_a_rule_that_begins_today_is_followed_without_a_load():
    Rule.objects.filter(key="season_wet_days").update(valid_to=today())
    RuleFactory(key="season_wet_days", value=1, valid_from=today())

    judge_seasons()

    assert SeasonWarning.WET in SeasonMonth.objects.get(place="440100", month=1).warnings


def test_months_are_judged_again_when_the_climate_changes(data):
    rows = (data / "climate_city_monthly.csv").read_text("utf-8").splitlines()
    warmer = next(row for row in rows if row.startswith("440100,广州市,440000,1,"))
    change(data / "climate_city_monthly.csv", warmer, warmer.replace(",1,13.6,", ",1,20.6,"))

    services.load_reference(actor=SYSTEM)

    assert SeasonMonth.objects.get(place="440100", month=1).comfort == Comfort.COMFORTABLE


def test_only_the_system_and_the_administrator_of_a_node_may_judge():
    SeasonMonth.objects.update(digest="")

    with pytest.raises(NotYourReference):
        services.judge_seasons(actor=Actor(role=Role.OFFICER, divisions=("",)))

    assert not SeasonMonth.objects.exclude(digest="").exists()
