#!/usr/bin/python3
"""An agency's part: files with answers, many answers from a sheet, its own programs and document system.
KN_BIN names the folder of the programs."""
import hashlib
import json
import unittest

import edxml
import openpyxl
from world import World, codes, minutes

LIGHT = "Chiếu sáng đô thị"
LAMPS = [(1, LIGHT, "Đèn ngõ 12 phố Hoàng Cầu không sáng, đề nghị thay bóng."),
         (2, LIGHT, "Cột đèn số 7 phố Chùa Láng bị nghiêng, đề nghị dựng lại."),
         (3, LIGHT, "Tuyến phố Mai Anh Tuấn ven hồ chưa có đèn, đề nghị lắp mới.")]
SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 400  # more than two pieces


class Agency(unittest.TestCase):
    def setUp(self):
        self.world = world = World()
        self.addCleanup(world.end)
        world.person("contact", "intake")
        world.person("dongda", "agency", "ubnd-dong-da")
        path = world.write("minutes.csv", minutes(LAMPS))
        code, out, err = world.run("contact", "contact", path)
        self.assertEqual(code, 0, out + err)
        world.read()
        self.codes = codes(out)

    def agency(self, *args, expect=0, stdin=None):
        code, out, err = self.world.run("agency", "dongda", *args, stdin=stdin)
        self.assertEqual(code, expect, out + err)
        return out + err

    def accept_all(self):
        self.agency("--auto-accept", "--once")
        for code in self.codes:
            self.world.until(lambda: self.world.flow(code) == "in_progress")

    def test_a_scan_travels_with_the_answer(self):
        world, code = self.world, self.codes[0]
        self.accept_all()
        scan = world.write("Trả lời 45-UBND.pdf", SCAN)
        self.agency("--result", "resolved_works", "--document", "45/UBND;24/11/2026;UBND phường Đống Đa",
                    "--attach", scan, "--text", "Đã thay bóng.", "answer", code)
        event = world.tool("--persons", "case", "show", code)[0]["events"][3]
        (file,) = event["detail"]["attachments"]
        digest = hashlib.sha256(SCAN).hexdigest()
        self.assertEqual(file, {"digest": digest, "size": len(SCAN), "media_type": "application/pdf",
                                "name": "Trả lời 45-UBND.pdf"})
        self.assertNotIn("attachments", world.tool("events")[-1].get("detail", {}))  # not in the log
        got = world.path("got.pdf")
        self.agency("fetch", code, digest, got)
        self.assertEqual((world.folder / "got.pdf").read_bytes(), SCAN)
        self.assertEqual((world.folder / "store/files" / digest[:2] / digest).read_bytes(), SCAN)
        self.assertIn(digest, world.act("case", "show", code)[1])
        self.assertEqual(world.act("fetch", code, digest, world.path("office.pdf"))[0], 0)
        photo = world.write("anh.jpg", b"\xff\xd8\xff" + bytes(5000))
        self.assertEqual(world.act("--attach", photo, "--evidence", "Đèn đã sáng", "verify", code, "met")[0], 0)
        self.assertIn("anh.jpg", world.act("case", "show", code)[1])
        # another unit does not get it, nor the file of another case
        world.person("soxd", "agency", "so-xay-dung")
        self.assertNotEqual(world.run("agency", "soxd", "fetch", code, digest, got)[0], 0)
        self.agency("fetch", self.codes[1], digest, got, expect=65)
        # a false type, an unknown type, too large a file: nothing is sent
        for name, data in (("x.pdf", b"MZ\x90\x00" * 50), ("x.zip", b"PK\x03\x04" + bytes(100))):
            out = self.agency("--result", "explained", "--text", "x", "--attach", world.write(name, data),
                              "answer", self.codes[1], expect=65)
            self.assertIn("PDF", out)
        self.assertEqual(world.flow(self.codes[1]), "in_progress")
        world.kill_hub()
        world.start_hub()
        self.agency("fetch", code, digest, world.path("again.pdf"))

    def test_one_sheet_answers_many(self):
        world = self.world
        self.agency("--once")
        rows = "Mã kiến nghị\n" + "\n".join(self.codes) + "\n"
        self.agency("--file", world.write("nhan.csv", rows), "accept")
        book = openpyxl.Workbook()
        book.active.append(["Trả lời kiến nghị cử tri"])
        book.active.append(["Mã kiến nghị", "Kết quả", "Nội dung trả lời", "Văn bản", "Ngày hẹn"])
        letter = "46/UBND;24/11/2026;UBND phường Đống Đa"
        book.active.append([self.codes[0], "resolved_works", "Đã thay bóng.", letter])
        book.active.append([self.codes[1], "planned_scheduled", "Sẽ dựng lại.", letter])  # without a date
        book.active.append([self.codes[2], "planned_scheduled", "Sẽ lắp.", letter, "30/12/2026"])
        book.save(world.path("traloi.xlsx"))
        out = self.agency("--file", world.path("traloi.xlsx"), "answer", expect=65)
        self.assertIn("traloi.xlsx:4", out)
        self.assertIn("2 việc đã ghi nhận, 1 lỗi", out)
        self.assertEqual([world.flow(code) for code in self.codes], ["awaiting_verification",
                                                                     "in_progress", "answered"])
        book.active.cell(4, 5).value = "15/01/2027"
        book.save(world.path("traloi.xlsx"))
        self.assertIn("đã ghi nhận từ trước", self.agency("--file", world.path("traloi.xlsx"), "answer"))
        self.assertEqual(world.flow(self.codes[1]), "answered")
        self.assertEqual({world.case(code)[0]["answers"][0]["document"]["number"] for code in self.codes},
                         {"46/UBND"})
        self.assertEqual([len(world.case(code)[0]["answers"]) for code in self.codes], [1, 1, 1])

    def test_a_partner_has_a_part_of_its_own(self):
        world, code = self.world, self.codes[0]
        world.person("soxd", "agency", "so-xay-dung")
        self.accept_all()
        self.assertEqual(world.act("partner", code, "so-xay-dung")[0], 0)
        self.assertEqual(world.run("agency", "soxd", "--auto-accept", "--once")[0], 0)
        world.until(lambda: self.world.case(code)[1].count("case.accepted") == 2)
        done = world.run("agency", "soxd", "--text", "Nên thay cả tuyến.", "opinion", code)
        self.assertEqual(done[0], 0, done)
        self.agency("--once")  # the lead hears of it, and its own part stays its own
        kept = json.loads((world.folder / f"state-dongda/inbox/{code}.json").read_text())
        self.assertEqual((kept["role"], kept["unit"], kept["assignment"]), ("lead", "ubnd-dong-da", 1))
        self.assertIn("assignment.opinion", [e["kind"] for e in kept["events"]])
        rows = [{"case": code, "result": "resolved_works", "text": "Đã thay."},
                {"case": self.codes[1], "result": "explained", "text": "Cột của điện lực."}]
        self.agency("answer", "--file", world.write("traloi.json", json.dumps(rows)))
        self.assertEqual([world.flow(c) for c in self.codes[:2]], ["awaiting_verification", "answered"])

    def test_progress_promise_and_kept(self):
        world, code = self.world, self.codes[0]
        self.accept_all()
        self.agency("--text", "Đã khảo sát.", "progress", code)
        self.agency("--text", "Thay toàn tuyến", "--promised-on", "30/12/2026", "promise", code)
        self.agency("kept", code, "-", stdin="Đã thay xong.\n")
        kinds = world.case(code)[1]
        for kind in ("case.progress", "commitment.made", "commitment.kept"):
            self.assertIn(kind, kinds)

    def test_a_program_of_its_own_hears_everything_once(self):
        world = self.world
        heard, allow = world.folder / "heard", world.folder / "allow"
        hook = world.folder / "hook.py"
        hook.write_text("#!/usr/bin/python3\nimport json, os, sys\n"
                        "event = json.load(sys.stdin)\n"
                        f"if not os.path.exists({str(allow)!r}): sys.exit(3)\n"
                        f"open({str(heard)!r}, 'a').write('%d %s %s\\n' % (event['sequence'], event['kind'],"
                        " event['petition']['text'] if 'petition' in event else ''))\n", encoding="utf-8")
        hook.chmod(0o755)
        agent = world.spawn("agency", "dongda", "--hook", str(hook), "--auto-accept")
        queue = world.folder / "state-dongda/hook"
        waiting = lambda: [f.name for f in queue.glob("*.json")] if queue.exists() else []
        world.until(lambda: len(waiting()) >= 6)
        agent.kill()  # with everything waiting, and a hook that fails
        agent.wait()
        world.run("agency", "dongda", "--hook", str(hook), "--once")
        self.assertFalse(heard.exists())
        allow.touch()
        agent = world.spawn("agency", "dongda", "--hook", str(hook))
        world.until(lambda: not waiting())
        lines = heard.read_text(encoding="utf-8").splitlines()
        sequences = [int(line.split()[0]) for line in lines]
        self.assertEqual(sequences, sorted(set(sequences)))  # in order, each once
        self.assertEqual(sum("case.assigned" in line and "đề nghị" in line for line in lines), 3)
        self.assertEqual(sum("case.accepted" in line for line in lines), 3)

    def test_what_the_hook_refused_is_given_again(self):
        world = self.world
        heard = world.folder / "heard"
        hook = world.folder / "hook.sh"
        hook.write_text(f"#!/bin/sh\ncat >> {heard}\n")
        hook.chmod(0o755)
        failed = world.folder / "state-dongda/hook/failed"
        failed.mkdir(parents=True)
        for n in (7, 8):  # as hook.c leaves them after ten trials
            (failed / f"{n:020d}-HN-2026-000001-N.json").write_text('{"kind": "case.assigned", "sequence": %d}' % n)
        agency = lambda *args: world.run("agency", "dongda", *args)
        self.assertIn("2 sự kiện hook không nhận", agency("list")[1])
        code, out, _ = agency("hook", "failed")
        self.assertEqual((code, out.count("HN-2026-000001-N")), (0, 2))
        self.assertIn("7-HN-2026-000001-N", out)
        self.assertEqual(agency("hook", "retry", "9-HN-2026-000001-N")[0], 65)
        self.assertEqual(agency("hook", "retry", "7-HN-2026-000001-N")[0], 0)
        self.assertEqual(agency("hook", "retry", "all")[0], 0)
        world.spawn("agency", "dongda", "--hook", str(hook))
        world.until(lambda: heard.exists() and '"sequence": 8' in heard.read_text().replace('":8', '": 8'))
        self.assertIn("Không có sự kiện", agency("hook", "failed")[1])

    def test_from_assignment_to_answer_over_the_bridge(self):
        world, bridge = self.world, self.world.folder / "bridge"
        world.spawn("agency", "dongda", "--bridge", str(bridge), "--auto-accept", "--bridge-to",
                    "H26.05;UBND phường Đống Đa")
        out = lambda code: bridge / f"out/{code}-1.edxml"
        for code in self.codes:
            world.until(out(code).exists)
            world.until(lambda: world.flow(code) == "in_progress")
        letter = out(self.codes[0]).read_text(encoding="utf-8")
        self.assertIn("<edXML:OrganName>UBND phường Đống Đa</edXML:OrganName>", letter)
        self.assertIn("<edXML:DueDate>2027/01/", letter)
        self.assertIn(self.codes[0], letter)
        # the agency's system fills in the sheet and answers with a document, a scan beside it
        sheet = bridge / f"out/{self.codes[0]}-1.xlsx"
        book = openpyxl.load_workbook(sheet)
        self.assertIn("Hoàng Cầu", book.active["B2"].value)
        book.active["F2"], book.active["G2"] = "resolved_works", "Đã thay bóng."
        book.save(world.path("filled.xlsx"))
        answer = edxml.qcvn([("traloi.xlsx", (world.folder / "filled.xlsx").read_bytes()),
                             ("banchup.pdf", SCAN)], number="47", notation="UBND-ĐT",
                            sender="UBND phường Đống Đa", subject="Trả lời kiến nghị")
        (bridge / "in/traloi.edxml").write_text(answer, encoding="utf-8")
        world.until(lambda: world.flow(self.codes[0]) == "awaiting_verification")
        world.until(lambda: (bridge / "done/traloi.edxml").exists())
        given = world.case(self.codes[0])[0]["answers"][0]
        self.assertEqual((given["document"]["number"], given["document"]["sender"]),
                         ("47/UBND-ĐT", "UBND phường Đống Đa"))
        event = [e for e in world.tool("--persons", "case", "show", self.codes[0])[0]["events"]
                 if e["kind"] == "case.answered"][0]
        self.assertEqual(event["detail"]["attachments"][0]["name"], "banchup.pdf")
        # its status messages are acts: not theirs
        path = bridge / "in/trang-thai.edxml"
        path.write_text(edxml.status("02", f"HDND,2026/11/24,1/{self.codes[2]}", "Không thuộc thẩm quyền"),
                        encoding="utf-8")
        world.until(lambda: world.flow(self.codes[2]) == "returned")
        # a plain sheet; one that says nothing sensible is set aside
        book = openpyxl.load_workbook(bridge / f"out/{self.codes[1]}-1.xlsx")
        book.active["F2"], book.active["G2"] = "không biết", "?"
        book.save(bridge / "in/sai.xlsx")
        world.until(lambda: (bridge / "refused/sai.xlsx").exists())
        self.assertEqual(world.flow(self.codes[1]), "in_progress")
        book.active["F2"], book.active["G2"] = "explained", "Cột do điện lực quản lý."
        book.save(bridge / "in/sai.xlsx")
        world.until(lambda: world.flow(self.codes[1]) == "answered")


if __name__ == "__main__":
    unittest.main(verbosity=2)
