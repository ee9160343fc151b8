"""A thousand identity numbers and a thousand phones that are nobody's, and how they are found in a text."""

import re
from datetime import date, timedelta

from sojourn.core.identifiers import sample_identity

NUMBERS = [sample_identity(7_000_100 + n, date(1940, 1, 1) + timedelta(days=9 * n)) for n in range(1_000)]
PHONES = [f"0755{8_640_000 + n * 131}" for n in range(1_000)]

WRITTEN = {form: canary for canary in (*NUMBERS, *PHONES) for form in (canary, canary.encode().hex())}
LENGTHS = sorted({len(form) for form in WRITTEN})


def found_in(text: str) -> list[str]:
    """The canaries in a text, written in any of the ways in which a database or a log may write them."""
    runs = re.findall(rf"[0-9a-fX]{{{LENGTHS[0]},}}", text.replace("-", "").replace(" ", ""))
    pieces = {run[at : at + size] for run in runs for size in LENGTHS for at in range(len(run) - size + 1)}
    found = {WRITTEN[piece] for piece in pieces & WRITTEN.keys()}
    return [canary for canary in (*NUMBERS, *PHONES) if canary in found]
