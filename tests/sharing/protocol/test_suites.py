import pytest

from sojourn.sharing.protocol.suites import SUITES

# RFC 8032, section 7.1, test 2.
SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNED = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_ed25519_is_that_of_its_published_test():
    suite = SUITES["ed25519"]

    assert suite.public_of(SECRET) == PUBLIC
    assert suite.sign_bytes(SECRET, b"r") == SIGNED
    assert suite.verify_bytes(PUBLIC, SIGNED, b"r")


@pytest.mark.parametrize(
    ("public", "signature", "message"),
    [
        (PUBLIC, SIGNED, b"s"),
        (PUBLIC, SIGNED[:-1], b"r"),
        (PUBLIC, b"", b"r"),
        (b"short", SIGNED, b"r"),
        (b"\0" * 32, SIGNED, b"r"),
    ],
)
def test_anything_else_is_no_signature(public, signature, message):
    assert not SUITES["ed25519"].verify_bytes(public, signature, message)
