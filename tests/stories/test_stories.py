#!/usr/bin/python3
"""A petition's journeys through real processes, told in verbs. KN_BIN names the folder of the programs."""
import json
import pathlib
import subprocess
import unittest

import zmq

from world import BIN, World, codes, minutes

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

        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(code) == "in_progress")
        done = world.run("agency", "dongda", "--result", "resolved_works", "answer", code, "-",
                         stdin="Đã thay bóng.\n")
        self.assertEqual(done[0], 0, done)
        case, kinds, _ = world.case(code)
        self.assertEqual((case["flow"], case["result"], case["verification"]),
                         ("awaiting_verification", "resolved_works", "none"))  # answered, not resolved
        self.assertEqual(world.act("verify", code, "met", "--evidence", "Đèn đã sáng")[0], 0)
        self.assertEqual(world.act("publish", code, "--text", "Đèn ngõ không sáng.")[0], 0)
        case, kinds, view = world.case(code)
        self.assertEqual((case["flow"], case["verification"], case["publication"]),
                         ("closed", "met", "published"))
        self.assertEqual(kinds, ["case.received", "case.assigned", "case.accepted", "case.answered",
                                 "case.awaiting_verification", "case.verified", "case.closed",
                                 "case.published"])
        self.assertEqual(view["events"][3]["answer"] if view["events"][3].get("answer") != "***"
                         else "Đã thay bóng.", "Đã thay bóng.")
        self.assertTrue(tap.poll(5000), "the tap is silent")
        topic, frame = tap.recv_multipart()
        self.assertEqual(topic, b"public")
        self.assertIn(code.encode(), frame)
        self.assertNotIn("Hoàng Cầu".encode(), frame)  # the approved text alone

    def test_not_ours_comes_back_and_keeps_its_clock(self):
        world = self.world
        world.person("dongda", "agency", "ubnd-dong-da")
        code = codes(self.import_minutes([(1, LIGHT, LAMP)]))[0]
        world.run("agency", "dongda", "--once")
        due = world.case(code)[0]["clocks"][0]["due_at"]
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
        self.assertEqual(case["clocks"][0]["due_at"], due)
        self.assertNotEqual(world.act("assign", code, "no-such-unit")[0], 0)

    def test_said_twice_is_linked_and_can_be_undone(self):
        world = self.world
        first = codes(self.import_minutes([(1, LIGHT, LAMP)]))[0]
        second = codes(self.import_minutes([(1, LIGHT, LAMP)], title="TXCT lần hai", name="b.csv",
                                           day="21/11/2026"))[0]
        self.assertNotEqual(first, second)
        case = world.case(second)[0]
        self.assertEqual((case["flow"], case["parent"], case["link"]), ("linked", first, "duplicate"))
        batch, _ = world.batch("lần hai")
        self.assertEqual((batch["stored"], batch["fresh"], batch["linked"]), (1, 0, 1))
        self.assertEqual(world.act("unlink", second)[0], 0)
        self.assertEqual(world.flow(second), "assigned")
        batch, _ = world.batch("lần hai")
        self.assertEqual((batch["fresh"], batch["linked"]), (1, 0))
        self.assertEqual(world.act("link", second, first)[0], 0)
        self.assertEqual(world.case(first)[0]["linked"], 1)

    def test_what_nobody_takes_is_overdue_and_told_once(self):
        world = self.world
        world.person("watch", "monitor")
        code = codes(self.import_minutes([(1, LIGHT, LAMP)]))[0]
        told = []
        for days, tier in ((53, "due_soon"), (12, "overdue"), (30, "seriously_overdue")):
            self.assertEqual(world.act("clock", "move", f"+{days}")[0], 0)
            out = world.run("monitor", "watch", "--json", "--once")[1]  # each time a new process
            told += [json.loads(line) for line in out.splitlines()]
            self.assertEqual([e["tier"] for e in told][-1:], [tier])
        self.assertEqual([(e["case"], e["tier"]) for e in told],
                         [(code, "due_soon"), (code, "overdue"), (code, "seriously_overdue")])

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
        code, out, _ = world.run("contact", "contact", "--timeout", "1", path)
        self.assertEqual(code, 111, out)
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
            ("binary", b"PK\x03\x04" + bytes(range(256)) * 20, 65, ["không phải CSV"], 0),
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

    def test_a_count_that_does_not_match_keeps_the_batch_open(self):
        world = self.world
        out = self.import_minutes([(1, LIGHT, LAMP)], declared=3)
        batch, _ = world.batch("Đống Đa")
        self.assertEqual((batch["declared"], batch["stored"], batch["missing"]), (3, 1, 2))
        self.assertNotIn("closed_at", batch)
        self.assertIn("còn thiếu 2", out)

    def test_a_stranger_is_refused(self):
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


if __name__ == "__main__":
    unittest.main()
