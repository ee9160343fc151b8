"""The report of the long proofs."""

from pathlib import Path

REPORT = Path(__file__).resolve().parents[2] / "docs" / "proofs.md"
PREFACE = "# Proofs\n\nWritten by `make prove`; a failed proof writes nothing.\n"


def report(heading: str, lines: list[str]) -> None:
    """Put the section ``heading`` into docs/proofs.md in place of its older self."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else PREFACE
    sections = [part for part in text.split("\n## ")[1:] if not part.startswith(heading + "\n")]
    sections.append(heading + "\n\n" + "\n".join(f"- {line}" for line in lines) + "\n")
    body = "".join(f"\n## {part.rstrip()}\n" for part in sorted(sections))
    REPORT.write_text(PREFACE + body, encoding="utf-8")
