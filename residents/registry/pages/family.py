"""The family's own pages: links asked for and ended, facts seen in full and put right."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from residents.registry import forms, policy, services
from residents.registry.errors import NoSuchLink, NoSuchRequest
from residents.registry.models import CorrectionRequest, Link, LinkRequest, Resident
from residents.registry.my import called, family_page, person_of, render_person, ways_out
from residents.registry.states import OPENABLE_BY_CODE, SHOWABLE
from sojourn.core.refusals import Refusal
from sojourn.web.access import actor_of
from sojourn.web.verbs import explain

MOST_SHOWN = 50
read_or_post = require_http_methods(["GET", "HEAD", "POST"])


@family_page
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """Her links and what she asked for; of a person who is not open to her not even the name."""
    user_id = actor_of(request).user_id
    found = Link.objects.of_user(user_id).select_related("resident").order_by("-confirmed_at")[:MOST_SHOWN]
    context = {
        "links": [(link, _person_of_link(request, link)) for link in found],
        "requests": LinkRequest.objects.of_user(user_id).order_by("-asked_at")[:MOST_SHOWN],
    }
    return TemplateResponse(request, "my/links.html", context)


@sensitive_post_parameters()
@family_page
@read_or_post
def ask_link(request: HttpRequest) -> HttpResponse:
    """She says whom she cares for; whether such a person is registered the answer does not tell."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.AskLinkForm(*sent)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_link(**forms.AskLinkForm.arguments(form.cleaned_data), actor=actor_of(request))
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("申请已经提交。办理单位核实后，会发短信请您来看结果。"))
            return HttpResponseRedirect(resolve_url("my_links"))
    return TemplateResponse(request, "my/link_new.html", {"form": form})


@family_page
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She asks no more."""
    try:
        services.withdraw_request(request_id=pk, actor=actor_of(request))
    except Refusal as refusal:
        if refusal.status == NoSuchLink.status:
            raise
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("申请已经撤回。"))
    return HttpResponseRedirect(resolve_url("my_links"))


@family_page
@read_or_post
def end_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She ends what links her to a person, after being asked once more."""
    link = Link.objects.of_user(actor_of(request).user_id).live().filter(pk=pk).first()
    if link is None:
        raise NoSuchLink
    if request.method == "POST":
        services.end_link(link_id=pk, reason="", actor=actor_of(request))
        messages.success(request, _("已经终止。因此开放的信息，从现在起看不到了。"))
        return HttpResponseRedirect(resolve_url("my_links"))
    context = {"link": link, "person": _person_of_link(request, link)}
    return TemplateResponse(request, "my/link_end.html", context)


def _person_of_link(request: HttpRequest, link: Link) -> dict | None:
    """To whom a link leads, as long as that person is open to her."""
    rows = Resident.objects.visible_to(actor_of(request)) if link.access_id else Resident.objects.none()
    person = rows.filter(pk=link.resident.person_id).first()
    return None if person is None else {"row": person, "called": called(person)}


@sensitive_post_parameters()
@family_page
@read_or_post
def see(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Facts in full, for a purpose that is written down; they stand in this answer and nowhere else."""
    person, shown = person_of(request, pk), None
    open_fields = sorted(policy.fields_open_to(actor_of(request), person), key=SHOWABLE.index)
    form = forms.SeeForm(request.POST if request.method == "POST" else None, open_fields=open_fields)
    if request.method == "POST" and form.is_valid():
        try:
            arguments = forms.SeeForm.arguments(form.cleaned_data)
            facts = services.disclose(resident_id=pk, actor=actor_of(request), **arguments)
            shown = [(field.label, value) for field, value in facts.items()]
        except Refusal as refusal:
            explain(form, refusal)
    return render_person(request, person, "my/see.html", {"form": form, "shown": shown})


@sensitive_post_parameters()
@family_page
@read_or_post
def corrections(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What ought to be put right, one fact at a time, and what became of what was asked before."""
    actor, person = actor_of(request), person_of(request, pk)
    offered = services.correctable(person) if services.may_ask(actor, person) else {}
    is_sent = request.method == "POST"
    asked = (request.POST if is_sent else request.GET).get("field", "")
    form = None
    if asked in offered:
        sent = (request.POST, request.FILES) if is_sent else ()
        form = forms.CorrectionForm(*sent, asked=asked, owner=person.owner)
    if form is not None and is_sent and form.is_valid():
        said = {"field": asked, "value": form.value(), "scan": form.cleaned_data["file"]}
        try:
            services.ask_correction(resident_id=pk, actor=actor, **said)
        except Refusal as refusal:
            _explain_wanted(form, refusal)
        else:
            messages.success(request, _("申请已经提交。办理单位核实后，会发短信请您来看结果。"))
            return HttpResponseRedirect(resolve_url("my_corrections", pk=pk))
    mine = CorrectionRequest.objects.of_user(actor.user_id)
    context = {
        "form": form,
        "asked_field": asked,
        "asked_label": offered.get(asked),
        "offered": offered,
        "asked": mine.about(person.pk).order_by("-asked_at")[:MOST_SHOWN],
        "days": services.correction_days(person),
        "by_facilities": services.asked_by_facilities(person, actor)[:MOST_SHOWN],
    }
    return render_person(request, person, "my/corrections.html", context)


@family_page
@require_POST
def withdraw_correction(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What she asked to be put right she asks no more."""
    actor = actor_of(request)
    row = CorrectionRequest.objects.of_user(actor.user_id).select_related("resident").filter(pk=pk).first()
    if row is None:
        raise NoSuchRequest
    try:
        services.withdraw_correction(request_id=pk, actor=actor)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("申请已经撤回。"))
    return HttpResponseRedirect(resolve_url("my_corrections", pk=row.resident.person_id))


@family_page
@require_safe
def access(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On what ground this person is open to her, until when, and how that ends."""
    actor, person = actor_of(request), person_of(request, pk)
    opened = policy.open_accesses(actor, person)
    out = ways_out(actor, [one.pk for one in opened])
    rows = [{"access": one, "out": out.get(one.pk), "fields": _labels(one.fields)} for one in opened]
    return render_person(request, person, "my/access.html", {"rows": rows})


def _labels(fields: list[str]) -> str:
    return _("、").join(str(OPENABLE_BY_CODE[field].label) for field in fields)


def _explain_wanted(form: forms.CorrectionForm, refusal: Refusal) -> None:
    """Whatever is wrong with what she typed stands at the field she typed it into."""
    for error in refusal.errors:
        form.add_error("wanted", str(error["detail"]))
    if not refusal.errors:
        form.add_error(None, str(refusal))
