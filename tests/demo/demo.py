#!/usr/bin/python3
"""The main job on real input, as each user sees it: ./run demo.

Starts a hub, four intake agents, three agencies and a monitor on loopback in a temporary folder, feeds
the petitions of tests/demo/data over four channels (two meetings, a transfer of the Front, a newspaper's
feed over HTTP, text messages through a real gammu-smsd with its dummy phone), lets the agencies work,
moves the clock, and prints what operators, officers and monitors see. The last line is the ledger,
computed from the store and checked against what was sent. Everything is ended and removed at the end.
"""
import argparse
import csv
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"

WORDS = {
    "vi": {
        "start": "1. Khởi động: trung tâm, khóa, các cơ quan, người theo dõi",
        "ready": "Trung tâm sẵn sàng (kho thử, đồng hồ chỉnh được): tiếp nhận {i}, phát {d}",
        "keys": "Đã cấp khóa: {names}",
        "contact": "2. Cán bộ Văn phòng nhập hai biên bản tiếp xúc cử tri (CSV)",
        "front": "3. Văn bản của Ủy ban MTTQ và phụ lục",
        "press": "4. Báo chí: một nguồn tin RSS qua HTTP",
        "sms": "5. Tin nhắn qua gammu-smsd ({n} tin)",
        "again": "6. Nhập lại biên bản: sửa dòng lỗi, chèn một dòng vào giữa",
        "account": "7. Văn phòng đối chiếu: khai báo = đã tiếp nhận + từ chối + còn thiếu",
        "linked": "8. Kiến nghị trùng được gộp, không xóa; có thể trùng thì chờ người xem",
        "agency": "9. Các cơ quan nhận việc, trả lời, trả lại",
        "ruling": "10. Văn phòng giao lại việc bị trả, kiểm chứng kết quả, công khai",
        "late": "11. 75 ngày sau: việc không ai nhận cũng quá hạn (đồng hồ thử)",
        "case": "12. Một kiến nghị từ đầu đến cuối",
        "more": "… và {n} dòng nữa",
        "monitor": "Người theo dõi thấy {n} cảnh báo, mỗi lần đổi mức một cảnh báo:",
        "inbox": "Hộp việc của {unit}: {n} việc",
        "board": "13. Thường trực HĐND: vì sao hạn này, nên giám sát việc gì, tổng hợp",
        "proof": "14. Quyết định lại từng việc trong nhật ký và so với kho",
        "proved": "{same} quyết định ra đúng như cũ, {different} khác; {state_records} bản ghi của kho khớp với nhật ký",
        "ledger": "15. Sổ cái",
    },
    "en": {
        "start": "1. Start: hub, keys, agencies, monitor",
        "ready": "The hub is ready (test store, its clock may be moved): intake {i}, delivery {d}",
        "keys": "Keys handed out: {names}",
        "contact": "2. The Office imports two minutes of voters' meetings (CSV)",
        "front": "3. A transfer of the Fatherland Front and its annex",
        "press": "4. Press: an RSS feed over HTTP",
        "sms": "5. Text messages through gammu-smsd ({n} messages)",
        "again": "6. The minutes again: a bad row mended, a row inserted in the middle",
        "account": "7. The Office reconciles: declared = stored + refused + missing",
        "linked": "8. Petitions said twice are linked, not deleted; what may be one waits for a person",
        "agency": "9. Agencies accept, answer and return",
        "ruling": "10. The Office rules on what came back, verifies an outcome, publishes",
        "late": "11. 75 days later: what nobody took on is overdue all the same (test clock)",
        "case": "12. One petition from beginning to end",
        "more": "… and {n} more lines",
        "monitor": "The monitor sees {n} alerts, one for each change of tier:",
        "inbox": "Inbox of {unit}: {n} cases",
        "board": "13. The Standing Committee: why this date, what to look at, the compilation",
        "proof": "14. Every decision of the log made again, and held against the store",
        "proved": "{same} decisions come out the same, {different} differ; {state_records} records of the store are what the log says",
        "ledger": "15. The ledger",
    },
}


class Demo:
    def __init__(self, programs, lang, keep):
        self.programs = pathlib.Path(programs)
        self.lang = lang
        self.words = WORDS[lang]
        self.keep = keep
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kiennghi-demo-"))
        self.children = []
        self.sent = 0  # rows and messages that were handed to the agents, each once
        self.web = None

    # ---- processes ---------------------------------------------------------------------------

    def path(self, name):
        return str(self.folder / name)

    def spawn(self, program, *args, out):
        child = subprocess.Popen([str(self.programs / program), *args],
                                 stdout=open(self.path(out), "wb"),
                                 stderr=open(self.path(out + ".log"), "wb"), stdin=subprocess.DEVNULL)
        self.children.append(child)
        return child

    def wait_for(self, what, seconds=20):
        """Until WHAT() is true; the demo does not go on hoping."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            result = what()
            if result:
                return result
            time.sleep(0.05)
        raise SystemExit(f"demo: waited {seconds} s in vain; see {self.folder}")

    def run(self, program, *args, check=(0,), stdin=None):
        done = subprocess.run([str(self.programs / program), *args], capture_output=True, text=True,
                              input=stdin)
        if done.returncode not in check:
            raise SystemExit(f"demo: {program} {' '.join(args)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def connection(self, name):
        return ["--hub-intake", self.intake, "--hub-delivery", self.delivery, "--hub-key",
                self.hub_key, "--key", self.path(f"keys/{name}.cert"), "--state",
                self.path(f"state/{name}"), "--lang", self.lang, "--quiet"]

    def tool(self, *args, check=(0,), name="office"):
        return self.run("kiennghi", *self.connection(name), "--control", self.path("control.sock"),
                        *args, check=check).stdout

    def tool_json(self, *args):
        return [json.loads(line) for line in self.tool("--json", *args).splitlines()]

    # ---- printing ----------------------------------------------------------------------------

    def title(self, key, **values):
        print(f"\n\033[1m{self.words[key].format(**values)}\033[0m" if sys.stdout.isatty()
              else f"\n== {self.words[key].format(**values)}")

    def show(self, text, most=12):
        """The first lines, the last and every account ("= …"); says how many were left out."""
        lines = [line for line in text.rstrip("\n").split("\n") if line.strip()]
        hidden = 0
        for i, line in enumerate(lines):
            if i < most - 1 or i == len(lines) - 1 or line.startswith("="):
                if hidden:
                    print("   " + self.words["more"].format(n=hidden))
                hidden = 0
                print("   " + line)
            else:
                hidden += 1

    # ---- the story ---------------------------------------------------------------------------

    def start(self):
        self.title("start")
        os.mkdir(self.path("keys"))
        os.mkdir(self.path("state"))
        hub = self.spawn("kiennghi-hub", "--store", self.path("store"), "--intake",
                         "tcp://127.0.0.1:*", "--delivery", "tcp://127.0.0.1:*", "--control",
                         self.path("control.sock"), "--test-clock", out="hub")
        log = self.folder / "hub.log"
        ready = self.wait_for(lambda: re.search(r"hub\.ready.*", log.read_text()) or
                              (hub.poll() is not None and sys.exit(log.read_text())))
        values = dict(re.findall(r"(\w+)=(\S+)", ready.group()))
        self.intake, self.delivery = values["intake"], values["delivery"]
        self.hub_key = self.run("kiennghi-hub", "--store", self.path("store"),
                                "--print-key").stdout.strip()
        print("   " + self.words["ready"].format(i=self.intake, d=self.delivery))
        people = [("contact", "intake", None), ("front", "intake", None), ("press", "intake", None),
                  ("sms", "intake", None), ("so-xay-dung", "agency", "so-xay-dung"),
                  ("so-nnmt", "agency", "so-nong-nghiep-moi-truong"),
                  ("ubnd-dong-da", "agency", "ubnd-dong-da"), ("monitor", "monitor", None),
                  ("office", "operator", None), ("approver", "approver", None)]
        for name, role, unit in people:
            self.run("kiennghi", "--control", self.path("control.sock"), "--out", self.path("keys"),
                     "--role", role, *(["--unit", unit] if unit else []), "keys", "new", name)
        print("   " + self.words["keys"].format(names=", ".join(n for n, _, _ in people)))
        self.spawn("kiennghi-monitor", *self.connection("monitor"), "--json", out="monitor")
        for name in ("so-xay-dung", "ubnd-dong-da"):
            self.spawn("kiennghi-agency", *self.connection(name), "--auto-accept", out=name)
        self.spawn("kiennghi-agency", *self.connection("so-nnmt"), out="so-nnmt")

    def imports(self):
        self.title("contact")
        for name, rows in (("txct-dong-da.csv", 24), ("txct-hoang-mai.csv", 16)):
            shutil.copy(DATA / name, self.path(name))
            self.show(self.run("kiennghi-contact", *self.connection("contact"), self.path(name),
                               check=(65,)).stdout, most=8)
            self.sent += rows
        self.title("front")
        self.show(self.run("kiennghi-front", *self.connection("front"),
                           str(DATA / "mttq-1287.csv")).stdout, most=6)
        self.sent += 14
        self.title("press")
        self.show(self.run("kiennghi-press", *self.connection("press"), "--feed", self.serve(),
                           "--once", check=(65,)).stdout)
        self.sent += 8
        inbox = self.messages()
        self.title("sms", n=len(inbox))
        self.show(self.run("kiennghi-sms", *self.connection("sms"), *inbox).stdout)
        self.sent += len(inbox)

    def serve(self):
        """A newspaper's web server."""
        class Paper(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args, **more):
                super().__init__(*args, directory=str(DATA), **more)

            def log_message(self, *args):
                pass
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Paper)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.web.server_port}/rss.xml"

    def messages(self):
        """Text messages as a real gammu-smsd leaves them in its inbox."""
        phone = pathlib.Path(self.path("phone"))
        for name in ("sms/1", "sms/2", "sms/3", "sms/4", "sms/5", "inbox", "outbox", "sent", "error"):
            (phone / name).mkdir(parents=True)
        settings = phone / "gammurc"
        settings.write_text(f"""[gammu]
model = dummy
connection = none
port = {phone}
gammuloc = /dev/null
[smsd]
service = files
inboxformat = detail
inboxpath = {phone}/inbox/
outboxpath = {phone}/outbox/
sentsmspath = {phone}/sent/
errorsmspath = {phone}/error/
commtimeout = 1
receivefrequency = 1
multiparttimeout = 2
""")
        with open(DATA / "sms.tsv", encoding="utf-8") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        for number, sent_at, text in rows:
            subprocess.run(["gammu", "-c", settings, "savesms", "TEXT", "-text", text, "-unicode",
                            "-autolen", "600", "-folder", "1", "-unread", "-sender", "+" + number],
                           check=True, capture_output=True)
            stamp = re.sub(r"[-:]", "", sent_at).replace(" ", "T")
            for part in (phone / "sms/1").iterdir():
                content = part.read_text(encoding="latin-1")  # its comments cut letters
                if "PDU = Submit" in content:
                    content = re.sub(r"DateTime = \S+", f"DateTime = {stamp}", content)
                    part.write_text(content.replace("PDU = Submit", "PDU = Deliver"),
                                    encoding="latin-1")
        daemon = subprocess.Popen(["gammu-smsd", "-c", str(settings)], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.children.append(daemon)
        inbox = phone / "inbox"
        self.wait_for(lambda: len(list(inbox.iterdir())) == len(rows) and
                      not list((phone / "sms/1").iterdir()), seconds=60)
        daemon.terminate()
        daemon.wait()
        return sorted(str(path) for path in inbox.iterdir())

    def again(self):
        """The clerk mends the empty cell, inserts a row in the middle and numbers anew."""
        self.title("again")
        path = pathlib.Path(self.path("txct-dong-da.csv"))
        lines = path.read_text(encoding="utf-8").splitlines()
        lines = [line.replace("Số kiến nghị;24", "Số kiến nghị;25") for line in lines]
        head = next(i for i, line in enumerate(lines) if line.startswith("STT;"))
        rows = [line.split(";") for line in lines[head + 1:]]
        rows[20][6] = "Đèn ở đầu ngõ 12 phố Đặng Văn Ngữ chập chờn, đề nghị kiểm tra đường dây."
        rows.insert(10, ["", "Dương Thị Tâm", "", "Tổ dân phố 5", "phường Đống Đa", "Giáo dục",
                         "Cổng Trường THCS Đống Đa ùn tắc giờ tan học, đề nghị bố trí lối đón riêng."])
        for number, row in enumerate(rows, 1):
            row[0] = str(number)
        path.write_text("\n".join(lines[:head + 1] + [";".join(row) for row in rows]) + "\n",
                        encoding="utf-8")
        out = self.run("kiennghi-contact", *self.connection("contact"), str(path)).stdout
        self.show(out, most=30 if self.lang == "en" else 28)
        self.sent += 1
        self.wait_for(lambda: self.count("to_read") == 0)

    def count(self, name):
        status = self.tool_json("status")[0]
        return next(c["value"] for c in status["counts"] if c["name"] == name)

    def accounts(self):
        self.title("account")
        self.show(self.tool("batch", "list"))
        batch = next(b for b in self.batches() if b["agent"] == "contact")
        self.show(self.tool("batch", "show", batch["batch"]), most=10)
        self.title("linked")
        self.show(self.tool("case", "list", "--flow", "linked"))
        self.show(self.tool("review", "--list"), most=8)

    def batches(self):
        return self.tool_json("batch", "list")

    def cases(self, *filters):
        found, page = [], []
        while True:
            some = self.tool_json("case", "list", "--limit", "50", *filters, *page)
            found += some
            if not some:
                return found
            page = ["--before", str(some[-1]["number"])]

    def agencies(self):
        self.title("agency")
        for name in ("ubnd-dong-da", "so-xay-dung"):
            unit = name
            want = len([c for c in self.cases("--unit", unit) if c["flow"] != "linked"])
            self.wait_for(lambda u=unit: len(self.cases("--unit", u, "--flow", "in_progress")) == want)
        lamps = self.cases("--unit", "ubnd-dong-da", "--flow", "in_progress")
        self.show(self.run("kiennghi-agency", *self.connection("ubnd-dong-da"), "list").stdout, most=8)
        first = min(lamps, key=lambda c: c["number"])["code"]
        answer = self.path("answer.txt")
        pathlib.Path(answer).write_text(
            "UBND phường đã thay tám bóng đèn và hai cần đèn tại ngõ 71 phố Hoàng Cầu ngày 24/11/2026.\n",
            encoding="utf-8")
        self.show(self.run("kiennghi-agency", *self.connection("ubnd-dong-da"), "--result",
                           "resolved_works", "--document", "412/UBND-KT;2026-11-24;UBND phường Đống Đa",
                           "answer", first, answer).stdout)
        roads = self.cases("--unit", "so-xay-dung", "--flow", "in_progress")
        planned, returned = roads[0]["code"], roads[1]["code"]
        self.show(self.run("kiennghi-agency", *self.connection("so-xay-dung"), "--result",
                           "planned_scheduled", "--promised-on", "2027-03-31", "answer", planned, "-",
                           stdin="Sở đã đưa vào kế hoạch duy tu quý I năm 2027.\n").stdout)
        self.show(self.run("kiennghi-agency", *self.connection("so-xay-dung"), "--unit", "ubnd-hoang-mai",
                           "--reason", "Tuyến do UBND phường quản lý theo phân cấp", "return",
                           returned).stdout)
        self.first, self.returned = first, returned

    def rulings(self):
        self.title("ruling")
        self.wait_for(lambda: self.cases("--flow", "returned"))
        self.show(self.tool("case", "list", "--flow", "returned"))
        self.show(self.tool("assign", self.returned, "ubnd-hoang-mai", "--reason",
                            "Theo phân cấp quản lý đường ngõ"))
        self.show(self.tool("verify", self.first, "met", "--place", "Ngõ 71 phố Hoàng Cầu",
                            "--evidence", "Tổ đại biểu kiểm tra tối 24/11: tám đèn đã sáng"))
        self.show(self.tool("propose", self.first, "--text",
                            "Cử tri phường Đống Đa đề nghị thay bóng đèn tại ngõ 71 phố Hoàng Cầu."))
        self.show(self.tool("publish", self.first, name="approver"))

    def late(self):
        self.title("late")
        self.show(self.tool("clock", "move", "+75"))
        alerts = self.folder / "monitor"
        open_cases = [c for c in self.cases() if any(k["kind"] == "answer" and k["tier"] in
                      ("overdue", "seriously_overdue") for k in c.get("clocks", []))]
        heard = lambda: [json.loads(line) for line in alerts.read_text().splitlines()]
        self.wait_for(lambda: len({e["case"] for e in heard() if e.get("clock") == "answer" and
                                   "overdue" in e["tier"]}) == len(open_cases))
        told = heard()
        print("   " + self.words["monitor"].format(n=len(told)))
        self.show(self.tool("events", "--stream", "alerts"), most=8)
        doubled = len(told) - len({(e["case"], e["kind"], e.get("clock"), e.get("tier"),
                                    str(e.get("clocks"))) for e in told})
        if doubled or not open_cases:
            raise SystemExit("demo: an alert was told twice, or none was")

    def one_case(self):
        self.title("case")
        self.show(self.tool("case", "show", self.first), most=40)

    def board(self):
        """What the Council puts on the table."""
        self.title("board")
        late = max((c for c in self.cases("--tier", "overdue")), key=lambda c: c.get("linked", 0))
        self.show(self.tool("why", late["code"]), most=10)
        self.show(self.tool("--limit", "5", "docket"), most=8)
        book = self.path("tong-hop.xlsx")
        self.tool("report", "--write", book)
        rows = [r for r in self.tool_json("report") if r["sheet"] == "figures"]
        for row in rows[:2] + [r for r in rows if r["value"]][2:9]:
            print(f"   {row['value']:6}  {row['figure']}")

    def proof(self):
        self.title("proof")
        done = self.run("kiennghi-hub", "--store", self.path("store"), "--redecide", "--scratch",
                        self.path(""))
        print("   " + self.words["proved"].format(**json.loads(done.stdout)))

    def ledger(self):
        self.title("ledger")
        batches, cases = self.batches(), self.cases()
        total = {name: sum(b.get(name, 0) for b in batches)
                 for name in ("declared", "stored", "fresh", "linked", "refused", "missing")}
        codes = [c["code"] for c in cases]
        rows = [row for b in batches for row in self.rows(b["batch"])]
        held = [row["case"] for row in rows if "case" in row]
        ledger = {
            "declared": total["declared"], "stored": total["stored"], "new": total["fresh"],
            "linked": total["linked"], "refused": total["refused"], "missing": total["missing"],
            "lost": self.sent - total["refused"] - len(set(held)),
            "doubled": len(held) - len(set(held)) + len(codes) - len(set(codes)),
        }
        print("LEDGER " + json.dumps(ledger, separators=(",", ":")))
        good = (ledger["declared"] == self.sent == ledger["stored"] + ledger["refused"] and
                ledger["stored"] == ledger["new"] + ledger["linked"] == len(codes) == len(held) and
                ledger["linked"] == len([c for c in cases if c["flow"] == "linked"]) and
                not ledger["missing"] and not ledger["lost"] and not ledger["doubled"])
        if not good:
            raise SystemExit(f"demo: the ledger does not add up: {self.sent} were sent")

    def rows(self, batch):
        return self.tool_json("batch", "show", batch)[0].get("rows", [])

    def end(self):
        if self.web:
            self.web.shutdown()
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in reversed(self.children):
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description="the main job on real input")
    parser.add_argument("programs", help="folder of the programs")
    parser.add_argument("--lang", choices=("vi", "en"), default="vi")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    args = parser.parse_args()
    demo = Demo(args.programs, args.lang, args.keep)
    try:
        demo.start()
        demo.imports()
        demo.again()
        demo.accounts()
        demo.agencies()
        demo.rulings()
        demo.late()
        demo.one_case()
        demo.board()
        demo.proof()
        demo.ledger()
    except BaseException:
        demo.keep = True
        print(f"demo: kept {demo.folder}", file=sys.stderr)
        raise
    finally:
        demo.end()


if __name__ == "__main__":
    main()
