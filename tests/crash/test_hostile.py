#!/usr/bin/python3
"""test_hostile.py BUILD_DIR [SEED] [HANDSHAKES] - peers that mean no good, beside one that works.

Strangers, other mechanisms, garbage and unfinished handshakes (HANDSHAKES in all); admitted peers that
send garbage, messages of many parts, frames over the limit, chosen routing ids, wrong socket types;
that open streams and cases of others; whose key is revoked in the middle of a session. All the while
an agent sends petitions and an agency of another unit listens. What must hold: the hub lives, its
memory stays bounded, no byte of a stream goes to who may not have it, each is counted: by reason, and
a frame over the limit as a connection that ended (libzmq tells no more), and the ledger of the honest
is in order.
"""
import os
import random
import re
import socket
import sys
import time

import zmq

import ledger
import stage
import story
import wire

HANDSHAKES = 500
BATCHES = 8
MANY_PARTS = 100_000
MORE_KB = 96 * 1024  # memory that all of it may cost
UNIT, OTHER_UNIT = "so-xay-dung", "so-y-te"
WRONG_TYPES = (zmq.SUB, zmq.REQ, zmq.REP, zmq.ROUTER, zmq.PUSH, zmq.PULL, zmq.PUB, zmq.PAIR)
HELLO = wire.frame("hello", {"version_min": 1, "version_max": 1, "instance": "00000000000000ba"})


class Enemy:
    """One socket of any type; waits for nothing."""

    def __init__(self, hub, type_=zmq.DEALER, keys=None, server_key=None, plain=False, id_=None):
        self.context = zmq.Context()
        self.socket = self.context.socket(type_)
        self.socket.linger = 0
        if keys:
            self.socket.curve_publickey, self.socket.curve_secretkey = keys
            self.socket.curve_serverkey = (server_key or hub.key).encode()
        if plain:
            self.socket.plain_username, self.socket.plain_password = b"admin", b"admin"
        if id_:
            self.socket.setsockopt(zmq.IDENTITY, id_)
        self.socket.connect(hub.intake)

    def send(self, *parts, seconds=5):
        """False when ZeroMQ takes it not: it has no connection any more."""
        self.socket.sndtimeo = int(seconds * 1000)
        try:
            self.socket.send_multipart(parts)
        except zmq.ZMQError:
            return False
        return True

    def heard(self, seconds, n=0):
        """What comes, as names of messages: N, for which it waits long, and what follows them."""
        names = []
        while self.socket.poll(int(1000 * (10 if len(names) < n else seconds))):
            frame = self.socket.recv()
            names.append(wire.NAME.get(frame[3], "?") if frame[:2] == b"KN" else "?")
        return names

    def close(self):
        self.socket.close()
        self.context.term()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def figure(hub, name):
    return hub.status()["figures"].get(name, 0)


def wait_figure(hub, name, least, seconds=20):
    end = time.monotonic() + seconds
    while figure(hub, name) < least:
        assert time.monotonic() < end, f"{name} is {figure(hub, name)}, {least} expected"
        time.sleep(0.05)


def metric(hub, name):
    text = hub.control("metrics.get", {"request": 1})["text"]
    return int(re.search(rf"^kiennghi_{name} (\d+)$", text, re.M).group(1))


def wait_metric(hub, name, least, seconds=20):
    end = time.monotonic() + seconds
    while metric(hub, name) < least:
        assert time.monotonic() < end, f"{name} is {metric(hub, name)}, {least} expected"
        time.sleep(0.02)


def strangers(hub, n):
    """Handshakes with keys that nobody admitted. Each is counted."""
    before = figure(hub, "strangers_refused")
    for i in range(0, n, 50):
        enemies = [Enemy(hub, keys=zmq.curve_keypair()) for _ in range(min(50, n - i))]
        for enemy in enemies:
            enemy.send(HELLO, seconds=0)
        wait_figure(hub, "strangers_refused", before + i + len(enemies))
        for enemy in enemies:
            assert not enemy.heard(0), "a stranger was answered"
            enemy.close()
    return n


def other_mechanisms(hub, n):
    """No security, PLAIN, and CURVE for another server: nothing of it passes."""
    public, _ = zmq.curve_keypair()
    for i in range(n):
        how = ({}, {"plain": True}, {"keys": zmq.curve_keypair(), "server_key": public.decode()})[i % 3]
        with Enemy(hub, **how) as enemy:
            enemy.send(HELLO)
            if i < 6:
                assert not enemy.heard(0.2), "a peer without our key was answered"
    return n


def unfinished(hub, n, dice):
    """TCP connections that say nothing, half a greeting, or anything; the hub ends all of them."""
    host, port = hub.intake.rsplit("/", 1)[1].split(":")
    open_ = []
    for i in range(n):
        peer = socket.create_connection((host, int(port)), 5)
        greeting = b"\xff\0\0\0\0\0\0\0\1\x7f\3\1CURVE" + bytes(48)
        words = (b"", greeting[:dice.randrange(1, 64)], dice.randbytes(dice.randrange(1, 4000)),
                 greeting + b"\x04\xc8\5HELLO" + dice.randbytes(194))[i % 4]
        try:
            peer.sendall(words)
        except OSError:
            pass  # cut already
        open_.append(peer)
    end = time.monotonic() + 20
    while open_:
        assert time.monotonic() < end, f"{len(open_)} handshakes are still open after 20 s"
        for peer in list(open_):
            peer.settimeout(0.01)
            try:
                if not peer.recv(4096):
                    raise ConnectionError
            except socket.timeout:
                continue
            except OSError:
                open_.remove(peer)
                peer.close()
    return n


def bad_frames(hub, keys, dice):
    """Garbage, parts, sizes, ids and types of an admitted peer."""
    with Enemy(hub, keys=keys) as enemy:
        enemy.send(HELLO)
        assert enemy.heard(0, 1) == ["welcome"]
        for _ in range(200):
            enemy.send(dice.randbytes(dice.randrange(1, 3000)))
        for _ in range(200):
            enemy.send(HELLO[:8] + dice.randbytes(dice.randrange(1, 300)))
        answers = enemy.heard(0.2, 400)
        assert len(answers) == 400 and set(answers) <= {"deny", "receipt"}, set(answers)
    before = figure(hub, "hostile_frames")
    with Enemy(hub, keys=keys) as enemy:
        enemy.send(HELLO, b"two")
        enemy.send(HELLO, *[b""] * 1000)
        wait_figure(hub, "hostile_frames", before + 2)
        enemy.send(HELLO, *[b"x" * 10] * MANY_PARTS, seconds=20)
        wait_figure(hub, "hostile_frames", before + 3)
    before = figure(hub, "hostile_frames")
    with Enemy(hub, keys=keys, id_=b"I choose") as enemy:
        enemy.send(HELLO)
        wait_figure(hub, "hostile_frames", before + 1)
        assert not enemy.heard(0.2), "a chosen routing id was answered"
    for size in (65504, 65536, 1 << 20):
        with Enemy(hub, keys=keys) as enemy:
            enemy.send(HELLO)
            assert enemy.heard(0, 1) == ["welcome"]
            ended = metric(hub, "connections_ended_total")
            enemy.send(bytes(size))
            wait_metric(hub, "connections_ended_total", ended + 1)
            assert not enemy.heard(0.3), f"a frame of {size} bytes was answered"
    for type_ in WRONG_TYPES:
        with Enemy(hub, type_, keys=keys) as enemy:
            if type_ == zmq.SUB:
                enemy.socket.subscribe(b"")
            elif type_ in (zmq.REQ, zmq.PUSH, zmq.PUB, zmq.PAIR):
                enemy.send(HELLO, seconds=0.2)
            assert type_ in (zmq.PUSH, zmq.PUB) or not enemy.heard(0.1), f"type {type_} was answered"


def foreign(hub, cases, denied):
    """Streams and cases of others: (who, keys, streams). Nothing but denials may come."""
    n = 0
    for keys, streams in denied:
        with Enemy(hub, keys=keys) as enemy:
            enemy.send(HELLO)
            assert enemy.heard(0, 1) == ["welcome"]
            for i, stream in enumerate(streams):
                enemy.send(wire.frame("stream.open", {"subscription": i + 1, "stream": stream, "consumer": "x",
                                                      "credit_events": 1000, "credit_bytes": 1000000}))
            for i, case in enumerate(cases):
                enemy.send(wire.frame("case.get", {"request": 100 + i, "case": case}))
            expected = ["deny"] * (len(streams) + len(cases))
            answers = enemy.heard(0.2, len(expected))
            assert answers == expected, answers
            n += len(answers)
    return n


def revoked(hub, dice):
    """A monitor loses its key while it reads: from the receipt of that on it hears nothing more."""
    keys = hub.admit("traitor", "monitor")
    reader = wire.Connection(hub.delivery, hub.key.encode(), keys)
    try:
        wire.hello(reader, f"{dice.getrandbits(64):016x}", None, 5)
        reader.send("stream.open", {"subscription": 1, "stream": "all", "consumer": "x",
                                    "credit_events": 1000000, "credit_bytes": 1 << 29})
        assert reader.take(5)[0] == "stream.opened" and reader.take(5)[0] == "events"
        hub.sequence += 1
        receipt = hub.control("agent.revoke", {"sequence": hub.sequence, "agent": "traitor"})
        assert receipt["verdict"] == "stored", receipt
        message, last = True, None
        while message and last != "stream.closed":
            message = reader.take(5)
            last = message and message[0]
        assert last == "stream.closed", "the stream of a revoked key stays open"
        for name, body in (("ping", {"nonce": 1}), ("case.find", {"request": 1}), ("stream.open", {
                "subscription": 2, "stream": "public", "consumer": "x", "credit_events": 1,
                "credit_bytes": 1000})):
            reader.send(name, body)
            answer = reader.take(5)
            assert answer and answer[0] == "deny" and answer[1]["code"] == "revoked", answer
        assert not reader.take(1), "a revoked key still hears"
    finally:
        reader.close()
    before = figure(hub, "strangers_refused")
    with Enemy(hub, keys=keys) as enemy:
        wait_figure(hub, "strangers_refused", before + 1)
        assert not enemy.heard(0.2)


def attack(hub, n_handshakes, dice, operator_cases):
    intake_keys, agency_keys = hub.admit("spy-1", "intake"), hub.admit("spy-2", "agency", unit=OTHER_UNIT)
    n = strangers(hub, n_handshakes * 2 // 5)
    n += other_mechanisms(hub, n_handshakes // 5)
    n += unfinished(hub, n_handshakes - n, dice)
    bad_frames(hub, intake_keys, dice)
    n_denied = foreign(hub, operator_cases, [
        (intake_keys, ["all", "alerts", f"agency/{UNIT}", "source/contact-1", "source/spy-2", "nonsense"]),
        (agency_keys, ["all", f"agency/{UNIT}", f"agency/{UNIT}/x", "source/contact-1", "agency/"])])
    revoked(hub, dice)
    print(f"{n} hostile handshakes, {n_denied} streams and cases of others denied", flush=True)


def denials(hub):
    """{reason: how many were turned away}, from the metrics."""
    text = hub.control("metrics.get", {"request": 1})["text"]
    return {reason: int(n) for reason, n in re.findall(r'kiennghi_denials_total\{reason="(\w+)"\} (\d+)', text)}


def uncounted(hub, n_handshakes):
    """Reasons for which the hub counted less than was done to it."""
    counted = denials(hub)
    n_failed = n_handshakes - n_handshakes * 2 // 5  # which side sees a wrong mechanism first is chance
    counted["handshake, mechanism"] = counted["handshake"] + counted["mechanism"]
    done = {"unknown_key": n_handshakes * 2 // 5 + 1, "hostile": 4, "revoked": 3, "stream": 11, "malformed": 400,
            "handshake, mechanism": n_failed}
    print(f"turned away: { {reason: n for reason, n in counted.items() if n} }")
    return [f"{reason}: {counted.get(reason, 0)} of {n} counted" for reason, n in done.items()
            if counted.get(reason, 0) < n]


def known_cases(hub):
    """Codes of some cases that the spies have nothing to do with."""
    keys = hub.admit("clerk-1", "operator")
    connection = wire.Connection(hub.delivery, hub.key.encode(), keys)
    try:
        wire.hello(connection, "00000000000000ad", None, 5)
        return [case["code"] for case in connection.ask("case.find", {"request": 1})[1]["cases"]][:5]
    finally:
        connection.close()


def main():
    build, folder, seed, n_handshakes = stage.begin("hostile", HANDSHAKES)
    dice = random.Random(seed)
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    clients = []
    try:
        agent = stage.Client("intake.py", stage.make_intake(hub, folder, seed, "contact-1"))
        reader = stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-1", "monitor", "all"))
        clients = [agent, reader, stage.Client("reader.py", stage.make_reader(
            hub, folder, "agency-1", "agency", f"agency/{UNIT}", unit=UNIT))]
        reader.wait_position(30)
        before = stage.memory_kb(hub.process.pid), stage.descriptors(hub.process.pid)
        attack(hub, n_handshakes, dice, known_cases(hub))
        assert hub.process.poll() is None, f"the hub died: {hub.tail()}"
        after = stage.memory_kb(hub.process.pid), stage.descriptors(hub.process.pid)
        done = agent.value("SELECT coalesce(max(sequence), 0) FROM receipts") // (story.ROWS + 1)
        agent.put("UPDATE setup SET stop = ?", max(BATCHES, done + 3) * (story.ROWS + 1))
        assert agent.process.wait(60) == 0, "the honest agent does not come to an end"
        view = hub.wait_read(60)
        reader.wait_position(view["last_event"])
        last = {one["stream"]: one["last"] for one in view["consumers"]}
        clients[2].wait_position(last.get(f"agency/{UNIT}", 0))
        book = ledger.read(folder, view["last_event"])
        for what in uncounted(hub, n_handshakes):
            book.add_fault(what)
        assert hub.stop() == 0, hub.tail()
    finally:
        for client in clients:
            client.end()
        hub.end()
    more = after[0]["VmHWM"] - before[0]["VmRSS"]
    print(f"memory {before[0]['VmRSS'] // 1024} MiB before, {after[0]['VmHWM'] // 1024} MiB at most; "
          f"descriptors {before[1]} before, {after[1]} after")
    if more > MORE_KB:
        book.add_fault(f"{more} KiB of memory for hostile peers")
    if after[1] > before[1] + 8:
        book.add_fault(f"{after[1] - before[1]} descriptors are left open")
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
