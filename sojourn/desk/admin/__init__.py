"""The desk in the admin: the inbox on the first page, every item, proposals and delegations in reach."""

from sojourn.desk.admin import delegations, inbox, items, proposals

__all__ = ["delegations", "inbox", "items", "proposals"]
