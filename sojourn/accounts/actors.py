"""From a signed-in user to the actor that the rooms know."""

from sojourn.accounts.models import ApiClient, User
from sojourn.core.actors import PUBLIC, Actor, Role, reach_of
from sojourn.core.clock import today

# A user with several roles acts in the first of these that she holds.
PRECEDENCE = (Role.ADMIN, Role.OFFICER, Role.AUDITOR, Role.FACILITY, Role.FAMILY)


def actor_for(user, *, second_factor: bool = False) -> Actor:
    """The actor a user is today, by her live memberships; a stranger is the public.

    ``second_factor`` says whether this session proved one. Until it has, staff reach no division: a
    passphrase alone shows nothing that the public does not see (decision 0006).
    """
    if isinstance(user, ApiClient):
        return actor_for_client(user)
    if not isinstance(user, User) or not user.is_active:
        return PUBLIC
    live = user.live_memberships
    if live is None:
        live = list(user.memberships.live_on(today()))
    held = {membership.role for membership in live}
    role = next((role for role in PRECEDENCE if role in held), Role.PUBLIC)
    mine = [membership for membership in live if membership.role == role]
    reach = {reach_of(m.division_code) for m in mine if not m.holder_kind}
    return Actor(
        role=role,
        divisions=tuple(sorted(reach)) if second_factor else (),
        facility_ids=frozenset(m.holder_id for m in mine if m.holder_kind == "facility" and m.holder_id),
        user_id=user.pk,
        second_factor=second_factor,
        held=frozenset((m.holder_kind, m.holder_id) for m in mine if m.holder_id is not None),
    )


def actor_for_client(client: ApiClient) -> Actor:
    """A program acts for its one holder; the trail names the program, and the holder as whom it acts for."""
    facilities = {client.holder_id} if client.holder_kind == "facility" else set()
    return Actor(
        role=Role.FACILITY,
        facility_ids=frozenset(facilities),
        on_behalf_of=f"{client.holder_kind}:{client.holder_number}",
        held=frozenset({(client.holder_kind, client.holder_id)}),
        client_id=client.pk,
    )
