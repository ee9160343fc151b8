"""The staff's view of residents: rows in reach behind their masks, plain only by the verb that writes it down."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from residents.registry import forms, policy, services
from residents.registry.admin.about import about
from residents.registry.admin.family import LINK_VERB
from residents.registry.admin.filters import AskedFilter
from residents.registry.admin.life_verbs import LIFE_VERBS, may_change
from residents.registry.facts import age_on
from residents.registry.models import Resident
from residents.registry.states import (
    RESIDENT_FLOW,
    SHOWABLE,
    ErasureGround,
    PrivateField,
    ResidentStatus,
    SensitiveField,
)
from residents.registry.words import HIDDEN, hidden_words, whereabouts_words
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import today
from sojourn.core.masking import mask_name
from sojourn.messages.topics import topic_label
from sojourn.web.access import actor_of
from sojourn.web.discreet import DiscreetAdmin
from sojourn.web.past import Change, Label, State, field_label, name_actions, tell_codes
from sojourn.web.spreadsheets import XLSX, Written, write_xlsx
from sojourn.web.verbs import Verb

name_actions(
    {
        "resident.registered": _("登记老年人"),
        "resident.corrected": _("更正登记信息"),
        "resident.died": RESIDENT_FLOW.labels["record_death"],
        "resident.disclosed": _("查看受保护信息"),
        "resident.looked_up": _("按身份证号码或电话查找"),
        "resident.known": _("登记或更正时号码已有登记"),
        "resident.erased": RESIDENT_FLOW.labels["erase"],
        "resident.told": _("发消息告知本人"),
    },
    {
        "corrected": _("更正项目"),
        "looked_up_by": _("查找方式"),
        "found": _("找到人数"),
        "topic": _("告知事由"),
        "link_confirmed": _("亲属关系已登记"),
        "link_ended": _("亲属关系已终止"),
        "fields": _("查看项目"),
        "purpose": _("用途"),
        **{str(choice.value): choice.label for choice in [*SHOWABLE, *ErasureGround]},
    },
)


def _fact_label(_beside, code: str) -> Label:
    """What a fact of a resident is called that was put right."""
    return PrivateField(code).label if code in PrivateField.values else field_label(Resident, code)


tell_codes("registry.resident", "corrected", _fact_label)
tell_codes("registry.resident", "topic", lambda _beside, code: topic_label(code))
# Of the row's earlier states the page says that these changed, and shows what only of those.
SHOWN_IN_THE_PAST = ("status", "is_sample", "dialect")
FOLLOWING = ("name_normal", "pinyin", "initials", "sort_key", "identity_index", "phone_indexes")


def _is_officer(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER


def _may_look_up(actor: Actor, _row) -> bool:
    return policy.can_look_up(actor)


def _may_export(actor: Actor, _row) -> bool:
    return policy.can_export(actor)


def _unless_erased(permitted: Callable) -> Callable:
    """The button shows to whom the policy permits the verb, as long as there is somebody to act on."""
    return lambda actor, row: row.status != ResidentStatus.ERASED and permitted(actor, row)


def _still_registered(actor: Actor, row: Resident) -> bool:
    return row.status in RESIDENT_FLOW.sources("record_death") and policy.can_change(actor, row)


def _fact(private: PrivateField) -> Callable:
    """A column of the page: one private fact of the resident, masked."""

    @admin.display(description=private.label)
    def shown(model_admin: "ResidentAdmin", resident: Resident) -> str:
        return model_admin.masked(resident, private)

    return shown


def _hidden(field: SensitiveField) -> Callable:
    """A column of the page: whether one sensitive fact of the resident was reported."""

    @admin.display(description=field.label)
    def shown(model_admin: "ResidentAdmin", resident: Resident) -> str:
        return hidden_words(resident, field) or model_admin.get_empty_value_display()

    return shown


@admin.register(Resident)
class ResidentAdmin(DiscreetAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    change_form_template = "registry/admin_resident.html"
    list_display = ["number", "called", "sex", "age", "county", "status", "is_sample"]
    list_filter = ["status", "sex", AskedFilter, "is_sample"]
    list_select_related = ["home_division"]
    list_reads = (
        *("number", "status", "is_sample", "name", "sex", "birth_on", "died_on"),
        *("whereabouts_protected", "home_division__name"),
    )
    search_fields = ["name", "=number"]
    search_help_text = _("姓名、拼音、首字母或编号；按身份证号码或电话查找请用上方按钮")
    ordering = ["sort_key", "id"]
    fieldsets = [
        (
            None,
            {"fields": ["number", "name_masked", "sex", "age", "county", "status", "is_sample"]},
        ),
        (
            _("受保护信息"),
            {
                "fields": [
                    "birth_masked",
                    "identity_masked",
                    "phone_masked",
                    "contact_masked",
                    "contact_phone_masked",
                    "diets_hidden",
                    "mobility_hidden",
                    "benefit_hidden",
                ],
                "description": _(
                    "平时只显示首尾，或者不显示。查看完整内容须写明用途和事由编号，老年人本人看得到查看记录。"
                ),
            },
        ),
        (
            _("照护与待遇"),
            {"fields": ["dialect", "whereabouts", "died_on", "moved_out_on"]},
        ),
    ]
    readonly_fields = [
        "age",
        "whereabouts",
        "county",
        "name_masked",
        "birth_masked",
        "identity_masked",
        "phone_masked",
        "contact_masked",
        "contact_phone_masked",
        "diets_hidden",
        "mobility_hidden",
        "benefit_hidden",
    ]
    name_masked = _fact(PrivateField.NAME)
    birth_masked = _fact(PrivateField.BIRTH_ON)
    identity_masked = _fact(PrivateField.IDENTITY_NUMBER)
    phone_masked = _fact(PrivateField.PHONE)
    contact_masked = _fact(PrivateField.CONTACT_NAME)
    contact_phone_masked = _fact(PrivateField.CONTACT_PHONE)
    diets_hidden = _hidden(SensitiveField.DIETS)
    mobility_hidden = _hidden(SensitiveField.MOBILITY)
    benefit_hidden = _hidden(SensitiveField.BENEFIT_CATEGORY)
    verbs = (
        Verb(
            name="register",
            label=_("登记老年人"),
            service=services.register_resident,
            allowed=_is_officer,
            done=_("已登记老年人。"),
            form=forms.RegisterResidentForm,
            arguments=forms.RegisterResidentForm.arguments,
        ),
        Verb(
            name="look-up",
            label=_("按身份证号码或电话查找"),
            service=services.look_up_residents,
            allowed=_may_look_up,
            done=_("已找到。"),
            form=forms.LookUpForm,
            help_text=_("填一项，只能查到您辖区内的老年人。每次查找都会留痕，不记录号码，每小时次数有限。"),
        ),
        Verb(
            name="reveal",
            label=_("查看受保护信息"),
            service=services.disclose,
            allowed=_unless_erased(policy.can_reveal),
            done="",
            shown_once="registry/admin_revealed.html",
            form=forms.RevealForm,
            id_argument="resident_id",
            arguments=forms.RevealForm.arguments,
            help_text=_("查看人、时间、项目、用途和事由会记录下来，老年人本人看得到。"),
        ),
        Verb(
            name="correct",
            label=_("更正登记信息"),
            service=services.correct_resident,
            allowed=may_change,
            done=_("登记信息已更正。"),
            form=forms.CorrectResidentForm,
            id_argument="resident_id",
            arguments=forms.CorrectResidentForm.arguments,
            initial=forms.CorrectResidentForm.initial_for,
            help_text=_("姓名、号码、电话等留空即为不变；电话、联系人填了的，以所填的为全部。"),
        ),
        LINK_VERB,
        Verb(
            name="record-death",
            label=RESIDENT_FLOW.labels["record_death"],
            service=services.record_death,
            allowed=_still_registered,
            done=_("已登记去世。"),
            form=forms.RecordDeathForm,
            id_argument="resident_id",
        ),
        *LIFE_VERBS,
        Verb(
            name="export",
            label=_("导出名单"),
            service=services.export_residents,
            allowed=_may_export,
            done="",
            form=forms.ExportForm,
            help_text=_("按列表当前的过滤条件导出。导出人、时间、用途和事由印在表格上，也记录下来。"),
        ),
    )

    @admin.display(description=_("姓名"), ordering="sort_key")
    def called(self, resident: Resident) -> str:
        return _as_written(mask_name(resident.name)) if resident.name else self.get_empty_value_display()

    @admin.display(description=_("年龄"), ordering="birth_on")
    def age(self, resident: Resident) -> str:
        if resident.birth_on is None:
            return self.get_empty_value_display()
        return gettext("{years}岁").format(years=age_on(resident.died_on or today(), resident.birth_on))

    @admin.display(description=_("户籍所在地区"))
    def county(self, resident: Resident) -> str:
        return str(HIDDEN) if resident.is_protected else resident.home_division.name

    @admin.display(description=_("行踪保护"))
    def whereabouts(self, resident: Resident) -> str:
        return whereabouts_words(resident)

    def lookup_allowed(self, lookup: str, value, request: HttpRequest | None = None) -> bool:
        """A list is narrowed by its own filters alone: by an address with another it would tell what is hidden."""
        return lookup.partition("__")[0] in {*self.list_filter, AskedFilter.parameter_name}

    def verbs_for(self, request: HttpRequest, row=None) -> list[dict]:
        """The buttons of a row; those of the list with the way to spreadsheets, and an export of what is filtered."""
        found = super().verbs_for(request, row)
        if row is not None or not found:
            return found
        exporting, words = self._address(self._verb(services.export_residents), None), request.GET.urlencode()
        for verb in found:
            if words and verb["url"] == exporting:
                verb["url"] = f"{exporting}?{words}"
        if policy.can_import(actor_of(request)):
            address = reverse("admin:registry_importbatch_changelist")
            found.append({"label": _("表格导入"), "url": address})
        return found

    def _verb(self, service: Callable) -> Verb:
        return next(verb for verb in self.verbs if verb.service is service)

    def masked(self, resident: Resident, private: PrivateField) -> str:
        """One private fact masked; the safe is opened once for all the facts of a page."""
        if not hasattr(resident, "masked_facts"):
            resident.masked_facts = services.masked_facts_of(resident)  # type: ignore[attr-defined]
        fact = resident.masked_facts.get(private)  # type: ignore[attr-defined]
        return self.get_empty_value_display() if fact is None else _as_written(fact)

    def get_fieldsets(self, request: HttpRequest, obj=None):
        """Into whom a registration went is asked of those that went alone."""
        sections = super().get_fieldsets(request, obj)
        if obj is None or obj.merged_into_id is None:
            return sections
        return [(None, {"fields": ["merged_into"]}), *sections]

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is not None:
            told = {
                "disclosures": services.disclosures_of(row, actor_of(request)),
                "abouts": about(request, row),
            }
            extra_context = told | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id, extra_context=None) -> HttpResponse:
        """The trail as everywhere; of the states only that a protected fact changed, never what it was."""
        response = super().history_view(request, object_id, extra_context)
        if hasattr(response, "context_data"):
            response.context_data["states"] = [
                _masked_state(state) for state in response.context_data["states"]
            ]
        return response

    def _view_of(self, verb: Verb) -> Callable:
        """What is typed into a verb of this room is in no cache and no error report."""
        if verb.service is services.look_up_residents:
            return sensitive_post_parameters()(never_cache(self._look_up_view(verb)))
        if verb.service is services.export_residents:
            return sensitive_post_parameters()(never_cache(self._export_view(verb)))
        return sensitive_post_parameters()(never_cache(super()._view_of(verb)))

    def _look_up_view(self, verb: Verb) -> Callable:
        """One who is found is gone to; of several who share a telephone the answer to the form is the list."""
        ask = super()._view_of

        def view(request: HttpRequest) -> HttpResponse:
            found: list[Resident] = []

            def look_up(**arguments) -> Resident:
                found.extend(verb.service(**arguments))
                return found[0]

            answer = ask(replace(verb, service=look_up))(request)
            if len(found) < 2:
                return answer
            names = [(each, mask_name(each.name)) for each in found]
            return self._show_once(
                request, replace(verb, shown_once="registry/admin_found.html"), None, names
            )

        view.__name__ = verb.name
        return view

    def _export_view(self, verb: Verb) -> Callable:
        """The file is the answer to the form and is kept nowhere."""
        ask = super()._view_of

        def view(request: HttpRequest) -> HttpResponse:
            taken: list[services.ExportedList] = []

            def export(**arguments) -> None:
                rows = self.get_changelist_instance(request).get_queryset(request)
                taken.append(verb.service(rows=rows, **arguments))

            try:
                answer = ask(replace(verb, service=export))(request)
            except IncorrectLookupParameters:
                return HttpResponseRedirect(reverse("admin:registry_resident_changelist"))
            return _as_file(taken[0]) if taken else answer

        view.__name__ = verb.name
        return view


def _as_file(exported: services.ExportedList) -> HttpResponse:
    sheet = Written(gettext("老年人"), exported.headings, exported.rows, exported.marks)
    headers = {"Content-Disposition": f'attachment; filename="residents-{exported.number}.xlsx"'}
    return HttpResponse(write_xlsx([sheet]), content_type=XLSX, headers=headers)


def _as_written(text: object) -> str:
    """A name or a number in no other characters than its own, whatever script the page is read in."""
    return format_html('<span translate="no">{}</span>', text)


def _masked_state(state: State) -> State:
    return replace(state, changes=[change for change in map(_masked_change, state.changes) if change])


def _masked_change(change: Change) -> Change | None:
    """That something changed, and what it was only where that may be shown; None for what follows from others."""
    fields = {str(field.verbose_name): field.name for field in Resident._meta.concrete_fields}
    name = fields.get(str(change.name))
    if name in SHOWN_IN_THE_PAST:
        return change
    if name in FOLLOWING:
        return None
    return Change(change.name, str(HIDDEN), str(HIDDEN) if change.old is not None else None)
