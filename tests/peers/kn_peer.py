"""kn_peer.py - a client of the hub that shares no code with it.

Written from docs/protocol.md and schemas/ alone. Contract knows the messages, packs and reads
frames and validates each one, in both directions, with python3-jsonschema. Peer is a connection:
CURVE, hello, numbered messages with receipts and go-back-N, requests, streams with credit. Tap
reads the PUB socket. Whatever the hub says against the contract raises Fault.

    contract = Contract("schemas")
    peer = Peer(contract, endpoint, server_key, new_keys())
    peer.hello()
    peer.submit("batch.declare", {...})   # -> the receipt
"""
import collections
import json
import os
import pathlib
import secrets
import time

import jsonschema
import msgpack
import zmq

MAJOR = 1
MAX_FRAME = 65503
MAX_NESTING = 6
WAIT_S = 10.0
FINAL = {"stored", "repeated", "conflict", "refused"}


class Fault(AssertionError):
    """The other side broke the contract."""


class Denied(Exception):
    """The hub answered with deny; .message is its map."""

    def __init__(self, message):
        super().__init__(f"deny {message}")
        self.message = message
        self.code = message["code"]


class Closed(Exception):
    """The hub ended a subscription; .code says why."""

    def __init__(self, code):
        super().__init__(f"stream closed: {code}")
        self.code = code


class Silence(Exception):
    """Nothing came in time."""


Keys = collections.namedtuple("Keys", "public secret")


def new_keys():
    """A fresh CURVE key pair, Z85."""
    return Keys(*(key.decode("ascii") for key in zmq.curve_keypair()))


def load_keys(path):
    """Keys of a file: a ZPL certificate (secret-key = "…"), or the Z85 secret key alone."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "secret-key":
            text = value.strip().strip('"')
            break
    secret = text.strip()
    if len(secret) != 40:
        raise ValueError(f"{path}: no Z85 secret key of 40 characters")
    return Keys(zmq.curve_public(secret.encode("ascii")).decode("ascii"), secret)


def save_keys(path, keys):
    """Write the secret key so that only its owner reads it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(keys.secret + "\n")


def _pairs(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise Fault(f"duplicate keys: {sorted(keys)}")
    return dict(pairs)


def _plain(value, depth=0):
    """Only what the protocol allows within a map."""
    if isinstance(value, (dict, list)):
        if depth == MAX_NESTING:
            raise Fault("nested too deep")
        for key in value if isinstance(value, dict) else ():
            if not isinstance(key, str):
                raise Fault(f"key that is no string: {key!r}")
        for item in value.values() if isinstance(value, dict) else value:
            _plain(item, depth + 1)
    elif isinstance(value, str):
        if "\0" in value:
            raise Fault("NUL in a string")
    elif not isinstance(value, (bool, int)):
        raise Fault(f"value of a type that the protocol has not: {type(value).__name__}")


def _no_ext(code, _data):
    raise Fault(f"extension type {code}")


class Contract:
    """The messages of schemas/asyncapi.json, their numbers, senders and schemas."""

    BASE = "https://kiennghi.example/schemas/"

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.schemas = {path.name: json.loads(path.read_text(encoding="utf-8"))
                        for path in folder.glob("*.json")}
        messages = self.schemas.pop("asyncapi.json")["components"]["messages"]
        self.ids = {name: message["x-id"] for name, message in messages.items()}
        self.names = {number: name for name, number in self.ids.items()}
        self.senders = {name: set(message["x-from"]) for name, message in messages.items()}
        store = {self.BASE + name: schema for name, schema in self.schemas.items()}
        self.validators = {}
        for name in messages:
            schema = self.schemas[name + ".json"]
            resolver = jsonschema.RefResolver(self.BASE + name + ".json", schema, store=store)
            self.validators[name] = jsonschema.Draft202012Validator(schema, resolver=resolver)
        self.counts = collections.Counter()

    def validate(self, name, value):
        """value is a message of that name, and says nothing that the schemas do not name."""
        fault = next(self.validators[name].iter_errors(value), None)
        if fault:
            raise Fault(f"{name} at {'/'.join(map(str, fault.absolute_path))}: {fault.message}")
        self.walk(name + ".json", value, lambda path, _private, known:
                  self._must_know(name, path, known))
        self.counts[name] += 1

    @staticmethod
    def _must_know(name, path, known):
        if not known:
            raise Fault(f"{name}: {path} is not in the schema")

    def walk(self, file, value, visit, path="", private=False):
        """visit(path, private, known) for each property of value, with the schema's marks."""
        schema = self.schemas[file]
        if not isinstance(value, dict) or "properties" not in schema:
            return
        for key, item in value.items():
            here = f"{path}/{key}"
            prop = schema["properties"].get(key)
            if prop is None:
                visit(here, private, False)
                continue
            hidden = private or prop.get("x-private", False)
            visit(here, hidden, True)
            target = prop.get("$ref") or prop.get("items", {}).get("$ref")
            for one in item if isinstance(item, list) else [item]:
                if target:
                    self.walk(target, one, visit, here, hidden)

    def private(self, file, value):
        """Paths of the x-private fields that stand in value."""
        found = []
        self.walk(file, value, lambda path, private, _known: private and found.append(path))
        return found

    def pack(self, name, message, sender="client"):
        """The frame of a message, validated."""
        if sender not in self.senders[name]:
            raise Fault(f"{name} is not said by {sender}")
        _plain(message)
        self.validate(name, message)
        frame = self.frame(name, msgpack.packb(message))
        if len(frame) > MAX_FRAME:
            raise Fault(f"{name}: frame of {len(frame)} bytes")
        return frame

    def frame(self, name, body, major=MAJOR):
        """Any bytes behind a head: name or number of the type."""
        number = name if isinstance(name, int) else self.ids[name]
        return b"KN" + bytes([major, number, 0, 0, 0, 0]) + body

    def unpack(self, frame, sender="hub"):
        """(name, message) of a frame; Fault when anything is not as the contract says."""
        if len(frame) > MAX_FRAME:
            raise Fault(f"frame of {len(frame)} bytes")
        if len(frame) < 9 or frame[:2] != b"KN":
            raise Fault(f"no frame: {frame[:16].hex()}")
        if frame[2] != MAJOR or frame[4:8] != bytes(4):
            raise Fault(f"head of the frame: {frame[:8].hex()}")
        name = self.names.get(frame[3])
        if name is None:
            raise Fault(f"unknown type {frame[3]}")
        if sender not in self.senders[name]:
            raise Fault(f"{name} is not said by {sender}")
        try:
            message = msgpack.unpackb(frame[8:], object_pairs_hook=_pairs, ext_hook=_no_ext,
                                      strict_map_key=True)
        except (ValueError, msgpack.UnpackException) as fault:
            raise Fault(f"{name}: {fault}") from fault
        if not isinstance(message, dict):
            raise Fault(f"{name}: no map")
        _plain(message)
        self.validate(name, message)
        return name, message


class Stream:
    """A subscription: events in order, and the credit that the hub may spend."""

    def __init__(self, number, after, last, events, size):
        self.number = number
        self.position = after
        self.last = last
        self.events = events
        self.bytes = size
        self.frames = 0
        self.closed = None
        self.inbox = collections.deque()
        self.again = collections.deque()  # events that were refused before

    def take(self, message, size):
        """One events frame: contiguous and within the credit."""
        events = message["events"]
        if message.get("again"):
            if len(events) != 1 or message["first"] > self.position:
                raise Fault(f"given again: {len(events)} events from {message['first']}")
            self.again.append((message["first"], events[0]))
            return
        if message["first"] != self.position + 1:
            raise Fault(f"events from {message['first']} behind {self.position}")
        if not events:
            raise Fault("events without an event")
        if self.closed:
            raise Fault("events of a closed stream")
        if self.events < len(events) or self.bytes <= 0:
            raise Fault(f"{len(events)} events, {size} bytes sent with credit for {self.events} "
                        f"and {self.bytes}")
        self.events -= len(events)
        self.bytes -= size
        self.frames += 1
        for event in events:
            self.position += 1
            self.inbox.append((self.position, event))


class Peer:
    """One connection. What nobody waits for is kept apart by kind until somebody does."""

    def __init__(self, contract, endpoint, server_key=None, keys=None, instance=None, sequence=1,
                 sender="client"):
        self.contract = contract
        self.endpoint = endpoint
        self.server_key = server_key
        self.keys = keys
        self.sender = sender
        self.instance = instance or secrets.token_hex(8)
        self.next = sequence
        self.window = 1
        self.pending = collections.OrderedDict()
        self.requests = 0
        self.streams = {}
        self.answers = collections.deque()
        self.welcome = None
        self.socket = None
        self.connect()

    def connect(self):
        """A new socket; the old one, if any, is dropped."""
        self.close()
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.setsockopt(zmq.HEARTBEAT_IVL, 5000)
        self.socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 15000)
        self.socket.setsockopt(zmq.SNDTIMEO, int(WAIT_S * 1000))
        if self.server_key:
            self.socket.curve_serverkey = self.server_key.encode("ascii")
            self.socket.curve_publickey = self.keys.public.encode("ascii")
            self.socket.curve_secretkey = self.keys.secret.encode("ascii")
        self.socket.connect(self.endpoint)
        self.streams = {}
        self.answers.clear()

    def close(self):
        """Drop the connection without a word."""
        if self.socket:
            self.socket.close()
            self.socket = None

    # -- frames ------------------------------------------------------------------------------

    def raw(self, *parts):
        """Send bytes as they are."""
        self.socket.send_multipart(parts)

    def send(self, name, message):
        """Send one message, validated."""
        self.socket.send(self.contract.pack(name, message, self.sender))

    def read(self, wait_s=WAIT_S):
        """The next (name, message); events are booked on their stream first."""
        if not self.socket.poll(max(0, int(wait_s * 1000))):
            raise Silence(f"nothing for {wait_s:.1f} s")
        parts = self.socket.recv_multipart()
        if len(parts) != 1:
            raise Fault(f"message of {len(parts)} frames")
        name, message = self.contract.unpack(parts[0])
        if name == "events":
            self._stream(message).take(message, len(parts[0]))
        elif name == "stream.closed":
            self._stream(message).closed = message["code"]
        return name, message

    def _stream(self, message):
        stream = self.streams.get(message["subscription"])
        if stream is None:
            raise Fault(f"subscription {message['subscription']} was never opened")
        return stream

    def expect(self, *names, match=None, wait_s=WAIT_S):
        """The next message of one of these names (deny is raised unless asked for)."""
        def fits(name, message):
            return name in names and (match is None or match(message))

        for at, (name, message) in enumerate(self.answers):
            if fits(name, message):
                del self.answers[at]
                return message
        until = time.monotonic() + wait_s
        while True:
            name, message = self.read(until - time.monotonic())
            if fits(name, message):
                return message
            if name == "deny":
                raise Denied(message)
            if name not in ("events", "stream.closed"):
                self.answers.append((name, message))

    # -- connection --------------------------------------------------------------------------

    def hello(self, numbered=True, wait_s=WAIT_S, **change):
        """Say hello; the welcome, or Denied. Streams and unanswered messages are the caller's."""
        message = {"version_min": MAJOR, "version_max": MAJOR, "instance": self.instance,
                   "program": "kn_peer", "program_version": "1"}
        if numbered:
            message["first_sequence"] = next(iter(self.pending), self.next)
        message.update(change)
        self.send("hello", message)
        self.welcome = self.expect("welcome", wait_s=wait_s)
        self.window = self.welcome["window"]
        return self.welcome

    def ping(self, wait_s=WAIT_S):
        """pong of a fresh nonce."""
        nonce = secrets.randbits(50)
        self.send("ping", {"nonce": nonce})
        return self.expect("pong", match=lambda m: m["nonce"] == nonce, wait_s=wait_s)

    # -- numbered messages -------------------------------------------------------------------

    def post(self, name, message):
        """Number a message and put it into the outbox; deliver() sends it."""
        self.pending[self.next] = (name, {"sequence": self.next, **message})
        self.next += 1
        return self.next - 1

    def deliver(self, wait_s=WAIT_S):
        """Send what is in the outbox, at most the window unanswered, until all is final."""
        receipts = []
        sent = 0
        until = time.monotonic() + wait_s
        while self.pending:
            queue = list(self.pending)
            for sequence in queue[sent:self.window]:
                self.send(*self.pending[sequence])
            sent = min(len(queue), self.window)
            receipt = self.expect("receipt", wait_s=until - time.monotonic())
            sequence = receipt["sequence"]
            if sequence != queue[0]:
                raise Fault(f"receipt of {sequence} before that of {queue[0]}")
            if receipt["verdict"] == "deferred":
                pause = receipt.get("retry_after_ms", 0) / 1000
                self._skip_deferred(sent - 1)
                time.sleep(min(pause, max(0.0, until - time.monotonic())))
                sent = 0
                continue
            del self.pending[sequence]
            sent -= 1
            receipts.append(receipt)
        return receipts

    def _skip_deferred(self, count):
        for _ in range(count):
            receipt = self.expect("receipt")
            if receipt["verdict"] != "deferred":
                raise Fault(f"{receipt['verdict']} behind a deferred message")

    def submit(self, name, message, wait_s=WAIT_S):
        """One numbered message; its final receipt."""
        sequence = self.post(name, message)
        receipt = self.deliver(wait_s)[-1]
        if receipt["sequence"] != sequence:
            raise Fault(f"receipt of {receipt['sequence']} for {sequence}")
        return receipt

    # -- requests and streams ----------------------------------------------------------------

    def ask(self, name, answer, message=None, wait_s=WAIT_S):
        """One request; its answer, or Denied."""
        self.requests += 1
        number = self.requests
        self.send(name, {"request": number, **(message or {})})
        reply = self.expect(answer, "deny", match=lambda m: m.get("request") == number,
                            wait_s=wait_s)
        if "code" in reply and answer != "deny":
            raise Denied(reply)
        return reply

    def open(self, stream, consumer, events=1000, size=1 << 20, wait_s=WAIT_S, **more):
        """Open a stream; the Stream, or Denied."""
        number = max(self.streams, default=0) + 1
        self.send("stream.open", {"subscription": number, "stream": stream, "consumer": consumer,
                                  "credit_events": events, "credit_bytes": size, **more})
        answer = self.expect("stream.opened", match=lambda m: m["subscription"] == number,
                             wait_s=wait_s)
        if answer["stream"] != stream:
            raise Fault(f"opened {answer['stream']}, not {stream}")
        opened = Stream(number, answer["after"], answer["last"], events, size)
        self.streams[number] = opened
        return opened

    def credit(self, stream, events=0, size=0):
        """Let the hub send more."""
        stream.events += events
        stream.bytes += size
        self.send("stream.credit", {"subscription": stream.number, "events": events,
                                    "bytes": size})

    def save(self, stream, position=None):
        """Everything up to position (default: all that came) is safe here."""
        self.send("stream.save", {"subscription": stream.number,
                                  "position": stream.position if position is None else position})

    def event(self, stream, wait_s=WAIT_S):
        """The next (position, event) of a stream."""
        until = time.monotonic() + wait_s
        while not stream.inbox:
            if stream.closed:
                raise Closed(stream.closed)
            name, message = self.read(until - time.monotonic())
            if name == "deny":
                raise Denied(message)
            if name not in ("events", "stream.closed"):
                self.answers.append((name, message))
        return stream.inbox.popleft()

    def until(self, stream, test, wait_s=WAIT_S):
        """All (position, event) of a stream up to the first event that passes the test."""
        found = []
        until = time.monotonic() + wait_s
        while not found or not test(found[-1][1]):
            found.append(self.event(stream, until - time.monotonic()))
        return found


class Tap:
    """The public stream on a plain SUB socket."""

    def __init__(self, contract, endpoint):
        self.contract = contract
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.socket.linger = 0
        self.socket.subscribe(b"public")
        self.socket.connect(endpoint)

    def read(self, wait_s=WAIT_S):
        """The next events message."""
        if not self.socket.poll(int(wait_s * 1000)):
            raise Silence("nothing on the tap")
        parts = self.socket.recv_multipart()
        if len(parts) != 2 or parts[0] != b"public":
            raise Fault(f"tap: {len(parts)} frames, topic {parts[0]!r}")
        name, message = self.contract.unpack(parts[1])
        if name != "events":
            raise Fault(f"tap: {name}")
        return message

    def close(self):
        """Listen no more."""
        self.socket.close()
