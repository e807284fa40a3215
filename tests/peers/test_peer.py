#!/usr/bin/python3
"""test_peer.py - the hub as a stranger sees it, through tests/peers/kn_peer.py.

    KN_BIN=build/release/bin tests/peers/test_peer.py [-v] [Class.test]

One hub for all tests, each with agents and batches of its own; the one that kills the hub has its
own. Every frame in either direction is validated against schemas/.
"""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import msgpack

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import kn_hub
import kn_peer
from kn_peer import Closed, Denied, Fault, Silence

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTRACT = kn_peer.Contract(ROOT / "schemas")
SOURCE = {"source": "txct_dinh_ky", "channel": "contact"}
UNIT = "so-xay-dung"
PERSON = {"name": "Trần Thị Bưởi", "phone": "0912345678", "address": "Số 9 ngõ 12"}
MATTERS = ("ngập sâu sau mưa", "cống vỡ", "nắp hố ga mất", "rãnh thoát nước tắc", "mương hôi thối",
           "nước tràn vào nhà", "cửa xả bị lấp đất", "trạm bơm hỏng đã hai tháng")
HUB = None
FOLDER = None


def setUpModule():
    global HUB, FOLDER
    FOLDER = tempfile.TemporaryDirectory(prefix="kn-peer-")
    HUB = new_hub(FOLDER.name)


def tearDownModule():
    code = HUB.stop()
    FOLDER.cleanup()
    if code != 0:
        raise AssertionError(f"the hub ended with {code}")


def new_hub(folder):
    return kn_hub.Hub(os.environ["KN_BIN"], CONTRACT, ROOT / "schemas" / "registers",
                      folder).start()


def digest(*words):
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]


def petition(number, word, **more):
    """A petition about drainage in an alley that no other test speaks of."""
    mark = int(hashlib.sha256(f"{word} {number}".encode()).hexdigest()[:12], 16)
    return {"text": f"{word}: {MATTERS[number % len(MATTERS)]} tại ngõ {1 + mark % 9973} phố Lê Duẩn, "
                    f"hồ sơ {mark:x} số {number}.",
            "field": "drainage", "area": "2025:00070", **more}


class Batch:
    """A declared batch and its rows."""

    def __init__(self, name):
        self.name = name
        self.ids = {"batch": digest("batch", name), "container": digest("container", name)}

    def declare(self, count):
        return {**self.ids, **SOURCE, "declared": count, "title": f"Đợt {self.name}"}

    def row(self, number, content=None):
        return {**self.ids, **SOURCE, "item": f"{number:08d}", "row": number,
                "petition": content or petition(number, self.name)}


class Case(unittest.TestCase):
    """Peers that are closed at the end, and agents named after the test."""

    hub = None

    def setUp(self):
        self.hub = HUB
        self.name = self.id().rsplit(".", 1)[1].replace("test_", "").replace("_", "-")

    def agent(self, role, unit=None, name=None):
        name = name or f"{self.name}-{role}"[:60].replace("_", "-")
        return name, self.hub.admit(name, role, unit)

    def open(self, keys, where="delivery", hello=True, **more):
        peer = self.hub.peer(keys, where, **more)
        self.addCleanup(peer.close)
        if hello:
            peer.hello()
        return peer

    def intake(self):
        name, keys = self.agent("intake")
        peer = self.open(keys, "intake")
        return name, keys, peer

    def verdict(self, receipt, verdict, code=None, field=None):
        found = (receipt["verdict"], receipt.get("code") if code else None,
                 receipt.get("field") if field else None)
        self.assertEqual(found, (verdict, code, field), receipt)
        return receipt

    def denied(self, code, act):
        with self.assertRaises(Denied) as caught:
            act()
        self.assertEqual(caught.exception.code, code, caught.exception.message)
        return caught.exception.message

    def filled(self, count, peer, name=None):
        """A batch of so many rows, stored; the receipts of the rows."""
        batch = Batch(name or self.name)
        self.verdict(peer.submit("batch.declare", batch.declare(count)), "stored")
        for number in range(1, count + 1):
            peer.post("petition.submit", batch.row(number))
        receipts = peer.deliver()
        for receipt in receipts:
            self.verdict(receipt, "stored")
        return batch, receipts

    def until_saved(self, peer, position):
        """stream.save has no answer: the status says when it holds."""
        until = time.monotonic() + kn_peer.WAIT_S
        while time.monotonic() < until:
            consumers = peer.ask("status.get", "status.view")["consumers"]
            if any((one["agent"], one["saved"]) == (peer.welcome["agent"], position)
                   for one in consumers):
                return
            time.sleep(0.01)
        self.fail(f"position {position} was not saved")

    def account(self, batch, wanted=None):
        """The batch as an operator sees it, with its equations and the figures wanted."""
        peer = self.open(self.agent("operator")[1])
        view = peer.ask("batch.get", "batch.view", {"batch": batch.ids["batch"]})
        one, = view["batches"]
        self.assertEqual(one["declared"], one["stored"] + one["refused"] + one["missing"]
                         + one["elsewhere"], one)
        self.assertEqual(one["stored"], one["fresh"] + one["linked"], one)
        for key, value in (wanted or {}).items():
            self.assertEqual(one[key], value, (key, one))
        return one, view.get("rows", [])


class Connection(Case):
    def test_hello_is_welcomed(self):
        name, keys = self.agent("agency", UNIT)
        peer = self.open(keys, hello=False)
        welcome = peer.hello()
        self.assertEqual((welcome["agent"], welcome["role"], welcome["unit"]),
                         (name, "agency", UNIT))
        self.assertEqual((welcome["version"], welcome["max_frame"], welcome["last_sequence"]),
                         (1, 65503, 0))
        self.assertTrue(welcome["test_clock"])

    def test_both_doors_answer_ping(self):
        keys = self.agent("monitor")[1]
        for where in ("intake", "delivery"):
            pong = self.open(keys, where).ping()
            self.assertGreaterEqual(pong["last_event"], 1)

    def test_a_strangers_key_is_refused(self):
        for where in ("intake", "delivery"):
            peer = self.open(kn_peer.new_keys(), where, hello=False)
            peer.send("hello", {"version_min": 1, "version_max": 1, "instance": "0" * 16})
            with self.assertRaises(Silence):
                peer.read(0.4)

    def test_a_revoked_key_is_refused(self):
        name, keys = self.agent("monitor")
        peer = self.open(keys)
        stream = peer.open("all", "c")
        self.verdict(self.hub.control("agent.revoke", {"sequence": 1, "agent": name}), "stored")
        with self.assertRaises(Closed) as caught:
            while True:
                peer.event(stream)
        self.assertEqual(caught.exception.code, "revoked")
        again = self.open(keys, hello=False)
        again.send("hello", {"version_min": 1, "version_max": 1, "instance": "0" * 16})
        with self.assertRaises((Silence, Denied)):
            again.expect("welcome", wait_s=0.4)

    def test_versions(self):
        peer = self.open(self.agent("monitor")[1], hello=False)
        self.denied("version", lambda: peer.hello(version_min=2, version_max=3))
        self.assertEqual(peer.hello(version_min=1, version_max=9)["version"], 1)

    def test_one_key_is_one_agent(self):
        keys = self.agent("monitor")[1]
        record = {"agent": f"{self.name}-again", "role": "operator", "key": keys.public}
        receipt = self.hub.control("agent.admit", {"sequence": 1, "agent": record})
        self.verdict(receipt, "refused")
        self.assertEqual(self.open(keys, hello=False).hello()["role"], "monitor")

    def test_admit_wants_a_name_and_a_key(self):
        key = kn_peer.new_keys().public
        for field, record in (("agent.agent", {"agent": "a b/c", "role": "monitor", "key": key}),
                              ("agent.key", {"agent": "k", "role": "monitor", "key": " " * 40})):
            with self.subTest(field):
                receipt = self.hub.control("agent.admit", {"sequence": 1, "agent": record})
                self.verdict(receipt, "refused", "invalid", field)

    def test_hello_comes_first(self):
        peer = self.open(self.agent("operator")[1], hello=False)
        self.denied("not_allowed", lambda: peer.ask("status.get", "status.view"))
        self.denied("not_allowed", lambda: peer.open("all", "c"))
        self.denied("not_allowed",
                    lambda: peer.submit("case.verify", {"case": "HN-2026-000001-X",
                                                        "verification": "met"}))
        peer.pending.clear()
        peer.next = 1
        peer.hello()
        peer.ask("status.get", "status.view")

    def test_frames_that_cannot_be_read(self):
        peer = self.open(self.agent("monitor")[1])
        good = msgpack.packb({"nonce": 1})
        deep = {"nonce": 1, "x": [[[[[[[[1]]]]]]]]}
        cases = (
            ("empty", "malformed", [b""]),
            ("short head", "malformed", [b"KN\x01\x04"]),
            ("not ours", "malformed", [b"XX" + CONTRACT.frame("ping", good)[2:]]),
            ("major", "version", [CONTRACT.frame("ping", good, 2)]),
            ("type", "unknown_type", [CONTRACT.frame(200, good)]),
            ("said by the hub alone", None, [CONTRACT.frame("welcome", good)]),
            ("journal", None, [CONTRACT.frame("clock.tick", msgpack.packb({"now": 1}))]),
            ("no body", "malformed", [CONTRACT.frame("ping", b"")]),
            ("array", "malformed", [CONTRACT.frame("ping", msgpack.packb([1]))]),
            ("cut", "malformed", [CONTRACT.frame("ping", good[:-1])]),
            ("trailing bytes", "malformed", [CONTRACT.frame("ping", good + b"\xc0")]),
            ("duplicate keys", "malformed",
             [CONTRACT.frame("ping", b"\x82" + good[1:] + good[1:])]),
            ("bin", "malformed", [CONTRACT.frame("ping", msgpack.packb({"nonce": 1, "x": b"a"}))]),
            ("ext", "malformed",
             [CONTRACT.frame("ping", msgpack.packb({"nonce": 1, "x": msgpack.ExtType(1, b"a")}))]),
            ("float", "malformed", [CONTRACT.frame("ping", msgpack.packb({"nonce": 1, "x": 1.5}))]),
            ("nil", "malformed", [CONTRACT.frame("ping", msgpack.packb({"nonce": 1, "x": None}))]),
            ("key no string", "malformed",
             [CONTRACT.frame("ping", msgpack.packb({"nonce": 1, 2: 3}))]),
            ("too deep", "malformed", [CONTRACT.frame("ping", msgpack.packb(deep))]),
            ("no UTF-8", "not_text",
             [CONTRACT.frame("ping", b"\x82" + good[1:] + b"\xa1x\xa2\xc3\x28")]),
            ("NUL", "not_text", [CONTRACT.frame("ping", msgpack.packb({"nonce": 1, "x": "\0"}))]),
            ("flags", "malformed", [b"KN\x01\x04\0\0\0\1" + good]),
        )
        for what, code, parts in cases:
            with self.subTest(what):
                peer.raw(*parts)
                denied = peer.expect("deny", wait_s=1.5)
                if code:
                    self.assertEqual(denied["code"], code, denied)
                peer.ping()

    def test_a_message_of_two_parts_is_not_obeyed(self):
        peer = self.open(self.agent("monitor")[1])
        peer.raw(CONTRACT.frame("ping", msgpack.packb({"nonce": 1})), b"more")
        try:
            self.assertEqual(peer.expect("deny", "pong", wait_s=0.3).get("code"), "malformed")
        except Silence:
            pass
        peer.ping()

    def test_unknown_keys_are_ignored(self):
        peer = self.open(self.agent("monitor")[1])
        peer.raw(CONTRACT.frame("ping", msgpack.packb({"nonce": 7, "later": [{"x": "y"}]})))
        self.assertEqual(peer.expect("pong")["nonce"], 7)

    def test_an_oversize_frame_breaks_nothing(self):
        keys = self.agent("intake")[1]
        peer = self.open(keys, "intake")
        peer.raw(CONTRACT.frame("petition.submit", bytes(kn_peer.MAX_FRAME)))
        try:
            self.assertIn(peer.expect("deny", wait_s=0.5)["code"], ("too_large", "malformed"))
        except Silence:
            pass
        peer.connect()
        peer.hello()
        peer.ping()


class Intake(Case):
    def test_the_two_keys(self):
        _, keys, peer = self.intake()
        batch = Batch(self.name)
        self.verdict(peer.submit("batch.declare", batch.declare(2)), "stored")
        first = self.verdict(peer.submit("petition.submit", batch.row(1)), "stored")
        self.assertTrue(first["case"].startswith("HN-"))
        with self.subTest("the transport key again"):
            peer.send("petition.submit", {"sequence": first["sequence"], **batch.row(1)})
            again = self.verdict(peer.expect("receipt"), "repeated")
            self.assertEqual(again["case"], first["case"])
        with self.subTest("the source key again"):
            again = self.verdict(peer.submit("petition.submit", batch.row(1)), "repeated")
            self.assertEqual(again["case"], first["case"])
        with self.subTest("the source key, other content"):
            other = batch.row(1, petition(1, "other"))
            self.verdict(peer.submit("petition.submit", other), "conflict")
        with self.subTest("the source key through a new instance"):
            new = self.open(keys, "intake")
            self.verdict(new.submit("batch.declare", batch.declare(2)), "repeated")
            again = self.verdict(new.submit("petition.submit", batch.row(1)), "repeated")
            self.assertEqual(again["case"], first["case"])
            self.verdict(new.submit("petition.submit", batch.row(2)), "stored")
        self.account(batch, {"declared": 2, "stored": 2, "refused": 0, "missing": 0})

    def test_refused_with_code_and_field(self):
        _, _, peer = self.intake()
        batch = Batch(self.name)
        self.verdict(peer.submit("batch.declare", batch.declare(9)), "stored")
        row = batch.row(1)
        bare = {key: value for key, value in row.items() if key != "petition"}
        cases = (
            ({**bare, "petition": {}}, "required", "petition.text"),
            (bare, "required", "petition"),
            ({**bare, "petition": {"text": ""}}, None, "petition.text"),
            ({**bare, "petition": {"text": "x" * 16001}}, "too_long", "petition.text"),
            ({**bare, "petition": {"text": 5}}, "invalid", "petition.text"),
            ({**row, "channel": "pigeon"}, None, "channel"),
            ({**row, "batch": digest("none")}, "unknown_batch", "batch"),
        )
        for message, code, field in cases:
            with self.subTest(f"{code} {field}"):
                peer.raw(CONTRACT.frame("petition.submit",
                                        msgpack.packb({"sequence": peer.next, **message})))
                peer.next += 1
                receipt = peer.expect("receipt")
                self.verdict(receipt, "refused", code, field)
                self.assertIn("code", receipt)
        self.verdict(peer.submit("petition.submit", row), "stored")

    def test_a_numbered_message_with_a_bad_key_gets_a_receipt(self):
        """Else the outbox could never go on: rule 4.1 of the protocol."""
        for field, value, code in (("item", "x" * 65, "too_long"), ("batch", "Z" * 32, "invalid")):
            with self.subTest(field):
                keys = self.agent("intake", name=f"{self.name[:40]}-{field}")[1]
                peer = self.open(keys, "intake")
                batch = Batch(f"{self.name} {field}")
                self.verdict(peer.submit("batch.declare", batch.declare(1)), "stored")
                peer.raw(CONTRACT.frame("petition.submit", msgpack.packb(
                    {"sequence": peer.next, **batch.row(1), field: value})))
                self.verdict(peer.expect("receipt", wait_s=1), "refused", code, field)

    def test_a_source_that_the_register_has_not(self):
        _, _, peer = self.intake()
        batch = Batch(self.name)
        self.verdict(peer.submit("batch.declare", {**batch.declare(1), "source": "nowhere"}),
                     "refused", "unknown_value", "source")

    def test_a_revision(self):
        _, _, peer = self.intake()
        batch, receipts = self.filled(1, peer)
        new = {"text": "Nay nước đã rút, chỉ còn bùn."}
        revised = peer.submit("petition.revise", {**batch.ids, "item": "00000001",
                                                  "petition": new})
        self.assertEqual(self.verdict(revised, "stored")["case"], receipts[0]["case"])
        self.verdict(peer.submit("petition.submit", batch.row(1)), "conflict")
        operator = self.open(self.agent("operator")[1])
        view = operator.ask("case.get", "case.view", {"case": receipts[0]["case"]})
        self.assertIn("case.revised", [event["kind"] for event in view["events"]])
        self.assertEqual(view["petition"], new)

    def test_roles(self):
        peer = self.open(self.agent("monitor")[1], "intake")
        batch = Batch(self.name)
        try:
            self.verdict(peer.submit("batch.declare", batch.declare(1)), "refused", "not_allowed")
        except Denied as denied:
            self.assertEqual(denied.code, "not_allowed")

    def test_out_of_order_is_deferred(self):
        _, _, peer = self.intake()
        batch = Batch(self.name)
        self.verdict(peer.submit("batch.declare", batch.declare(3)), "stored")
        for sequence in (3, 4):
            peer.send("petition.submit", {"sequence": sequence, **batch.row(sequence)})
        for _ in range(2):
            receipt = self.verdict(peer.expect("receipt"), "deferred", "out_of_order")
            self.assertEqual(receipt["expected"], 2, receipt)
        self.verdict(peer.submit("petition.submit", batch.row(2)), "stored")
        self.account(batch, {"stored": 1, "missing": 2})

    def test_go_back_n(self):
        _, _, peer = self.intake()
        _, receipts = self.filled(200, peer)
        self.assertEqual(len({receipt["case"] for receipt in receipts}), 200)

    def test_a_restored_outbox_is_seen(self):
        _, keys, peer = self.intake()
        self.filled(3, peer)
        old = self.open(keys, "intake", hello=False, instance=peer.instance, sequence=2)
        self.assertEqual(old.hello()["last_sequence"], 4)

    def test_accounting(self):
        _, _, peer = self.intake()
        batch = Batch(self.name)
        self.verdict(peer.submit("batch.declare", batch.declare(4)), "stored")
        self.verdict(peer.submit("petition.submit", batch.row(1)), "stored")
        self.verdict(peer.submit("petition.submit", batch.row(2)), "stored")
        bad = {**batch.ids, "item": "00000003", "row": 3, "code": "required", "field": "text"}
        self.verdict(peer.submit("row.refuse", bad), "stored")
        one, rows = self.account(batch, {"declared": 4, "stored": 2, "refused": 1, "missing": 1})
        self.assertNotIn("closed_at", one)
        self.assertEqual([row["item"] for row in rows], ["00000001", "00000002", "00000003"])
        peer.raw(CONTRACT.frame("petition.submit", msgpack.packb(
            {"sequence": peer.next, **batch.row(4), "petition": {}})))
        peer.next += 1
        self.verdict(peer.expect("receipt"), "refused", "required", "petition.text")
        one, _ = self.account(batch, {"stored": 2, "refused": 2, "missing": 0})
        self.assertIn("closed_at", one)
        for number in (3, 4):
            self.verdict(peer.submit("petition.submit", batch.row(number)), "stored")
        self.account(batch, {"stored": 4, "refused": 0, "missing": 0})
        self.verdict(peer.submit("batch.declare", batch.declare(5)), "stored")
        one, _ = self.account(batch, {"declared": 5, "stored": 4, "missing": 1})
        self.assertNotIn("closed_at", one)
        with self.subTest("fewer than are stored"):
            peer.submit("batch.declare", batch.declare(3))
            self.account(batch)

    def test_a_denied_message_says_which(self):
        """The number of a numbered message is no request: deny has only request."""
        peer = self.intake()[2]
        peer.send("case.verify", {"sequence": 1, "case": "HN-2026-000001-X", "verification": "met"})
        try:
            self.verdict(peer.expect("receipt", wait_s=1), "refused", "not_allowed")
        except Denied as denied:
            self.assertNotIn("request", denied.message)


class Streams(Case):
    def check_log(self, found):
        """Sequences of `all` are the log's: contiguous."""
        numbers = [event["sequence"] for _, event in found]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))

    def test_all_with_credit_one_and_many(self):
        _, _, sender = self.intake()
        _, receipts = self.filled(12, sender)
        last = receipts[-1]["event"]
        peer = self.open(self.agent("monitor")[1])
        start = max(0, receipts[0]["event"] - 3)
        many = peer.open("all", "many", 100000, 1 << 24, after=start)
        found = peer.until(many, lambda event: event["sequence"] >= last)
        self.check_log(found)
        one = peer.open("all", "one", 1, 1, after=start)
        again = []
        while not again or again[-1][1]["sequence"] < last:
            again.append(peer.event(one))
            self.assertEqual(one.events, 0)
            size = max(0, 1 - one.bytes)
            peer.credit(one, 1, size)
        self.assertEqual(again, found[:len(again)])

    def test_no_credit_no_events(self):
        _, _, sender = self.intake()
        self.filled(3, sender)
        peer = self.open(self.agent("monitor")[1])
        stream = peer.open("all", "c", 2, 1 << 20, after=0)
        peer.event(stream)
        peer.event(stream)
        peer.ping()
        self.assertEqual((stream.position, stream.events), (2, 0))

    def test_source_stream(self):
        name, keys, sender = self.intake()
        _, receipts = self.filled(3, sender)
        peer = self.open(keys)
        stream = peer.open(f"source/{name}", "mine")
        wanted = {receipt["case"] for receipt in receipts}
        seen = set()
        while seen != wanted:
            _, event = peer.event(stream)
            if event["kind"] in ("case.assigned", "case.unrouted", "case.linked"):
                seen.add(event["case"])
        other = self.open(self.agent("intake", name=f"{self.name}-other")[1])
        self.denied("not_allowed", lambda: other.open(f"source/{name}", "c"))
        self.denied("not_allowed", lambda: other.open("all", "c"))

    def test_foreign_streams_are_denied(self):
        agency = self.open(self.agent("agency", UNIT)[1])
        agency.open(f"agency/{UNIT}", "desk")
        self.denied("not_allowed", lambda: agency.open("agency/so-y-te", "c"))
        self.denied("not_allowed", lambda: agency.open("all", "c"))
        monitor = self.open(self.agent("monitor")[1])
        self.denied("not_allowed", lambda: monitor.open(f"agency/{UNIT}", "c"))
        with self.assertRaises(Denied):
            monitor.open("no-such-stream", "c")

    def test_cursor_saved_and_resumed(self):
        _, _, sender = self.intake()
        self.filled(8, sender)
        keys = self.agent("monitor")[1]
        peer = self.open(keys)
        stream = peer.open("all", "saved", 5, 1 << 20)
        self.assertEqual(stream.position, 0)
        found = [peer.event(stream) for _ in range(5)]
        peer.save(stream, 3)
        self.until_saved(peer, 3)
        peer.connect()
        peer.hello()
        again = peer.open("all", "saved")
        self.assertEqual(again.position, 3)
        self.assertEqual([peer.event(again), peer.event(again)], found[3:])
        over = peer.open("all", "saved", after=1)
        self.assertEqual(peer.event(over), found[1])
        peer.connect()
        peer.hello()
        self.assertEqual(peer.open("all", "saved").position, 3)

    def test_superseded(self):
        keys = self.agent("monitor")[1]
        first = self.open(keys)
        stream = first.open("all", "one", 1, 1)
        first.event(stream)
        self.open(keys).open("all", "one")
        with self.assertRaises(Closed) as caught:
            first.event(stream)
        self.assertEqual(caught.exception.code, "superseded")

    def test_watch(self):
        """watch.py reads the log to a given event and finds nothing wrong."""
        _, _, sender = self.intake()
        self.filled(5, sender)
        peer = self.open(self.agent("monitor", name=f"{self.name}-head")[1])
        last = peer.ping()["last_event"]
        command = [sys.executable, str(pathlib.Path(__file__).with_name("watch.py")),
                   "--delivery", self.hub.endpoints["delivery"], "--hub-key", self.hub.key,
                   "--until", str(last)]
        for role in ("monitor", "operator"):
            path = self.hub.folder / f"watch-{role}.key"
            kn_peer.save_keys(path, self.agent(role)[1])
            command += [f"--{role}", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["faults"], [])
        self.assertGreaterEqual(report["roles"]["monitor"]["position"], last)
        self.assertGreaterEqual(report["roles"]["operator"]["position"], last)

    def test_alerts_of_a_moved_clock(self):
        _, _, sender = self.intake()
        _, receipts = self.filled(1, sender)
        agency = self.open(self.agent("agency", UNIT)[1])
        desk = agency.open(f"agency/{UNIT}", "alerts-desk")
        wanted = receipts[0]["case"]
        agency.until(desk, lambda event: event.get("case") == wanted)
        self.verdict(agency.submit("assignment.accept", {"case": wanted, "assignment": 1}),
                     "stored")
        monitor = self.open(self.agent("monitor")[1])
        large = monitor.open("alerts", "large", 100000, 1 << 24)
        found = []
        for kind in ("case.due_soon", "case.overdue", "case.seriously_overdue"):
            view = monitor.ask("case.get", "case.view", {"case": wanted})
            clock, = [one for one in view["case"]["clocks"] if one["kind"] == "answer"]
            self.verdict(self.hub.control("clock.move", {"sequence": 1, "to": clock["next_at"]}),
                         "stored")
            more = monitor.until(large, lambda event: event.get("case") == wanted)
            self.assertEqual((more[-1][1]["kind"], more[-1][1]["clock"]), (kind, "answer"))
            found += more
        single = monitor.open("alerts", "single", 1, 1 << 20, after=0)
        slow = []
        while len(slow) < len(found):
            slow.append(monitor.event(single))
            monitor.credit(single, 1)
        self.assertEqual(slow, found)


class Cases(Case):
    def route(self, content=None):
        """One stored case that lies with the agency: (code, agency peer, its events)."""
        _, _, sender = self.intake()
        batch = Batch(self.name)
        self.verdict(sender.submit("batch.declare", batch.declare(1)), "stored")
        row = batch.row(1, content or petition(1, self.name, person=PERSON))
        code = self.verdict(sender.submit("petition.submit", row), "stored")["case"]
        agency = self.open(self.agent("agency", UNIT)[1])
        stream = agency.open(f"agency/{UNIT}", self.name)
        found = agency.until(stream, lambda event: event["kind"] == "case.assigned"
                             and event.get("case") == code)
        return code, row, agency, stream, found[-1][1]

    def answer(self, agency, code, result="resolved_works"):
        self.verdict(agency.submit("assignment.accept", {"case": code, "assignment": 1}), "stored")
        self.verdict(agency.submit("answer.submit", {
            "case": code, "result": result, "text": "Đã nạo vét xong.",
            "document": {"number": "12/SXD", "date": "2026-02-02", "sender": "Sở Xây dựng"}}),
            "stored")

    def flow(self, peer, code):
        return peer.ask("case.get", "case.view", {"case": code})["case"]["flow"]

    def test_answered_verified_closed(self):
        code, _, agency, _, _ = self.route()
        operator = self.open(self.agent("operator")[1])
        self.verdict(agency.submit("answer.submit", {"case": code, "result": "explained",
                                                     "text": "Sớm quá."}),
                     "refused", "illegal_move")
        self.answer(agency, code)
        self.assertEqual(self.flow(operator, code), "awaiting_verification")
        self.verdict(operator.submit("case.verify", {"case": code, "verification": "met",
                                                     "on_behalf": "Ban Đô thị"}), "stored")
        view = operator.ask("case.get", "case.view", {"case": code})
        self.assertEqual((view["case"]["flow"], view["case"]["verification"]), ("closed", "met"))
        kinds = [event["kind"] for event in view["events"]]
        for kind in ("case.received", "case.assigned", "case.accepted", "case.answered",
                     "case.awaiting_verification", "case.verified", "case.closed"):
            self.assertIn(kind, kinds)
        chain = [event for event in view["events"] if event["kind"] != "act.refused"]
        for before, after in zip(view["events"], view["events"][1:]):
            self.assertEqual(after["previous"], before["sequence"], chain)
        self.assertEqual(view["case"]["last_event"], view["events"][-1]["sequence"])

    def test_answer_sent_back_and_not_met(self):
        code, _, agency, _, _ = self.route()
        operator = self.open(self.agent("operator")[1])
        self.answer(agency, code, "planned_unscheduled")
        self.assertEqual(self.flow(operator, code), "answered")
        self.verdict(operator.submit("answer.review", {"case": code, "reason": "Chưa rõ"}),
                     "stored")
        self.assertEqual(self.flow(operator, code), "in_progress")
        self.verdict(agency.submit("answer.submit", {"case": code, "result": "explained",
                                                     "text": "Không thuộc quy hoạch."}), "stored")
        self.verdict(operator.submit("answer.review", {"case": code, "accepted": True}),
                     "refused", "required", "on_behalf")  # the Ban accepts an explanation
        self.verdict(operator.submit("answer.review", {"case": code, "accepted": True,
                                                       "on_behalf": "Ban Đô thị"}), "stored")
        self.assertEqual(self.flow(operator, code), "closed")

    def test_returned_and_assigned_again(self):
        code, _, agency, _, _ = self.route()
        operator = self.open(self.agent("operator")[1])
        stranger = self.open(self.agent("agency", "so-y-te", f"{self.name}-other")[1])
        with self.subTest("another unit may not"):
            self.verdict(stranger.submit("assignment.accept", {"case": code, "assignment": 1}),
                         "refused", "wrong_unit")
        self.verdict(agency.submit("assignment.return", {"case": code, "assignment": 1,
                                                         "reason": "Không thuộc thẩm quyền",
                                                         "proposed_unit": "so-y-te"}), "stored")
        self.assertEqual(self.flow(operator, code), "returned")
        with self.subTest("unknown unit"):
            self.verdict(operator.submit("case.assign", {"case": code, "unit": "nobody"}),
                         "refused", "unknown_value", "unit")
        self.verdict(operator.submit("case.assign", {"case": code, "unit": "so-y-te",
                                                     "basis": "Ý kiến Thường trực"}), "stored")
        self.verdict(stranger.submit("assignment.accept", {"case": code, "assignment": 2}),
                     "stored")
        self.assertEqual(self.flow(operator, code), "in_progress")

    def test_acts_are_repeated_not_redone(self):
        code, _, agency, _, _ = self.route()
        receipt = self.verdict(agency.submit("assignment.accept",
                                             {"case": code, "assignment": 1}), "stored")
        agency.send("assignment.accept", {"sequence": receipt["sequence"], "case": code,
                                          "assignment": 1})
        again = self.verdict(agency.expect("receipt"), "repeated")
        self.assertEqual(again.get("event"), receipt.get("event"))
        agency.send("assignment.accept", {"sequence": receipt["sequence"], "case": code,
                                          "assignment": 2})
        self.verdict(agency.expect("receipt"), "conflict")
        operator = self.open(self.agent("operator")[1])
        self.verdict(operator.submit("case.verify", {"case": "HN-2026-999999-X",
                                                     "verification": "met"}),
                     "refused", "unknown_case", "case")

    def test_personal_data(self):
        code, row, agency, _, assigned = self.route()
        self.assertEqual(assigned["content_state"], "present")
        self.assertEqual(assigned["petition"], row["petition"])
        self.answer(agency, code)
        for role, may in (("operator", True), ("monitor", False), ("auditor", False)):
            with self.subTest(role):
                peer = self.open(self.agent(role)[1])
                view = peer.ask("case.get", "case.view", {"case": code})
                self.assertEqual(view["content_state"], "present" if may else "withheld")
                stream = peer.open("all", self.name, 100000, 1 << 24,
                                   after=view["case"]["submission"] - 1)
                found = peer.until(stream, lambda event: event["kind"] == "case.answered"
                                   and event["case"] == code)
                if may:
                    self.assertEqual(view["petition"], row["petition"])
                    self.assertEqual(found[-1][1]["answer"], "Đã nạo vét xong.")
                    self.assertIn(row["petition"], [event.get("petition") for _, event in found])
                else:
                    self.assertEqual(CONTRACT.private("case.view.json", view), [])
                    for _, event in found:
                        self.assertEqual(CONTRACT.private("event.json", event), [], event)
        stranger = self.open(self.agent("agency", "so-y-te", f"{self.name}-other")[1])
        with self.subTest("another unit"):
            try:
                view = stranger.ask("case.get", "case.view", {"case": code})
                self.assertEqual(CONTRACT.private("case.view.json", view), [])
            except Denied as denied:
                self.assertIn(denied.code, ("not_allowed", "wrong_unit"))

    def test_published_on_stream_and_tap(self):
        code, row, _, _, _ = self.route()
        tap = kn_peer.Tap(CONTRACT, self.hub.endpoints["tap"])
        self.addCleanup(tap.close)
        operator = self.open(self.agent("operator")[1])
        approver = self.open(self.agent("approver", name=f"{self.name}-approver")[1])
        monitor = self.open(self.agent("monitor")[1])
        stream = monitor.open("public", "site")
        act = {"case": code, "publication": "published", "text": "Ngập ở ngõ; đề nghị nạo vét."}
        self.verdict(operator.submit("case.publish", act), "refused", "not_allowed", "publication")
        until = time.monotonic() + 5
        heard = None
        while not heard and time.monotonic() < until:   # a PUB socket loses what comes too early
            self.verdict(approver.submit("case.publish", act), "stored")
            try:
                heard = tap.read(0.3)
            except Silence:
                pass
        self.assertIsNotNone(heard, "the tap says nothing")
        event = heard["events"][0]
        self.assertEqual((event["kind"], event["case"], event.get("summary")),
                         ("case.published", code, act["text"]))
        self.assertNotIn("petition", event)
        self.assertNotIn(PERSON["name"], str(heard))
        _, first = monitor.event(stream)
        self.assertEqual((first["kind"], first["case"], first.get("summary")),
                         ("case.published", code, act["text"]))
        self.assertNotIn("petition", first)

    def test_find(self):
        _, _, sender = self.intake()
        batch, receipts = self.filled(5, sender)
        operator = self.open(self.agent("operator")[1])
        wanted = [receipt["case"] for receipt in reversed(receipts)]
        found, before = [], None
        for _ in range(5):
            more = {"before": before} if before else {}
            answer = operator.ask("case.find", "case.list",
                                  {"batch": batch.ids["batch"], "limit": 2, **more})
            self.assertLessEqual(len(answer["cases"]), 2)
            found += [case["code"] for case in answer["cases"]]
            before = answer.get("more_before")
            if before is None:
                break
        self.assertEqual(found, wanted)
        cases = operator.ask("case.find", "case.list", {"unit": UNIT, "limit": 200})["cases"]
        self.assertTrue(all(case["unit"] == UNIT for case in cases))
        self.assertEqual(operator.ask("case.get", "deny", {"case": "HN-2026-999999-X"})["code"],
                         "unknown_case")
        self.assertEqual(operator.ask("batch.get", "deny", {"batch": digest("none")})["code"],
                         "unknown_batch")
        pages, after = [], None
        for _ in range(5):
            more = {"after": after} if after else {}
            view = operator.ask("batch.get", "batch.view",
                                {"batch": batch.ids["batch"], "limit": 2, **more})
            pages += [row["item"] for row in view["rows"]]
            after = view.get("more_after")
            if after is None:
                break
        self.assertEqual(pages, [f"{number:08d}" for number in range(1, 6)])

    def test_a_denied_request_is_named(self):
        agency = self.open(self.agent("agency", UNIT)[1])
        agency.send("batch.get", {"request": 41})
        denied = agency.expect("deny")
        self.assertEqual((denied["code"], denied.get("request")), ("not_allowed", 41))

    def test_status(self):
        local = self.hub.control("status.get", {"request": 5}, "status.view")
        remote = self.open(self.agent("operator")[1]).ask("status.get", "status.view")
        self.assertEqual(local["request"], 5)
        self.assertGreaterEqual(remote["last_event"], local["last_event"])
        self.assertEqual(remote["version"], local["version"])


class OwnHub(Case):
    """A hub that nobody else uses."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="kn-peer-")
        self.addCleanup(folder.cleanup)
        self.hub = new_hub(folder.name)
        self.addCleanup(self.hub.kill)



class Gaps(OwnHub):
    """What an agent has and what does not come is told, once, and taken back when it came."""

    MINUTES = 60000

    def setUp(self):
        super().setUp()
        self.monitor = self.open(self.agent("monitor")[1])
        self.alerts = self.monitor.open("alerts", "desk")

    def wait(self, minutes):
        now = self.hub.control("status.get", {"request": 1}, "status.view")["now"]
        self.verdict(self.hub.control("clock.move", {"sequence": 1, "to": now + minutes *
                                                     self.MINUTES}), "stored")

    def told(self, kind):
        (_, event), = self.monitor.until(self.alerts, lambda event: event["kind"] == kind)
        return event

    def told_again(self):
        """The closing, for a monitor that comes after the hub was started again."""
        monitor = self.open(self.agent("monitor", name="late-monitor")[1])
        (_, event) = monitor.until(monitor.open("alerts", "desk"),
                                   lambda event: event["kind"] == "agent.gap_closed")[-1]
        return event

    def until_alarm(self, rings):
        until = time.monotonic() + 10
        while ("gap" in self.hub.control("status.get", {"request": 1},
                                         "status.view").get("alarms", [])) != rings:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def tool(self, *args):
        done = subprocess.run([pathlib.Path(os.environ["KN_BIN"]) / "kiennghi", "--control",
                               self.hub.control_path, *args], capture_output=True, text=True,
                              timeout=20)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def declared(self, count, name=None):
        name, keys = self.agent("intake", name=name)
        peer = self.open(keys, "intake")
        batch = Batch(name)
        self.verdict(peer.submit("batch.declare", batch.declare(count)), "stored")
        return name, keys, peer, batch

    def test_one_is_missing_in_the_middle(self):
        name, _, peer, batch = self.declared(2)
        peer.send("petition.submit", {"sequence": 3, **batch.row(2)})
        self.verdict(peer.expect("receipt"), "deferred", "out_of_order")
        self.wait(14)
        self.until_alarm(False)
        self.wait(2)
        event = self.told("agent.gap")
        gap = event["detail"]["gap"]
        self.assertEqual((event["agent"], gap["instance"], gap["first"], gap["last"]),
                         (name, peer.instance, 2, 3))
        self.until_alarm(True)
        for number in (1, 2):
            self.verdict(peer.submit("petition.submit", batch.row(number)), "stored")
        self.assertEqual(self.told("agent.gap_closed")["detail"]["gap"], gap)
        self.until_alarm(False)

    def test_an_outbox_that_is_lost_is_told_until_a_person_settles_it(self):
        name, keys, peer, batch = self.declared(4)
        self.verdict(peer.submit("petition.submit", batch.row(1)), "stored")
        peer.hello(last_sequence=5)  # it has more; then its machine burns
        peer.close()
        self.wait(16)
        gap = self.told("agent.gap")["detail"]["gap"]
        self.assertEqual((gap["first"], gap["last"]), (3, 5))
        fresh = self.open(keys, "intake")
        self.verdict(fresh.submit("gap.settle", {"agent": name}), "refused", "not_allowed")
        self.hub.kill()
        self.hub.start()
        self.until_alarm(True)
        operator = self.agent("operator")[1]
        desk = self.open(operator)
        view = desk.ask("agent.get", "agent.view")
        self.assertEqual([a["gaps"] for a in view["agents"] if a["agent"] == name], [[gap]])
        self.verdict(desk.submit("gap.settle", {"agent": "nobody"}), "refused", "invalid", "agent")
        self.assertIn("có tác nhân còn thông điệp chưa tới", self.tool("status"))
        self.assertIn("số 3–5", self.tool("gap", "list"))
        self.tool("--reason", "Đã nhập lại", "gap", "settle", name)
        self.until_alarm(False)
        self.assertEqual(self.tool("gap", "list"), "")
        self.assertEqual(self.told_again()["why"], "Đã nhập lại")
        self.verdict(desk.submit("gap.settle", {"agent": name}), "refused", "invalid", "instance")

    def test_no_alarm_for_what_was_answered_without_a_trace(self):
        _, keys, peer, batch = self.declared(1)
        self.verdict(peer.submit("petition.submit", batch.row(1)), "stored")
        again = self.open(keys, "intake", hello=False)
        again.hello(last_sequence=3)
        self.verdict(again.submit("batch.declare", batch.declare(1)), "repeated")
        for _ in range(2):
            self.verdict(again.submit("petition.submit", batch.row(1)), "repeated")
        self.wait(60)
        name, _, late, more = self.declared(2, "late")  # told later: the first was not
        late.send("petition.submit", {"sequence": 3, **more.row(2)})
        self.verdict(late.expect("receipt"), "deferred", "out_of_order")
        self.wait(16)
        self.assertEqual(self.told("agent.gap")["agent"], name)


class Redecided(OwnHub):
    """Every decision of the log can be made again, whatever came in between."""

    def redecide(self):
        done = subprocess.run([self.hub.program, "--store", self.hub.store, "--redecide",
                               "--scratch", self.hub.folder], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_a_message_on_its_way_while_its_speaker_changes_role(self):
        _, _, sender = self.intake()
        case = self.filled(1, sender)[1][0]["case"]
        boss = self.open(self.agent("operator", name="boss")[1], "intake")
        name, keys = self.agent("operator", name="turn")
        turn = self.open(keys)
        log = boss.open("all", "log")
        boss.until(log, lambda event: event["kind"] == "case.assigned")
        record = {"agent": name, "role": "monitor", "key": keys[0]}
        self.hub.process.send_signal(signal.SIGSTOP)  # both wait at their doors, his role first
        boss.send("agent.admit", {"sequence": 1, "agent": record})
        turn.send("case.remind", {"sequence": 1, "case": case})
        self.hub.process.send_signal(signal.SIGCONT)
        self.verdict(boss.expect("receipt"), "stored")
        self.assertIn(turn.expect("receipt")["verdict"], ("stored", "refused"))
        said = self.redecide()
        self.assertEqual((said["different"], said["state_differs"]), (0, 0), said)
        self.assertEqual(said["same"], said["decisions"])


class Killed(OwnHub):
    """SIGKILL between and within what peers do."""

    def again(self, peer, where):
        peer.endpoint = self.hub.endpoints[where]
        peer.connect()
        peer.hello()

    def test_nothing_lost_nothing_doubled(self):
        _, keys, sender = self.intake()
        monitor = self.open(self.agent("monitor")[1])
        stream = monitor.open("all", "log")
        batch = Batch(self.name)
        self.verdict(sender.submit("batch.declare", batch.declare(60)), "stored")
        receipts = {}
        for start in (1, 21, 41):
            for number in range(start, start + 20):
                sender.post("petition.submit", batch.row(number))
            for sequence in list(sender.pending):
                sender.send(*sender.pending[sequence])
            monitor.event(stream)
            monitor.save(stream)
            saved = stream.position
            self.until_saved(monitor, saved)
            self.hub.kill()
            self.hub.start()
            self.again(sender, "intake")
            for receipt in sender.deliver():
                self.assertIn(receipt["verdict"], ("stored", "repeated"), receipt)
                receipts[receipt["sequence"]] = receipt["case"]
            self.again(monitor, "delivery")
            stream = monitor.open("all", "log")
            self.assertEqual(stream.position, saved)
        self.assertEqual(len(set(receipts.values())), 60)
        self.account(batch, {"declared": 60, "stored": 60, "refused": 0, "missing": 0})
        log = monitor.open("all", "again", 100000, 1 << 24, after=0)
        found = monitor.until(log, lambda event: event["kind"] == "batch.closed")
        self.assertEqual([event["sequence"] for _, event in found],
                         list(range(found[0][1]["sequence"], found[0][1]["sequence"] + len(found))))
        stored = [event["case"] for _, event in found if event["kind"] == "case.received"]
        self.assertEqual(stored, [receipts[sequence] for sequence in sorted(receipts)])

    def test_hello_on_the_control_socket(self):
        peer = kn_peer.Peer(CONTRACT, f"ipc://{self.hub.control_path}")
        self.addCleanup(peer.close)
        peer.send("hello", {"version_min": 1, "version_max": 1, "instance": "0" * 16})
        self.assertEqual(peer.expect("deny")["code"], "not_allowed")  # it wants no hello
        peer.ask("status.get", "status.view", wait_s=2)
        self.assertIsNone(self.hub.process.poll(), "the hub died")

    def test_a_connection_that_the_hub_forgot(self):
        keys = self.agent("operator")[1]
        peer = self.open(keys)
        self.hub.kill()
        self.hub.start()
        peer.endpoint = self.hub.endpoints["delivery"]
        peer.connect()
        self.denied("not_allowed", lambda: peer.ask("status.get", "status.view"))
        peer.hello()
        peer.ask("status.get", "status.view")


class Codec(unittest.TestCase):
    """The client's own reading of schemas/examples."""

    def test_examples(self):
        for name in CONTRACT.ids:
            sender = sorted(CONTRACT.senders[name])[0]
            folder = ROOT / "schemas" / "examples"
            frame = bytes.fromhex((folder / f"{name}.hex").read_text(encoding="ascii"))
            with self.subTest(name):
                self.assertEqual(CONTRACT.unpack(frame, sender)[0], name)
                self.assertEqual(CONTRACT.pack(name, CONTRACT.unpack(frame, sender)[1], sender),
                                 frame)

    def test_faults_are_seen(self):
        good = {"nonce": 1, "now": 0, "last_event": 0, "head": "0" * 64}
        CONTRACT.unpack(CONTRACT.frame("pong", msgpack.packb(good)))
        for bad in ({**good, "nonce": -1}, {**good, "head": "0"}, {**good, "extra": 1},
                    {**good, "now": None}, {"nonce": 1}):
            with self.assertRaises(Fault):
                CONTRACT.unpack(CONTRACT.frame("pong", msgpack.packb(bad)))
        with self.assertRaises(Fault):
            CONTRACT.unpack(CONTRACT.frame("ping", msgpack.packb({"nonce": 1})))
        stream = kn_peer.Stream(1, 0, 9, 1, 1)
        with self.assertRaises(Fault):
            stream.take({"first": 2, "events": [{}]}, 10)
        with self.assertRaises(Fault):
            stream.take({"first": 1, "events": [{}, {}]}, 10)
        stream.take({"first": 1, "events": [{}]}, 10)
        with self.assertRaises(Fault):
            stream.take({"first": 2, "events": [{}]}, 10)


if __name__ == "__main__":
    unittest.main()
