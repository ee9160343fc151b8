import pytest
from django.urls import NoReverseMatch, reverse

from sojourn.core.actors import Role
from sojourn.web import workbench
from sojourn.web.workbench import Panel
from tests.factories.accounts import MembershipFactory, SecondFactorFactory, UserFactory
from tests.factories.facilities import FacilityFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("has_app", "proved", "step"),
    [(False, False, "/accounts/second-factor/set-up/"), (True, False, "/accounts/confirm/code/")],
)
def test_each_is_led_to_the_step_that_is_missing(has_app, proved, step):
    user = MembershipFactory().user
    if has_app:
        SecondFactorFactory(user=user)

    answer = sign_in(user, second_factor=proved).get("/admin/facilities/facility/", follow=True)

    assert answer.redirect_chain[-1][0].startswith(step)


def test_a_stranger_is_led_to_sign_in_and_back(client):
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/sign-in/?next=%2Fadmin%2F"


def test_whoever_is_in_already_is_led_on_from_the_door():
    assert sign_in(MembershipFactory().user).get("/admin/login/").url == "/admin/"


def test_an_account_without_a_post_is_told_who_may_enter():
    answer = sign_in(UserFactory()).get("/admin/", follow=True)

    assert answer.status_code == 403
    assert "这里只对民政工作人员开放" in answer.content.decode()


@pytest.mark.parametrize("name", ["password_change", "password_change_done", "view_on_site"])
def test_the_frameworks_ways_round_our_steps_are_closed(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}", args=[1, "x"] if name == "view_on_site" else [])


def test_the_workbench_names_her_reach_and_counts_what_is_in_it():
    FacilityFactory.create_batch(3, division_id="440106")
    FacilityFactory(division_id="440104")

    page = sign_in(MembershipFactory(division_code="440106").user).get("/admin/").content.decode()

    assert "广东省广州市天河区" in page
    drawer = page[page.index(reverse("admin:facilities_facility_changelist")) :]
    assert drawer[: drawer.index("</li>")].count("<strong>3</strong>") == 1
    assert reverse("admin:facilities_facility_register") in page


def test_the_workbench_offers_no_verb_that_the_role_does_not_have():
    page = (
        sign_in(MembershipFactory(role=Role.AUDITOR, division_code="440000").user)
        .get("/admin/")
        .content.decode()
    )

    assert reverse("admin:facilities_facility_register") not in page
    assert reverse("admin:accounts_user_open") not in page


def test_an_administrator_finds_accounts_on_the_workbench():
    page = sign_in(MembershipFactory(role=Role.ADMIN, division_code="").user).get("/admin/").content.decode()

    assert reverse("admin:accounts_user_open") in page


def test_the_workbench_shows_what_she_did_last_and_nobody_elses():
    user, other = MembershipFactory().user, MembershipFactory().user
    client, theirs = sign_in(user), sign_in(other)
    theirs.post(
        reverse("admin:facilities_operator_register"), {"name": "别人登记的有限公司", "division": "440106"}
    )
    client.post(
        reverse("admin:facilities_operator_register"), {"name": "我登记的有限公司", "division": "440106"}
    )

    page = client.get("/admin/").content.decode()

    assert "我登记的有限公司" in page
    assert "别人登记的有限公司" not in page


def test_what_rooms_show_first_stands_before_the_cabinets_in_order(monkeypatch):
    shown = (
        Panel("400.html", dict, order=2),
        Panel("404.html", lambda request: {"who": request.user}, order=1),
    )
    monkeypatch.setattr(workbench, "_panels", {})
    for panel in shown:
        workbench.show_first(panel)
    user = MembershipFactory(division_code="440106").user

    page = sign_in(user).get("/admin/")

    assert [panel["template"] for panel in page.context["panels"]] == ["404.html", "400.html"]
    assert page.context["panels"][0]["contents"] == {"who": user}
