"""A family's passkeys: the way in beside the telephone, and her list of them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sojourn.accounts import services
from sojourn.accounts.errors import PasskeyNotHere, ProofTooOld
from sojourn.accounts.models import Passkey
from sojourn.accounts.pages import devices, family
from sojourn.accounts.services import PasskeyCheck
from sojourn.accounts.states import CodeWay
from sojourn.core.masking import mask_phone
from sojourn.core.refusals import NotPermitted
from sojourn.web.access import actor_of
from sojourn.web.addresses import client_address
from sojourn.web.envelope import problem

MINE = "my_passkeys"
AGAIN_ID = "confirm_code"
page = require_http_methods(["GET", "HEAD", "POST"])


@family.step_in
def sign_in(request: HttpRequest) -> HttpResponse:
    """Her device proves a passkey, and she is in; the telephone's code stays beside it."""
    if devices.is_beginning(request):
        address = client_address(request)
        return devices.hand_out(request, lambda site: services.begin_sign_in(site=site, address=address))
    if request.method != "POST":
        return HttpResponseRedirect(resolve_url("family_sign_in"))
    afterwards = family.afterwards_of(request, request.POST.get("next", ""))
    try:
        answer = devices.answer_of(request)
        check = services.open_by_passkey(answer=answer, address=client_address(request))
    except PasskeyNotHere as refusal:
        check = PasskeyCheck(refusal=refusal)
    if check.passkey is None:
        return family.first_step(request, family.PhoneForm(), afterwards, check.refusal)
    family.come_in(request, check.passkey.user)
    return HttpResponseRedirect(afterwards)


@never_cache
@page
def show(request: HttpRequest) -> HttpResponse:
    """What a passkey is, hers with when each was last used, and the way to another."""
    mine = Passkey.objects.visible_to(actor_of(request)).order_by("-created_at")
    return TemplateResponse(request, "my/passkeys.html", {"passkeys": mine, **devices.about_site(request)})


@family.patient
def add(request: HttpRequest) -> HttpResponse:
    """Her device makes a passkey, if she signed in a moment ago."""
    if not family.is_fresh(request):
        return _ask_proof(request)
    actor, name = actor_of(request), request.POST.get("name", "")
    if devices.is_beginning(request):
        return devices.hand_out(
            request, lambda site: services.begin_adding(name=name, site=site, actor=actor)
        )
    form = devices.NewPasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = devices.answer_of(request)
        check = services.add_passkey(name=form.cleaned_data["name"], answer=answer, actor=actor)
        if check.refusal is None:
            messages.success(request, _("通行密钥已添加。下次登录按“用通行密钥登录”就行。"))
            return HttpResponseRedirect(resolve_url(MINE))
        form.add_error(None, str(check.refusal))
    context = {"form": form, **devices.about_site(request)}
    return TemplateResponse(request, "my/passkey_new.html", context)


def _ask_proof(request: HttpRequest) -> HttpResponse:
    if devices.is_beginning(request):
        return problem(ProofTooOld())
    after = urlencode({"next": request.path})
    return HttpResponseRedirect(f"{resolve_url('family_again')}?{after}")


@never_cache
@page
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She is asked once more, and the passkey opens nothing any more."""
    return devices.remove(request, pk, template="my/passkey_remove.html", back=MINE)


# --- once more, that it is she --------------------------------------------------------------------
@family.patient
def again(request: HttpRequest) -> HttpResponse:
    """Who has been signed in for a while types a code that came to her own telephone, and goes on."""
    user_id = actor_of(request).user_id
    phone = services.phone_of(user_id) if user_id else None
    if phone is None:
        raise NotPermitted
    afterwards = family.afterwards_of(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.POST.get("send") in CodeWay.values:
        _send(request, phone, CodeWay(request.POST["send"]))
        return HttpResponseRedirect(f"{request.path}?{urlencode({'next': afterwards})}")
    code_id = request.session.get(AGAIN_ID)
    was_sent = code_id is not None and services.asked_phone(UUID(code_id)) == phone
    form = family.FamilyCodeForm(request.POST if request.method == "POST" and was_sent else None)
    if form.is_bound and form.is_valid():
        user = services.open_by_code(
            code_id=UUID(code_id), code=form.cleaned_data["code"], address=client_address(request)
        )
        if user is not None and user.pk == user_id:
            del request.session[AGAIN_ID]
            family.note_proof(request)
            return HttpResponseRedirect(afterwards)
        form.add_error("code", _("验证码不对，或者已经过期。请核对，或再要一个。"))
    context = {"form": form, "phone": mask_phone(phone), "was_sent": was_sent, "next": afterwards}
    return TemplateResponse(request, "account/phone_again.html", context | family.in_demo())


def _send(request: HttpRequest, phone: str, way: CodeWay) -> None:
    asked = services.ask_code(phone=phone, way=way, address=client_address(request))
    request.session[AGAIN_ID] = str(asked.code_id)
    if asked.is_new:
        messages.success(request, _("验证码已经发出。"))
    else:
        messages.warning(request, _("刚刚发过一次，请用收到的那个验证码。"))
