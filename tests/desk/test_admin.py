"""The inbox on the first page, and every item, proposal and delegation in the admin."""

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sojourn.accounts.models import User
from sojourn.core.actors import Role
from sojourn.core.clock import frozen
from sojourn.desk.models import Delegation, Proposal, WorkItem
from tests.factories.accounts import MembershipFactory
from tests.factories.desk import DelegationFactory, ProposalFactory, WorkItemFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 30)
INBOX = "/admin/"


@pytest.fixture(autouse=True)
def autumn():
    with frozen(TODAY):
        yield


def user_of(division_code: str = "440106", role: Role = Role.OFFICER) -> User:
    return MembershipFactory(role=role, division_code=division_code).user


@pytest.fixture
def user() -> User:
    return user_of()


@pytest.fixture
def client(user) -> Client:
    return sign_in(user)


class Desk(HTMLParser):
    """The titles in the inbox, in order, and where its buttons and links lead, by what they say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.titles, self.ways, self._where, self._form = [], [], "", ""
        self.feed(page[page.index('id="desk"') : page.index("</section>", page.index('id="desk"'))])

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self._form = attributes["action"]
        if tag == "p":
            self._where = attributes.get("class", "")
        if tag in {"a", "button"}:
            self.ways.append([attributes.get("href", self._form), ""])

    def handle_data(self, data):
        if not data.strip():
            return
        if self._where == "desk-title":
            self.titles.append(data.strip())
        if self.ways and not self.ways[-1][1]:
            self.ways[-1][1] = data.strip()

    def way(self, label: str) -> str:
        return next(address for address, said in self.ways if said == label)


def inbox(client: Client, **words) -> Desk:
    return Desk(client.get(INBOX, words).content.decode())


# --- the inbox ------------------------------------------------------------------------------------
def test_the_first_page_lists_hers_and_what_nobody_took_the_most_urgent_first(client, user):
    WorkItemFactory(title="不急的", due_on=date(2026, 12, 1))
    WorkItemFactory(title="已逾期的", due_on=date(2026, 9, 28))
    WorkItemFactory(title="我在办的", taken=True, handler=user)
    WorkItemFactory(title="同事在办的", taken=True)
    WorkItemFactory(title="已办完的", closed=True)
    WorkItemFactory(title="外区的", division_code="440104")
    WorkItemFactory(title="市里的", division_code="440100")

    assert inbox(client).titles == ["已逾期的", "我在办的", "不急的"]


def test_what_bureaus_below_have_to_do_is_a_link_and_no_work_of_hers():
    client = sign_in(user_of("440100"))
    WorkItemFactory(title="区里的")
    WorkItemFactory(title="市里的", division_code="440100")

    desk = inbox(client)

    assert desk.titles == ["市里的"]
    assert (
        desk.way("他人在办和下级单位的 1 件") == f"{reverse('admin:desk_workitem_changelist')}?at=elsewhere"
    )


def test_what_is_left_is_said_in_working_days(client):
    WorkItemFactory(due_on=date(2026, 10, 10))  # a Saturday that is worked
    WorkItemFactory(due_on=date(2026, 9, 28))

    page = client.get(INBOX).content.decode()

    assert "还剩 3 个工作日" in page
    assert "已逾期 2 个工作日" in page


def test_a_lane_and_a_queue_narrow_the_inbox_and_are_counted(client, user):
    WorkItemFactory(title="甲", taken=True, handler=user)
    WorkItemFactory(title="乙", queue="sample_replies")
    WorkItemFactory(title="丙", due_on=date(2026, 9, 28))

    whole = client.get(INBOX).context["panels"][0]["contents"]["inbox"]

    assert {lane.code: lane.count for lane in whole.lanes} == {"": 3, "mine": 1, "unclaimed": 2, "overdue": 1}
    assert {queue.code: queue.count for queue in whole.queues} == {"sample_checks": 2, "sample_replies": 1}
    assert inbox(client, lane="mine").titles == ["甲"]
    assert inbox(client, lane="unclaimed", queue="sample_replies").titles == ["乙"]
    assert inbox(client, lane="overdue").titles == ["丙"]


def test_forty_items_stand_on_two_pages(client):
    for days in range(40):
        WorkItemFactory(title=f"第{days:02}件", due_on=TODAY + timedelta(days=days))

    first, second = inbox(client), inbox(client, page="2")

    assert first.titles == [f"第{days:02}件" for days in range(20)]
    assert second.titles == [f"第{days:02}件" for days in range(20, 40)]
    assert client.get(first.way("下一页")).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "9999", "x", "9" * 30, "２"])
def test_a_page_that_is_not_there_is_the_nearest_one(client, page):
    WorkItemFactory(title="甲")

    assert inbox(client, page=page, queue="sample_checks").titles == ["甲"]


def test_unknown_words_find_nothing_and_say_how_to_go_on(client):
    WorkItemFactory()

    page = client.get(INBOX, {"queue": "<script>"}).content.decode()

    assert "没有符合条件的待办" in page
    assert "<script>" not in page[page.index('id="desk"') :]


def test_names_of_colleagues_lead_nowhere(client, user):
    item = WorkItemFactory(taken=True, handler=user, closed_by=None)
    proposal = ProposalFactory(division_code="440106", approved=True, decided_by=user)

    for row in (item, proposal):
        page = client.get(
            reverse(f"admin:desk_{row._meta.model_name}_change", args=[row.pk])
        ).content.decode()
        assert user.name in page
        assert reverse("admin:accounts_user_change", args=[user.pk]) not in page


def test_an_empty_inbox_says_what_it_is_for(client):
    assert "现在没有等您办理的事项" in client.get(INBOX).content.decode()


def test_who_handles_nothing_has_no_inbox():
    WorkItemFactory()

    page = sign_in(user_of("440000", Role.AUDITOR)).get(INBOX).content.decode()

    assert 'id="desk"' not in page
    assert reverse("admin:desk_workitem_changelist") in page


def test_an_item_whose_room_is_no_more_is_still_listed(client):
    WorkItemFactory(queue="gone", title="旧的")

    assert inbox(client).titles == ["旧的"]


def test_the_inbox_costs_the_same_for_two_items_and_for_twenty(client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(INBOX)
        return len(queries)

    WorkItemFactory.create_batch(2)
    ProposalFactory.create_batch(2, division_code="440106")
    cost()
    at_two = cost()
    WorkItemFactory.create_batch(18)
    ProposalFactory.create_batch(10, division_code="440106")

    assert cost() == at_two


# --- the verbs ------------------------------------------------------------------------------------
def test_she_takes_an_item_from_the_inbox_and_comes_back_to_it(client, user):
    item = WorkItemFactory()

    answer = client.post(inbox(client, lane="unclaimed").way("受理"))

    assert answer.url == "/admin/?lane=unclaimed"
    item.refresh_from_db()
    assert (item.status, item.handler) == ("taken", user)
    assert "受理" not in [said for _address, said in inbox(client).ways]


def test_a_way_back_to_another_site_is_not_taken(client):
    item = WorkItemFactory()
    address = reverse("admin:desk_workitem_take", args=[item.pk])

    answer = client.post(f"{address}?next=https://example.org/")

    assert answer.url == reverse("admin:desk_workitem_change", args=[item.pk])


def test_who_comes_second_is_told(client):
    item = WorkItemFactory()
    page = inbox(client)
    WorkItem.objects.filter(pk=item.pk).update(
        status="taken", handler=user_of(), taken_at="2026-09-30T00:00Z"
    )

    answer = client.post(page.way("受理"))

    assert "这件事项已由他人受理" in answer.content.decode()
    assert reverse("admin:desk_workitem_take", args=[item.pk]) not in client.get(INBOX).content.decode()


def test_she_puts_back_what_she_took(client, user):
    item = WorkItemFactory(taken=True, handler=user)

    client.post(inbox(client).way("放回"))

    assert WorkItem.objects.get(pk=item.pk).handler is None


def test_she_hands_over_to_one_of_those_who_could_take_it(client):
    item, colleague, elsewhere = WorkItemFactory(), user_of("440100"), user_of("440104")
    address = inbox(client).way("转交")

    form = client.get(address).content.decode()
    refused = client.post(address, {"to_user": elsewhere.pk})
    client.post(address, {"to_user": colleague.pk})

    assert colleague.name in form
    assert elsewhere.name not in form
    assert refused.status_code == 200
    assert WorkItem.objects.get(pk=item.pk).handler == colleague


def test_she_closes_with_an_outcome_of_the_queue_and_undoes_a_slip(client):
    item = WorkItemFactory()

    client.post(inbox(client).way("办结"), {"outcome": "dropped"})
    closed = client.get(reverse("admin:desk_workitem_change", args=[item.pk])).content.decode()
    client.post(reverse("admin:desk_workitem_reopen", args=[item.pk]))

    assert "不需核查" in closed
    assert WorkItem.objects.get(pk=item.pk).status == "open"


def test_whoever_took_what_needs_a_second_person_finds_no_button_to_close_it(client, user):
    mine = WorkItemFactory(queue="sample_penalties", needs_second_person=True, taken=True, handler=user)

    assert "办结" not in [said for _address, said in inbox(client).ways]
    assert client.post(reverse("admin:desk_workitem_finish", args=[mine.pk])).status_code == 403
    colleague = sign_in(user_of())
    colleague.post(reverse("admin:desk_workitem_finish", args=[mine.pk]), {"outcome": "done"})
    assert WorkItem.objects.get(pk=mine.pk).status == "closed"


def test_what_its_room_decides_is_not_closed_here(client):
    item = WorkItemFactory(queue="sample_replies")

    page = inbox(client)

    assert "办结" not in [said for _address, said in page.ways]
    assert page.way("查看对象") == f"/admin/sample/{item.subject_id}/"
    assert client.post(reverse("admin:desk_workitem_finish", args=[item.pk])).status_code == 403


# --- the list of all ------------------------------------------------------------------------------
def listed(client: Client, **words) -> list[str]:
    page = client.get(reverse("admin:desk_workitem_changelist"), words)
    return [item.title for item in page.context["cl"].result_list]


def test_the_list_shows_her_reach_by_how_it_stands(client, user):
    WorkItemFactory(title="待办")
    WorkItemFactory(title="我的", taken=True, handler=user)
    WorkItemFactory(title="同事的", taken=True)
    WorkItemFactory(title="办完的", closed=True, due_on=date(2026, 9, 1))
    WorkItemFactory(title="晚的", due_on=date(2026, 9, 28), queue="sample_replies")
    WorkItemFactory(title="外区的", division_code="440104")

    assert listed(client) == ["晚的", "待办", "我的", "同事的"]
    assert listed(client, at="mine") == ["我的"]
    assert listed(client, at="unclaimed") == ["晚的", "待办"]
    assert listed(client, at="elsewhere") == ["同事的"]
    assert listed(client, at="closed") == ["办完的"]
    assert listed(client, term="overdue") == ["晚的"]
    assert listed(client, term="raised") == []
    assert listed(client, queue="sample_replies") == ["晚的"]
    assert listed(client, q="同事") == ["同事的"]


def test_a_place_is_called_as_those_call_it_who_reach_it(client):
    WorkItemFactory()
    address = reverse("admin:desk_workitem_changelist")

    near = [
        page.context["cl"].result_list[0].near
        for page in (client.get(address), sign_in(user_of("440100")).get(address))
    ]

    assert near == ["本单位", "天河区"]


def test_the_buttons_of_the_list_work_at_once(client, user):
    item = WorkItemFactory()
    page = client.get(reverse("admin:desk_workitem_changelist"), {"at": "unclaimed"}).content.decode()
    address = page.partition('formaction="')[2].partition('"')[0].replace("&amp;", "&")

    answer = client.post(address)

    assert answer.url == f"{reverse('admin:desk_workitem_changelist')}?at=unclaimed"
    assert WorkItem.objects.get(pk=item.pk).handler == user


def test_the_list_costs_the_same_for_two_items_and_for_twenty(client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:desk_workitem_changelist"))
        return len(queries)

    WorkItemFactory.create_batch(2)
    cost()
    at_two = cost()
    WorkItemFactory.create_batch(18)

    assert cost() == at_two


def test_an_item_shows_its_whole_story(client):
    item = WorkItemFactory(
        queue="sample_replies",
        due_on=date(2026, 9, 28),
        escalation=1,
        escalated_to="440100",
        escalated_at="2026-09-29T00:00:00Z",
        facts={"reason": "三日未答复"},
    )

    page = client.get(reverse("admin:desk_workitem_change", args=[item.pk])).content.decode()

    assert f"/admin/sample/{item.subject_id}/" in page
    assert "广东省广州市天河区" in page
    assert "已逾期 2 个工作日" in page
    assert "三日未答复" in page
    assert "原因" in page


# --- proposals ------------------------------------------------------------------------------------
def test_what_waits_for_a_second_person_stands_on_the_first_page(client, user):
    ProposalFactory(title="等她的", division_code="440106", reason="节点已恢复")
    ProposalFactory(title="她提的", division_code="440106", proposed_by=user)
    ProposalFactory(title="外市的", division_code="440300")
    ProposalFactory(title="过期的", division_code="440106", overdue=True)

    desk = inbox(client)

    assert desk.titles == ["等她的"]
    page = client.get(INBOX).content.decode()
    assert "节点已恢复" in page
    assert "page：7" in page


def test_she_approves_from_the_first_page(client, user, carried_out):
    proposal = ProposalFactory(division_code="440106")

    answer = client.post(inbox(client).way("同意"), {"opinion": "属实"})

    assert answer.url == INBOX
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by, proposal.opinion) == ("approved", user, "属实")
    assert len(carried_out) == 1


def test_she_refuses_with_a_reason_or_not_at_all(client, carried_out):
    proposal = ProposalFactory(division_code="440106")
    address = inbox(client).way("不同意")

    unsaid = client.post(address, {"reason": ""})
    still = Proposal.objects.get(pk=proposal.pk).status
    client.post(address, {"reason": "证据不足"})

    assert (unsaid.status_code, still) == (200, "proposed")
    assert Proposal.objects.get(pk=proposal.pk).status == "refused"
    assert carried_out == []


def test_the_proposer_finds_no_button_but_to_take_it_back(client, user):
    proposal = ProposalFactory(division_code="440106", proposed_by=user)
    page = client.get(reverse("admin:desk_proposal_change", args=[proposal.pk])).content.decode()

    assert reverse("admin:desk_proposal_approve", args=[proposal.pk]) not in page
    assert client.post(reverse("admin:desk_proposal_approve", args=[proposal.pk])).status_code == 403
    client.post(reverse("admin:desk_proposal_withdraw", args=[proposal.pk]))
    assert Proposal.objects.get(pk=proposal.pk).status == "withdrawn"


def test_a_deputy_finds_what_was_lent_to_her(client, user, carried_out):
    chief = user_of("440000")
    ProposalFactory(title="市里的", division_code="440100")
    DelegationFactory(giver=chief, receiver=user)

    desk = inbox(client)
    client.post(desk.way("同意"))

    assert desk.titles == ["市里的"]
    assert Proposal.objects.get(title="市里的").decided_for == chief


def test_who_decides_too_late_is_told(client, carried_out):
    proposal = ProposalFactory(division_code="440106")
    address = inbox(client).way("同意")
    Proposal.objects.filter(pk=proposal.pk).update(status="withdrawn", decided_at="2026-09-30T00:00Z")

    answer = client.post(address)

    assert "当前状态为“提议已收回”，不能“同意”" in answer.content.decode()
    assert carried_out == []


def test_an_auditor_reads_proposals_and_decides_none():
    client = sign_in(user_of("440000", Role.AUDITOR))
    proposal = ProposalFactory(title="样例解除")

    page = client.get(reverse("admin:desk_proposal_changelist")).content.decode()

    assert "样例解除" in page
    assert client.post(reverse("admin:desk_proposal_approve", args=[proposal.pk])).status_code == 403


# --- delegations ----------------------------------------------------------------------------------
def delegating(**other) -> dict:
    said = {"to_user": "", "kind": "", "valid_from": "2026-10-08", "valid_to": "2026-10-15", "reason": "休假"}
    return said | other


def test_she_lends_her_right_by_form_and_takes_it_back(client, user):
    colleague = user_of()

    client.post(
        reverse("admin:desk_delegation_delegate"),
        delegating(to_user=colleague.username, kind="sample_release"),
    )

    lent = Delegation.objects.get()
    assert (lent.giver, lent.receiver, lent.kind) == (user, colleague, "sample_release")
    client.post(reverse("admin:desk_delegation_end", args=[lent.pk]))
    assert Delegation.objects.get().ended_at is not None


@pytest.mark.parametrize("other", [{"to_user": "nobody"}, {"valid_to": "2027-10-15"}, {"reason": ""}])
def test_what_is_wrong_is_said_at_the_form(client, other):
    colleague = user_of()

    answer = client.post(
        reverse("admin:desk_delegation_delegate"), delegating(to_user=colleague.username) | other
    )

    assert "没有办成" in answer.content.decode()
    assert not Delegation.objects.exists()


def test_others_delegations_are_not_listed(client):
    mine = DelegationFactory(receiver=User.objects.get(pk=client.session["_auth_user_id"]))
    other = DelegationFactory()

    rows = client.get(reverse("admin:desk_delegation_changelist")).context["cl"].queryset

    assert mine in rows
    assert other not in rows
