"""wire.py - the protocol as docs/protocol.md and schemas/ tell it, for the crash tests.

Shares no code with the project: ZeroMQ, CURVE and MessagePack from Debian's Python, message numbers
from schemas/asyncapi.json.
"""
import json
import os
import time

import msgpack
import zmq

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
HEAD = b"KN\x01"


def _numbers():
    with open(os.path.join(SOURCE, "schemas/asyncapi.json"), encoding="utf-8") as file:
        messages = json.load(file)["components"]["messages"]
    return {name: message["x-id"] for name, message in messages.items()}


NUMBER = _numbers()
NAME = {number: name for name, number in NUMBER.items()}


class Silence(Exception):
    """The hub did not answer in time, or has no session for us any more: connect again."""


def frame(name, body):
    return HEAD + bytes([NUMBER[name]]) + bytes(4) + msgpack.packb(body)


class Connection:
    """One DEALER. Endpoint ipc://… without keys (control), else CURVE with (public, secret)."""

    def __init__(self, endpoint, server_key=None, keys=None):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.sndhwm = self.socket.rcvhwm = 0
        if keys:
            self.socket.curve_publickey, self.socket.curve_secretkey = keys
            self.socket.curve_serverkey = server_key
        self.socket.connect(endpoint)
        self.size = 0  # of the frame taken last

    def close(self):
        self.socket.close()
        self.context.term()

    def send(self, name, body):
        self.socket.send(frame(name, body))

    def take(self, seconds):
        """(name, body) of the next message, or None."""
        if not self.socket.poll(int(seconds * 1000)):
            return None
        bytes_ = self.socket.recv()
        self.size = len(bytes_)
        if not bytes_:  # the shim's, in place of one that was to be lost
            return "nothing", {}
        if bytes_[:3] != HEAD:
            raise ValueError("a frame of the hub does not begin with KN 1")
        return NAME[bytes_[3]], msgpack.unpackb(bytes_[8:])

    def ask(self, name, body, seconds=10):
        self.send(name, body)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = self.take(end - time.monotonic())
            if message and message[0] != "events":
                return message
        raise Silence(name)


def hello(connection, instance, first_sequence=None, seconds=1.0):
    """Says hello until the hub, perhaps just starting, welcomes us. Gives the welcome."""
    body = {"version_min": 1, "version_max": 1, "instance": instance, "program": "crash"}
    if first_sequence:
        body["first_sequence"] = first_sequence
    connection.send("hello", body)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        message = connection.take(max(0, end - time.monotonic()))
        if message and message[0] == "welcome":
            return message[1]
    raise Silence("hello")
