"""What an assessment found, item by item, and how it is kept: under the resident's own key (decision 0021)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from residents.assessments.scales import Scale
from residents.assessments.scoring import Result, score
from residents.registry.safe import Safe
from sojourn.core import ciphers

PLACE = "assessments_assessment.findings_cipher"
GROUNDS_PLACE = "assessments_review.grounds_cipher"


@dataclass(frozen=True)
class Findings:
    """Answers by item code and circumstances by code, whole or half-filled; nothing of it stands in a repr.

    ``sums``, ``total`` and ``reasons`` are what they came to when they were signed. ``assessors`` are those
    of a result made elsewhere, who stand on no register here: name and background.
    """

    answers: Mapping[str, int] = field(default_factory=dict, repr=False)
    circumstances: Mapping[str, bool | int] = field(default_factory=dict, repr=False)
    sums: Mapping[str, int] = field(default_factory=dict, repr=False)
    total: int | None = field(default=None, repr=False)
    reasons: tuple[str, ...] = field(default=(), repr=False)
    assessors: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def scored(self, scale: Scale) -> Result:
        """What they come to now; AnswersInvalid where they are not whole."""
        return score(scale, self.answers, self.circumstances)

    def with_result(self, result: Result) -> "Findings":
        return Findings(
            answers=self.answers,
            circumstances=self.circumstances,
            sums=dict(result.sums),
            total=result.total,
            reasons=result.reasons,
            assessors=self.assessors,
        )

    def filled(self, scale: Scale) -> int:
        """How many of the scale's items are answered."""
        return sum(code in self.answers for code in scale.items)


def locked(findings: Findings, safe: Safe, assessment_id: UUID) -> str:
    """The findings as their column holds them."""
    body = {
        "answers": dict(findings.answers),
        "circumstances": dict(findings.circumstances),
        "sums": dict(findings.sums),
        "total": findings.total,
        "reasons": list(findings.reasons),
        "assessors": [list(each) for each in findings.assessors],
    }
    spelt = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return ciphers.encrypted(spelt, key=safe.key, of=f"{PLACE}.{assessment_id}")


def opened(text: str | None, safe: Safe, assessment_id: UUID) -> Findings:
    """What stands in the column; nothing answered where it is empty."""
    if text is None:
        return Findings()
    body = json.loads(ciphers.decrypted(text, key=safe.key, of=f"{PLACE}.{assessment_id}"))
    return Findings(
        answers=body["answers"],
        circumstances=body["circumstances"],
        sums=body["sums"],
        total=body["total"],
        reasons=tuple(body["reasons"]),
        assessors=tuple((name, background) for name, background in body["assessors"]),
    )


def locked_grounds(text: str, safe: Safe, review_id: UUID) -> str:
    """What somebody objects to, in her own words, as its column holds it."""
    return ciphers.encrypted(text, key=safe.key, of=f"{GROUNDS_PLACE}.{review_id}")


def opened_grounds(text: str, safe: Safe, review_id: UUID) -> str:
    return ciphers.decrypted(text, key=safe.key, of=f"{GROUNDS_PLACE}.{review_id}")
