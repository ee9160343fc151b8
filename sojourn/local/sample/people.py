"""Invented staff of the sample world: one of each reach, with passphrases and second factors of their own."""

import json
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db.models import Count, Q, QuerySet

from providers.facilities.models import Facility
from residents.assessments.states import Background
from sojourn.accounts import services
from sojourn.accounts.models import User
from sojourn.accounts.reach import names_of
from sojourn.accounts.services import Post
from sojourn.core.actors import Actor, Role, reach_of
from sojourn.core.hosting import hosted_members
from sojourn.local.paths import Local
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionKind, DivisionLevel

# Without letters and digits that are taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
COUNTY_OFFICER, PROVINCE_OFFICER, SECOND_OFFICER = "county-officer", "province-officer", "second-officer"
ASSESSORS = (
    ("assessor-nurse", "样例·温若水", Background.NURSING),
    ("assessor-social", "样例·陆听泉", Background.OTHER),
)


@dataclass(frozen=True)
class SignIn:
    """What a visitor of the demo needs to sign in; ``totp_secret`` is base32."""

    role: str
    username: str
    password: str
    totp_secret: str


@dataclass(frozen=True)
class Person:
    """Somebody of the sample staff; an assessor has no post of her own (decision 0022)."""

    username: str
    name: str
    role: Role | None
    division_code: str = ""

    @property
    def title(self) -> str:
        if self.role is None:
            return "assessor"
        reach = reach_of(self.division_code)
        place = names_of([reach])[reach] if reach else "the whole node"
        return f"{self.role.value} of {place}"


@dataclass(frozen=True)
class Reaches:
    """Codes of the divisions whose officers are among the sample staff; "" where the node has none."""

    county: str
    city: str
    province: str


def open_sample_accounts(*, actor: Actor) -> list[SignIn]:
    """Everybody of the sample staff can sign in with what stands in the file of sign-ins.

    Whoever is there already keeps passphrase and second factor; where the file no longer tells them, new
    ones are set.
    """
    file = Local.from_environment(os.environ).sign_ins
    known = {sign_in.username: sign_in for sign_in in _read(file)}
    sign_ins = [_sign_in_of(person, known.get(person.username), actor) for person in people(reaches())]
    _write(file, sign_ins)
    return sign_ins


def people(reaches: Reaches) -> list[Person]:
    """Officers of a county, of a city and two of a province, as far as there are such, overseers, and two assessors."""
    officers = [
        Person(COUNTY_OFFICER, "样例·林知秋", Role.OFFICER, reaches.county),
        Person("city-officer", "样例·沈望舒", Role.OFFICER, reaches.city),
        Person(PROVINCE_OFFICER, "样例·顾临川", Role.OFFICER, reaches.province),
        Person(SECOND_OFFICER, "样例·苏望岳", Role.OFFICER, reaches.province),
    ]
    return [
        *(officer for officer in officers if officer.division_code),
        Person("auditor", "样例·秦观澜", Role.AUDITOR),
        Person("administrator", "样例·何守拙", Role.ADMIN),
        *(Person(username, name, None) for username, name, _background in ASSESSORS),
    ]


def reaches() -> Reaches:
    """Divisions of this node whose officers have something to look after, one within the other where that can be.

    The node is named after its first member. A municipality has no city: there the city is another member's.
    """
    hosted = hosted_members()
    named = f"{settings.NODE}0000"
    home = named if named in hosted else min(hosted, default="")
    divisions = Division.objects.filter(kind=DivisionKind.UNIT, valid_to=None)
    cities = divisions.filter(level=DivisionLevel.CITY, province_code__in=hosted)
    city = _busiest(cities.filter(province_code=home)) or _busiest(cities)
    counties = divisions.filter(level=DivisionLevel.COUNTY, province_code=home)
    return Reaches(_busiest(counties.filter(city_code=city)) or _busiest(counties), city, home)


def _busiest(divisions: QuerySet) -> str:
    """Of divisions of one level the one with most real facilities, then with most; "" where there is none."""
    real, every = Count("pk", filter=Q(is_sample=False)), Count("pk")
    counted = Facility.objects.order_by().values_list("division_id").annotate(real=real, every=every)
    figures = list(counted)

    def rank(code: str) -> tuple[int, int, str]:
        inside = [(real, every) for division, real, every in figures if division.startswith(reach_of(code))]
        return -sum(real for real, _ in inside), -sum(every for _, every in inside), code

    return min(divisions.values_list("code", flat=True), key=rank, default="")


def _sign_in_of(person: Person, known: SignIn | None, actor: Actor) -> SignIn:
    user = User.objects.filter(username=person.username).first()
    if user is not None and known is not None and _has_app(user):
        return known
    passphrase = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    if user is None:
        user = services.create_user(
            username=person.username, name=person.name, passphrase=passphrase, actor=actor, is_sample=True
        )
        if person.role is not None:
            services.grant_post(user_id=user.pk, post=Post(person.role, person.division_code), actor=actor)
    else:
        services.change_passphrase(user_id=user.pk, passphrase=passphrase, actor=actor)
    if _has_app(user):
        services.remove_second_factor(user_id=user.pk, actor=actor)
    secret = generate_totp_secret()
    services.set_second_factor(user_id=user.pk, secret=secret, code_step=0, actor=actor)
    return SignIn(person.title, person.username, passphrase, secret)


def _has_app(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def _read(file: Path) -> Iterable[SignIn]:
    return [SignIn(**entry) for entry in json.loads(file.read_text("utf-8"))] if file.exists() else []


def _write(file: Path, sign_ins: Iterable[SignIn]) -> None:
    """Replace the file at once; nobody but its owner reads it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}-{time.monotonic_ns()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        json.dump([asdict(sign_in) for sign_in in sign_ins], handle, ensure_ascii=False, indent=1)
    fresh.replace(file)
