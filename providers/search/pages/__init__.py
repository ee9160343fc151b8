"""The public pages, a file each."""
