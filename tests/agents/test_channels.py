#!/usr/bin/python3
"""Text messages and newspapers with their real peers: gammu-smsd with its dummy phone, Kannel with fakesmsc, an
HTTP server. From the message that a person sends to what the agency sees and the answer that the person reads.

    KN_BIN=build/release/bin tests/agents/test_channels.py [TEST…]

Nothing sleeps for a fixed time: each step waits for what it needs.
"""
import gzip
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "stories"))
from world import BIN, World, die_with_me  # noqa: E402

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
LAMP = "Đèn ngõ 12 phố Hoàng Cầu phường Đống Đa không sáng, đề nghị thay bóng 🙏"
PLAIN = "Den ngo 12 pho Hoang Cau phuong Dong Da khong sang, de nghi thay bong"
UNIT = "ubnd-dong-da"


def free_ports(n):
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Channel(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.world.person("sms", "intake")
        self.world.person("dongda", "agency", UNIT)
        self.said = []  # all that agents printed and logged

    def run_child(self, *command, out=None):
        log = open(self.world.path(out), "ab") if out else subprocess.DEVNULL
        child = subprocess.Popen([str(c) for c in command], stdout=log, stderr=log,
                                 stdin=subprocess.DEVNULL, preexec_fn=die_with_me)
        if out:
            log.close()
        self.world.children.append(child)
        return child

    def agent(self, *args):
        """kiennghi-sms as a service, everything it says kept."""
        return self.run_child(BIN / "kiennghi-sms", *[a for a in self.world.connection("sms")
                                                      if a != "--quiet"], *args, out="sms.log")

    def log(self):
        return (self.world.folder / "sms.log").read_text()

    def cases(self):
        return self.world.tool("case", "list")

    def one_case(self, n=1):
        return self.world.until(lambda: len(self.cases()) == n and self.cases()[0]["code"])

    def text_of(self, code):
        return self.world.tool("--persons", "case", "show", code)[0]["petition"]["text"]

    def satisfaction(self, code):
        return self.world.case(code)[0]["satisfaction"]

    def assert_said(self, code, satisfaction):
        """The hub has what the voter says of the outcome."""
        self.world.until(lambda: self.satisfaction(code) == satisfaction)

    def agency_answers(self, code, result="resolved_works", text="Đã thay bóng đèn."):
        world = self.world
        world.until(lambda: world.flow(code) == "assigned")
        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(code) == "in_progress")
        seen = world.run("agency", "dongda", "list")[1]
        self.assertIn(code, seen)
        done = world.run("agency", "dongda", "--result", result, "answer", code, "-", stdin=text)
        self.assertEqual(done[0], 0, done)

    def assert_nobody_is_named(self, *numbers):
        """Telephone numbers stand nowhere but in the one room for them."""
        for file in ("sms.log", "hub.log"):
            content = (self.world.folder / file).read_text()
            for number in numbers:
                self.assertNotIn(number, content, file)
        events = json.dumps([e for e in self.world.tool("events", "--stream", "all")])
        for number in numbers:
            self.assertNotIn(number, events)
        for child in self.world.children:
            try:
                command = pathlib.Path(f"/proc/{child.pid}/cmdline").read_bytes().decode()
            except OSError:
                continue
            if "fakesmsc" not in command:  # it plays the telephone
                for number in numbers:
                    self.assertNotIn(number, command)


class Gammu(Channel):
    """A ward with one modem."""

    def setUp(self):
        super().setUp()
        self.phone = self.world.folder / "phone"
        for name in ("sms/1", "sms/2", "sms/3", "sms/4", "sms/5", "inbox", "outbox", "sent", "error"):
            (self.phone / name).mkdir(parents=True)
        (self.phone / "rc").write_text(f"""[gammu]
model = dummy
connection = none
port = {self.phone}
gammuloc = /dev/null
[smsd]
service = files
inboxformat = detail
inboxpath = {self.phone}/inbox/
outboxpath = {self.phone}/outbox/
sentsmspath = {self.phone}/sent/
errorsmspath = {self.phone}/error/
commtimeout = 1
receivefrequency = 1
multiparttimeout = 1
loopsleep = 1
""")
        self.n = 0

    def receive(self, number, text, parts=None, stamp=None):
        """A message comes to the dummy phone; of its parts those of PARTS (from 1), else all."""
        subprocess.run(["gammu", "-c", self.phone / "rc", "savesms", "TEXT", "-text", text, "-unicode",
                        "-autolen", "600", "-folder", "5", "-unread", "-sender", number], check=True,
                       capture_output=True)
        files = sorted((self.phone / "sms/5").iterdir(), key=lambda p: int(p.name))
        contents = [f.read_text(encoding="latin-1").replace("PDU = Submit", "PDU = Deliver")
                    for f in files]
        if stamp:
            contents = [re.sub(r"DateTime = \S+", f"DateTime = {stamp}", c) for c in contents]
        for f in files:
            f.unlink()
        self.deliver([c for i, c in enumerate(contents, 1) if parts is None or i in parts])
        return contents

    def deliver(self, contents):
        for content in contents:
            self.n += 1
            aside = self.phone / f"fresh-{self.n}"
            aside.write_text(content, encoding="latin-1")
            aside.rename(self.phone / "sms/1" / str(self.n))

    def sent(self):
        """What left the phone: {number: [texts]}."""
        found = {}
        for path in sorted((self.phone / "sent").iterdir()):
            number = re.search(r"\+\d+", path.name).group()
            found.setdefault(number, []).append(path.read_bytes().decode("utf-16"))
        return found

    def answer_to(self, number, words, n=None):
        """The text that NUMBER got with WORDS in it."""
        return self.world.until(lambda: next((t for t in self.sent().get(number, []) if words in t),
                                             None), 30)

    def start(self, *args):
        self.run_child("gammu-smsd", "-c", self.phone / "rc", out="smsd.log")
        return self.agent("--watch", self.phone / "inbox", "--outbox", self.phone / "outbox", *args)

    def test_from_the_phone_to_the_agency_and_back(self):
        me, other = "+84912345678", "+84987654321"
        self.start()
        self.receive(me, LAMP)
        code = self.one_case()
        got = self.answer_to(me, "Da nhan kien nghi")
        self.assertIn(code, got)
        self.assertLessEqual(len(got), 160)
        self.assertTrue(got.isascii())
        self.assertEqual(self.text_of(code), LAMP)
        self.agency_answers(code)
        asked = self.answer_to(me, "ROI hoac CHUA")
        self.assertIn("UBND phuong Dong Da", asked)
        self.assertIn(code, asked)
        # Somebody else asks and answers in vain; the sender is heard.
        self.receive(other, "TT " + code)
        self.assertIn("Khong co ma nay", self.answer_to(other, "Khong co ma"))
        self.receive(other, "CHƯA")
        self.answer_to(other, "dang cho xac nhan")
        self.assertEqual(self.satisfaction(code), "unasked")
        self.receive(me, "Tt " + code.lower().replace("-", " "))
        self.assertIn(code, self.answer_to(me, "cho kiem tra"))
        self.receive(me, "Chưa, vẫn còn hai bóng hỏng.")
        self.answer_to(me, "chua giai quyet xong")
        self.assert_said(code, "dissatisfied")
        self.assertIn("vẫn còn hai bóng hỏng.", json.dumps(self.world.tool("--persons", "case", "show", code),
                                                           ensure_ascii=False))
        self.receive(me, "rồi")  # the question is no longer open
        self.answer_to(me, "dang cho xac nhan")
        self.assertEqual(len(self.cases()), 1)  # none of it is a petition
        # Who was erased is nobody's sender any more.
        self.assertEqual(self.world.act("erase", code)[0], 0)
        self.world.until(lambda: "person.erased" in self.world.case(code)[1])
        self.receive(me, "TT " + code)
        self.answer_to(me, "Khong co ma nay")
        self.assert_nobody_is_named(me[3:], other[3:])

    def test_everybody_who_raised_it_is_asked(self):
        """Each about the own petition, and once; what they say is said of that."""
        me, other = "+84912345678", "+84987654321"
        self.start()
        self.receive(me, LAMP)
        first = self.one_case()
        self.receive(other, PLAIN)
        self.receive(other, "Den duong ngo 12 pho Hoang Cau, phuong Dong Da van chua sang, de nghi thay bong")
        linked = self.world.until(lambda: (lambda found: len(found) == 2 and found)(
            [c["code"] for c in self.cases() if self.world.flow(c["code"]) == "linked"]), 30)
        self.agency_answers(first)
        self.assertIn(first, self.answer_to(me, "ROI hoac CHUA"))
        asked = self.answer_to(other, "ROI hoac CHUA")
        code, = [c for c in linked if c in asked]
        self.receive(other, "Chua, con toi lam")
        self.answer_to(other, f"{code} chua giai quyet xong")
        self.assert_said(code, "dissatisfied")
        self.receive(me, "Roi")
        self.answer_to(me, f"{first} da giai quyet xong")
        self.assert_said(first, "satisfied")
        self.assertEqual([t for t in self.sent()[other] if "ROI hoac CHUA" in t], [asked])

    def test_parts_that_come_late_or_never(self):
        me = "+84912345670"
        long_one = ("Cống trước số nhà 15 ngõ 291 phố Lạc Long Quân tắc đã lâu, mỗi lần mưa to là nước "
                    "tràn vào nhà dân. Tổ dân phố đã báo hai lần mà chưa thấy ai đến xem, mong được "
                    "trả lời sớm và cho nạo vét trước mùa mưa.")
        agent = self.start("--wait-parts", "2")
        parts = self.receive(me, long_one, parts=(1,))
        self.assertGreaterEqual(len(parts), 3)
        self.deliver(parts[2:])
        self.world.until(lambda: len(list((self.phone / "inbox/done").glob("*"))) >= 2
                         if (self.phone / "inbox/done").exists() else False, 30)
        code = self.world.until(lambda: self.cases() and self.cases()[0]["code"], 30)
        self.assertIn("[…]", self.text_of(code))
        self.assertIn("thieu phan", self.answer_to(me, code))
        self.deliver(parts[1:2])  # late: the same petition, whole
        self.world.until(lambda: self.text_of(code) == long_one, 30)
        self.assertIn("case.revised", self.world.case(code)[1])
        self.assertEqual(len(self.cases()), 1)
        self.assertIsNone(agent.poll())

    def test_who_is_not_heard(self):
        noisy = "+84912345671"
        numbers = self.world.write("numbers.tsv", "sender\trule\tnote\nletters\tdeny\t\n"
                                   "+8490000*\tdeny\t\n")
        self.start("--numbers", numbers, "--per-hour", "2", "--lookups", "1")
        self.receive("VIETTEL", "Khuyen mai 50 phan tram")
        self.receive("+84900001111", "Mot so bi chan")
        for i in range(3):
            self.receive(noisy, f"Rac ngo {i + 1} khong ai thu gom")
        refused = self.phone / "inbox/refused"
        self.world.until(lambda: refused.exists() and len(list(refused.iterdir())) == 3, 40)
        self.world.until(lambda: len(self.cases()) == 2)
        self.assertIn("xxx111", self.log())
        self.assert_nobody_is_named("900001111", noisy[3:])


class Killed(Channel):
    """An agent that dies again and again while an inbox waits, and no modem beside it."""

    def test_each_message_is_one_petition_and_is_answered(self):
        n, world = 40, self.world
        inbox, outbox = world.folder / "inbox", world.folder / "outbox"
        inbox.mkdir()
        outbox.mkdir()
        numbers = [f"+8491234{i:04d}" for i in range(n)]
        for i, number in enumerate(numbers):
            text = f"Đèn số {i} ngõ {i} phố Láng không sáng".encode("utf-16-be").hex().upper()
            (inbox / f"IN20261124_0812{i:02d}_00_{number}_00.txt").write_text(
                f'[SMSBackup000]\nPDU = Deliver\nDateTime = 20261124T0812{i:02d}\nNumber = "{number}"\n'
                f"Text00 = {text}\n")

        def answered():
            return {re.search(r"\+\d+", p.name).group() for p in outbox.glob("OUT*")}
        for part in (1, 10, 25):  # dies when so many answers are out
            agent = self.agent("--watch", inbox, "--outbox", outbox)
            world.until(lambda: len(answered()) >= part)
            agent.kill()
            agent.wait()
        before = self.log().count("đã kết nối")
        agent = self.agent("--watch", inbox, "--outbox", outbox)
        world.until(lambda: self.log().count("đã kết nối") > before)
        world.until(lambda: answered() == set(numbers))
        world.until(lambda: not list(inbox.glob("IN*")))
        agent.terminate()
        self.assertEqual(agent.wait(), 0)
        self.assertEqual(len(world.tool("case", "list", "--limit", "200")), n)
        self.assertEqual(len(list((inbox / "done").iterdir())), n)
        self.assertLessEqual(len(list(outbox.glob("OUT*"))), n + 3)  # twice at most where it died
        self.assert_nobody_is_named(*(number[3:] for number in numbers))

    def bring(self, inbox, number, text):
        aside = inbox / ".new"
        aside.write_text(f'[SMSBackup000]\nPDU = Deliver\nDateTime = 20261124T081200\nNumber = "{number}"\n'
                         f"Text00 = {text.encode('utf-16-be').hex().upper()}\n")
        aside.rename(inbox / f"IN20261124_081200_00_{number}_00.txt")

    def test_the_modem_gets_each_answer_once(self):
        """Killed as soon as an answer is written aside, or given to the modem, which takes all at once."""
        world = self.world
        inbox, outbox, sent = (world.folder / name for name in ("inbox", "outbox", "sent"))
        for folder in (inbox, outbox, sent):
            folder.mkdir()
        over = threading.Event()
        self.addCleanup(over.set)

        def modem():
            n = 0
            while not over.wait(0.002):
                for path in outbox.glob("OUT*"):
                    n += 1
                    path.rename(sent / f"{n}-{path.name}")
        threading.Thread(target=modem, daemon=True).start()

        def answers(number):
            return [p for p in sent.iterdir() if number in p.name]
        n = 16
        for i in range(n):
            number = f"+8491234500{i:02d}"
            agent = self.agent("--watch", inbox, "--outbox", outbox)
            self.bring(inbox, number, f"Cống số {i} phố Láng tắc")
            end = time.monotonic() + 20
            while not (answers(number) or (i % 2 and list(outbox.glob(".*.tmp")))):
                self.assertLess(time.monotonic(), end)
            agent.kill()
            agent.wait()
        agent = self.agent("--watch", inbox, "--outbox", outbox)
        last = "+849123459999"
        self.bring(inbox, last, "Đèn cuối phố Láng tắt")
        world.until(lambda: answers(last))
        for i in range(n):
            self.assertEqual(len(answers(f"+8491234500{i:02d}")), 1, i)
        agent.terminate()
        self.assertEqual(agent.wait(), 0)

    def test_the_gateway_is_asked_again_once(self):
        """Nobody knows whether a gateway took what an agent sent when it died: twice, never not at all."""
        world, test = self.world, self
        inbox = world.folder / "inbox"
        inbox.mkdir()
        asked, deadly = [], "849123450001"

        class Gateway(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(re.search(r"to=%2B(\d+)", self.path)[1])
                if asked[-1] == deadly:
                    test.child.kill()
                    return
                self.send_response(202)
                self.end_headers()

            def log_message(self, *args):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        (world.folder / "secret").write_text("mat-khau-gui\n")
        (world.folder / "secret").chmod(0o600)

        def start():
            self.child = self.agent("--watch", inbox, "--sendsms", f"http://127.0.0.1:{server.server_port}/send",
                                    "--sendsms-secret", world.folder / "secret")
        start()
        self.bring(inbox, "+" + deadly, "Cống phố Láng tắc")
        for n in (1, 2):
            world.until(lambda: asked.count(deadly) == n and self.child.poll() is not None)
            start()
        self.bring(inbox, "+849123450002", "Đèn phố Láng tắt")
        world.until(lambda: asked.count("849123450002"))
        self.assertEqual(asked.count(deadly), 2)
        self.assertEqual((self.log().count("có thể nhận hai lần"), self.log().count("coi như đã gửi")), (1, 1))
        self.assert_nobody_is_named(deadly)

    def test_a_long_message_is_whole_whatever_dies(self):
        world, number = self.world, "+84912345999"
        inbox, outbox = world.folder / "inbox", world.folder / "outbox"
        inbox.mkdir()
        outbox.mkdir()
        words = ["Cống trước nhà số 15 tắc, ", "mỗi lần mưa to là nước tràn vào nhà, ", "mong phường cho nạo vét."]

        def bring(part):
            text = words[part - 1].encode("utf-16-be").hex().upper()
            aside = inbox / ".new"
            aside.write_text(f'[SMSBackup000]\nPDU = Deliver\nDateTime = 20261124T08120{part}\nNumber = "{number}"\n'
                             f"UDH = 0500036603{part:02d}\nText00 = {text}\n")
            aside.rename(inbox / f"IN20261124_08120{part}_00_{number}_00.txt")
        done = lambda: len(list(inbox.glob("done/IN*")))
        for part, stored in ((3, 1), (1, 2)):
            agent = self.agent("--watch", inbox, "--outbox", outbox)
            bring(part)
            world.until(lambda: done() == stored)
            agent.kill()
            agent.wait()
        world.kill_hub()  # so that the last part is read again and again, and nobody answers
        bring(2)
        for _ in range(3):
            before = self.log().count("chưa kết nối")
            agent = self.agent("--watch", inbox, "--outbox", outbox)
            world.until(lambda: self.log().count("chưa kết nối") > before)
            agent.kill()
            agent.wait()
        self.assertEqual(done(), 2)
        world.start_hub()
        self.agent("--watch", inbox, "--outbox", outbox)
        code = self.one_case()
        self.assertEqual(self.text_of(code), "".join(words))
        world.until(lambda: len(list(outbox.glob("OUT*"))) == 1)
        world.until(lambda: done() == 3)
        self.assertEqual(world.case(code)[1].count("case.revised"), 0)


class Kannel(Channel):
    """A city's short number."""

    def setUp(self):
        super().setUp()
        world = self.world
        self.ports = dict(zip(("admin", "box", "smsc", "send", "agent"), free_ports(5)))
        for name, secret in (("in.secret", "mat-khau-nhan"), ("out.secret", "mat-khau-gui")):
            os.chmod(world.write(name, secret + "\n"), 0o600)
        (world.folder / "spool").mkdir()
        (world.folder / "kannel").mkdir()
        world.write("kannel.conf", """group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = mat-khau-quan-tri
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
store-type = spool
store-location = {folder}/kannel
dlr-storage = internal
sms-combine-concatenated-mo = false

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
http-request-retry = 20
http-queue-delay = 1

group = sendsms-user
username = kiennghi
password = mat-khau-gui
concatenation = true
max-messages = 4
user-allow-ip = 127.0.0.1

group = sms-service
keyword = default
catch-all = true
omit-empty = true
max-messages = 0
get-url = "http://127.0.0.1:{agent}/sms?secret=mat-khau-nhan&from=%p&to=%P&id=%I&charset=%C&udh=%u&time=%t&text=%b"
""".format(folder=world.folder, **self.ports))
        self.run_child("bearerbox", world.path("kannel.conf"), out="bearerbox.log")
        world.until(lambda: listens(self.ports["box"]) and listens(self.ports["smsc"]))
        self.run_child("smsbox", world.path("kannel.conf"), out="smsbox.log")
        world.until(lambda: listens(self.ports["send"]))
        self.n = 0

    def start(self, *args):
        agent = self.agent("--watch", self.world.path("spool"), "--listen",
                           f"127.0.0.1:{self.ports['agent']}", "--listen-secret",
                           self.world.path("in.secret"), "--sendsms",
                           f"http://127.0.0.1:{self.ports['send']}/cgi-bin/sendsms",
                           "--sendsms-secret", self.world.path("out.secret"), "--sendsms-from",
                           "8099", *args)
        self.world.until(lambda: listens(self.ports["agent"]))
        return agent

    def phone(self, message):
        """The network brings MESSAGE ("FROM text WORDS"); what it is given is what people get."""
        self.n += 1
        child = self.run_child(FAKESMSC, "-H", "127.0.0.1", "-r", self.ports["smsc"], "-i", "0.05",
                               "-m", 1, message.replace(" ", " 8099 ", 1), out=f"net-{self.n}")
        path = self.world.folder / f"net-{self.n}"

        def got(number, words):
            """The text with WORDS in it that NUMBER was given; parts of a long one are put together."""
            def look():
                whole = ""
                for to, udh, body in re.findall(r"Got message \d+: <8099 \+?(\d+) (?:udh (\S+) )?\S+ (.*)>",
                                                path.read_bytes().decode("latin-1")):
                    if "%" in body:
                        body = re.sub(rb"%(..)", lambda m: bytes([int(m[1], 16)]),
                                      body.replace("+", " ").encode("latin-1")).decode("utf-16-be")
                    whole = whole + body if udh and not udh.endswith("%01") else body
                    if to == number and words in whole:
                        return whole
                return None
            return self.world.until(look, 30)

        def hang_up():
            child.terminate()
            child.wait()
        return got, hang_up

    def test_from_the_network_to_the_agency_and_back(self):
        me = "84912345678"
        self.start()
        got, hang_up = self.phone(f"{me} text {PLAIN}")
        code = self.one_case()
        self.assertIn(code, got(me, "Da nhan kien nghi"))
        hang_up()
        self.assertEqual(self.text_of(code), PLAIN)
        self.agency_answers(code)
        got, hang_up = self.phone(f"{me} text TT {code}")
        self.assertIn("ROI hoac CHUA", got(me, "ROI hoac CHUA"))
        got(me, f"{code}: da co tra loi")
        hang_up()
        got, hang_up = self.phone(f"{me} text Roi")
        got(me, "xac nhan: kien nghi " + code)
        hang_up()
        self.assert_said(code, "satisfied")
        self.assertEqual(self.world.act("verify", code, "met", "--evidence", "Đèn đã sáng")[0], 0)
        self.world.person("duyet", "approver")
        self.assertEqual(self.world.act("propose", code, "--text", "Đèn ngõ không sáng.")[0], 0)
        self.assertEqual(self.world.act("publish", code, name="duyet")[0], 0)
        got, hang_up = self.phone("84987650000 text " + code)  # published: anybody may know
        got("84987650000", f"{code}: da ket thuc")
        hang_up()
        self.assert_nobody_is_named("912345678", "987650000")

    def test_parts_marks_and_wrong_secrets(self):
        self.start("--marks")
        text = "Đường ngõ 5 ngập".encode("utf-16-be")
        got, hang_up = self.phone("84912345677 ucs2 " + "".join(f"%{b:02x}" for b in text))
        code = self.one_case()
        self.assertIn(f"soạn TT {code} gửi", got("84912345677", "số này."))
        hang_up()
        self.assertEqual(self.text_of(code), "Đường ngõ 5 ngập")
        done = self.world.folder / "spool/done"
        for n, part in ((2, "02 dong+can+don+ngay"), (3, "01 rac+chat+")):  # the second comes first
            got, hang_up = self.phone(f"84912345677 udh-text %05%00%03%2A%02%{part}")
            self.world.until(lambda: len(list(done.iterdir())) == n)
            if n == 2:
                hang_up()
        second = self.world.until(lambda: len(self.cases()) == 2 and self.cases()[0]["code"], 30)
        got("84912345677", second)
        hang_up()
        self.assertEqual(self.text_of(second).replace("+", " "), "rac chat dong can don ngay")
        for query, status in (("secret=falsch&from=1&text=a", 403), ("from=1&text=a", 403),
                              ("secret=mat-khau-nhan&from=1", 400),
                              ("secret=mat-khau-nhan&text=a", 400)):
            done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                                   f"http://127.0.0.1:{self.ports['agent']}/sms?{query}"],
                                  capture_output=True, text=True)
            self.assertEqual(done.stdout, str(status), query)
        self.assertEqual(len(self.cases()), 2)
        for garbage in (b"\x00\xff" * 4000, b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\n\r\n",
                        b"GET /sms?secret=mat-khau-nhan&from=%0A%22&text=%FF%FE%00%ZZ HTTP/1.1\r\n\r\n",
                        b"POST /sms?secret=mat-khau-nhan HTTP/1.1\r\nContent-Length: 9999999\r\n\r\nx"):
            with socket.create_connection(("127.0.0.1", self.ports["agent"]), 5) as s:
                try:
                    s.sendall(garbage)
                    s.recv(1000)
                except OSError:
                    pass  # hung up on us
        done = subprocess.run(["curl", "-s", "-w", "%{http_code}", "-m", "5",
                               f"http://127.0.0.1:{self.ports['agent']}/none"],
                              capture_output=True, text=True)
        self.assertEqual(done.stdout, "404")

    def test_nothing_is_lost_while_agent_and_hub_are_away(self):
        me = "84912345676"
        got, hang_up = self.phone(f"{me} text {PLAIN}")  # nobody listens: Kannel tries again
        self.world.kill_hub()
        agent = self.start()
        self.world.until(lambda: list((self.world.folder / "spool").glob("IN_*.txt")) or
                         (self.world.folder / "state-sms/outbox").exists(), 30)
        agent.kill()
        agent.wait()
        self.world.start_hub()
        self.start()
        code = self.one_case()
        got(me, code)
        hang_up()
        self.assertEqual(len(self.cases()), 1)


class Press(Channel):
    """A newspaper's server, whose feed changes under our eyes."""

    def setUp(self):
        super().setUp()
        self.world.person("press", "intake")
        paper = self
        self.items, self.asked, self.title = [], [], "Báo thử"

        class Server(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                paper.asked.append((self.path, self.headers.get("If-None-Match"),
                                    self.headers.get("If-Modified-Since")))
                body = paper.page().encode()
                tag = '"%08x"' % zlib.crc32(body)
                if self.path == "/cut":
                    body = body[:-60]
                elif self.headers.get("If-None-Match") == tag:
                    self.send_response(304)
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("ETag", tag)
                self.send_header("Last-Modified", "Tue, 24 Nov 2026 01:30:00 GMT")
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
                self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(gzip.compress(body))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.at = f"http://127.0.0.1:{self.server.server_port}"

    def page(self):
        items = "".join(f"<item><guid isPermaLink='false'>{g}</guid><title>{t}</title><link>{self.at}/{l}</link>"
                        f"<description>{d}</description></item>" for g, t, l, d in self.items)
        return (f"<?xml version='1.0'?><rss version='2.0'><channel><title>{self.title}</title>{items}"
                "</channel></rss>")

    def press(self, *args, feeds=("/rss",), expect=0):
        words = [w for f in feeds for w in ("--feed", self.at + f)]
        code, out, err = self.world.run("press", "press", *words, "--once", *args)
        self.assertEqual(code, expect, out + err)
        return out + err

    def review(self, *args, expect=0):
        code, out, err = self.world.run("press", "press", "review", *args)
        self.assertEqual(code, expect, out + err)
        return out

    def test_petitions_are_told_from_news(self):
        self.items = [
            ("1", "Bạn đọc phản ánh: ngõ 12 ngập rác", "a/1", "Người dân ngõ 12 phố Hoàng Cầu, Hà Nội kiến nghị dọn rác."),
            ("2", "Hè phố Láng Hạ bị chiếm", "a/2", "Nhiều người bức xúc vì phải đi dưới lòng đường."),
            ("3", "Giá vàng hôm nay", "a/3", "Giá vàng tăng."),
            ("4", "Bạn đọc phản ánh: hẻm ngập", "a/4", "Người dân TP.HCM kiến nghị sửa hẻm.")]
        self.press()
        self.assertEqual(len(self.cases()), 1)
        listed = self.review("list")
        self.assertIn("Hè phố Láng Hạ bị chiếm", listed)
        self.assertIn("text: bức xúc +1", listed)
        self.assertNotIn("Giá vàng", listed)
        names = re.findall(r"^([0-9a-f]{12}) ", listed, re.M)
        self.assertIn("dưới lòng đường", self.review("show", *names))
        self.items = self.items[2:3]  # the items are gone from the feed when a person decides
        chosen = next(n for n in names if "Láng Hạ" in self.review("show", n))
        self.assertIn("nhận: Hè phố", self.review("accept", chosen[:6]))
        for other in set(names) - {chosen}:
            self.review("reject", other)
        self.review("accept", "ffffff", expect=65)
        self.press()
        self.assertEqual(len(self.cases()), 2)
        self.assertIn("không có tin nào", self.review("list"))
        self.press()
        self.assertEqual(len(self.cases()), 2)

    def test_rules_are_data(self):
        self.items = [("1", "Chuyện phố Tân Mai", "a/1", "Cống bị bịt."), ("2", "Giá vàng", "a/2", "Tăng.")]
        self.press()
        self.assertEqual(len(self.cases()), 0)
        head = "where\twords\tpoints\tnote\n"
        mine = self.world.write("mine.tsv", head + "title\tchuyện phố; góc phố\t3\tmục của báo này\n")
        self.items.append(("3", "Tin mới", "a/3", "Không có gì."))
        self.press("--rules", mine)
        self.assertEqual(len(self.cases()), 1)
        for row, words in (("titel\tx\t3\t", "where chỉ nhận"), ("title\t\t3\t", "thiếu words"),
                           ("title\tx\tba\t", "points phải"), ("title\tx\t3\ta\tb", "thừa cột")):
            bad = self.world.write("bad.tsv", head + "# chú thích\n" + row + "\n")
            self.assertIn(words, self.press("--rules", bad, expect=78))
            self.assertIn("bad.tsv, dòng 3", self.press("--rules", bad, expect=78))

    def test_an_edited_article_is_a_new_version(self):
        first = ("1", "Bạn đọc phản ánh: đèn tắt", "a/1", "Đèn ngõ 5 tắt.")
        self.items = [first]
        self.press()
        code = self.cases()[0]["code"]
        self.press()  # nothing changed, and the server says so
        self.assertTrue(self.asked[-1][1])
        self.assertTrue(self.asked[-1][2])
        self.items = [first[:3] + ("Đèn ngõ 5 tắt; đã báo phường.",)]
        self.press()
        self.assertEqual(len(self.cases()), 1)
        self.assertEqual(self.text_of(code), "Đèn ngõ 5 tắt; đã báo phường.")
        self.assertIn("case.revised", self.world.case(code)[1])
        self.items = [("99",) + first[1:2] + ("a/1?utm_source=x",) + self.items[0][3:]]
        self.press()  # another guid, the same article; and once more in another feed of the paper
        self.press(feeds=("/rss", "/ha-noi"))
        self.assertEqual(len(self.cases()), 1)
        petition = self.world.tool("--persons", "case", "show", code)[0]["petition"]
        self.assertEqual((petition["outlet"], petition["headline"]), ("Báo thử", first[1]))
        # Two articles under one guid are two.
        self.items = [("7", "Bạn đọc phản ánh: rác", "b/1", "Rác ngõ 1."),
                      ("7", "Bạn đọc phản ánh: nước", "b/2", "Nước ngõ 2 bẩn.")]
        self.press()
        self.press()
        self.assertEqual(len(self.cases()), 3)

    def test_a_cut_feed_is_told_under_quiet(self):
        self.items = [(str(n), f"Bạn đọc phản ánh {n}", f"a/{n}", f"Hố ga ngõ {n} mất nắp.") for n in range(3)]
        self.press(feeds=("/cut",), expect=65)
        self.assertEqual(len(self.cases()), 2)  # what is whole
        self.press(feeds=("/cut",), expect=65)
        self.assertEqual(self.asked[-1][1], None)  # asked for whole
        self.assertEqual(len(self.cases()), 2)


def side_by_side(names):
    """The classes NAMES at once, each in a process of its own: they mostly wait for their peers."""
    children = [(n, subprocess.Popen([sys.executable, __file__, n], stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True)) for n in names]
    worst = 0
    for name, child in children:
        out, _ = child.communicate()
        print(f"== {name}\n{out}", flush=True)
        worst = worst or child.returncode
    return worst


if __name__ == "__main__":
    missing = [p for p in ("gammu", "gammu-smsd", "bearerbox", "smsbox", FAKESMSC)
               if not shutil.which(p)]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}")
    if len(sys.argv) == 1:
        sys.exit(side_by_side(["Gammu", "Killed", "Kannel", "Press"]))
    unittest.main()
