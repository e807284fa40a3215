#!/usr/bin/python3
"""test_trust.py - who may, how much, and what becomes of what is refused: the hub as strangers, agents
and operators see it. KN_BIN names the folder of the programs.
"""
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import kn_peer
import test_peer
from kn_peer import Closed, Denied, Silence
from test_peer import Batch, Case, setUpModule, tearDownModule  # noqa: F401 (unittest calls them)

TOOL = pathlib.Path(os.environ["KN_BIN"]) / "kiennghi"


def promtool(what, *files, input=None):
    """What `promtool check` says: (exit code, complaints)."""
    done = subprocess.run(["promtool", "check", what, *files], input=input, text=True,
                          capture_output=True, timeout=30)
    return done.returncode, done.stderr


def get(where, path):
    """(status, type, text) of http://WHERE/PATH."""
    connection = http.client.HTTPConnection(where, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()
    finally:
        connection.close()


class Trust(Case):
    def control(self, name, answer, message=None):
        return self.hub.control(name, {"request": 1, **(message or {})}, answer)

    def tool(self, *args):
        done = subprocess.run([TOOL, "--control", self.hub.control_path, "--lang", "en", *args],
                              capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout + done.stderr

    def until(self, what, seconds=kn_peer.WAIT_S):
        end = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), end, "waited in vain")
            time.sleep(0.02)
        return found

    def admit(self, name, role, keys=None, unit=None, **limits):
        """Like agent(), with limits; perhaps again with the same keys."""
        keys = keys or kn_peer.new_keys()
        record = {"agent": name, "role": role, "key": keys.public}
        record.update({"unit": unit} if unit else {})
        record.update({"limits": limits} if limits else {})
        receipt = self.hub.control("agent.admit", {"sequence": 1, "agent": record})
        self.verdict(receipt, "stored")
        return keys

    # ---- events that a reader refuses

    def reader(self, count=3):
        """A monitor with `count` petitions of its own to read: (peer, stream, found)."""
        _, _, sender = self.intake()
        name, keys = self.agent("monitor")
        peer = self.open(keys)
        last = peer.ask("status.get", "status.view")["last_event"]
        self.filled(count, sender)
        stream = peer.open("all", self.name, after=last)
        found = [peer.event(stream) for _ in range(count)]
        return name, keys, peer, stream, found

    def mine(self, agent):
        items = self.control("quarantine.get", "quarantine.view")["items"]
        return [item for item in items if item["agent"] == agent]

    def test_a_refused_event_is_kept_and_the_stream_goes_on(self):
        name, keys, peer, stream, found = self.reader()
        position, event = found[1]
        peer.send("event.refuse", {"subscription": stream.number, "position": position,
                                   "code": "unknown_value", "reason": "không hiểu"})
        self.assertEqual(peer.expect("event.kept")["position"], position)
        item, = self.mine(name)
        self.assertEqual((item["stream"], item["consumer"], item["position"], item["sequence"],
                          item["code"], item["tries"], item["reason"]),
                         ("all", self.name, position, event["sequence"], "unknown_value", 1,
                          "không hiểu"))
        with self.subTest("the cursor is behind it"):
            again = self.open(keys)
            self.assertEqual(again.open("all", self.name).position, position)
            peer = again
            stream = peer.streams[1]
        number = str(item["number"])
        self.assertIn("unknown_value", self.tool("quarantine", "list")[1])
        self.assertNotIn("không hiểu", self.tool("quarantine", "show", number)[1])
        self.assertIn("không hiểu", self.tool("--persons", "quarantine", "show", number)[1])
        with self.subTest("given again, refused again"):
            self.assertEqual(self.tool("quarantine", "retry", number)[0], 0)
            self.until(lambda: self.read_on(peer) or stream.again)
            self.assertEqual(stream.again.popleft()[0], position)
            peer.send("event.refuse", {"subscription": stream.number, "position": position,
                                       "code": "internal"})
            peer.expect("event.kept")
            item, = self.mine(name)
            self.assertEqual((str(item["number"]), item["tries"], item["code"],
                              item.get("again", False)), (number, 2, "internal", False))
        with self.subTest("given again, to one who was away, and taken"):
            peer.close()
            self.assertEqual(self.tool("quarantine", "retry", number)[0], 0)
            peer = self.open(keys)
            stream = peer.open("all", self.name)
            self.until(lambda: self.read_on(peer) or stream.again)
            at, retried = stream.again.popleft()
            self.assertEqual((at, retried["sequence"]), (position, event["sequence"]))
            peer.send("event.take", {"subscription": stream.number, "position": position})
            peer.expect("event.kept")
            self.assertEqual(self.mine(name), [])
        code, out = self.tool("quarantine", "drop", number)
        self.assertNotEqual(code, 0, out)  # it is gone

    @staticmethod
    def read_on(peer):
        try:
            name, message = peer.read(0.05)
            if name not in ("events", "stream.closed"):
                peer.answers.append((name, message))
        except Silence:
            pass

    def test_an_operator_drops_what_nobody_needs(self):
        name, _, peer, stream, found = self.reader(1)
        peer.send("event.refuse", {"subscription": stream.number, "position": found[0][0],
                                   "code": "invalid"})
        peer.expect("event.kept")
        item, = self.mine(name)
        self.assertEqual(self.tool("quarantine", "drop", str(item["number"]))[0], 0)
        self.assertEqual(self.mine(name), [])
        with self.subTest("what was never sent is not refused"):
            peer.send("event.refuse", {"subscription": stream.number, "position": 10**9,
                                       "code": "invalid"})
            peer.ping()
            self.assertEqual(self.mine(name), [])

    def test_replay_by_time(self):
        _, _, peer, _, found = self.reader(2)
        operator = self.open(self.agent("operator")[1])
        at = operator.ask("status.get", "status.view")["now"] + 1000
        self.verdict(self.hub.control("clock.move", {"sequence": 1, "to": at}), "stored")
        _, _, sender = self.intake()
        _, receipts = self.filled(1, sender, self.name + "-later")
        stream = peer.open("all", "later", since=at)
        position, event = peer.event(stream)
        self.assertGreaterEqual(event["at"], at)
        self.assertGreater(position, found[-1][0])
        before = peer.open("all", "before", after=position - 2)
        self.assertLess(peer.event(before)[1]["at"], at)
        with self.subTest("in the future: at the end"):
            last = peer.ask("status.get", "status.view")["last_event"]
            self.assertGreaterEqual(peer.open("all", "never", since=at + 10**9).position, last)

    def test_a_stopped_reader_harms_nobody(self):
        _, _, sender = self.intake()
        stopped = self.open(self.agent("monitor")[1])
        last = stopped.ask("status.get", "status.view")["last_event"]
        stopped.open("all", "stopped", 1000000, 1 << 30, after=0)  # takes all credit, reads nothing
        crawling = self.open(self.agent("auditor")[1])
        slow = crawling.open("all", "slow", 1, 1 << 20, after=last)
        quick = self.open(self.agent("ban")[1])
        stream = quick.open("all", "quick", 1000, 1 << 24, after=last)
        began = time.monotonic()
        self.filled(200, sender)
        for _ in range(200):
            quick.event(stream)
            quick.credit(stream, 1)
        self.assertLess(time.monotonic() - began, 8)
        crawling.event(slow)
        self.assertEqual(len(slow.inbox), 0)  # one credit, one event
        self.assertEqual(crawling.ping()["last_event"] > last, True)

    # ---- keys and what they may

    def test_a_rotated_key_is_refused_at_once(self):
        name, old = self.agent("monitor")
        peer = self.open(old)
        stream = peer.open("all", self.name)
        fresh = self.admit(name, "monitor")
        with self.assertRaises(Closed) as closed:
            while True:
                peer.event(stream)
        self.assertEqual(closed.exception.code, "revoked")
        self.denied("revoked", lambda: peer.ask("status.get", "status.view"))
        self.open(fresh).ask("status.get", "status.view")
        stranger = self.open(old, hello=False)
        with self.assertRaises(Silence):
            stranger.hello(wait_s=0.5)

    def test_rights_change_without_reconnect(self):
        name, keys = self.agent("monitor")
        peer = self.open(keys)
        stream = peer.open("all", self.name)
        self.admit(name, "monitor", keys, streams=["public"], verbs=["stream.open", "case.find"])
        with self.assertRaises(Closed):
            while True:
                peer.event(stream)
        self.denied("not_allowed", lambda: peer.open("all", self.name))
        self.denied("not_allowed", lambda: peer.ask("status.get", "status.view"))
        peer.open("public", self.name)
        peer.ask("case.find", "case.list")
        with self.subTest("acl test"):
            self.assertEqual(self.tool("acl", "test", name, "case.find")[0], 0)
            code, out = self.tool("acl", "test", name, "all")
            self.assertEqual((code, "limits" in out), (65 if code == 65 else 77, True), out)
            self.assertIn("role", self.tool("acl", "test", name, "case.assign")[1])
            self.assertIn("no message has this name", self.tool("acl", "test", name, "case.asign")[1])
        with self.subTest("the hub's own words"):
            code, out = self.tool("keys", "revoke", "nobody-at-all")
            self.assertEqual(code, 65)
            self.assertIn("no identity has this name", out)
        with self.subTest("more than the role has is not given"):
            for limits, field in (({"verbs": ["case.assign"]}, "agent.limits.verbs"),
                                  ({"streams": ["agency/x"]}, "agent.limits.streams")):
                receipt = self.hub.control("agent.admit", {"sequence": 1, "agent": {
                    "agent": name, "role": "monitor", "key": keys.public, "limits": limits}})
                self.verdict(receipt, "refused", "invalid", field)

    def test_the_tool_rotates_sets_and_lists(self):
        out = self.hub.folder / self.name
        out.mkdir()
        code, text = self.tool("--out", str(out), "--role", "monitor", "keys", "new", self.name)
        self.assertEqual(code, 0, text)
        old = kn_peer.load_keys(out / f"{self.name}.cert_secret")
        code, text = self.tool("--rate", "5", "--streams", "public", "keys", "set", self.name)
        self.assertEqual(code, 0, text)
        code, text = self.tool("--out", str(out), "keys", "rotate", self.name)
        self.assertEqual(code, 0, text)
        fresh = kn_peer.load_keys(out / f"{self.name}.cert_secret")
        self.assertNotEqual(old.public, fresh.public)
        self.assertEqual(kn_peer.load_keys(out / f"{self.name}.cert_secret.old").public, old.public)
        code, text = self.tool("keys", "list")
        self.assertIn(f"{self.name} ", text)
        self.assertIn("rate 5", text)
        agent, = self.control("agent.get", "agent.view", {"agent": self.name})["agents"]
        self.assertEqual((agent["key"], agent["limits"]),
                         (fresh.public, {"rate": 5, "streams": ["public"]}))
        self.open(fresh).open("public", self.name)

    # ---- limits

    def test_rate_bytes_and_sessions(self):
        keys = self.admit(self.name, "intake", rate=20)
        peer = self.open(keys, "intake")
        began = time.monotonic()
        self.filled(40, peer)  # the client goes back and tries again: all arrive, slower
        self.assertGreater(time.monotonic() - began, 0.9)
        keys = self.admit(self.name + "-day", "intake", bytes_per_day=3000)
        peer = self.open(keys, "intake")
        batch = Batch(self.name + "-day")
        self.verdict(peer.submit("batch.declare", batch.declare(20)), "stored")
        deferred = None
        for number in range(1, 21):
            peer.send("petition.submit", {"sequence": number + 1, **batch.row(number)})
            deferred = peer.expect("receipt")
            if deferred["verdict"] == "deferred":
                break
        self.assertEqual((deferred["verdict"], deferred["code"]), ("deferred", "quota"))
        self.assertGreater(deferred["retry_after_ms"], 0)
        self.until(lambda: "quota" in self.control("status.get", "status.view").get("alarms", []))
        keys = self.admit(self.name + "-one", "monitor", sessions=1)
        self.open(keys)
        second = self.open(keys, hello=False)
        self.denied("quota", second.hello)

    # ---- denials

    def denials(self, who):
        found, after = [], 0
        while after is not None:
            view = self.control("denial.get", "denial.view", {"after": after})
            found += [(one["reason"], one.get("verb")) for one in view["denials"]
                      if one["who"] == who]
            after = view.get("more_after")
        return found

    def test_denials_of_a_known_identity_are_listed(self):
        name, keys = self.agent("intake")
        peer = self.open(keys, hello=False)
        peer.send("status.get", {"request": 1})
        self.denied("not_allowed", lambda: peer.expect("status.view"))
        peer.hello()
        self.denied("not_allowed", lambda: peer.open("all", self.name))
        self.denied("not_allowed", lambda: peer.ask("erasure.get", "erasure.view"))
        peer.raw(b"KN\1")
        self.denied("malformed", lambda: peer.expect("pong"))
        self.until(lambda: len(self.denials(name)) >= 4)
        self.assertEqual(self.denials(name), [("unsaid", "status.get"), ("stream", "all"),
                                              ("verb", "erasure.get"), ("malformed", None)])
        self.assertIn(name, self.tool("denials")[1])

    def test_when_a_flood_comes_it_is_bounded(self):
        name, keys = self.agent("monitor")
        peer = self.open(keys)
        for request in range(500):
            peer.send("erasure.get", {"request": request})
        for _ in range(500):
            peer.expect("deny")
        text = self.control("metrics.get", "metrics.view")["text"]
        total = next(int(line.split()[1]) for line in text.splitlines()
                     if line.startswith('kiennghi_denials_total{reason="verb"}'))
        self.assertGreaterEqual(total, 500)
        self.until(lambda: self.denials(name))
        self.assertLessEqual(len(self.denials(name)), 100)

    def test_the_self_test_is_not_a_stranger(self):
        folder = self.hub.folder / self.name
        folder.mkdir()
        hub = test_peer.new_hub(folder)
        try:
            view = hub.control("status.get", {"request": 1}, "status.view")
            counts = {one["name"]: one["value"] for one in view["counts"]}
            self.assertEqual(counts["strangers_refused"], 0)
            stranger = kn_peer.Peer(hub.contract, hub.endpoints["intake"], hub.key,
                                    kn_peer.new_keys())
            self.addCleanup(stranger.close)
            self.until(lambda: any(
                line.startswith('kiennghi_denials_total{reason="unknown_key"} ')
                and not line.endswith(" 0")
                for line in hub.control("metrics.get", {"request": 1}, "metrics.view")["text"]
                .splitlines()))
        finally:
            self.assertEqual(hub.stop(), 0)

    # ---- names that are longer than they look

    def test_long_names_are_denied_not_fatal(self):
        operator = self.open(self.agent("operator")[1])
        self.denied("too_long", lambda: operator.open("all", "ế" * 60))
        operator.open("source/" + "x" * 73, "y" * 60)
        operator.ping()

    def test_health_and_metrics(self):
        self.assertEqual(self.tool("health", "live")[0], 0)
        code, out = self.tool("health", "ready")
        self.assertEqual(code, 0, out)
        code, text = self.tool("metrics")
        self.assertEqual(code, 0)
        self.assertEqual(promtool("metrics", input=text), (0, ""))
        for name in ("consumer_lag_events", "consumer_oldest_unsaved_seconds", "commit_seconds",
                     "map_used_bytes", "denials_total", "alarm"):
            self.assertIn(f"kiennghi_{name}", text)

    def test_prometheus_gets_the_figures(self):
        folder = self.hub.folder / self.name
        folder.mkdir()
        file, config = folder / "kiennghi.prom", folder / "prometheus.yml"
        with socket.create_server(("127.0.0.1", 0)) as free:
            where = f"127.0.0.1:{free.getsockname()[1]}"
        config.write_text(f"scrape_configs: [{{job_name: kiennghi, "
                          f"static_configs: [{{targets: ['{where}']}}]}}]\n")
        self.assertEqual(promtool("config", config), (0, ""))
        hub = test_peer.new_hub(folder)
        tool = [TOOL, "--control", hub.control_path, "--lang", "en"]
        exporter = subprocess.Popen([*tool, "--listen", where, "metrics"], stderr=subprocess.PIPE,
                                    text=True)
        try:
            self.assertIn(f"http://{where}/metrics", exporter.stderr.readline())
            status, kind, text = get(where, "/metrics")
            self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
            self.assertEqual(promtool("metrics", input=text), (0, ""))
            self.assertEqual(get(where, "/")[0], 404)
            subprocess.run([*tool, "--write", file, "metrics"], check=True, timeout=30)
            self.assertIn("kiennghi_ready 1\n", file.read_text())
            self.assertEqual([path.name for path in folder.glob("*.prom*")], [file.name])
            self.assertEqual(hub.stop(), 0)
            self.assertEqual(get(where, "/metrics")[0], 503)
            gone = subprocess.run([*tool, "--write", file, "metrics"], capture_output=True, timeout=30)
            self.assertEqual(gone.returncode, 111)
            self.assertFalse(file.exists())  # nobody takes old figures for new ones
        finally:
            hub.kill()
            exporter.terminate()
            self.assertEqual(exporter.wait(20), 0)
            exporter.stderr.close()

    def test_systemd_is_told(self):
        folder = self.hub.folder / self.name
        folder.mkdir()
        path = str(folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(kn_peer.WAIT_S)
            with unittest.mock.patch.dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC="400000"):
                hub = test_peer.new_hub(folder)
            try:
                said = [notify.recv(4096).decode()]
                self.assertIn("READY=1", said[0])
                while said.count("WATCHDOG=1") < 3:  # fed while both loops turn
                    said.append(notify.recv(4096).decode())
                hub.process.send_signal(signal.SIGTERM)
                while "STOPPING=1" not in said[-1]:
                    said.append(notify.recv(4096).decode())
                self.assertEqual(hub.process.wait(20), 0)
            finally:
                hub.kill()


if __name__ == "__main__":
    unittest.main()
