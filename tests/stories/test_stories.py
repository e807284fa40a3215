#!/usr/bin/python3
"""A petition's journeys through real processes, told in verbs. KN_BIN names the folder of the programs."""
import json
import pathlib
import shutil
import subprocess
import unittest

import zmq

from world import BIN, World, codes, minutes, transfer

LAMP = "Đèn ngõ 12 phố Hoàng Cầu không sáng, đề nghị thay bóng."
LIGHT, DRAIN = "Chiếu sáng đô thị", "Thoát nước, úng ngập"


class Story(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.world.person("contact", "intake")

    def import_minutes(self, rows, expect=0, name="minutes.csv", **more):
        path = self.world.write(name, minutes(rows, **more))
        code, out, err = self.world.run("contact", "contact", path)
        self.assertEqual(code, expect, out + err)
        self.world.read()
        return out

    def test_a_petition_travels_to_its_real_end(self):
        world = self.world
        world.person("dongda", "agency", "ubnd-dong-da")
        tap = zmq.Context.instance().socket(zmq.SUB)
        self.addCleanup(tap.close, 0)
        tap.setsockopt(zmq.SUBSCRIBE, b"")
        tap.connect(world.endpoints[2])
        code = codes(self.import_minutes([(1, LIGHT, LAMP)]))[0]
        self.assertEqual(world.flow(code), "assigned")
        self.assertEqual(world.case(code)[0]["unit"], "ubnd-dong-da")

        self.assertEqual(world.act("--text", "Đèn", "verify", code, "met")[0], 65)  # nothing to verify
        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(code) == "in_progress")
        done = world.run("agency", "dongda", "--result", "resolved_works", "answer", code, "-",
                         stdin="Đã thay bóng.\n")
        self.assertEqual(done[0], 0, done)
        case, kinds, _ = world.case(code)
        self.assertEqual((case["flow"], case["result"], case["verification"]),
                         ("awaiting_verification", "resolved_works", "none"))  # answered, not resolved
        self.assertIn("đơn vị trả lời là đã giải quyết; chưa kiểm chứng",
                      world.act("case", "show", code)[1])
        self.assertEqual(world.act("verify", code, "met", "--evidence", "Đèn đã sáng")[0], 0)
        case = world.case(code)[0]
        self.assertEqual((case["flow"], case["publication"]), ("closed", "internal"))
        self.assertEqual(world.tool("events", "--stream", "public"), [])
        world.person("duyet", "approver")
        self.assertEqual(world.act("propose", code, "--text", "Đèn ngõ không sáng.")[0], 0)
        self.assertEqual(world.act("publish", code)[0], 77)  # it takes a second person
        self.assertEqual(world.tool("events", "--stream", "public"), [])
        self.assertEqual(world.act("publish", code, name="duyet")[0], 0)
        case, kinds, view = world.case(code)
        self.assertEqual((case["flow"], case["verification"], case["publication"]),
                         ("closed", "met", "published"))
        self.assertEqual(kinds, ["case.received", "case.assigned", "case.accepted", "case.answered",
                                 "case.awaiting_verification", "case.verified", "case.closed",
                                 "case.publication_proposed", "case.published"])
        self.assertEqual(view["events"][3]["answer"], "***")  # masked unless asked for
        view = world.tool("--persons", "case", "show", code)[0]
        self.assertEqual((view["events"][3]["answer"].strip(), view["events"][5]["evidence"]),
                         ("Đã thay bóng.", "Đèn đã sáng"))
        self.assertEqual([(e["kind"], e["case"]) for e in world.tool("events", "--stream", "public")],
                         [("case.published", code)])
        self.assertTrue(tap.poll(5000), "the tap is silent")
        topic, frame = tap.recv_multipart()
        self.assertEqual(topic, b"public")
        self.assertIn(code.encode(), frame)
        self.assertIn("Đèn ngõ không sáng.".encode(), frame)
        self.assertNotIn("Hoàng Cầu".encode(), frame)  # the approved text alone
        shown = world.act("case", "show", code)[1]
        for words in ("UBND phường Đống Đa (ubnd-dong-da)", "Chiếu sáng đô thị (lighting)",
                      "đã giải quyết xong, đã kiểm chứng trên thực tế", "“Đã thay bóng."):
            self.assertIn(words, shown)

    def test_not_ours_comes_back_and_keeps_its_clock(self):
        world = self.world
        world.person("dongda", "agency", "ubnd-dong-da")
        world.person("soxd", "agency", "so-xay-dung")
        code = codes(self.import_minutes([(1, LIGHT, LAMP)]))[0]
        world.run("agency", "dongda", "--once")
        clock = world.case(code)[0]["clocks"][0]
        self.assertEqual(world.act("clock", "move", "+7")[0], 0)  # a week lies on the desk
        refused = world.run("agency", "dongda", "--result", "explained", "answer", code, "-",
                            stdin="x\n")
        self.assertNotEqual(refused[0], 0)  # not accepted yet: an illegal move
        done = world.run("agency", "dongda", "--reason", "Không thuộc thẩm quyền", "--unit",
                         "so-xay-dung", "return", code)
        self.assertEqual(done[0], 0, done)
        self.assertEqual(world.flow(code), "returned")
        self.assertEqual(world.act("assign", code, "so-xay-dung")[0], 0)
        case = world.case(code)[0]
        self.assertEqual((case["flow"], case["unit"], case["returns"]), ("assigned", "so-xay-dung", 1))
        self.assertEqual(world.act("clock", "move", "+7")[0], 0)
        self.assertEqual(world.run("agency", "soxd", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(code) == "in_progress")
        case, kinds, _ = world.case(code)
        self.assertEqual(case["unit"], "so-xay-dung")
        self.assertEqual([(c["started_at"], c["due_at"]) for c in case["clocks"]
                          if c["kind"] == "answer"],
                         [(clock["started_at"], clock["due_at"])])  # two weeks later the same
        self.assertEqual(kinds, ["case.received", "case.assigned", "assignment.unsaved", "case.returned",
                                 "case.assigned", "assignment.unsaved", "case.accepted"])
        self.assertNotEqual(world.run("agency", "dongda", "--result", "explained", "answer", code,
                                      "-", stdin="x\n")[0], 0)  # it is not theirs any more
        self.assertNotEqual(world.act("assign", code, "no-such-unit")[0], 0)

    def test_said_twice_is_linked_and_can_be_undone(self):
        world = self.world
        world.person("front", "intake")
        counts = lambda title: tuple(world.batch(title)[0][n] for n in ("stored", "fresh", "linked"))
        first = codes(self.import_minutes([(1, LIGHT, LAMP)]))[0]
        code, out, err = world.run("front", "front", world.write("mttq.csv", transfer(
            [(1, LIGHT, LAMP), (2, DRAIN, "Cống phố Tân Mai bị bịt, ngập sau mỗi trận mưa.")])))
        self.assertEqual(code, 0, out + err)
        world.read()
        second, other = codes(out)
        case = world.case(second)[0]
        self.assertEqual((case["flow"], case["parent"], case["link"], case["channel"]),
                         ("linked", first, "duplicate", "front"))
        self.assertEqual(world.case(first)[0]["linked"], 1)
        self.assertEqual((counts("Đống Đa"), counts("1287")), ((1, 1, 0), (2, 1, 1)))
        self.assertEqual((world.figure("cases"), world.figure("linked")), (3, 1))  # both counts

        self.assertEqual(world.act("unlink", second)[0], 0)
        world.until(lambda: world.flow(second) == "assigned")
        self.assertEqual(world.case(first)[0].get("linked", 0), 0)
        self.assertEqual((counts("Đống Đa"), counts("1287")), ((1, 1, 0), (2, 2, 0)))
        self.assertEqual((world.figure("cases"), world.figure("linked")), (3, 0))
        self.assertEqual(world.act("link", second, first)[0], 0)
        self.assertEqual(world.case(first)[0]["linked"], 1)
        self.assertEqual(counts("1287"), (2, 1, 1))
        self.assertNotEqual(world.act("link", first, first)[0], 0)
        self.assertNotEqual(world.flow(other), "linked")

    def test_what_nobody_takes_is_overdue_and_told_once(self):
        world = self.world
        world.person("watch", "monitor")
        code = codes(self.import_minutes([(1, LIGHT, LAMP)]))[0]
        told, unsaved, proposed = [], [], []
        for days, tier in ((30, None), (23, "due_soon"), (1, None), (11, "overdue"), (1, None),
                           (30, "seriously_overdue"), (90, None)):
            self.assertEqual(world.act("clock", "move", f"+{days}")[0], 0)
            for want in ([tier] if tier else [], []):  # each time a new process; then once more
                status, out, err = world.run("monitor", "watch", "--json", "--once")
                self.assertEqual(status, 0, err)
                heard = [json.loads(line) for line in out.splitlines()]
                unsaved += [e for e in heard if e["kind"] == "assignment.unsaved"]
                proposed += [e for e in heard if e["kind"] == "case.selected"]
                heard = [e for e in heard if e.get("clock") == "answer"]
                self.assertEqual([e["tier"] for e in heard], want)
                told += heard
        self.assertEqual([(e["case"], e["unit"], e["tier"]) for e in told],
                         [(code, "ubnd-dong-da", tier)
                          for tier in ("due_soon", "overdue", "seriously_overdue")])
        self.assertEqual([(e["case"], e["unit"], e["clock"]) for e in unsaved],
                         [(code, "ubnd-dong-da", "acknowledge")])  # once, on the first day
        self.assertEqual([e["oversight"] for e in proposed], ["proposed"])
        self.assertEqual(world.case(code)[0]["reminders"], 3)
        self.assertEqual(world.flow(code), "assigned")
        self.assertEqual([c["code"] for c in world.tool("case", "list", "--tier", "seriously_overdue")],
                         [code])

    def test_importing_again_changes_nothing(self):
        world = self.world
        rows = [(n, LIGHT, f"Đèn cột số {n} ngõ 5 Thái Hà tắt.") for n in range(1, 9)]
        rows[4] = (5, LIGHT, "")  # refused
        first = codes(self.import_minutes(rows, expect=65))
        self.assertEqual(len(first), 7)
        rows[4] = (5, LIGHT, "Đèn cột số 5 ngõ 5 Thái Hà tắt.")  # corrected
        rows.insert(3, (4, LIGHT, "Hàng mới chèn vào giữa."))
        rows = [(n, field, text) for n, (_, field, text) in enumerate(rows, 1)]  # numbered anew
        again = codes(self.import_minutes(rows))
        self.assertEqual(len(set(again) - set(first)), 2)
        self.assertEqual(set(first) - set(again), set())
        batch, listed = world.batch("Đống Đa")
        self.assertEqual((batch["declared"], batch["stored"], batch["refused"], batch["missing"]),
                         (9, 9, 0, 0))
        self.assertEqual(len({row["case"] for row in listed}), 9)

        rows[0] = (1, LIGHT, "Đèn cột số 1 ngõ 5 Thái Hà tắt đã ba tuần.")  # changed
        out = self.import_minutes(rows, expect=65)
        self.assertIn("khác bản đã lưu", out)
        world.run("contact", "contact", "--revise", world.path("minutes.csv"))
        self.assertIn("case.revised", world.case(first[0])[1])
        self.assertEqual(world.batch("Đống Đa")[0]["stored"], 9)

    def test_taking_it_late_gains_a_day_and_no_more(self):
        world = self.world
        world.person("dongda", "agency", "ubnd-dong-da")
        world.person("watch", "monitor")
        day = 24 * 3600 * 1000
        for n, (days, tier) in enumerate(((20, "in_time"), (80, "overdue"))):
            with self.subTest(days=days):
                code = codes(self.import_minutes([(1, LIGHT, f"{LAMP} Cột {n}.")], title=f"Lần {n}"))[0]
                before = world.case(code)[0]["clocks"][0]
                self.assertEqual(world.act("clock", "move", f"+{days}")[0], 0)
                world.until(lambda: world.case(code)[0]["clocks"][0]["tier"] == tier)
                self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
                world.until(lambda: world.flow(code) == "in_progress")
                after = world.case(code)[0]["clocks"][0]
                self.assertEqual(after["tier"], tier)
                self.assertLess(after["started_at"] - before["started_at"], 12 * day)  # Tết at most
                self.assertLess(after["due_at"] - before["due_at"], 12 * day)
        alerts = [(e["case"], e["kind"]) for e in world.tool("events", "--stream", "alerts")]
        self.assertEqual(len(alerts), len(set(alerts)))

    def account(self, title):
        batch, listed = self.world.batch(title)
        self.assertEqual(batch["declared"], batch["stored"] + batch["refused"] + batch["missing"] +
                         batch.get("elsewhere", 0))
        self.assertEqual(batch["stored"], batch["fresh"] + batch["linked"])
        self.assertEqual(self.world.act("batch", "show", batch["batch"])[0], 0)  # counts row by row
        held = [row["case"] for row in listed if "case" in row]
        self.assertEqual(len(held), len(set(held)))
        return batch

    def test_a_row_is_inserted_in_the_middle(self):
        world = self.world
        for renumbered in (False, True):
            for forgets in (False, True):
                title = (f"TXCT {'đánh số lại' if renumbered else 'giữ số'}, "
                         f"{'máy mới' if forgets else 'máy cũ'}")
                with self.subTest(title):
                    rows = [(n, LIGHT, f"{title}: cột số {n} tắt.") for n in range(1, 9)]
                    first = codes(self.import_minutes(rows, title=title))
                    rows.insert(3, (9, LIGHT, f"{title}: hàng mới chèn vào giữa."))
                    if renumbered:
                        rows = [(n, field, text) for n, (_, field, text) in enumerate(rows, 1)]
                    if forgets:
                        world.forget("contact")
                    # Numbered anew on a machine that knows nothing: shown, not resolved silently.
                    lost = renumbered and forgets
                    out = self.import_minutes(rows, title=title, expect=65 if lost else 0)
                    self.assertEqual("khác bản đã lưu" in out.split("= ")[0], lost, out)
                    again = codes(out.split("= ")[0])
                    self.assertEqual(len(set(again) - set(first)), 1, out)
                    self.assertLessEqual(set(first), set(again))
                    batch = self.account(title)
                    self.assertEqual((batch["declared"], batch["stored"], batch["missing"]), (9, 9, 0))
                    for code in first:
                        self.assertNotIn("case.revised", world.case(code)[1])

    def test_a_refused_row_is_mended_on_a_new_machine(self):
        world = self.world
        rows = [(1, LIGHT, LAMP), (2, LIGHT, ""), (3, LIGHT, "Đèn phố Tây Sơn tắt.")]
        first = codes(self.import_minutes(rows, expect=65))
        batch = self.account("Đống Đa")
        self.assertEqual((batch["stored"], batch["refused"], batch["missing"]), (2, 1, 0))
        world.forget("contact")
        rows[1] = (2, LIGHT, "Đèn phố Chùa Bộc tắt.")
        again = codes(self.import_minutes(rows))
        self.assertEqual((again[0], again[2]), tuple(first))
        batch = self.account("Đống Đa")
        self.assertEqual((batch["stored"], batch["refused"], batch["missing"]), (3, 0, 0))

    def test_the_hub_dies_in_the_middle(self):
        world = self.world
        rows = [(n, LIGHT, f"Cột đèn số {n} phố Tây Sơn tắt.") for n in range(1, 2001)]
        path = world.write("long.csv", minutes(rows))
        child = world.spawn("contact", "contact", "--timeout", "60", path, out="long.out")
        for _ in range(4):
            world.until(lambda: any(b["stored"] for b in world.tool("batch", "list")) or
                        child.poll() is not None)
            world.kill_hub()
            world.start_hub()
        self.assertEqual(child.wait(timeout=60), 0)
        batch, _ = world.batch("Đống Đa")
        self.assertEqual((batch["declared"], batch["stored"], batch["missing"]), (2000, 2000, 0))
        world.read()
        world.kill_hub()
        found = subprocess.run([BIN / "kiennghi-hub", "--store", world.path("store"), "--verify"],
                               capture_output=True, text=True)
        told = json.loads(found.stdout)
        self.assertEqual((found.returncode, told["damaged"], told["chain"]), (0, 0, "whole"), told)
        world.start_hub()
        self.assertEqual(len(set(codes(pathlib.Path(world.path("long.out")).read_text()))), 2000)

    def test_the_hub_is_away(self):
        world = self.world
        world.kill_hub()
        path = world.write("minutes.csv", minutes([(1, LIGHT, LAMP)]))
        for _ in range(2):  # and again: it waits in the outbox once
            code, out, err = world.run("contact", "contact", "--timeout", "1", path)
            self.assertEqual(code, 111, out)
            self.assertIn("không mất", err)
        world.start_hub()
        code, out, err = world.run("contact", "contact", path)
        self.assertEqual(code, 0, out + err)
        self.assertEqual(world.batch("Đống Đa")[0]["stored"], 1)

    def test_bad_input_is_named_and_the_rest_goes_on(self):
        world = self.world
        good = [(1, LIGHT, LAMP)]
        cases = [  # what, bytes, exit code, words that name it, stored
            ("row without text", minutes(good + [(2, LIGHT, "")]), 65, ["Nội dung kiến nghị", "ô trống"], 1),
            ("unknown column", minutes(good).replace("Lĩnh vực", "Linh vuwc"), 65, ["Linh vuwc", "Lĩnh vực"], 0),
            ("binary", b"PK\x03\x04" + bytes(range(256)) * 20, 65, ["tệp hỏng", "lưu lại"], 0),
            ("invalid UTF-8", minutes(good).encode() + b"2;x;y;\xff\xfe\xfd\n", 65, ["UTF-8"], 1),
            ("10 MB row", minutes(good) + "2;x;y;" + "a" * 10_000_000 + "\n", 65, ["lớn"], 1),
            ("empty", b"", 65, ["rỗng"], 0),
        ]
        for n, (what, data, want, words, stored) in enumerate(cases):
            with self.subTest(what):
                if isinstance(data, str):
                    data = data.replace("Đống Đa\n", f"Đống Đa {n}\n", 1)
                    data = data.encode()
                else:
                    data = data.replace("Đống Đa\n".encode(), f"Đống Đa {n}\n".encode(), 1)
                path = world.write(f"bad-{n}.csv", data)
                code, out, err = world.run("contact", "contact", path)
                self.assertEqual(code, want, out + err)
                for word in [f"bad-{n}.csv", *words]:
                    self.assertIn(word, out + err)
                rows = [line for line in out.splitlines() if not line.startswith("=")]
                self.assertEqual(sum("đã tiếp nhận" in line for line in rows), stored, out)
        self.assertIsNone(world.hub.poll())
        self.assertEqual(codes(self.import_minutes(good, title="sau cùng", name="good.csv"))[1:], [])

    def test_a_broken_feed_is_named_and_the_next_one_is_read(self):
        world = self.world
        world.person("press", "intake")
        item = lambda n: (f"<item><title>Đèn tắt ở ngõ {n}</title><link>http://bao/{n}</link><guid>{n}</guid>"
                          f"<description>{LAMP} Ngõ {n} tối cả tuần.</description></item>")
        feed = lambda body: f'<?xml version="1.0"?><rss version="2.0"><channel><title>Báo, bạn đọc viết</title>{body}'
        for n, (name, text) in enumerate((("page.xml", "<html><p>404</p></html>"), ("empty.xml", ""),
                           ("cut.xml", '<?xml version="1.0"?><rss versi'), ("noise.xml", "không phải XML"))):
            with self.subTest(name):
                good = feed(item(n) + "</channel></rss>")
                bad, fine = world.write(name, text), world.write(f"fine-{name}", good)
                code, out, err = world.run("press", "press", "--feed", f"file://{bad}", "--feed",
                                           f"file://{fine}", "--once")
                self.assertEqual(code, 65, out + err)
                self.assertIn(name, out + err)
                self.assertEqual(len(codes(out)), 1, out)  # of the good feed beside it
        self.assertIsNone(world.hub.poll())

    def test_a_count_that_does_not_match_keeps_the_batch_open(self):
        world = self.world
        out = self.import_minutes([(1, LIGHT, LAMP)], declared=3)
        batch, _ = world.batch("Đống Đa")
        self.assertEqual((batch["declared"], batch["stored"], batch["missing"]), (3, 1, 2))
        self.assertNotIn("closed_at", batch)
        self.assertIn("còn thiếu 2", out)
        self.account("Đống Đa")
        # The two that were missing come: now it closes.
        out = self.import_minutes([(n, LIGHT, f"{LAMP} Cột {n}." if n > 1 else LAMP)
                                   for n in (1, 2, 3)], declared=3)
        batch = self.account("Đống Đa")
        self.assertEqual((batch["stored"], batch["missing"]), (3, 0))
        self.assertIn("closed_at", batch)

    def test_a_stranger_is_refused(self):
        world = self.world
        before = world.figure("strangers_refused")
        elsewhere = World()  # a good key of another hub
        self.addCleanup(elsewhere.end)
        elsewhere.person("stranger", "operator")
        for suffix in ("", "_secret"):
            shutil.copy(elsewhere.path(f"keys/stranger.cert{suffix}"), world.path("keys"))
        path = world.write("minutes.csv", minutes([(1, LIGHT, LAMP)]))
        code, out, err = world.run("contact", "stranger", "--timeout", "8", path)
        self.assertEqual(code, 77, out + err)
        self.assertIn("đề nghị người quản trị", err)  # the remedy
        self.assertGreater(world.figure("strangers_refused"), before)
        self.assertEqual(world.figure("cases"), 0)

    def test_a_revoked_key_is_refused(self):
        world = self.world
        world.person("gone", "intake")
        self.assertEqual(world.act("keys", "revoke", "gone")[0], 0)
        path = world.write("minutes.csv", minutes([(1, LIGHT, LAMP)]))
        code, _, err = world.run("contact", "gone", "--timeout", "8", path)
        self.assertEqual(code, 77, err)

    def test_the_text_says_what_the_form_does_not(self):
        world = self.world
        text = "Cử tri phường Đống Đa phản ánh đèn đường ngõ 12 phố Hoàng Cầu không sáng, đề nghị thay bóng."
        rows = minutes([]).replace("STT;Địa bàn;Lĩnh vực;", "STT;") + f"1;{text}\n"
        out = world.run("contact", "contact", world.write("minutes.csv", rows))[1]
        world.read()
        case, _, view = world.case(codes(out)[0])
        self.assertEqual((case["flow"], case["unit"]), ("assigned", "ubnd-dong-da"), view)
        self.assertEqual((case["field"], case["area"]), ("lighting", "2025:00235"), view)

    def test_nobody_is_competent_waits_visibly(self):
        world = self.world
        code = codes(self.import_minutes([(1, "Chuyện chưa có tên", "Đề nghị xem xét giúp.")]))[0]
        self.assertEqual(world.flow(code), "to_classify")
        self.assertEqual([c["code"] for c in world.tool("case", "list", "--flow", "to_classify")], [code])


    def test_a_wrong_configuration_names_file_line_and_key(self):
        world = self.world
        for program, text, words in (
                ("hub", 'listen\n    intake = "tcp://*:1"\n    intaek = "tcp://*:2"\n',
                 ["conf:3", "listen/intaek", "listen/intake"]),
                ("hub", "limits\n    window = 0\n", ["conf:2", "limits/window"]),
                ("hub", 'log\n    level = "loud"\n', ["conf:2", "log/level"]),
                ("hub", 'log\n    level = "info"\n    level = "debug"\n', ["conf:3", "log/level"]),
                ("hub", 'listen\n\tintake = "tcp://*:1"\n', ["conf:2"]),
                ("contact", 'contact\n    sorce = "x"\n', ["contact/sorce", "contact/source"]),
                ("contact", 'agent\n    timeout = "ten"\n', ["agent/timeout"]),
                ("monitor", 'listen\n    intake = "x"\n', ["listen/intake"])):
            with self.subTest(program, text=text):
                path = world.write("conf", text)
                done = subprocess.run([BIN / f"kiennghi-{program}", "--config", path, "--check-config"],
                                      capture_output=True, text=True, timeout=10)
                self.assertEqual(done.returncode, 78, done.stderr)
                for word in ["conf", *words]:
                    self.assertIn(word, done.stderr)
        done = world.tool_run("--registers", world.path("nowhere"), "status")
        self.assertEqual(done.returncode, 78)
        self.assertIn("nowhere", done.stderr)


if __name__ == "__main__":
    unittest.main()
