"""The exchange in the admin: the overview, what is held back, who may have what, and who was served."""

from sojourn.sharing.admin import access, entries, feeds, naming, peers, records

__all__ = ["access", "entries", "feeds", "naming", "peers", "records"]
