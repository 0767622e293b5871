"""One connection as one side saw it: requests are remembered until their answers come, and both get their names.

Kafka's answers carry no api key, only the correlation id of what they answer; so an answer can be read only beside
its request. Three requests are special: Produce with acks 0 is not answered; after SaslHandshake v0 bare tokens without
any header follow, each answered by another; and ApiVersions is answered in header v0 whatever the version (KIP-511).
"""

from __future__ import annotations

from itertools import islice
from struct import Struct

from klamm.inspect.model import PREFIX, REQUEST, Asked, Flaw, Frame, Message
from klamm.wire import Leaf, Malformed, Reader, Record
from klamm.wire.headers import decode_request_header, decode_response_header
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY

__all__ = ["Dialogue", "resembles_request"]

_PEEK = Struct(">hhihb")
_START = Struct(">hhi")
_CORRELATION_ID = Struct(">i")
_PRODUCE, _SASL_HANDSHAKE = 0, 17
_FIRST_FLEXIBLE_PRODUCE = 9
_MAX_ASKED = 100_000
_LONGEST_CLIENT_ID = 255
_NEWER = 5


class Dialogue:
    """Reads the headers of a connection's frames, in the order they were sent.

    ``unit`` is what places in the input are counted in. ``assume`` is the api key and version of an answer whose
    request was never seen.
    """

    __slots__ = ("asked", "assume", "name", "raw", "tenant", "tokens_due", "unit", "view")

    def __init__(
        self, name: str, unit: str = "byte", *, tenant: str = "", view: str = "", assume: tuple[int, int] | None = None
    ) -> None:
        self.name = name
        self.unit = unit
        self.tenant = tenant
        self.view = view
        self.assume = assume
        self.asked: dict[int, Asked] = {}
        self.raw = False
        self.tokens_due = 0

    def read(self, frame: Frame, number: int) -> Message:
        """Reads a frame's header; what is wrong with it is found in the message's ``flaw``."""
        try:
            message = self._request(frame, number) if frame.direction == REQUEST else self._response(frame, number)
        except Malformed as error:
            message = Message(number, frame, flaw=_flaw(error))
        if frame.damage and message.flaw is None:
            message.flaw = Flaw(frame.damage, PREFIX + len(frame.data))
        return message

    # -- requests

    def _request(self, frame: Frame, number: int) -> Message:
        data = frame.data
        if frame.is_token or (self.raw and not resembles_request(data, 0)):
            self.tokens_due += 1
            frame.is_token = True
            return Message(number, frame)
        self.raw = False
        if len(data) < _START.size:
            raise Malformed(f"a request of {len(data)} bytes has no header", offset=0)
        api_key, version, correlation_id = _START.unpack_from(data)
        api = BY_KEY.get(api_key)
        message = Message(number, frame, api, api_key, version, correlation_id)
        if api is None:
            message.flaw = Flaw("the tables have no such api key", PREFIX)
            return message
        try:
            self._rest_of_request(message, api, version)
        except Malformed as error:
            message.flaw = _flaw(error)
        return message

    def _rest_of_request(self, message: Message, api: Api, version: int) -> None:
        frame = message.frame
        client_id, message.body_at = _client_id(frame.data, api.request_header_version(version))
        if client_id is not None:
            message.client_id = client_id.decode("utf-8", "surrogateescape")
        if version not in api.versions:
            message.flaw = Flaw(f"{api.name} has no version {version} in the tables, which know {api.versions}", 6)
        if api.key == _SASL_HANDSHAKE and version == 0:
            self.raw = True
        if api.key == _PRODUCE and message.flaw is None and _is_silent(api, version, frame.data, message.body_at):
            return
        asked = self.asked
        asked[message.correlation_id or 0] = Asked(message.number, api.key, version, message.client_id, frame.time)
        if len(asked) > _MAX_ASKED:
            # Many at once: a dict that loses its first entry again and again takes ever longer to find the next.
            for forgotten in list(islice(asked, _MAX_ASKED // 2)):
                del asked[forgotten]

    # -- answers

    def _response(self, frame: Frame, number: int) -> Message:
        data = frame.data
        correlation_id = _CORRELATION_ID.unpack_from(data)[0] if len(data) >= 4 else None
        asked = None if correlation_id is None else self.asked.pop(correlation_id, None)
        if frame.is_token or (asked is None and self.tokens_due):
            self.tokens_due = max(0, self.tokens_due - 1)
            frame.is_token = True
            return Message(number, frame)
        if correlation_id is None:
            raise Malformed(f"an answer of {len(data)} bytes has no header", offset=0)
        key, version = (asked.api_key, asked.version) if asked else frame.hint or self.assume or (None, None)
        api = None if key is None else BY_KEY.get(key)
        message = Message(number, frame, api, key, version, correlation_id, asked.client_id if asked else None)
        message.asked = asked
        if api is None or version is None:
            message.flaw = Flaw(f"no request with correlation id {correlation_id} was seen", PREFIX)
            return message
        try:
            header_version = api.response_header_version(version)
            # Nobody sends tags in this header; then it is not worth a reader.
            is_plain = not header_version or data[4:5] == b"\0"
            message.body_at = 4 + header_version if is_plain else decode_response_header(data, header_version)[1]
        except Malformed as error:
            message.flaw = _flaw(error)
        return message


def resembles_request(data: bytes, pos: int) -> bool:
    """Tells whether bytes could be the start of a request frame, without its length: a known API, a sane client id."""
    if len(data) - pos < 11:
        return False
    api_key, version, _, size, first = _PEEK.unpack_from(data, pos)
    api = BY_KEY.get(api_key)
    if api is None or not 0 <= version <= api.versions.max + _NEWER or not -1 <= size <= _LONGEST_CLIENT_ID:
        return False
    name = data[pos + 10 : pos + 10 + max(size, 0)]
    return name.isascii() and (not name or name.decode("ascii").isprintable()) and (size > 0 or first < 64)


def _client_id(data: bytes, header_version: int) -> tuple[bytes | None, int]:
    """Gives a request's client id and the offset of its body; the usual header is read without a reader."""
    if len(data) >= 10 and data[8] < 0x80:
        end = 10 + (data[8] << 8 | data[9])
        if header_version == 1 and end <= len(data):
            return data[10:end], end
        if header_version == 2 and end < len(data) and data[end] == 0:
            return data[10:end], end + 1
    header, body_at = decode_request_header(data, header_version)
    return header.client_id, body_at


def _is_silent(api: Api, version: int, data: bytes, body_at: int) -> bool:
    """Tells whether a Produce request asks for no answer; reads no further than its acks."""
    if version >= _FIRST_FLEXIBLE_PRODUCE and data.startswith(b"\0", body_at):
        # No transactional id, which is usual: not worth a reader.
        return data.startswith(b"\0\0", body_at + 1)
    reader = Reader(data, body_at)
    layout: Record = api.request(version)
    for _, kind in layout.plain:
        if isinstance(kind, Leaf) and kind.kind == "Acks":
            return bool(kind.read(reader) == 0)
        kind.read(reader)
    return False


def _flaw(error: Malformed) -> Flaw:
    return Flaw(error.reason, PREFIX + (error.offset or 0), error.path)
