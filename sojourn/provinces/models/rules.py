"""Dated rules."""

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sojourn.core.history import tracked
from sojourn.core.models import Changing
from sojourn.provinces.models.agreements import Agreement
from sojourn.provinces.models.divisions import Member
from sojourn.provinces.models.periods import VALIDITY, ends_after_it_begins
from sojourn.provinces.querysets import RuleQuerySet
from sojourn.provinces.states import RuleFlag

NOBODY = UUID(int=0)


@tracked
class Rule(Changing):
    """A number or word of law, standard or our own, valid for a period; value null is "not reported"."""

    key = models.CharField(_("键"), max_length=60)
    label = models.CharField(_("规则"), max_length=120)
    value = models.JSONField(_("值"), null=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="rules", verbose_name=_("成员省份")
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, related_name="rules", verbose_name=_("合作协议")
    )
    valid_from = models.DateField(_("生效"), null=True)
    valid_to = models.DateField(_("失效"), null=True)
    source = models.CharField(_("来源"), max_length=120)
    edition = models.CharField(_("版本"), max_length=20)
    flag = models.CharField(_("核实程度"), max_length=20, choices=RuleFlag.choices)
    note = models.TextField(_("说明"), blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("规则")
        verbose_name_plural = _("规则")
        constraints = [
            ExclusionConstraint(
                name="rule_one_live_value",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (Coalesce("member_id", Value(""), output_field=models.CharField()), RangeOperators.EQUAL),
                    (
                        Coalesce("agreement_id", Value(NOBODY), output_field=models.UUIDField()),
                        RangeOperators.EQUAL,
                    ),
                    (VALIDITY, RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                name="rule_one_beginning",
                fields=["key", "member", "agreement", "valid_from"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="rule_key_is_a_name", condition=Q(key__regex=r"^[a-z][a-z0-9_]*$")),
            ends_after_it_begins("rule_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.label}"
