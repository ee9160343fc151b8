"""A verb in the admin: a form whose fields are the service's arguments, behind its own address."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Actor
from sojourn.core.refusals import Refusal
from sojourn.web.access import actor_of
from sojourn.web.proofs import needs_new_proof, prove_first

Label = str | Promise


class ReachForm(forms.Form):
    """A form that offers what lies in the reach of whoever fills it in, and nothing else."""

    def offer_to(self, actor: Actor) -> None:
        """Its choices are those of this actor."""
        raise NotImplementedError


@dataclass(frozen=True)
class Verb:
    """One verb of one model.

    ``name`` stands in the address, ``label`` on the button. ``service`` is called with ``actor``, the
    row's id under ``id_argument`` (None: a verb of the list, such as registering a new row) and the
    cleaned fields of ``form``, passed through ``arguments`` where the service wants them otherwise.
    ``allowed`` takes (actor, row) and decides whether the button shows; the service decides again.
    ``initial`` fills the form from the row. ``done`` is what the officer reads afterwards. ``shown_once`` is a
    template instead: the service's answer is shown by it as ``answer``, once, and kept nowhere. ``named_in`` is the
    field that names whom or what it is about: the page of that row leads here with it filled in. ``ends`` marks a
    verb that takes away, stops or refuses: its button never stands out.
    """

    name: str
    label: Label
    service: Callable
    allowed: Callable
    done: Label
    form: type[forms.Form] = forms.Form
    id_argument: str | None = None
    arguments: Callable[[dict], dict] = dict
    initial: Callable = lambda _row: {}
    help_text: Label = ""
    shown_once: str = ""
    named_in: str = ""
    ends: bool = False


class VerbsAdmin(admin.ModelAdmin):
    """One form page a verb: ``<id>/<verb>/``, or ``<verb>/`` for the list's own."""

    verbs: tuple[Verb, ...] = ()
    change_form_template = "admin/scoped_change_form.html"
    change_list_template = "admin/scoped_change_list.html"

    def get_urls(self):
        info = self.opts.app_label, self.opts.model_name
        own = []
        for verb in self.verbs:
            route = f"<path:object_id>/{verb.name}/" if verb.id_argument else f"{verb.name}/"
            view = self.admin_site.admin_view(self._view_of(verb))
            own.append(path(route, view, name="{}_{}_{}".format(*info, verb.name)))
        return own + super().get_urls()

    def heading_of(self, row) -> str:
        """What the pages of a row call it: its own name, unless its admin has words that may be shown."""
        return str(row)

    def verbs_for(self, request: HttpRequest, row=None) -> list[dict]:
        """The buttons this officer sees on a row, or on the list where ``row`` is None; one at most stands out."""
        actor, of_row = actor_of(request), row is not None
        found = [verb for verb in self.verbs if bool(verb.id_argument) == of_row and verb.allowed(actor, row)]
        usual = next((verb for verb in found if not verb.ends), None)
        return [
            {"label": verb.label, "url": self._address(verb, row), "stands_out": verb is usual}
            for verb in found
        ]

    def verbs_naming(self, request: HttpRequest, named: str) -> list[dict]:
        """The buttons of the list by which something is begun about what has this name or number."""
        return [
            {"label": verb.label, "url": f"{self._address(verb, None)}?{urlencode({verb.named_in: named})}"}
            for verb in self.verbs
            if verb.named_in and verb.allowed(actor_of(request), None)
        ]

    def perform(self, request: HttpRequest, service: Callable, **arguments):
        """Call a service as this officer; a refusal becomes a message and None comes back."""
        try:
            return service(actor=actor_of(request), **arguments)
        except Refusal as refusal:
            lines = [str(refusal), str(refusal.detail), *(str(error["detail"]) for error in refusal.errors)]
            messages.error(request, " ".join(line for line in lines if line))
            return None

    def answer_for_no_row(self, request: HttpRequest) -> HttpResponse:
        """What does not exist and what lies beyond her reach are answered alike."""
        messages.warning(request, _("没有找到，或不在您的辖区。"))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:index"))

    def form_of(self, request: HttpRequest, verb: Verb, row) -> forms.Form:
        """The form of a verb, empty or as it was sent."""
        is_sent = request.method == "POST"
        data, files = (request.POST, request.FILES) if is_sent else (None, None)
        named = {verb.named_in: request.GET[verb.named_in]} if verb.named_in in request.GET else {}
        form = verb.form(data, files, initial=named | verb.initial(row))
        if isinstance(form, ReachForm):
            form.offer_to(actor_of(request))
        return form

    def _address(self, verb: Verb, row) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{verb.name}"
        return reverse(name, args=[quote(row.pk)] if row is not None else [])

    def _view_of(self, verb: Verb) -> Callable:
        def view(request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            row = self.get_object(request, object_id or "") if verb.id_argument else None
            if verb.id_argument and row is None:
                return self.answer_for_no_row(request)
            if not self.has_view_permission(request, row) or not verb.allowed(actor_of(request), row):
                raise PermissionDenied
            if needs_new_proof(request):
                return prove_first(request)
            form = self.form_of(request, verb, row)
            if request.method == "POST" and form.is_valid():
                try:
                    answer = verb.service(actor=actor_of(request), **_arguments(verb, row, form))
                except Refusal as refusal:
                    explain(form, refusal)
                else:
                    if verb.shown_once:
                        return self._show_once(request, verb, row, answer)
                    messages.success(request, str(verb.done))
                    return HttpResponseRedirect(self._after(request, answer, row))
            return TemplateResponse(
                request, "admin/verb_form.html", self._verb_context(request, verb, row, form)
            )

        view.__name__ = verb.name
        return view

    def _show_once(self, request: HttpRequest, verb: Verb, row, answer) -> HttpResponse:
        """The answer to the form is the only place where it stands: no session and no cache holds it."""
        context = self._verb_context(request, verb, row, verb.form()) | {"answer": answer}
        response = TemplateResponse(request, verb.shown_once, context)
        response["Cache-Control"] = "no-store"
        return response

    def _after(self, request: HttpRequest, answer, row) -> str:
        """The row that came of it where it is in her reach, else the list."""
        target = answer if isinstance(answer, self.model) else row
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        if target is not None and self.get_object(request, str(target.pk)) is not None:
            return reverse(f"{name}_change", args=[quote(target.pk)])
        return reverse(f"{name}_changelist")

    def _verb_context(self, request: HttpRequest, verb: Verb, row, form: forms.Form) -> dict:
        return {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "subtitle": self.heading_of(row) if row is not None else None,
            "verb": verb,
            "form": form,
            "original": row,
            "opts": self.opts,
            "media": self.media + form.media,
        }


def _arguments(verb: Verb, row, form: forms.Form) -> dict:
    arguments = verb.arguments(form.cleaned_data)
    return arguments | {verb.id_argument: row.pk} if verb.id_argument else arguments


def explain(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal where it is read: each error at its field, the rest above the form."""
    for error in refusal.errors:
        at_field = error["field"] if error["field"] in form.fields else None
        form.add_error(at_field, str(error["detail"]))
    said = " ".join(text for text in (str(refusal), str(refusal.detail)) if text)
    if said not in {str(error["detail"]) for error in refusal.errors}:
        form.add_error(None, said)
