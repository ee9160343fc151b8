"""The closed lists of the search in the words a family uses, with the official one beside it."""

from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel, GradeLevel

# How an elder lives from day to day, level by level of GB/T 42195.
LEVELS = {
    AbilityLevel.INTACT: _("自己能照顾自己（能力完好）"),
    AbilityLevel.MILD: _("要人搭把手（轻度失能）"),
    AbilityLevel.MODERATE: _("吃穿洗要人帮（中度失能）"),
    AbilityLevel.SEVERE: _("大半要人照料（重度失能）"),
    AbilityLevel.COMPLETE: _("全靠人照料（完全失能）"),
}
STARS = {
    GradeLevel.FIVE: _("五级"),
    GradeLevel.FOUR: _("四级及以上"),
    GradeLevel.THREE: _("三级及以上"),
    GradeLevel.TWO: _("二级及以上"),
    GradeLevel.ONE: _("一级及以上"),
}
RADII_KM = (20, 50, 100, 200, 500)
