"""The verbs of the registry; nothing else writes a resident, her key or a disclosure."""

from residents.registry.services.applying import (
    apply_import,
    apply_next_rows,
    counts_of,
    take_back_import,
    take_back_next_rows,
)
from residents.registry.services.arriving import Arriving, receive_resident, refuse_unless_receivable
from residents.registry.services.asking_corrections import (
    ask_correction,
    asked_by_facilities,
    correctable,
    correction_days,
    grant_correction,
    let_speak,
    may_ask,
    refuse_correction,
    reveal_wanted,
    withdraw_correction,
)
from residents.registry.services.asking_links import (
    ask_link,
    grant_request,
    matching,
    refuse_request,
    typed_in,
    withdraw_request,
)
from residents.registry.services.correcting import correct_home, correct_resident, record_death
from residents.registry.services.disclosing import disclose, disclosures_of, masked_facts_of, other_facts_of
from residents.registry.services.duplicates import find_duplicates, tell_apart
from residents.registry.services.enrolling import touched
from residents.registry.services.erasing import erase_again, erase_resident, note_erased, propose_erasure
from residents.registry.services.exporting import ExportedList, export_residents
from residents.registry.services.holding import known_identities
from residents.registry.services.importing import (
    check_import,
    confirm_import,
    discard_import,
    import_limits,
    lapse_imports,
    undo_import,
    unfinished_imports,
)
from residents.registry.services.leaving import move_out, return_transfer
from residents.registry.services.linking import Proven, end_link, link_family
from residents.registry.services.looking_up import find_by_identity, find_by_phone, look_up_residents
from residents.registry.services.merging import propose_merge, propose_merge_of, propose_undo
from residents.registry.services.moving import cancel_transfer, refuse_transfer, transfer_in, transfer_out
from residents.registry.services.opening import Opening, close_access, open_access
from residents.registry.services.protecting import (
    answer_whereabouts,
    protect_whereabouts,
    unprotect_whereabouts,
)
from residents.registry.services.registering import NewResident, register_resident, register_residents
from residents.registry.services.retaining import prepare_purge, propose_purge, purge
from residents.registry.services.waiting import wanted_by
from residents.registry.services.withholding import lift_hold, set_hold

__all__ = [
    "Arriving",
    "ExportedList",
    "NewResident",
    "Opening",
    "Proven",
    "answer_whereabouts",
    "apply_import",
    "apply_next_rows",
    "ask_correction",
    "ask_link",
    "asked_by_facilities",
    "cancel_transfer",
    "check_import",
    "close_access",
    "confirm_import",
    "correct_home",
    "correct_resident",
    "correctable",
    "correction_days",
    "counts_of",
    "discard_import",
    "disclose",
    "disclosures_of",
    "end_link",
    "erase_again",
    "erase_resident",
    "export_residents",
    "find_by_identity",
    "find_by_phone",
    "find_duplicates",
    "grant_correction",
    "grant_request",
    "import_limits",
    "known_identities",
    "lapse_imports",
    "let_speak",
    "lift_hold",
    "link_family",
    "look_up_residents",
    "masked_facts_of",
    "matching",
    "may_ask",
    "move_out",
    "note_erased",
    "open_access",
    "other_facts_of",
    "prepare_purge",
    "propose_erasure",
    "propose_merge",
    "propose_merge_of",
    "propose_purge",
    "propose_undo",
    "protect_whereabouts",
    "purge",
    "receive_resident",
    "record_death",
    "refuse_correction",
    "refuse_request",
    "refuse_transfer",
    "refuse_unless_receivable",
    "register_resident",
    "register_residents",
    "return_transfer",
    "reveal_wanted",
    "set_hold",
    "take_back_import",
    "take_back_next_rows",
    "tell_apart",
    "touched",
    "transfer_in",
    "transfer_out",
    "typed_in",
    "undo_import",
    "unfinished_imports",
    "unprotect_whereabouts",
    "wanted_by",
    "withdraw_correction",
    "withdraw_request",
]
