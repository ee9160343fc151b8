"""The family's pages of who looked and of consents: who may see what, in sentences, given and taken back here."""

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from residents.consents import forms, policy, scans, services
from residents.consents.errors import NoSuchConsent, NoSuchLog, NoSuchMandate, NotYourConsent
from residents.consents.models import Consent, LegalShare, Mandate
from residents.consents.querysets import MandateQuerySet
from residents.consents.services import Saying
from residents.consents.states import Channel, ConsentStatus, GivenBy
from residents.consents.wording import mandate_in_words, over_in_words, receivers_of, sentence_of
from residents.registry.models import Resident
from residents.registry.my import WayOut, family_page, person_of, render_person
from residents.registry.policy import hides_places
from residents.registry.services import disclosures_of
from sojourn.core import trace
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.refusals import Refusal
from sojourn.files.shown import files_of, files_of_each
from sojourn.web.access import actor_of
from sojourn.web.verbs import explain

SENTENCES_A_PAGE = 50
DIGITS_OF_A_PAGE = 4


@family_page
@require_safe
def access_log(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who was shown what of this person, in plain sentences, for those who may read it."""
    person = person_of(request, pk)
    if not policy.can_read_log(actor_of(request), person):
        raise NoSuchLog
    number = _page_number(request)
    skip = (number - 1) * SENTENCES_A_PAGE
    # One more than is shown tells of an older page.
    found = disclosures_of(person, actor_of(request), skip=skip, most=SENTENCES_A_PAGE + 1)
    context = {
        "sentences": found[:SENTENCES_A_PAGE],
        "newer": number - 1,
        "older": number + 1 if len(found) > SENTENCES_A_PAGE else 0,
    }
    return render_person(request, person, "consents/my_access_log.html", context)


@family_page
@require_safe
def consents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who may see this person's facts, by whose yes or by which law, and who acts for her.

    An agent reads what she may say yes and no to, and her own mandate.
    """
    actor, person = actor_of(request), person_of(request, pk)
    given = list(Consent.objects.visible_to(actor).of(person.pk).latest_first())
    by_law = list(LegalShare.objects.visible_to(actor).of(person.pk).standing_still().latest_first())
    places_hidden = hides_places(actor, person)
    called = receivers_of([*given, *by_law], places_hidden=places_hidden)
    papers = {} if places_hidden else files_of_each(scans.CONSENT, [row.pk for row in given])
    mandates = Mandate.objects.visible_to(actor).of(person.pk).standing_still().latest_first()
    mandates = mandates.select_related("resident")
    context = {
        "may_speak": policy.speaks_as(actor, person) is not None,
        "open": [
            (row, sentence_of(row, called[row.pk]), papers.get(row.pk)) for row in given if _stands(row)
        ],
        "over": [
            (row, over_in_words(row, called[row.pk]), papers.get(row.pk)) for row in given if not _stands(row)
        ],
        "by_law": [(row, sentence_of(row, called[row.pk])) for row in by_law],
        "mandates": [_told(row, actor) for row in mandates],
    }
    return render_person(request, person, "consents/my_consents.html", context)


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A receiver may have some facts of this person, because who may say yes says so here."""
    actor, person = actor_of(request), person_of(request, pk)
    by = _voice(request, person)
    posted = request.method == "POST"
    initial = None if posted else _taken_back(request, person)
    form = forms.MyConsentForm(request.POST if posted else None, initial=initial, home=person.owner)
    if posted and form.is_valid():
        terms = forms.MyConsentForm.terms(form.cleaned_data, today())
        try:
            services.give_consent(resident_id=person.pk, terms=terms, saying=_said(by), actor=actor)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("已同意，对方现在可以查看。随时可以撤回。"))
            return HttpResponseRedirect(reverse("my_consents", args=[person.pk]))
    return render_person(request, person, "consents/my_give.html", {"form": form})


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A consent is taken back by the second tap; no reason is asked for."""
    actor = actor_of(request)
    rows = Consent.objects.visible_to(actor).select_related("resident")
    consent = rows.filter(pk=pk, status=ConsentStatus.GIVEN).first()
    if consent is None:
        raise NoSuchConsent
    person = person_of(request, consent.resident.person_id)
    by = _voice(request, person)
    if request.method == "POST":
        services.withdraw_consent(consent_id=consent.pk, saying=_said(by), actor=actor)
        messages.success(request, _("已撤回，对方不能再查看。"))
        return HttpResponseRedirect(reverse("my_consents", args=[person.pk]))
    called = receivers_of([consent], places_hidden=hides_places(actor, person))
    context = {"consent": consent, "sentence": sentence_of(consent, called[consent.pk])}
    return render_person(request, person, "consents/my_withdraw.html", context)


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def end_mandate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A mandate ends by the second tap of either side: its agent, or the resident or her guardian; the other is told."""
    actor = actor_of(request)
    rows = Mandate.objects.visible_to(actor).standing_still().select_related("resident")
    mandate = rows.filter(pk=pk).first()
    by = policy.ends_as(actor, mandate) if mandate is not None else None
    if mandate is None or by is None:
        raise NoSuchMandate
    person = person_of(request, mandate.resident.person_id)
    is_agent = by == GivenBy.AGENT
    if request.method == "POST":
        services.withdraw_mandate(mandate_id=mandate.pk, saying=_said(by), actor=actor)
        if is_agent:
            messages.success(request, _("委托已经终止，已经告知老人。凭它看得到的信息，从现在起看不到了。"))
            return HttpResponseRedirect(reverse("my"))
        messages.success(request, _("委托已经终止，代理人不能再代办事情，也不能再看。"))
        return HttpResponseRedirect(reverse("my_consents", args=[person.pk]))
    context = {"mandate": mandate, "sentence": mandate_in_words(mandate), "is_agent": is_agent}
    return render_person(request, person, "consents/my_mandate_end.html", context)


def ways_out(actor: Actor, accesses: Collection[UUID]) -> dict[UUID, WayOut]:
    """An agent gives up what a mandate opened by laying it down."""
    mine = _mandates_of(actor).filter(access__in=accesses).values_list("access", "pk")
    return {
        access: WayOut(_("终止这份委托"), reverse("my_mandate_end", args=[mandate]))
        for access, mandate in mine
    }


def _mandates_of(actor: Actor) -> MandateQuerySet:
    """The mandates by which this account acts for others now."""
    return Mandate.objects.visible_to(actor).valid_at(now()).filter(agent=actor.user_id)


def _told(mandate: Mandate, actor: Actor) -> dict:
    """One mandate in words, with its paper, and with its end where the reader may end it."""
    by = policy.ends_as(actor, mandate)
    return {
        "sentence": mandate_in_words(mandate),
        "papers": files_of(scans.paper_of(mandate)),
        "end": reverse("my_mandate_end", args=[mandate.pk]) if by is not None else "",
        "is_mine": by == GivenBy.AGENT,
    }


def _page_number(request: HttpRequest) -> int:
    """Which page the address asks for; the first where it asks for none that there could be."""
    asked = request.GET.get("page", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= DIGITS_OF_A_PAGE
    return max(1, int(asked)) if is_number else 1


def _taken_back(request: HttpRequest, person: Resident) -> dict | None:
    """What the consent said that she took back and may give again, where the address names one of hers."""
    try:
        again = UUID(request.GET.get("again", ""))
    except ValueError:
        return None
    mine = Consent.objects.visible_to(actor_of(request)).of(person.pk)
    consent = mine.filter(pk=again, status=ConsentStatus.WITHDRAWN).first()
    if consent is None:
        return None
    return forms.MyConsentForm.said_before(consent, places_hidden=hides_places(actor_of(request), person))


def _voice(request: HttpRequest, person: Resident) -> GivenBy:
    by = policy.speaks_as(actor_of(request), person)
    if by is None:
        raise NotYourConsent
    return by


def _said(by: GivenBy) -> Saying:
    """What is said on the page is proven by the request that said it."""
    return Saying(Channel.ONLINE, trace.current() or "page", by)


def _stands(consent: Consent) -> bool:
    return consent.status == ConsentStatus.GIVEN
