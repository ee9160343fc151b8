"""Whom a node hosts is a setting, which the next migrate brings into the database."""

import pytest
from django.conf import settings
from django.core.management import call_command

from sojourn.core.models import HostedMember

pytestmark = pytest.mark.django_db


def hosted() -> set[str]:
    return set(HostedMember.objects.values_list("pk", flat=True))


def test_the_database_hosts_whom_the_settings_name():
    assert hosted() == set(settings.HOSTED_PROVINCES)


@pytest.mark.parametrize("members", [["500000", "610000"], ["500000", "110000"], []])
def test_another_setting_takes_effect_by_migrate(settings, members):
    settings.HOSTED_PROVINCES = members

    for _twice in range(2):
        call_command("migrate", verbosity=0, interactive=False)

        assert hosted() == set(members)
