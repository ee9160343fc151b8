"""Who is asking: the one thing below the edges that knows about users, programs and peers."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    PUBLIC = "public", _("公众")
    FAMILY = "family", _("老年人及家属")
    FACILITY = "facility", _("养老机构账号")
    OFFICER = "officer", _("经办人")
    AUDITOR = "auditor", _("审计人员")
    ADMIN = "admin", _("系统管理员")
    PEER = "peer", _("成员省份节点")
    SYSTEM = "system", _("系统任务")


STAFF = frozenset({Role.OFFICER, Role.AUDITOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, in what role and how far that role reaches.

    ``divisions`` are prefixes of division codes: ``"44"`` a province, ``"4401"`` a city,
    ``"440106"`` a county, ``""`` the whole node. Reach comes from them, never from the role.
    ``held`` are the holders it acts for, by kind and id: a facility, an assessment body. A program has a
    ``client_id`` where a person has a ``user_id``.
    """

    role: Role
    divisions: tuple[str, ...] = ()
    facility_ids: frozenset[UUID] = field(default_factory=frozenset)
    user_id: UUID | None = None
    on_behalf_of: str = ""
    second_factor: bool = False
    held: frozenset[tuple[str, UUID]] = field(default_factory=frozenset)
    client_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def account_id(self) -> UUID | None:
        """The account that asks: a person's, or a program's."""
        return self.user_id or self.client_id

    @property
    def common_reach(self) -> str:
        """The prefix that all its divisions have in common: 4401 for 440105 and 440106, "" for those of two provinces."""
        first, last = min(self.divisions, default=""), max(self.divisions, default="")
        shared = (n for n in (6, 4, 2) if n <= min(len(first), len(last)) and first[:n] == last[:n])
        return first[: next(shared, 0)]

    def covers(self, code: str) -> bool:
        """Whether this actor's reach includes the division with this code."""
        return any(code.startswith(prefix) for prefix in self.divisions)

    def holds(self, kind: str, holder_id: UUID) -> bool:
        """Whether this actor acts for the holder of this kind with this id."""
        return (kind, holder_id) in self.held

    def as_columns(self) -> dict:
        """The columns under which the trail keeps this actor."""
        return {
            "actor_role": self.role,
            "actor_user_id": self.account_id,
            "actor_divisions": ",".join(self.divisions),
            "on_behalf_of": self.on_behalf_of,
        }


PUBLIC = Actor(role=Role.PUBLIC)
SYSTEM = Actor(role=Role.SYSTEM)


def reach_of(code: str) -> str:
    """The prefix that a division code governs: 440000 → 44, 440100 → 4401, 440106 → 440106.

    GB/T 2260 numbers a division within its parent, two digits a level.
    """
    while code.endswith("00"):
        code = code[:-2]
    return code
