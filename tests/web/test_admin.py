"""What the staff see and do in the admin: rows within reach, in list, detail, history, search and verbs."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from providers.facilities.models import Facility, Operator
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.models import AuditEntry
from sojourn.core.trail import record
from sojourn.web.admin import COUNTED_AT_MOST, CappedPaginator, ScopedAdmin
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "440106", "440104"
CANARY = "金丝雀颐养院"


def client_of(role: Role = Role.OFFICER, division: str = HERE):
    return sign_in(MembershipFactory(role=role, division_code=division).user)


def address(row, page: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


@pytest.fixture
def foreign():
    """A facility of the next county, not public, with a line about it."""
    facility = FacilityFactory(listed_name=CANARY, division_id=ELSEWHERE)
    record(action="facility.registered", actor=SYSTEM, subject=facility, name=CANARY)
    return facility


@pytest.fixture
def own():
    return FacilityFactory(listed_name="广州汀鹭颐养院", division_id=HERE)


# --- another county's rows ------------------------------------------------------------------------
def test_an_officer_lists_the_facilities_of_her_county_only(own, foreign):
    page = client_of().get(reverse("admin:facilities_facility_changelist")).content.decode()

    assert own.listed_name in page
    assert CANARY not in page


@pytest.mark.parametrize("words", [CANARY, "jsqyly", "jinsique", "金絲雀"])
def test_searching_finds_nothing_beyond_her_county(own, foreign, words):
    page = client_of().get(reverse("admin:facilities_facility_changelist"), {"q": words}).content.decode()

    assert "辖区内没有符合条件的" in page
    assert address(foreign, "change") not in page


@pytest.mark.parametrize("words", ["广州汀鹭颐养院", "gztlyyy", "tinglu", "廣州汀鷺頤養院", "汀鹭"])
def test_searching_finds_her_own_by_name_initials_pinyin_and_traditional_form(own, words):
    page = client_of().get(reverse("admin:facilities_facility_changelist"), {"q": words}).content.decode()

    assert address(own, "change") in page


@pytest.mark.parametrize(
    "page", ["change", "history", "amend", "report-beds", "report-prices", "open", "close"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_countys_row_is_answered_like_one_that_does_not_exist(own, foreign, page, method):
    client = client_of()
    missing = address(foreign, page).replace(str(foreign.pk), "01900000-0000-7000-8000-000000000000")

    answers = [getattr(client, method)(where) for where in (address(foreign, page), missing)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [answer.url for answer in answers] == [reverse("admin:index")] * 2
    assert CANARY not in client.get(reverse("admin:index")).content.decode()
    foreign.refresh_from_db()
    assert foreign.version == 1


@pytest.mark.parametrize("page", ["delete", "change"])
def test_no_row_is_changed_or_deleted_past_the_verbs(own, page):
    answer = client_of().post(address(own, page), {"listed_name": "另一个名字", "post": "yes"})

    assert answer.status_code == 403
    own.refresh_from_db()
    assert own.version == 1


def test_no_row_is_added_past_the_verbs():
    assert client_of().get(reverse("admin:facilities_facility_add")).status_code == 403


def test_the_city_sees_both_counties_and_the_next_province_none(own, foreign):
    listing = reverse("admin:facilities_facility_changelist")

    city = client_of(division="440100").get(listing).content.decode()
    province = client_of(division="450000").get(listing).content.decode()

    assert CANARY in city
    assert own.listed_name in city
    assert CANARY not in province
    assert own.listed_name not in province


def test_an_operator_of_another_county_is_not_hers_either():
    operator = OperatorFactory(name=CANARY, division_id=ELSEWHERE)
    client = client_of()

    assert CANARY not in client.get(reverse("admin:facilities_operator_changelist")).content.decode()
    assert client.get(address(operator, "change")).status_code == 302


# --- accounts and the trail by role ---------------------------------------------------------------
@pytest.mark.parametrize("name", ["accounts_user", "accounts_membership", "core_trailseal"])
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OFFICER, 403), (Role.AUDITOR, 200), (Role.ADMIN, 200)],
    ids=lambda value: str(value),
)
def test_accounts_and_seals_are_for_those_who_oversee(name, role, status):
    client = client_of(role, "440000")

    assert client.get(reverse(f"admin:{name}_changelist")).status_code == status
    assert (reverse(f"admin:{name}_changelist") in client.get("/admin/").content.decode()) is (status == 200)


def lines_seen_by(client) -> set[str]:
    page = client.get(reverse("admin:core_auditentry_changelist"), {"q": ""}).content.decode()
    pages = {action for action in ("mine.done", "hers.done", "theirs.done", "node.done") if action in page}
    return {action.partition(".")[0] for action in pages}


@pytest.fixture
def trail():
    """One line each: of an officer, of her neighbour, of an officer in the next province, and of the node."""
    mine, hers, theirs = (MembershipFactory(division_code=code).user for code in (HERE, ELSEWHERE, "450102"))
    row = FacilityFactory()
    for name, user, reach in (("mine", mine, HERE), ("hers", hers, ELSEWHERE), ("theirs", theirs, "450102")):
        record(action=f"{name}.done", actor=Actor(Role.OFFICER, (reach,), user_id=user.pk), subject=row)
    record(action="node.done", actor=Actor(Role.ADMIN, ("",)), subject=row)
    return mine


def test_an_officer_reads_her_own_lines(trail):
    assert lines_seen_by(sign_in(trail)) == {"mine"}


@pytest.mark.parametrize(
    ("role", "division", "seen"),
    [
        (Role.AUDITOR, "", {"mine", "hers", "theirs", "node"}),
        (Role.ADMIN, "", {"mine", "hers", "theirs", "node"}),
        (Role.AUDITOR, "440000", {"mine", "hers"}),
        (Role.ADMIN, "440100", {"mine", "hers"}),
        (Role.AUDITOR, ELSEWHERE, {"hers"}),
        (Role.OFFICER, "440000", set()),
    ],
)
def test_those_who_oversee_read_what_was_done_within_their_reach(trail, role, division, seen):
    assert lines_seen_by(client_of(role, division)) == seen


def test_a_line_beyond_reach_cannot_be_opened(trail):
    entry = AuditEntry.objects.get(action="hers.done")

    assert sign_in(trail).get(address(entry, "change")).status_code == 302
    assert client_of(Role.AUDITOR, ELSEWHERE).get(address(entry, "change")).status_code == 200


# --- what a page says -----------------------------------------------------------------------------
def test_a_row_is_shown_by_labels_in_yuan_and_without_form_fields():
    row = FacilityFactory(reported=True, levels_taken=["intact", "mild"])

    page = client_of().get(address(row, "change")).content.decode()

    assert "¥1,500" in page
    assert "能力完好、能力轻度受损" in page
    assert page.count("<input") == page.count('type="hidden"')
    assert 'value="2026-09-01"' not in page


def test_the_history_tells_who_by_role_and_place_and_each_field_before_and_after(own):
    officer = MembershipFactory(user__name="样例·不该出现", user__username="secret-name").user
    actor = Actor(Role.OFFICER, (HERE,), user_id=officer.pk)
    record(
        action="facility.amended",
        actor=actor,
        subject=own,
        before={"address": "甲路1号"},
        after={"address": "乙路2号"},
    )
    Facility.objects.filter(pk=own.pk).update(address="乙路2号")

    page = client_of().get(address(own, "history")).content.decode()

    assert "经办人 · 广东省广州市天河区" in page
    assert "<del>甲路1号</del>" in page
    assert page.count("<ins>乙路2号</ins>") == 2  # in the trail and in the row's states
    assert "不该出现" not in page
    assert "secret-name" not in page


def test_the_list_costs_the_same_number_of_queries_at_two_and_at_twenty_rows():
    client = client_of()
    listing = reverse("admin:facilities_facility_changelist")
    client.get(listing)  # the first request of a session also notes when it was seen
    counts = []
    for more in (2, 18):
        for _ in range(more):
            FacilityFactory(operator=OperatorFactory())
        with CaptureQueriesContext(connection) as queries:
            client.get(listing)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_an_admin_page_holds_no_inline_script_or_style(own):
    client = client_of()
    pages = [
        "/admin/",
        reverse("admin:facilities_facility_changelist"),
        reverse("admin:facilities_facility_register"),
    ]
    pages += [address(own, page) for page in ("change", "history", "report-beds", "close")]

    for where in pages:
        answer = client.get(where)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<style" not in page
        assert " style=" not in page
        assert page.count("<script") == page.count("<script src=") + page.count('<script id="django-admin')
        assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "words",
    [
        {"q": "x" * 10_000},
        {"q": "\x00"},
        {"p": "-1"},
        {"p": "x"},
        {"o": "99.x"},
        {"status__exact": "x"},
        {"nonsense": "1"},
    ],
)
def test_unreadable_words_of_a_list_are_never_a_500(words):
    assert client_of().get(reverse("admin:facilities_facility_changelist"), words).status_code in {
        200,
        302,
        400,
    }


def test_a_count_stops_at_its_cap(monkeypatch):
    monkeypatch.setattr(CappedPaginator, "counted_at_most", 2)
    OperatorFactory.create_batch(3)

    assert CappedPaginator(Operator.objects.order_by("pk"), 10).count == 2
    listed = client_of().get(reverse("admin:facilities_operator_changelist")).content.decode()
    assert "2 条以上" in listed
    assert COUNTED_AT_MOST == 10_000


def test_a_list_by_another_tables_reach_is_counted_a_few_pages_beyond_the_one_that_is_read(monkeypatch):
    shown = admin.site._registry[Operator]
    monkeypatch.setattr(shown, "pages_counted_ahead", 1, raising=False)
    monkeypatch.setattr(shown, "list_per_page", 2)
    OperatorFactory.create_batch(9)
    client, address = client_of(), reverse("admin:facilities_operator_changelist")

    pages = {asked: client.get(address, {"p": asked}).content.decode() for asked in ("1", "3", "x", "9" * 99)}

    assert "4 条以上" in pages["1"]
    assert "8 条以上" in pages["3"]
    assert "4 条以上" in pages["x"]
    assert re.search(r'[?&]p=4"', pages["3"])


def test_whoever_has_not_proved_a_second_factor_sees_no_page(own):
    client = sign_in(MembershipFactory().user, second_factor=False)

    for where in ("/admin/", reverse("admin:facilities_facility_changelist"), address(own, "change")):
        assert client.get(where).status_code == 302
    assert own.listed_name not in client.get(address(own, "change"), follow=True).content.decode()


def test_a_facility_account_and_a_family_are_no_staff():
    for role in (Role.FACILITY, Role.FAMILY):
        user = UserFactory()
        holder = (
            {"holder_kind": "facility", "holder_id": FacilityFactory().pk} if role == Role.FACILITY else {}
        )
        MembershipFactory(user=user, role=role, division_code="", **holder)

        assert sign_in(user).get("/admin/", follow=True).status_code == 403


def test_every_admin_denies_add_change_and_delete(rf):
    request = rf.get("/")
    request.actor = Actor(Role.ADMIN, ("",), second_factor=True)

    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, ScopedAdmin)
        assert not model_admin.has_add_permission(request)
        assert not model_admin.has_change_permission(request)
        assert not model_admin.has_delete_permission(request)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUIET"])
def test_the_staff_door_answers_no_method_that_its_pages_do_not_send(method):
    officer = client_of()

    assert officer.get(reverse("admin:index")).status_code == 200
    assert officer.generic(method, reverse("admin:index")).status_code == 405
