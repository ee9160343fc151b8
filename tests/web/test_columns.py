"""What the staff's lists show is what Django's own tag would set, list by list."""

from datetime import date
from decimal import Decimal
from enum import IntEnum

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import results
from django.template import Context, Template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from sojourn.web.columns import rows_of
from tests.factories.accounts import MembershipFactory
from tests.web.foreign import rows_there
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
OURS = "{% load staff %}{% rows_found cl %}"
DJANGOS = "{% load admin_list %}{% result_list cl %}"
ENTRIES = "admin:core_auditentry_changelist"


class First(IntEnum):
    ONE = 1


def lists_of(role: Role, **asked):
    """Every list that somebody of this role finds rows in, as her page asked for it."""
    client = sign_in(MembershipFactory(role=role, division_code="230000").user)
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        answer = client.get(reverse(f"admin:{name}_changelist"), asked)
        cl = (answer.context or {}).get("cl")
        if answer.status_code == 200 and cl is not None and cl.result_count:
            yield name, cl


def set_by(tag: str, cl) -> str:
    return Template(tag).render(Context({"cl": cl, "opts": cl.opts}))


@pytest.mark.parametrize("asked", [{}, {"o": "1"}], ids=["as it stands", "by its first column"])
def test_every_list_is_set_as_django_sets_it(asked):
    rows_there()
    compared, differing = set(), set()

    for role in (Role.OFFICER, Role.AUDITOR, Role.ADMIN):
        for name, cl in lists_of(role, **asked):
            compared.add(name)
            if set_by(OURS, cl) != set_by(DJANGOS, cl):
                differing.add(name)

    assert differing == set()
    assert len(compared) > 30
    assert {"registry_resident", "facilities_facility", "consents_consent", "desk_workitem"} <= compared


def strange_column(*values, **said):
    """A column that shows one of these in each row; an exception is what is no more when it is asked for."""
    left = {}

    def strange(row):
        found = left.setdefault(row.pk, values[len(left) % len(values)])
        if isinstance(found, type):
            raise found
        return found

    vars(strange).update(said)
    return strange


STRANGE = {
    "safe beside unsafe": strange_column("<b>", mark_safe("<b>")),
    "true beside one": strange_column(True, First.ONE, 1, 1.0),
    "equal, not written alike": strange_column(Decimal("1.0"), Decimal("1.00")),
    "days": strange_column(date(2026, 11, 22), None, "2026"),
    "icons": strange_column(True, False, None, boolean=True),
    "empty": strange_column("", " ", None, [], empty_value_display=gettext_lazy("无")),
    "lists": strange_column(["a", "<b>"], (1, True), (1, 1)),
    "html": strange_column(format_html("<i>{}</i>", "&"), "&"),
    "missing": strange_column(AuditEntry.DoesNotExist, "here"),
}


@pytest.mark.parametrize("links", [["first"], [], None, ["first", "strange"]], ids=str)
@pytest.mark.parametrize("kind", STRANGE)
def test_what_no_list_shows_yet_is_set_as_django_would(kind, links):
    rows_there()
    for number in range(4):
        AuditEntry.objects.create(action=f"{number}", actor_role=Role.SYSTEM, actor_divisions="230103")
    client = sign_in(MembershipFactory(role=Role.AUDITOR, division_code="230000").user)
    cl = client.get(reverse(ENTRIES)).context["cl"]
    strange = STRANGE[kind]
    cl.list_display = ["at", strange, "__str__", "actor_role", lambda row: row.facts, "nothing__here"]
    cl.list_display_links = [{"first": "at", "strange": strange}[link] for link in links] if links else links

    assert len(cl.result_list) > 4
    assert ["".join(row) for row in rows_of(cl)] == ["".join(row) for row in results(cl)]
