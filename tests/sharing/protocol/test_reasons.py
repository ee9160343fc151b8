from pathlib import Path

from sojourn.sharing.protocol.reasons import Reason, Refused

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")


def test_the_protocol_page_explains_every_reason():
    assert [reason for reason in Reason if f"`{reason}`" not in PAGE] == []


def test_a_refusal_tells_its_reason_and_what_it_was_about():
    assert str(Refused(Reason.BAD_ENTRY, "fields")) == "bad_entry: fields"
    assert str(Refused(Reason.BAD_ENTRY)) == "bad_entry"
