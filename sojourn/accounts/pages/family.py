"""How families and older people sign in: a telephone number, then the code that came to it."""

import math
import unicodedata
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sojourn.accounts import services
from sojourn.accounts.errors import AccountClosed, PhoneUnreadable, SignInLocked
from sojourn.accounts.models import User
from sojourn.accounts.pages.devices import about_site
from sojourn.accounts.states import CodeWay
from sojourn.core.clock import now
from sojourn.core.masking import mask_phone
from sojourn.core.phones import LONGEST_TYPED
from sojourn.core.refusals import Refusal
from sojourn.web.access import is_family_session
from sojourn.web.addresses import client_address
from sojourn.web.choices import own_address
from sojourn.web.sessions import begin

BACKEND = "sojourn.accounts.backends.PhoneBackend"
CODE_ID, AFTERWARDS, PROVED_AT = "sign_in_code", "sign_in_next", "proved_at"
FILE = "file:"


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("电话号码"),
        max_length=LONGEST_TYPED,
        help_text=gettext_lazy("手机或座机都行；座机请带区号，我们打电话念给您听。"),
        widget=forms.TextInput(
            attrs={"class": "input", "type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        ),
    )


class FamilyCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("验证码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )

    def clean_code(self) -> str:
        """The digits that were meant: full-width ones as plain ones, spaces left out."""
        code = "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise ValidationError(_("验证码是六位数字，请看短信再输入一次。"))
        return code


def patient(view: Callable) -> Callable:
    """A step that no cache keeps and no error report quotes, and that says how long to wait after too many tries."""

    @sensitive_post_parameters("phone", "code", "answer")
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def step(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except SignInLocked as locked:
            answer = TemplateResponse(
                request, "account/phone_locked.html", {"refusal": locked}, status=locked.status
            )
            answer["Retry-After"] = str(int(locked.wait.total_seconds()) + 1)
            return answer

    return step


def step_in(view: Callable) -> Callable:
    """Such a step for who is not signed in yet; a family that is goes on."""

    @patient
    @wraps(view)
    def step(request: HttpRequest) -> HttpResponse:
        if is_family_session(request):
            return HttpResponseRedirect(afterwards_of(request, request.GET.get("next", "")))
        return view(request)

    return step


@step_in
def ask(request: HttpRequest) -> HttpResponse:
    """She says which telephone is hers; the answer is the same whether or not we know it."""
    form = PhoneForm(request.POST if request.method == "POST" else None)
    afterwards = afterwards_of(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST" and form.is_valid():
        try:
            asked = services.ask_code(
                phone=form.cleaned_data["phone"], way=CodeWay.TEXT, address=client_address(request)
            )
        except PhoneUnreadable as refusal:
            form.add_error("phone", str(refusal))
        else:
            request.session[CODE_ID], request.session[AFTERWARDS] = str(asked.code_id), afterwards
            return HttpResponseRedirect(resolve_url("family_code"))
    return first_step(request, form, afterwards)


def first_step(
    request: HttpRequest, form: PhoneForm, afterwards: str, refusal: Refusal | None = None
) -> HttpResponse:
    """The page with both ways in: a telephone, or a passkey where the browser and the address can have one."""
    context = {"form": form, "next": afterwards, "refusal": refusal, **about_site(request), **in_demo()}
    status = 200 if refusal is None else refusal.status
    return TemplateResponse(request, "account/phone.html", context, status=status)


@step_in
def enter(request: HttpRequest) -> HttpResponse:
    """She types the code that came, or asks for another, by text or by a call."""
    code_id = request.session.get(CODE_ID)
    phone = services.asked_phone(UUID(code_id)) if code_id else None
    if code_id is None or phone is None:
        return HttpResponseRedirect(resolve_url("family_sign_in"))
    if request.POST.get("again") in CodeWay.values:
        return _ask_again(request, phone, CodeWay(request.POST["again"]))
    form = FamilyCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _signed_in(request, UUID(code_id), form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "phone": mask_phone(phone),
        "minutes": services.minutes_of_codes(),
        **in_demo(),
    }
    return TemplateResponse(request, "account/phone_code.html", context)


def _ask_again(request: HttpRequest, phone: str, way: CodeWay) -> HttpResponse:
    asked = services.ask_code(phone=phone, way=way, address=client_address(request))
    request.session[CODE_ID] = str(asked.code_id)
    if not asked.is_new:
        seconds = math.ceil(asked.wait.total_seconds())
        messages.warning(request, _("刚刚发过一次，请等 {seconds} 秒再要。").format(seconds=seconds))
    elif asked.way == CodeWay.VOICE:
        messages.success(request, _("我们正给您打电话，请接听并记下六位数字。"))
    else:
        messages.success(request, _("新的验证码已经发出。"))
    return HttpResponseRedirect(resolve_url("family_code"))


def _signed_in(request: HttpRequest, code_id: UUID, form: FamilyCodeForm) -> HttpResponse | None:
    """Where she goes on, in a new session; None where the form says why she does not."""
    try:
        user = services.open_by_code(
            code_id=code_id, code=form.cleaned_data["code"], address=client_address(request)
        )
    except AccountClosed as refusal:
        form.add_error(None, str(refusal))
        return None
    if user is None:
        form.add_error("code", _("验证码不对，或者已经过期。请核对，或再要一个。"))
        return None
    afterwards = request.session.get(AFTERWARDS) or settings.FAMILY_LOGIN_REDIRECT_URL
    come_in(request, user)
    return HttpResponseRedirect(afterwards)


def come_in(request: HttpRequest, user: User) -> None:
    """A new session in which nothing of whoever sat here before goes on."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    begin(request)
    note_proof(request)


def note_proof(request: HttpRequest) -> None:
    """Whoever sits here has just proved that the telephone or the passkey is hers."""
    request.session[PROVED_AT] = int(now().timestamp())


def is_fresh(request: HttpRequest) -> bool:
    """Whether she proved it within the rule's minutes; what is sent may be as much older as a staff session may rest."""
    longest = services.minutes_of_fresh_proof() * 60
    if request.method == "POST":
        longest += settings.STAFF_IDLE_SECONDS
    return now().timestamp() - request.session.get(PROVED_AT, 0) <= longest


def afterwards_of(request: HttpRequest, address: str) -> str:
    """The page of this site that she was on her way to, else her own."""
    return own_address(request, address) if address else settings.FAMILY_LOGIN_REDIRECT_URL


def in_demo() -> dict[str, str]:
    """In the demo, where messages stand that are not really sent; nothing elsewhere."""
    if not settings.SAMPLE_WORLD or not settings.MESSAGES.startswith(FILE):
        return {}
    place = Path(settings.MESSAGES.removeprefix(FILE))
    inside = place.is_relative_to(settings.ROOT)
    shown = place.relative_to(settings.ROOT) if inside else Path(place.name)
    return {"demo_file": str(shown), "demo_node": settings.NODE}
