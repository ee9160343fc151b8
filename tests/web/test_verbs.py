"""A verb in the admin: a form, the service, and the refusal where the officer reads it."""

import pytest
from django.urls import reverse

from providers.facilities.models import Facility, Operator
from sojourn.accounts.models import Membership, User
from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from tests.factories.accounts import PASSPHRASE, MembershipFactory, UserFactory
from tests.factories.facilities import FacilityFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

BEDS = {"filed_beds": 100, "operating_beds": 80, "nursing_beds": 40, "as_of": "2026-09-01"}


def client_of(role: Role = Role.OFFICER, division: str = "440106"):
    return sign_in(MembershipFactory(role=role, division_code=division).user)


def address(row, verb: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{verb}", args=[row.pk])


@pytest.fixture
def facility():
    return FacilityFactory(division_id="440106")


def test_a_verb_calls_its_service_and_leads_back_to_the_row(facility):
    client = client_of()

    answer = client.post(address(facility, "report-beds"), BEDS, follow=True)

    assert answer.redirect_chain == [(address(facility, "change"), 302)]
    assert "床位已申报。" in answer.content.decode()
    facility.refresh_from_db()
    assert (facility.filed_beds, facility.operating_beds, facility.nursing_beds) == (100, 80, 40)
    entry = AuditEntry.objects.get(subject_id=str(facility.pk), action="facility.beds_reported")
    assert (entry.actor_role, entry.actor_divisions) == ("officer", "440106")


def test_a_verb_of_the_list_leads_to_the_row_that_came_of_it():
    answer = client_of().post(
        reverse("admin:facilities_operator_register"),
        {"name": "广州汀鹭养老服务有限公司", "division": "440106"},
    )

    assert answer.url == address(Operator.objects.get(name="广州汀鹭养老服务有限公司"), "change")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"as_of": ""}, "必填"),
        ({"filed_beds": "many"}, "输入整数"),
        ({"filed_beds": "-1"}, "大于或等于"),
        ({"as_of": "2026-13-40"}, "有效的日期"),
        ({"filed_beds": "\x00"}, "输入整数"),
    ],
)
def test_a_form_that_cannot_be_read_comes_back_with_what_was_typed(facility, wrong, said):
    page = client_of().post(address(facility, "report-beds"), BEDS | wrong)

    assert page.status_code == 200
    assert said in page.content.decode()
    assert 'value="40"' in page.content.decode()
    facility.refresh_from_db()
    assert facility.version == 1


def test_a_refusal_of_the_service_stands_above_the_form_and_keeps_it(facility):
    page = client_of().post(address(facility, "report-beds"), BEDS | {"operating_beds": 120}).content.decode()

    assert 'class="verb-errors"' in page
    assert 'value="120"' in page
    facility.refresh_from_db()
    assert facility.version == 1


def test_an_error_of_the_service_about_one_field_stands_at_that_field():
    client = client_of(Role.ADMIN, "")
    form = {
        "username": "lin",
        "name": "样例·林",
        "role": "officer",
        "division_code": "440106",
        "passphrase": "short",
    }

    page = client.post(reverse("admin:accounts_user_open"), form).content.decode()

    assert '<p class="verb-wrong" id="id_passphrase_error">密码至少要有 12 个字符。' in page
    assert "short" not in page[page.index("<form") :]
    assert not User.objects.filter(username="lin").exists()


def test_a_verb_without_arguments_asks_once_and_acts_on_the_answer(facility):
    client = client_of()

    asked = client.get(address(facility, "open")).content.decode()
    client.post(address(facility, "open"))

    assert "确定要对它办理“" in asked
    assert Facility.objects.get(pk=facility.pk).status == "open"


def test_looking_at_a_verb_changes_nothing(facility):
    client_of().get(address(facility, "open"))

    assert Facility.objects.get(pk=facility.pk).version == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
@pytest.mark.parametrize(
    "verb", ["amend", "report-beds", "report-prices", "report-features", "open", "close"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_verb_refuses_whom_the_policy_does_not_permit(facility, role, verb, method):
    client = client_of(role, "440000")

    answer = getattr(client, method)(address(facility, verb))

    assert answer.status_code == 403
    assert address(facility, verb) not in client.get(address(facility, "change")).content.decode()
    assert Facility.objects.get(pk=facility.pk).version == 1


def test_a_verb_that_the_status_does_not_allow_has_no_button_and_no_address(facility):
    client = client_of()

    assert client.post(address(facility, "pause"), {"reason": "x"}).status_code == 403
    assert address(facility, "pause") not in client.get(address(facility, "change")).content.decode()


def test_an_officer_reaches_no_verb_of_accounts():
    client, other = client_of(), MembershipFactory()

    assert client.get(reverse("admin:accounts_user_open")).status_code == 403
    assert client.post(address(other.user, "close")).status_code in {302, 403}
    assert client.post(address(other, "end")).status_code in {302, 403}
    assert User.objects.get(pk=other.user_id).is_active


def test_an_administrator_opens_an_account_with_its_post_and_sees_it():
    form = {
        "username": "lin",
        "name": "样例·林",
        "role": "officer",
        "division_code": "440106",
        "passphrase": PASSPHRASE,
    }

    answer = client_of(Role.ADMIN, "440000").post(reverse("admin:accounts_user_open"), form, follow=True)

    user = User.objects.get(username="lin")
    assert answer.redirect_chain[-1][0] == address(user, "change")
    assert user.memberships.get().division_code == "440106"


@pytest.mark.parametrize("code", ["450102", ""])
def test_an_administrator_of_one_province_grants_nothing_beyond_it(code):
    user = MembershipFactory(division_code="440106").user

    page = client_of(Role.ADMIN, "440000").post(
        address(user, "grant"), {"role": "auditor", "division_code": code}
    )

    assert "不能授予超出本人辖区的权限" in page.content.decode()
    assert Membership.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("verb", ["reset-passphrase", "remove-second-factor", "close"])
def test_an_account_that_also_governs_elsewhere_shows_no_such_button(verb):
    user = MembershipFactory(division_code="440106").user
    MembershipFactory(user=user, division_code="450102")
    client = client_of(Role.ADMIN, "440000")

    assert address(user, verb) not in client.get(address(user, "change")).content.decode()
    assert client.post(address(user, verb), {"passphrase": PASSPHRASE}).status_code == 403


def test_an_administrator_helps_somebody_who_lost_her_telephone():
    user = MembershipFactory(division_code="440106").user
    hers = sign_in(user)
    assert hers.get("/admin/").status_code == 200

    answer = client_of(Role.ADMIN, "440000").post(address(user, "remove-second-factor"), follow=True)

    assert "两步验证已移除" in answer.content.decode()
    assert hers.get("/admin/").status_code == 302


def test_a_verb_on_an_account_that_leaves_her_reach_leads_back_to_the_list():
    user = MembershipFactory(division_code="440106").user
    membership = user.memberships.get()
    client = client_of(Role.ADMIN, "440000")

    answer = client.post(address(membership, "end"))

    assert answer.url == address(membership, "change")


def test_a_form_from_another_site_is_refused(facility):
    client = client_of()
    client.handler.enforce_csrf_checks = True

    assert client.post(address(facility, "open")).status_code == 403
    assert Facility.objects.get(pk=facility.pk).version == 1


def test_an_unknown_user_is_answered_like_a_foreign_one():
    client = client_of(Role.ADMIN, "440000")
    nobody = UserFactory()  # without a post, so beyond a province's reach

    answers = [
        client.get(f"/admin/accounts/user/{key}/change/") for key in (nobody.pk, "nonsense", "x" * 300)
    ]

    assert {(answer.status_code, answer.url) for answer in answers} == {(302, reverse("admin:index"))}


def test_the_usual_verb_of_a_page_stands_out_and_one_that_ends_something_never(facility):
    of_facility = client_of().get(address(facility, "change")).context["verbs"]
    post = MembershipFactory(role=Role.OFFICER, division_code="440106")
    of_post = client_of(Role.ADMIN, "").get(address(post, "change")).context["verbs"]

    assert [verb["stands_out"] for verb in of_facility] == [True] + [False] * (len(of_facility) - 1)
    assert [(verb["label"], verb["stands_out"]) for verb in of_post] == [("终止任职", False)]
