"""Steps at the registry: it is served to anyone, signed, live, and names the node under test and us."""

from sojourn.core.clock import now
from sojourn.sharing.conformance.door import TEXT, Failed
from sojourn.sharing.conformance.visit import NotNow, Visit
from sojourn.sharing.protocol import strict
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.registry import Registry, registry_of
from sojourn.sharing.protocol.suites import SUITES


def registry_is_served(visit: Visit) -> str:
    """The registry is given to anyone who asks, without a signature."""
    answer = visit.door.send(visit.door.plain("GET", "/keys/"))
    visit.registry_text = answer.expect_given(TEXT)
    return f"{len(visit.registry_text)} bytes"


def registry_is_signed_and_live(visit: Visit) -> str:
    """Enough registrars signed the registry, and its time is not over."""
    if visit.registry_text is None:
        raise NotNow("no registry was served")
    visit.registry = _believed(visit.registry_text, visit)
    return f"edition {visit.registry.edition}, until {visit.registry.expires_at:%Y-%m-%d}"


def registry_names_both(visit: Visit) -> str:
    """The registry names the node under test with its members, and a request key of ours."""
    registry = visit.believed_registry()
    if not any(node.name == visit.node for node in registry.nodes):
        raise Failed(f"no node {visit.node} in the registry")
    key = registry.key(visit.door.key)
    if key is None or not any(node.name == key.holder for node in registry.nodes):
        raise Failed(f"no node's key {visit.door.key} in the registry")
    if SUITES[key.suite].public_of(visit.door.private) != key.public:
        raise Failed(f"our key {visit.door.key} is not the one in the registry")
    return f"{visit.node} hosts {len(visit.they().members)}, we are {visit.us().name}"


def registry_is_stable(visit: Visit) -> str:
    """Asked again, the node gives the same edition with the same bytes, or a newer one; its heads name that edition."""
    before = visit.believed_registry()
    text = visit.door.send(visit.door.plain("GET", "/keys/")).expect_given(TEXT)
    after = _believed(text, visit)
    if after.edition < before.edition:
        raise Failed(f"edition {after.edition} after {before.edition}")
    if after.edition == before.edition and _document(text) != _document(visit.registry_text or b""):
        raise Failed(f"two documents of edition {after.edition}")
    told = visit.door.heads().expect_object().get("registry")
    if type(told) is not int or told < after.edition:
        raise Failed(f"the heads name edition {told}, the registry is {after.edition}")
    return f"edition {after.edition}"


def _document(text: bytes) -> bytes:
    return text.partition(b"\n")[0]


def _believed(text: bytes, visit: Visit) -> Registry:
    document, _, rest = text.partition(b"\n")
    try:
        signatures = [signature_in(line) for line in rest.splitlines()]
        return registry_of(
            document,
            signatures,
            registrars=visit.registrars,
            needed=visit.registrars_needed,
            at=now(),
            held=0,
        )
    except Refused as refusal:
        raise Failed(f"the registry is refused: {refusal}") from None


def signature_in(line: bytes) -> Signature:
    """The signature that a line spells."""
    facts = strict.read(line)
    try:
        return Signature(str(facts["suite"]), str(facts["key"]), bytes.fromhex(facts["value"]))
    except (KeyError, TypeError, ValueError):
        raise Failed("a line of the registry is no signature") from None
