"""The closed lists of the search."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sort(TextChoices):
    """In which order facilities answer; without a word the one that fits best comes first."""

    FIT = "fit", _("合适的在前")
    PRICE = "price", _("价格从低到高")
    DISTANCE = "distance", _("由近到远")
    NAME = "name", _("按名称的拼音")
