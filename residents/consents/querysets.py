"""Which consents, sharings by law and mandates: for whom, of whom, and which have run out."""

from datetime import datetime

from django.apps import apps

from residents.consents.states import ConsentStatus, LegalShareStatus, MandateStatus
from residents.registry.models import Resident
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now
from sojourn.core.querysets import LockingQuerySet


class OfResidentsQuerySet(LockingQuerySet):
    """Rows about a resident: whoever may see her registration as its keeper sees them."""

    standing = ""

    def visible_to(self, actor: Actor):
        """Rows of residents in the reach of their home's staff; an agent's are found through her mandates."""
        match actor.role:
            case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
                return self.filter(resident__in=Resident.objects.visible_to(actor))
            case Role.FAMILY if actor.user_id:
                return self.filter(resident__in=principals_of(actor))
        return self.none()

    def managed_by(self, actor: Actor):
        """Those in this actor's own list: in the reach of staff."""
        match actor.role:
            case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
                return self.visible_to(actor)
        return self.none()

    def of(self, resident_id):
        return self.filter(resident=resident_id)

    def standing_still(self):
        """Rows that open something as far as nobody ended them."""
        return self.filter(status=self.standing)

    def run_out_at(self, at: datetime):
        """Rows whose time is over although nobody has said so yet."""
        return self.standing_still().filter(expires_at__lte=at)

    def latest_first(self):
        return self.order_by("-opened_at", "-pk")


def principals_of(actor: Actor):
    """The residents who gave this account a mandate that holds now."""
    mandates = apps.get_model("consents", "Mandate")._default_manager
    return mandates.valid_at(now()).filter(agent=actor.user_id).values("resident")


class ConsentQuerySet(OfResidentsQuerySet):
    standing = ConsentStatus.GIVEN


class LegalShareQuerySet(OfResidentsQuerySet):
    standing = LegalShareStatus.LIVE


class MandateQuerySet(OfResidentsQuerySet):
    standing = MandateStatus.VALID

    def valid_at(self, at: datetime):
        return self.filter(status=MandateStatus.VALID, opened_at__lte=at, expires_at__gt=at)
