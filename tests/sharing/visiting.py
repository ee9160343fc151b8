"""The simulated member visits a node of the tests' network, no socket between."""

import httpx
import orjson

from sojourn.sharing.conformance.door import Door
from sojourn.sharing.conformance.visit import Visit
from tests.sharing.network import Wire


def honest(_request, answer):
    return answer


def visit_to(nodes, tested="44", us="50", between=honest, **other):
    node, key = nodes[tested], f"node-{us}-1"
    private = bytes.fromhex((nodes[us].vault / "keys" / f"{key}.key").read_text())
    door = Door("http://127.0.0.1", tested, key, private, Wire(node, between), **other)
    return Visit(door, tested, node.own_settings["REGISTRARS"], 1)


def changing(part, change):
    """A line that leaves an answer with this part in its address as ``change`` makes it."""

    def between(request, answer):
        if part not in str(request.url) or answer.status_code != httpx.codes.OK:
            return answer
        answer.read()
        changed = change(request, answer)
        return saying(answer, answer.content) if changed is answer else changed

    return between


def saying(answer, content, kind=None):
    return httpx.Response(
        answer.status_code,
        headers={"Content-Type": kind or answer.headers["Content-Type"]},
        stream=httpx.ByteStream(content),
    )


def answered(status, code):
    content = orjson.dumps({"code": code})
    return httpx.Response(
        status, headers={"Content-Type": "application/problem+json"}, stream=httpx.ByteStream(content)
    )
