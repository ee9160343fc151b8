"""A second reading of docs/protocol.md, sharing no code with the first: the standard library and PyNaCl."""

import base64
import datetime
import hashlib
import json
import re
import unicodedata
import uuid
import zlib

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

MOST_SECONDS_OFF = 120
COVERED = {"@method", "@path", "@query", "sojourn-target", "content-digest"}
ENTRY = {"put": {"id", "op", "at", "salt", "body"}, "tombstone": {"id", "op", "at", "salt", "reason"}}
HEADER = {
    "owner": str,
    "resource": str,
    "audience": str,
    "epoch": int,
    "no": int,
    "previous": str,
    "schema": str,
    "entries": int,
    "plain": int,
    "digest": str,
    "sealed_at": str,
}


def strict(line: bytes):
    """The object, or ValueError; the canonical form is written anew and compared."""
    value = json.loads(line.decode(), parse_float=_no_fraction, parse_int=_whole, parse_constant=_no_fraction)
    again = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if not isinstance(value, dict) or again.encode() != line or unicodedata.normalize("NFC", again) != again:
        raise ValueError("another spelling")
    return value


def _no_fraction(_text):
    raise ValueError("a fraction")


def _whole(text):
    if abs(int(text)) > 2**53 - 1:
        raise ValueError("too large")
    return int(text)


def read_registry(document: bytes, signatures: list[bytes], registrars: dict[str, str]) -> dict:
    """The registry, if every registrar signed it."""
    for line in signatures:
        signature = strict(line)
        public = VerifyKey(bytes.fromhex(registrars[signature["key"]]))
        public.verify(b"sojourn-registry 1\n" + document, bytes.fromhex(signature["value"]))
    return strict(document)


def accepts(page: bytes, after: dict, registry: dict) -> bool:
    """Whether the page follows ``after`` and holds all it claims."""
    try:
        return _accepts(page, after, registry)
    except (ValueError, KeyError, zlib.error, BadSignatureError, RecursionError):
        return False


def _accepts(page: bytes, after: dict, registry: dict) -> bool:
    first, header_line, signature_line, tail = page.split(b"\n", 3)
    header, signature = strict(header_line), strict(signature_line)
    if first != b"sojourn-page 1" or {name: type(value) for name, value in header.items()} != HEADER:
        return False
    datetime.datetime.strptime(header["sealed_at"], "%Y-%m-%dT%H:%M:%SZ")
    if header["no"] < 1 or not 1 <= header["entries"] <= 1000 or header["plain"] > 8 * 1024 * 1024:
        return False
    key = next(each for each in [*registry["keys"], {}] if each.get("key") in {signature["key"], None})
    if (
        key.get("holder") != header["owner"]
        or key["suite"] != signature["suite"]
        or not _reaches(key, header)
    ):
        return False
    VerifyKey(bytes.fromhex(key["public"])).verify(
        b"sojourn-page 1\n" + header_line, bytes.fromhex(signature["value"])
    )
    feed = after["feed"]
    if any(header[name] != feed[name] for name in feed) or header["epoch"] != after["epoch"]:
        return False
    if header["no"] != after["no"] + 1 or header["previous"] != after["digest"]:
        return False
    return _entries_hold(header, tail)


def _reaches(key: dict, header: dict) -> bool:
    here = [
        reach
        for reach in key["reaches"]
        if (reach["resource"], reach["audience"]) == (header["resource"], header["audience"])
    ]
    place = [header["epoch"], header["no"]]
    return not here or any(
        reach["first"] <= place and (reach["last"] is None or place <= reach["last"]) for reach in here
    )


def _entries_hold(header: dict, tail: bytes) -> bool:
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    plain = inflate.decompress(tail, header["plain"] + 1)
    if len(plain) > header["plain"] or not inflate.eof or inflate.unused_data:
        return False
    lines = plain.split(b"\n")
    if lines.pop() != b"" or len(lines) != header["entries"]:
        return False
    total, named = hashlib.sha256(), set()
    for line in lines:
        entry = strict(line)
        if entry.keys() == {"blanked"}:
            total.update(bytes.fromhex(entry["blanked"]))
            continue
        owner, identifier = entry["id"].split(":")
        if (
            entry.keys() != ENTRY[entry["op"]]
            or owner != header["owner"]
            or str(uuid.UUID(identifier)) != identifier
            or not re.fullmatch("[a-z0-9_]{1,40}", entry.get("reason", "none"))
            or identifier in named
        ):
            return False
        named.add(identifier)
        total.update(hashlib.sha256(line).digest())
    return total.hexdigest() == header["digest"]


def accepts_request(message: bytes, vector: dict, registry: dict) -> bool:
    """Whether a node with the vector's name may answer this HTTP message at the vector's second."""
    try:
        return _accepts_request(message, vector, registry)
    except (ValueError, KeyError, BadSignatureError):
        return False


def _accepts_request(message: bytes, vector: dict, registry: dict) -> bool:
    head, _, body = message.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    method, address, _version = first.split(" ")
    values = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    path, _, query = address.partition("?")
    values |= {"@method": method, "@path": path, "@query": f"?{query}"}
    label, params = values["signature-input"].split("=", 1)
    covered, *told = params.split(";")
    says = {name: value.strip('"') for name, value in (each.split("=", 1) for each in told)}
    names = covered.strip("()").replace('"', "").split(" ")
    key = next(each for each in [*registry["keys"], {}] if each.get("key") in {says["keyid"], None})
    if key.get("holder") not in {node["name"] for node in registry["nodes"]}:
        return False
    base = [*(f'"{name}": {values[name]}' for name in names), f'"@signature-params": {params}']
    made = re.fullmatch("sojourn=:([A-Za-z0-9+/=]+):", values["signature"])
    VerifyKey(bytes.fromhex(key["public"])).verify(
        "\n".join(base).encode(), base64.b64decode(made[1] if made else "")
    )
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return (
        (label, says["tag"], values["sojourn-target"]) == ("sojourn", "sojourn-sharing", vector["target"])
        and set(names) >= COVERED
        and 0 < len(says["nonce"]) <= 64
        and values["content-digest"] == f"sha-256=:{digest}:"
        and abs(int(says["created"]) - vector["at"]) <= MOST_SECONDS_OFF
    )


def accepts_snapshot(served: bytes, pieces: list[bytes], feed: dict, registry: dict, newest: dict) -> bool:
    """Whether a key of the feed's owner signed these contents and each piece is what they list."""
    try:
        return _accepts_snapshot(served, pieces, feed, registry, newest)
    except (ValueError, KeyError, zlib.error, BadSignatureError):
        return False


def _accepts_snapshot(served: bytes, pieces: list[bytes], feed: dict, registry: dict, newest: dict) -> bool:
    document, signature_line = served.split(b"\n")
    signature, facts = strict(signature_line), strict(document)
    key = next(each for each in [*registry["keys"], {}] if each.get("key") in {signature["key"], None})
    if (key.get("holder"), key["suite"]) != (feed["owner"], signature["suite"]):
        return False
    VerifyKey(bytes.fromhex(key["public"])).verify(
        b"sojourn-snapshot 1\n" + document, bytes.fromhex(signature["value"])
    )
    if any(facts[name] != feed[name] for name in feed) or len(facts["pieces"]) != len(pieces):
        return False
    of_pages = [{**facts, "no": max(1, facts["no"])}, {**feed, **newest}]
    if not all(_reaches(key, page) for page in of_pages):
        return False
    before = ""
    for (entries, plain, digest, last), piece in zip(facts["pieces"], pieces, strict=True):
        header = {"owner": feed["owner"], "entries": entries, "plain": plain, "digest": digest}
        if entries < 1 or not _entries_hold(header, piece):
            return False
        for line in zlib.decompress(piece, 31).splitlines():
            entry = strict(line)
            identifier = entry["id"].split(":")[1]
            if entry["op"] != "put" or identifier <= before:
                return False
            before = identifier
        if before != last:
            return False
    return True


def pages_in(answer: bytes) -> list[bytes] | None:
    """The pages that an answer falls into; None where it falls into none, or something is left."""
    found = []
    while answer:
        length, _, rest = answer.partition(b"\n")
        if not re.fullmatch(rb"[1-9][0-9]{0,7}", length) or len(rest) < int(length):
            return None
        found.append(rest[: int(length)])
        answer = rest[int(length) :]
    return found


def figures(stands: list, moving: list) -> dict:
    """What a node answers that holds these ids and versions, and those of them in motion."""
    buckets = {}
    still = sorted(row for row in stands if row[0] not in moving)
    for identifier, version in still:
        of = buckets.setdefault(str(uuid.UUID(identifier).bytes[-1]), hashlib.sha256())
        of.update(f"{identifier}:{version}\n".encode())
    digests = {bucket: of.hexdigest() for bucket, of in buckets.items()}
    return {"entities": len(still), "buckets": digests, "moving": moving}
