"""Feeds between the member provinces' nodes: what one owns, the others hold as dated, proven copies."""
