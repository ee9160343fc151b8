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
from django.db.models import Count

from providers.facilities.models import Facility
from sojourn.accounts import services
from sojourn.accounts.models import User
from sojourn.accounts.reach import names_of
from sojourn.accounts.services import Post
from sojourn.core.actors import Actor, Role, reach_of
from sojourn.local.paths import Local

# Without letters and digits that are taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CITY_PREFIX = "4401"  # real bases stand in this city, so that its officer sees both
COUNTY_WITHOUT_FACILITIES = "440106"


@dataclass(frozen=True)
class SignIn:
    """What a visitor of the demo needs to sign in; ``totp_secret`` is base32."""

    role: str
    username: str
    password: str
    totp_secret: str


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    role: Role
    division_code: str = ""

    @property
    def title(self) -> str:
        reach = reach_of(self.division_code)
        place = names_of([reach])[reach] if reach else "the whole node"
        return f"{self.role.value} of {place}"


def open_sample_accounts(*, actor: Actor) -> list[SignIn]:
    """Everybody of the sample staff can sign in with what stands in the file of sign-ins.

    Whoever is there already keeps passphrase and second factor; where the file no longer tells them, new
    ones are set.
    """
    file = Local.from_environment(os.environ).sign_ins
    known = {sign_in.username: sign_in for sign_in in _read(file)}
    sign_ins = [_sign_in_of(person, known.get(person.username), actor) for person in people(county())]
    _write(file, sign_ins)
    return sign_ins


def people(county_code: str) -> list[Person]:
    """An officer of a county, of its city and of its province, and those who oversee the node."""
    city_code = f"{county_code[:4]}00"
    return [
        Person("county-officer", "样例·林知秋", Role.OFFICER, county_code),
        Person("city-officer", "样例·沈望舒", Role.OFFICER, city_code),
        Person("province-officer", "样例·顾临川", Role.OFFICER, f"{county_code[:2]}0000"),
        Person("auditor", "样例·秦观澜", Role.AUDITOR),
        Person("administrator", "样例·何守拙", Role.ADMIN),
    ]


def county() -> str:
    """The county of the city with most facilities, so that its officer has something to look after."""
    here = Facility.objects.filter(division__code__startswith=CITY_PREFIX)
    counties = here.exclude(division__code__endswith="00").values("division_id")
    first = counties.annotate(facilities=Count("pk")).order_by("-facilities", "division_id").first()
    return first["division_id"] if first else COUNTY_WITHOUT_FACILITIES


def _sign_in_of(person: Person, known: SignIn | None, actor: Actor) -> SignIn:
    user = User.objects.filter(username=person.username).first()
    if user is not None and known is not None and _has_app(user):
        return known
    passphrase = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    if user is None:
        user = services.create_user(
            username=person.username, name=person.name, passphrase=passphrase, actor=actor, is_sample=True
        )
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
