#!/usr/bin/python3
"""Alerts by mail, to a web address and as a table, with an SMTP and an HTTP server of our own. KN_BIN names
the folder of the programs."""
import csv
import email
import email.header
import hashlib
import hmac
import http.server
import json
import socketserver
import threading
import unittest

import openpyxl
from world import World, codes, minutes

LIGHT, DRAIN = "Chiếu sáng đô thị", "Thoát nước, úng ngập"
ROWS = [(1, LIGHT, "Đèn ngõ 12 phố Hoàng Cầu không sáng, đề nghị thay bóng."),
        (2, DRAIN, "Cống phố Tân Mai bị bịt, ngập sau mỗi trận mưa.")]


class Post(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.server.open.wait(20)
        status = self.server.says.pop(0) if self.server.says else 204
        if status == 204:
            self.server.got.append((dict(self.headers), body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


class Smtp(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 for one mail after the other."""

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 test ESMTP")
        to = []
        for line in iter(self.rfile.readline, b""):
            verb = line.split(b" ")[0].strip().upper()
            if verb == b"DATA":
                if self.server.busy > 0:
                    self.server.busy -= 1
                    self.say("451 later")
                    continue
                self.say("354 go on")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.got.append((to, email.message_from_bytes(data)))
                to = []
                self.say("250 ok")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                to += [line.decode().strip()] if verb == b"RCPT" else []
                self.say("250 ok")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


class Monitor(unittest.TestCase):
    def setUp(self):
        self.world = world = World()
        self.addCleanup(world.end)
        world.person("contact", "intake")
        world.person("watch", "monitor")
        code, out, err = world.run("contact", "contact", world.write("m.csv", minutes(ROWS)))
        self.assertEqual(code, 0, out + err)
        world.read()
        self.codes = codes(out)
        self.post = self.serve(Post, asked=0, says=[], got=[], open=threading.Event())
        self.post.open.set()
        self.smtp = self.serve(Smtp, busy=0, got=[])

    def serve(self, handler, **values):
        server = Server(("127.0.0.1", 0), handler)
        vars(server).update(values)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def address(self, server, scheme):
        return f"{scheme}://127.0.0.1:{server.server_address[1]}"

    def overdue(self, days=90):
        self.assertEqual(self.world.act("clock", "move", f"+{days}")[0], 0)
        self.world.until(lambda: any(e["kind"] == "case.overdue" or e["kind"] == "case.seriously_overdue"
                                     for e in self.world.tool("events", "--stream", "alerts")))

    def alerts(self, **want):
        return [e for e in self.world.tool("events", "--stream", "alerts")
                if all(e.get(k) == v for k, v in want.items())]

    def test_each_alert_reaches_the_address_though_it_fails_at_first(self):
        world = self.world
        key = world.write("secret", "khoa-bi-mat\n")
        (world.folder / "secret").chmod(0o600)
        self.post.says = [503, 500]
        self.overdue()
        world.spawn("monitor", "watch", "--json", "--webhook", self.address(self.post, "http"),
                    "--webhook-secret", key, out="lines")
        want = self.alerts()
        world.until(lambda: len(self.post.got) == len(want), 40)
        self.assertEqual(self.post.asked, len(want) + 2)
        self.assertEqual([json.loads(body)["sequence"] for _, body in self.post.got],
                         [e["sequence"] for e in want])  # in order, none twice
        for headers, body in self.post.got:
            mac = hmac.new(b"khoa-bi-mat", body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["X-Kiennghi-Signature"], f"sha256={mac}")
            self.assertNotIn("Hoàng Cầu", body.decode())
        self.assertEqual(len({h["Idempotency-Key"] for h, _ in self.post.got}), len(want))

    def test_a_slow_receiver_stops_nothing(self):
        """While a post waits for its answer, alerts come in and mails go out."""
        world = self.world
        self.post.open.clear()
        self.overdue()
        n = len(self.alerts())
        world.spawn("monitor", "watch", "--json", "--webhook", self.address(self.post, "http"), "--mail-to",
                    "a@example.org", "--mail-from", "b@example.org", "--smtp", self.address(self.smtp, "smtp"),
                    out="lines")
        lines = lambda: (world.folder / "lines").read_text().count("\n")
        world.until(lambda: self.post.asked == 1 and lines() >= n)
        self.assertEqual(world.act("clock", "move", "+40")[0], 0)
        world.until(lambda: len(self.alerts()) > n)
        n = len(self.alerts())
        world.until(lambda: lines() >= n and len(self.smtp.got) == n, 9)
        self.assertEqual((self.post.asked, self.post.got), (1, []))
        self.post.open.set()
        world.until(lambda: len(self.post.got) == n)
        self.assertEqual(self.post.asked, n)

    def test_mails_at_once_after_a_restart_and_as_a_digest(self):
        world = self.world
        mails = ["--mail-to", "ban.dothi@example.org", "--mail-from", "kiennghi@example.org", "--smtp",
                 self.address(self.smtp, "smtp"), "--field", "lighting"]
        self.smtp.busy = 1
        self.overdue()
        child = world.spawn("monitor", "watch", *mails)
        want = self.alerts(field="lighting")
        self.assertTrue(want)
        world.until(lambda: len(self.smtp.got) == len(want), 40)
        child.terminate()
        child.wait()
        to, mail = self.smtp.got[0]
        self.assertEqual(to, ["RCPT TO:<ban.dothi@example.org>"])
        subject = str(email.header.make_header(email.header.decode_header(mail["Subject"])))
        self.assertIn(want[0]["case"], subject)
        body = mail.get_payload(decode=True).decode()
        self.assertIn("UBND phường Đống Đa", body)
        self.assertNotIn("Hoàng Cầu", body)
        # what comes while it does not run is told when it does: here gathered into one, at its time
        self.assertEqual(world.act("clock", "move", "+40")[0], 0)
        world.until(lambda: len(self.alerts(field="lighting")) > len(want))
        n = len(self.smtp.got)
        self.assertEqual(world.run("monitor", "watch", *mails, "--digest", "23:59", "--once")[0], 0)
        self.assertEqual(len(self.smtp.got), n)
        world.spawn("monitor", "watch", *mails, "--digest", "00:00")
        world.until(lambda: len(self.smtp.got) > n, 40)
        subject = str(email.header.make_header(email.header.decode_header(self.smtp.got[n][1]["Subject"])))
        self.assertIn("Tổng hợp cảnh báo", subject)
        self.assertIn(self.codes[0], self.smtp.got[n][1].get_payload(decode=True).decode())

    def test_filters_and_the_period_as_a_table(self):
        world = self.world
        self.overdue()
        want = self.alerts()
        done = world.run("monitor", "watch", "--json", "export")
        self.assertEqual(done[0], 0, done)
        self.assertEqual([json.loads(line)["sequence"] for line in done[1].splitlines()],
                         [e["sequence"] for e in want])
        tier = self.alerts(tier="overdue", field="lighting")
        done = world.run("monitor", "watch", "--tier", "overdue", "--field", "lighting", "export",
                         world.path("a.csv"))
        self.assertEqual(done[0], 0, done)
        with open(world.path("a.csv"), encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        self.assertEqual(len(rows), 1 + len(tier))
        self.assertEqual(rows[0][1], "Mã kiến nghị")
        self.assertEqual({row[1] for row in rows[1:]}, {e["case"] for e in tier})
        self.assertEqual(world.run("monitor", "watch", "export", world.path("a.xlsx"))[0], 0)
        sheet = openpyxl.load_workbook(world.path("a.xlsx")).active
        self.assertEqual(sheet.max_row, 1 + len(want))
        # a period before anything happened, and one that cannot be
        done = world.run("monitor", "watch", "--until", "01/01/2020", "export", world.path("b.csv"))
        self.assertTrue(done[1].strip().endswith(" 0 cảnh báo"), done)
        self.assertEqual(world.run("monitor", "watch", "--since", "hôm qua", "export")[0], 65)
        # bad configurations say what is missing
        for options, words in ((["--mail-to", "a@b"], "--smtp"),
                               (["--webhook", "http://x", "--digest", "25:00"], "--digest")):
            code, out, err = world.run("monitor", "watch", *options)
            self.assertNotEqual(code, 0)
            self.assertIn(words, err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
