"""The house keeps its style, and each check is seen to catch a planted breach."""

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.architecture import house


def plant(root, path: str, text: str):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("check", [house.crowded, house.hidden_writes, house.careless_edges])
def test_the_house_style_holds(check):
    assert check() == []


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (house.crowded, "sojourn/web/utils.py", "x = 1\n"),
        (house.crowded, "sojourn/web/long.py", "x = 1\n" * 401),
        (house.crowded, "sojourn/web/tall.py", "def f():\n" + "    x = 1\n" * 40),
        (house.crowded, "sojourn/web/wide.py", "def f(a, b, c, d, *, e, f, g): ...\n"),
        (house.hidden_writes, "credit/listings/models.py", "class A:\n    def save(self): ...\n"),
        (house.hidden_writes, "credit/listings/apps.py", "from django.db.models.signals import post_save\n"),
        (house.careless_edges, "credit/listings/pages.py", "rows = Listing.objects.filter(number=1)\n"),
        (house.careless_edges, "credit/listings/api/verbs.py", "Listing.objects.visible_to(a).update(x=1)\n"),
    ],
)
def test_a_planted_breach_of_style_is_found(tmp_path, check, path, text):
    plant(tmp_path, path, text)

    assert len(check(tmp_path)) == 1


def rank(model: type[models.Model]) -> int:
    return house.ROOMS.index(model._meta.app_label)


def wrong_keys(own: list[type[models.Model]]) -> list[str]:
    """Foreign keys that point up the house, or that reach into another room without related_name="+"."""
    found = []
    for model in own:
        for field in model._meta.get_fields():
            if not (field.is_relation and getattr(field, "concrete", False)) or field.related_model is None:
                continue
            target = field.related_model
            if target._meta.app_label not in house.ROOMS or target._meta.app_label == model._meta.app_label:
                continue
            if rank(target) > rank(model):
                found.append(f"{model.__name__}.{field.name} points up to {target.__name__}")
            if not field.remote_field.hidden:
                found.append(f"{model.__name__}.{field.name} leaves a reverse accessor on {target.__name__}")
    return found


def test_foreign_keys_look_down_and_leave_no_reverse_accessor():
    own = [model for model in apps.get_models() if model._meta.app_label in house.ROOMS]

    assert len(own) > 10
    assert wrong_keys(own) == []


def test_a_foreign_key_that_looks_up_is_found(monkeypatch):
    monkeypatch.setattr(house, "ROOMS", tuple(reversed(house.ROOMS)))
    own = [model for model in apps.get_models() if model._meta.app_label in house.ROOMS]

    assert any("points up" in problem for problem in wrong_keys(own))


def test_every_announced_and_scheduled_job_is_registered():
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert (scheduled | house.announced_names()) - set(current_app.tasks) == set()


def test_an_announced_name_is_read_from_the_source(tmp_path):
    plant(tmp_path, "credit/listings/services.py", 'after_commit("credit.listings.tasks.nobody", 1)\n')

    assert house.announced_names(tmp_path) == {"credit.listings.tasks.nobody"}


def test_every_room_stands_in_the_import_order():
    rooms = {app.label for app in apps.get_app_configs() if app.name.split(".")[0] in house.WINGS}

    assert rooms - {"web"} == set(house.ROOMS)
