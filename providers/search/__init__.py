"""The public search: one query behind page and API, over what facilities and designation know."""
