#!/usr/bin/python3
"""The agents as processes, against a real hub: what an operator, an officer and a newspaper's server do.

    tests/agents/test_processes.py build/release [TEST…]

Everything lies in a fresh folder below the build folder. Nothing sleeps for a fixed time: each step
waits for what it needs, and fails after ten seconds.
"""
import gzip
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
BIN = BUILD / "bin"
SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = BUILD / "tests" / "processes"
OK, USAGE, DATA, DENIED, CONFIG, LATER = 0, 64, 65, 77, 78, 111


def wait_for(what, why, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        result = what()
        if result:
            return result
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds} s for {why}")


def rows_of(texts, first=1):
    return "".join(f"{first + i};{text}\n" for i, text in enumerate(texts))


def minutes(title, texts, count=None):
    return (f"Cuộc TXCT;{title}\nNgày;20/11/2026\nĐịa điểm;Hội trường {title}\n" +
            (f"Số kiến nghị;{count}\n" if count else "") + "STT;Nội dung kiến nghị\n" + rows_of(texts))


def transfer(number, texts, count):
    return (f"Số/ký hiệu;{number}\nNgày;23/11/2026\nCơ quan gửi;Ủy ban MTTQ\nSố lượng;{count}\n"
            "STT;Nội dung kiến nghị\n" + rows_of(texts))


def feed(items):
    return ("<?xml version='1.0'?><rss version='2.0'><channel><title>Báo thử</title>" + "".join(
        f"<item><guid>{guid}</guid><title>Bạn đọc viết {guid}</title><description>{text}</description>"
        "</item>" for guid, text in items) + "</channel></rss>").encode()


class Stage:
    """The hub, its keys, and the processes that a test started."""

    def __init__(self, registers=SOURCE / "schemas/registers"):
        shutil.rmtree(FOLDER, ignore_errors=True)
        (FOLDER / "keys").mkdir(parents=True)
        self.children, self.hub = [], None
        self.intake = self.delivery = "tcp://127.0.0.1:*"
        self.key = subprocess.run([BIN / "kiennghi-hub", "--store", FOLDER / "store", "--print-key"],
                                  check=True, capture_output=True, text=True).stdout.strip()
        self.control = str(FOLDER / "hub.sock")
        with open(FOLDER / "hub.log", "wb") as log:
            self.hub = subprocess.Popen(
                [BIN / "kiennghi-hub", "--store", FOLDER / "store", "--intake", self.intake,
                 "--delivery", self.delivery, "--control", self.control, "--registers",
                 registers, "--test-clock"], stdout=log, stderr=log)
        ready = wait_for(lambda: re.search(r"hub\.ready .*?intake=(\S+) delivery=(\S+)",
                                           (FOLDER / "hub.log").read_text()), "the hub")
        self.intake, self.delivery = ready.groups()
        self.admit("office", "operator")

    def admit(self, name, role, *more):
        done = subprocess.run([BIN / "kiennghi", "--control", self.control, "--out", FOLDER / "keys",
                               "--role", role, *more, "keys", "new", name], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == OK, done.stderr

    def options(self, name, state=None):
        return ["--hub-intake", self.intake, "--hub-delivery", self.delivery, "--hub-key", self.key,
                "--key", str(FOLDER / f"keys/{name}.cert"), "--state",
                str(FOLDER / "state" / (state or name)), "--timeout", "20", "--lang", "en"]

    def run(self, program, name, *args, state=None, **more):
        return subprocess.run([BIN / program, *self.options(name, state), *map(str, args)],
                              capture_output=True, text=True, timeout=60, check=False, **more)

    def spawn(self, program, name, *args, before=()):
        out = open(FOLDER / f"{name}.out", "ab")
        child = subprocess.Popen([*before, BIN / program, *self.options(name), *map(str, args)],
                                 stdout=out, stderr=out, start_new_session=True)
        out.close()
        self.children.append(child)
        return child

    def out(self, name):
        return (FOLDER / f"{name}.out").read_text()

    def tool(self, *args):
        done = self.run("kiennghi", "office", "--control", self.control, "--json", *args)
        assert done.returncode == OK, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def batch(self, title):
        found = [b for b in self.tool("batch", "list", "--limit", "50") if b.get("title") == title]
        return found[0] if found else None

    def figure(self, name):
        return next(c["value"] for c in self.tool("status")[0]["counts"] if c["name"] == name)

    def end_children(self):
        for child in self.children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)  # with what strace holds
            child.wait()
        self.children.clear()

    def end(self):
        self.end_children()
        self.hub.kill()
        self.hub.wait()


def lines_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class Processes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()

    @classmethod
    def tearDownClass(cls):
        cls.stage.end()

    def setUp(self):
        self.look_at_hub()

    def tearDown(self):
        self.stage.end_children()
        self.look_at_hub()

    def look_at_hub(self):
        """When the hub dies, every other failure is only a consequence."""
        if self.stage.hub.poll() is not None:
            self.fail("the hub died: " + (FOLDER / "hub.log").read_text(errors="replace")[-4000:])

    def write(self, name, text):
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def stop(self, child):
        child.send_signal(signal.SIGTERM)
        return child.wait(10)

    def watch(self, program, name, folder, *more):
        folder.mkdir(parents=True, exist_ok=True)
        child = self.stage.spawn(program, name, "--watch", folder, *more)
        wait_for(lambda: "connected" in self.stage.out(name), "the agent to connect")
        return child

    # ---- tables ------------------------------------------------------------------------------

    def test_contact_one_shot(self):
        self.stage.admit("c1", "intake")
        path = self.write("c1.csv", minutes("c1", ["Đường hỏng", "như trên", "Đèn tắt"]))
        done = self.stage.run("kiennghi-contact", "c1", "--json", path)
        *rows, account = lines_of(done)
        self.assertEqual(done.returncode, DATA, done.stderr)
        self.assertEqual([(r["row"], r["verdict"]) for r in rows],
                         [(5, "stored"), (6, "refused"), (7, "stored")])  # in the order of the file
        self.assertIn("reason", rows[1])
        self.assertEqual((account["declared"], account["stored"], account["refused"],
                          account["missing"]), (3, 2, 1, 0))
        # A row inserted above and everything numbered anew: the refused row is known where it is now.
        path.write_text(minutes("c1", ["Chợ cóc", "Đường hỏng", "như trên", "Đèn tắt"]),
                        encoding="utf-8")
        *rows, account = lines_of(self.stage.run("kiennghi-contact", "c1", "--json", path))
        self.assertEqual([r["verdict"] for r in rows], ["stored", "repeated", "refused", "repeated"])
        self.assertEqual((account["declared"], account["missing"], account["earlier"]), (4, 0, 0))
        batch = self.stage.batch("c1")
        self.assertEqual((batch["declared"], batch["stored"], batch["refused"]), (4, 3, 1))

    def test_two_files_of_one_document(self):
        self.stage.admit("f1", "intake")
        first = self.write("f1-a.csv", transfer("12/MT", ["Một", "Hai"], 3))
        other = self.write("f1-b.csv", transfer("12/MT", ["Ba", "Hai"], 3))
        done = self.stage.run("kiennghi-front", "f1", "--json", first)
        self.assertEqual(lines_of(done)[-1]["missing"], 1)
        # Another table of it alone: what the earlier run sent is counted.
        other.write_text(other.read_text().replace("1;Ba\n2;Hai\n", "3;Ba\n"))
        accounts = [r for r in lines_of(self.stage.run("kiennghi-front", "f1", "--json", other))
                    if "batch" in r]
        self.assertEqual([(a["declared"], a["stored"], a["earlier"], a["missing"]) for a in accounts],
                         [(3, 1, 2, 0)])
        # Both in one run: one summary.
        accounts = [r for r in lines_of(self.stage.run("kiennghi-front", "f1", "--json", first, other))
                    if "batch" in r]
        self.assertEqual([(a["repeated"], a["missing"]) for a in accounts], [(3, 0)])

    def test_watched_folders(self):
        for program, name, make in (
                ("kiennghi-contact", "c2", minutes),
                ("kiennghi-front", "f2", lambda title, texts: transfer(title, texts, len(texts)))):
            with self.subTest(program):
                self.stage.admit(name, "intake")
                folder = FOLDER / f"in-{name}"
                start = time.monotonic()
                child = self.watch(program, name, folder)
                with open(folder / "written.csv", "w", encoding="utf-8") as file:
                    file.write(make(f"{name}/a", ["Một"]))
                    file.flush()
                    self.assertFalse((folder / "done").exists())
                self.write(f"{name}.moved", make(f"{name}/b", ["Hai", "Ba"])).rename(
                    folder / "moved.csv")
                wait_for(lambda: (folder / "done/written.csv").exists() and
                         (folder / "done/moved.csv").exists(), "done/")
                self.write(f"in-{name}/bad.csv", b"\x7fELF\0\1\2\3")
                wait_for(lambda: (folder / "refused/bad.csv").exists(), "refused/")
                folder.rename(FOLDER / f"away-{name}")  # another takes its place
                wait_for(lambda: "No such file" in self.stage.out(name), "the folder to be missed")
                self.write(f"in-{name}/late.csv", make(f"{name}/c", ["Bốn"]))
                wait_for(lambda: (folder / "done/late.csv").exists(), "the new folder")
                self.assertEqual(self.stage.out(name).count("No such file"), 1)
                self.write(f"in-{name}/note.txt", "not mine")
                ticks = pathlib.Path(f"/proc/{child.pid}/stat").read_text().split(")")[1].split()
                used = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
                self.assertLess(used, max(0.5, 0.5 * (time.monotonic() - start)), "it does not sleep")
                self.assertEqual(self.stop(child), DATA)
                self.assertTrue((folder / "note.txt").exists())
                self.assertEqual(self.stage.out(name).count("stored 1") +
                                 self.stage.out(name).count("stored 2"), 3, self.stage.out(name))

    def test_killed_in_the_middle(self):
        n_rows = 1500
        self.stage.admit("c3", "intake")
        path = self.write("c3.csv", minutes("c3", [f"Kiến nghị thứ {i}" for i in range(n_rows)]))
        before = self.stage.figure("cases")
        for part in (1, 2, 3):
            child = self.stage.spawn("kiennghi-contact", "c3", path)
            wait_for(lambda p=part: child.poll() is not None or
                     self.stage.figure("cases") - before >= p * n_rows // 5, "some rows")
            child.kill()
            child.wait()
        done = self.stage.run("kiennghi-contact", "c3", "--json", path)
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual(lines_of(done)[-1]["missing"], 0)
        self.assertEqual(self.stage.figure("cases") - before, n_rows)
        batch = self.stage.batch("c3")
        self.assertEqual((batch["declared"], batch["stored"]), (n_rows, n_rows))

    # ---- press -------------------------------------------------------------------------------

    def serve(self):
        asked = self.asked = []

        class Paper(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                asked.append((self.path, self.headers.get("If-None-Match")))
                body = feed([("a", "Vỉa hè vỡ"), ("b", "Nước bẩn")])
                if self.path == "/ok" and self.headers.get("If-None-Match") == '"v1"':
                    self.answer(304, ETag='"v1"')
                elif self.path == "/ok":
                    self.answer(200, gzip.compress(body), ETag='"v1"', Content_Encoding="gzip")
                elif self.path == "/moved":
                    self.answer(301, Location="/ok2")
                elif self.path == "/ok2":
                    self.answer(200, feed([("c", "Cây đổ")]))
                elif self.path == "/loop":
                    self.answer(302, Location="/loop")
                elif self.path == "/file":
                    self.answer(302, Location="file:///etc/passwd")
                elif self.path == "/bomb":
                    self.answer(200, gzip.compress(b" " * (64 << 20), 1), Content_Encoding="gzip")
                elif self.path == "/xxe":
                    self.answer(200, b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY x SYSTEM "
                                     b"'file:///etc/passwd'>]>" + feed([("x", "&x;")])[21:])
                elif self.path == "/entities":
                    names = "".join(f"<!ENTITY e{i} '" + f"&e{i - 1};" * 10 + "'>" for i in range(1, 10))
                    self.answer(200, (f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY e0 'ha'>{names}]>"
                                      ).encode() + feed([("y", "&e9;")])[21:])
                elif self.path == "/drip":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000000")
                    self.end_headers()
                    gone.wait(10)
                else:
                    self.answer(404)

        gone = threading.Event()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Paper)
        server.daemon_threads = True
        server.handle_error = lambda request, address: None  # an agent that had enough hangs up
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.addCleanup(gone.set)
        return f"http://127.0.0.1:{server.server_port}"

    def press(self, *urls, more=()):
        feeds = [word for url in urls for word in ("--feed", url)]
        return self.stage.run("kiennghi-press", "p1", "--once", "--json", "--fetch-timeout", "1", *feeds,
                              *more)

    def test_press(self):
        self.stage.admit("p1", "intake")
        at = self.serve()
        done = self.press(at + "/ok")
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual([r["verdict"] for r in lines_of(done)[:-1]], ["stored", "stored"])
        done = self.press(at + "/ok")
        self.assertEqual((done.returncode, done.stdout), (OK, ""))
        self.assertEqual(self.asked, [("/ok", None), ("/ok", '"v1"')])
        self.assertEqual(self.press(at + "/moved").returncode, OK)
        cases = self.stage.figure("cases")
        for path in ("/loop", "/file", "/bomb", "/drip", "/none"):
            with self.subTest(path):
                start = time.monotonic()
                done = self.press(at + path)
                self.assertEqual(done.returncode, DATA, done.stdout)
                self.assertIn(at + path, done.stderr)
                self.assertLess(time.monotonic() - start, 5)
        for path in ("/xxe", "/entities"):
            with self.subTest(path):
                done = self.press(at + path)
                self.assertIn(done.returncode, (OK, DATA))
                self.assertNotIn("root:", done.stdout + done.stderr)
        petitions = self.stage.run("kiennghi", "office", "--json", "case", "list", "--source", "bao_chi")
        self.assertNotIn("root:x", petitions.stdout)
        self.assertLessEqual(self.stage.figure("cases") - cases, 2)
        # One bad feed does not stop the good one.
        done = self.press(at + "/none", at + "/ok2?more")
        self.assertEqual(done.returncode, DATA)

    # ---- text messages -----------------------------------------------------------------------

    def receive(self, phone, number, text):
        """A message comes to the dummy phone."""
        subprocess.run(["gammu", "-c", phone / "gammurc", "savesms", "TEXT", "-text", text, "-unicode",
                        "-autolen", "600", "-folder", "5", "-unread", "-sender", number], check=True,
                       capture_output=True)
        for part in sorted((phone / "sms/5").iterdir()):
            content = part.read_text(encoding="latin-1").replace("PDU = Submit", "PDU = Deliver")
            fresh = phone / f"fresh-{number}-{part.name}"
            fresh.write_text(re.sub(r"DateTime = \S+", "DateTime = 20261123T081500", content),
                             encoding="latin-1")
            part.unlink()
            fresh.rename(phone / "sms/1" / str(int(number[-2:])))  # one part each: short texts

    @unittest.skipUnless(shutil.which("gammu-smsd"), "gammu-smsd is not installed")
    def test_sms_from_a_real_gateway(self):
        self.stage.admit("s1", "intake")
        phone = FOLDER / "phone"
        for name in ("sms/1", "sms/2", "sms/3", "sms/4", "sms/5", "inbox", "outbox", "sent", "error"):
            (phone / name).mkdir(parents=True)
        self.write("phone/gammurc", f"[gammu]\nmodel = dummy\nconnection = none\nport = {phone}\n"
                   "gammuloc = /dev/null\n[smsd]\nservice = files\ninboxformat = detail\n"
                   f"inboxpath = {phone}/inbox/\noutboxpath = {phone}/outbox/\n"
                   f"sentsmspath = {phone}/sent/\nerrorsmspath = {phone}/error/\n"
                   "commtimeout = 1\nreceivefrequency = 1\nmultiparttimeout = 2\n")
        self.receive(phone, "+84900000301", "Đèn đường ngõ 5 tắt đã hai tuần")
        self.receive(phone, "+84900000302", "Rác không ai thu gom")
        agent = self.watch("kiennghi-sms", "s1", phone / "inbox", "--json")
        daemon = subprocess.Popen(["gammu-smsd", "-c", phone / "gammurc"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, start_new_session=True)
        self.stage.children.append(daemon)
        done = phone / "inbox/done"
        wait_for(lambda: done.exists() and len(list(done.iterdir())) == 2, "two messages", 20)
        self.receive(phone, "+84900000303", "Nước sinh hoạt có mùi")
        wait_for(lambda: len(list(done.iterdir())) == 3, "the third message", 20)
        self.assertEqual(self.stop(agent), OK)
        daemon.terminate()
        accounts = [json.loads(line) for line in self.stage.out("s1").splitlines()
                    if line.startswith('{"batch"')]
        last = accounts[-1]
        self.assertEqual((last["declared"], last["missing"]), (3, 0))
        self.assertEqual(sum(a["stored"] for a in accounts), 3)
        self.assertTrue(all(a["missing"] == 0 for a in accounts), accounts)
        # The whole inbox again, by another outbox, one-shot: one summary, all known.
        files = sorted(done.iterdir())
        again = self.stage.run("kiennghi-sms", "s1", "--json", *files, state="s1-other")
        *rows, account = lines_of(again)
        self.assertEqual([r["row"] for r in rows], [1, 2, 3])
        self.assertEqual((account["declared"], account["repeated"], account["missing"]), (3, 3, 0))
        # The network delivers one message twice: it is one.
        twice = self.write("IN20261123_081500_00_twice.txt", files[0].read_bytes())
        *rows, account = lines_of(self.stage.run("kiennghi-sms", "s1", "--json", "--inbox", "twice",
                                                 files[0], twice, state="s1-twice"))
        self.assertEqual([r["verdict"] for r in rows], ["stored", "repeated"])
        self.assertEqual((account["declared"], account["missing"]), (1, 0))
        # One message of it again: its own place in the day, and nothing is missing.
        row, account = lines_of(self.stage.run("kiennghi-sms", "s1", "--json", files[1],
                                               state="s1-other"))
        self.assertEqual((row["row"], row["verdict"]), (2, "repeated"))
        self.assertEqual((account["declared"], account["earlier"], account["missing"]), (3, 2, 0))

    # ---- agency and monitor ------------------------------------------------------------------

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_agency_dies_between_save_and_accept(self):
        unit = "so-xay-dung"
        self.stage.admit("c5", "intake")
        self.stage.admit("a1", "agency", "--unit", unit)
        text = "Đèn chiếu sáng phố Hoàng Cầu hỏng, đề nghị thay bóng"
        path = self.write("c5.csv", minutes("c5", [text]))
        case = lines_of(self.stage.run("kiennghi-contact", "c5", "--json", path))[0]["case"]
        wait_for(lambda: self.stage.figure("to_read") == 0, "the reading")
        done = self.stage.run("kiennghi", "office", "--reason", "thử", "assign", case, unit)
        self.assertEqual(done.returncode, OK, done.stderr)
        kept = FOLDER / f"state/a1/inbox/{case}.json"
        child = self.stage.spawn("kiennghi-agency", "a1", "--auto-accept", before=(
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e",
            "inject=fsync:signal=SIGKILL:when=4"))  # two are of the making of the outbox
        child.wait(20)
        self.assertTrue(kept.exists(), self.stage.out("a1"))
        self.assertNotIn("accepted", json.loads(kept.read_text()))
        child = self.stage.spawn("kiennghi-agency", "a1", "--auto-accept")
        wait_for(lambda: self.stage.tool("case", "list", "--unit", unit, "--flow", "in_progress"),
                 "the acceptance")
        self.assertEqual(self.stop(child), OK)
        events = [e["sequence"] for e in json.loads(kept.read_text())["events"]]
        self.assertEqual(events, sorted(set(events)))

    def test_monitor_goes_on_where_it_stopped(self):
        self.stage.admit("m1", "monitor")
        self.stage.admit("c6", "intake")
        config = self.write("monitor.cfg", 'monitor\n    all = "yes"\n')
        seen = []
        for i in range(3):
            path = self.write("c6.csv", minutes(f"c6 {i}", [f"Việc {i}", f"Chuyện {i}"]))
            self.assertEqual(self.stage.run("kiennghi-contact", "c6", path).returncode, OK)
            wait_for(lambda: self.stage.figure("to_read") == 0, "the reading")
            done = self.stage.run("kiennghi-monitor", "m1", "--once", "--config", config)
            self.assertEqual(done.returncode, OK, done.stderr)
            some = [e["sequence"] for e in lines_of(done)]
            self.assertGreaterEqual(len(some), 2)
            seen += some
        self.assertEqual(seen, list(range(1, len(seen) + 1)))
        # Whoever reads it goes away.
        reader, writer = os.pipe()
        child = subprocess.Popen([BIN / "kiennghi-monitor", *self.stage.options("m1"), "--all", "--from",
                                  "1", "--quiet"], stdout=writer, stderr=subprocess.PIPE,
                                 start_new_session=True)
        self.stage.children.append(child)
        os.close(writer)
        os.read(reader, 10)
        os.close(reader)
        self.assertEqual((child.wait(10), child.stderr.read()), (OK, b""))
        child.stderr.close()

    # ---- words and codes ---------------------------------------------------------------------

    def test_configuration_and_exit_codes(self):
        self.stage.admit("c7", "intake")
        path = self.write("c7.csv", minutes("c7", ["Một"]))
        good = self.write("good.cfg", f'hub\n    intake = "{self.stage.intake}"\ncontact\n'
                          '    source = "txct_dinh_ky"\n')
        bad = self.write("bad.cfg", 'contact\n    sorce = "x"\n')
        run = self.stage.run
        for program in ("contact", "front", "press", "sms", "agency", "monitor"):
            with self.subTest(program):
                self.assertEqual(run("kiennghi-" + program, "c7", "--help").returncode, OK)
                self.assertEqual(run("kiennghi-" + program, "c7", "--nonsense").returncode, USAGE)
                self.assertEqual(run("kiennghi-" + program, "c7", "--check-config").returncode, OK)
                printed = run("kiennghi-" + program, "c7", "--print-config")
                again = self.write(f"{program}.cfg", printed.stdout)
                self.assertEqual(subprocess.run(
                    [BIN / ("kiennghi-" + program), "--config", again, "--print-config"],
                    capture_output=True, text=True, check=True).stdout, printed.stdout)
        self.assertEqual(run("kiennghi-contact", "c7", "--config", good, "--check-config").returncode, OK)
        wrong = run("kiennghi-contact", "c7", "--config", bad, "--check-config")
        self.assertEqual(wrong.returncode, CONFIG)
        self.assertIn("contact/source", wrong.stderr)
        self.assertEqual(run("kiennghi-contact", "c7", path).returncode, OK)
        self.assertEqual(run("kiennghi-contact", "nobody", path).returncode, CONFIG)
        subprocess.run([BIN / "kiennghi", "--out", FOLDER / "keys", "--control", "/nowhere", "--role",
                        "intake", "--timeout", "1", "--hub-delivery", "tcp://127.0.0.1:1", "--key",
                        FOLDER / "keys/office.cert", "--hub-key", self.stage.key, "--state",
                        FOLDER / "state/x", "keys", "new", "stranger"], capture_output=True, check=False)
        self.assertEqual(run("kiennghi-contact", "stranger", path).returncode, DENIED)
        away = subprocess.run([BIN / "kiennghi-contact", *self.stage.options("c7", "c7-away"),
                               "--hub-intake", "tcp://127.0.0.1:1", "--timeout", "1", path],
                              capture_output=True, text=True, check=False)
        self.assertEqual(away.returncode, LATER)
        self.assertIn("nothing is lost", away.stderr)


if __name__ == "__main__":
    unittest.main()
