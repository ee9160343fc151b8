"""Between a page and the device that holds a passkey: what the browser is handed, and what it brings back."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.request import validate_host
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.accounts import services
from sojourn.accounts.errors import PasskeyNotHere, SignInLocked
from sojourn.accounts.models import Passkey
from sojourn.accounts.passkeys import LONGEST_NAME, Site, site_of
from sojourn.accounts.services import Answer, Begun
from sojourn.core.refusals import NotVisible, Refusal
from sojourn.web.access import actor_of
from sojourn.web.envelope import problem

CHALLENGE = "passkey_challenge"
BEGIN, ANSWER = "begin", "answer"


class NewPasskeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("这台设备叫什么"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("自己认得就行，如“我的手机”“女儿的电脑”。"),
        error_messages={"required": gettext_lazy("请给这台设备起个名字。")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )


def site_here(request: HttpRequest) -> Site | None:
    """The site whose passkeys this address can use; None for one that can have none."""
    return site_of(request.get_host(), is_secure=request.is_secure())


def about_site(request: HttpRequest) -> dict[str, object]:
    """For a page: whether passkeys work at this address, and else at which ones they would."""
    if site_here(request) is not None:
        return {"has_passkeys": True}
    host, _colon, port = request.get_host().rpartition(":")
    port = f":{port}" if host and port.isdigit() else ""
    known = [name for name in settings.PASSKEY_DOMAINS if validate_host(name, settings.ALLOWED_HOSTS)]
    addresses = [
        {"name": name, "address": f"{request.scheme}://{name}{port}{request.path}"}
        for name in known
        if site_of(f"{name}{port}", is_secure=request.is_secure())
    ]
    return {"has_passkeys": False, "passkey_addresses": addresses}


def is_beginning(request: HttpRequest) -> bool:
    """Whether the page's script asks what to do, rather than bringing what the device answered."""
    return request.method == "POST" and BEGIN in request.POST


def hand_out(request: HttpRequest, begin: Callable[[Site], Begun]) -> HttpResponse:
    """What the browser is to ask its device, or as a problem why not; the session keeps which challenge it was."""
    try:
        begun = begin(_site(request))
    except SignInLocked as locked:
        return problem(locked, wait=int(locked.wait.total_seconds()) + 1)
    except Refusal as refusal:
        return problem(refusal)
    request.session[CHALLENGE] = str(begun.challenge_id)
    return JsonResponse(begun.options)


def answer_of(request: HttpRequest) -> Answer:
    """What the device answered to the challenge of this session, which has none from now on."""
    kept = request.session.pop(CHALLENGE, None)
    return Answer(UUID(kept) if kept else None, _site(request), request.POST.get(ANSWER, ""))


def remove(request: HttpRequest, pk: UUID, *, template: str, back: str) -> HttpResponse:
    """Whoever has this passkey is asked once more by this page, and led back to her list once it is gone."""
    actor = actor_of(request)
    passkey = Passkey.objects.visible_to(actor).filter(pk=pk).first()
    if passkey is None:
        raise NotVisible
    if request.method == "POST":
        services.remove_passkey(passkey_id=pk, actor=actor)
        messages.success(request, _("通行密钥已移除。那台设备里存的，也可以在设备的设置里删掉。"))
        return HttpResponseRedirect(resolve_url(back))
    return TemplateResponse(request, template, {"passkey": passkey})


def _site(request: HttpRequest) -> Site:
    site = site_here(request)
    if site is None:
        raise PasskeyNotHere
    return site
