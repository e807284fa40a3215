#!/usr/bin/python3
"""Official documents from the document axis to the events that agency and sender see. KN_BIN names the
folder of the programs."""
import io
import subprocess
import unittest
import zipfile

import edxml
from world import World, codes

LIGHT, DRAIN = "Chiếu sáng đô thị", "Thoát nước, úng ngập"
ROWS = [(1, LIGHT, "Đèn ngõ 12 phố Hoàng Cầu không sáng, đề nghị thay bóng."),
        (2, DRAIN, "Cống phố Tân Mai bị bịt, ngập sau mỗi trận mưa."),
        (3, LIGHT, "Tuyến đường Mỗ Lao chưa có đèn chiếu sáng, đề nghị lắp mới.")]


class Documents(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.world.person("front", "intake")
        self.world.person("dongda", "agency", "ubnd-dong-da")
        self.status = self.world.folder / "status"
        self.status.mkdir()

    def take(self, document, expect=0, name="vb.edxml"):
        path = self.world.write(name, document)
        code, out, err = self.world.run("front", "front", "--status", str(self.status), path)
        self.assertEqual(code, expect, out + err)
        self.world.read()
        return out, err

    def told(self):
        code, out, err = self.world.run("front", "front", "--status", str(self.status), "--once")
        self.assertEqual(code, 0, out + err)
        return [code for code, _ in edxml.statuses(self.status)]

    def kinds(self, code):
        return self.world.case(code)[1]

    def test_both_dialects_and_their_faults(self):
        world = self.world
        out, _ = self.take(edxml.qcvn([("phu-luc.csv", edxml.annex(ROWS, 3))]))
        first = codes(out)
        self.assertEqual(len(first), 3)
        batch = world.batch("214/MTTQ-BTT")[0]
        self.assertEqual((batch["declared"], batch["stored"], batch["missing"]), (3, 3, 0))
        self.assertEqual((batch["document"]["sender"], batch["document"]["date"]),
                         ("Ủy ban MTTQ thành phố", "2026-11-23"))
        # the second dialect, stray bytes before the prolog, the annex in an archive
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("phu luc/danh sach.csv", edxml.annex([(1, DRAIN, "Ngập ở phố Vọng.")]))
        document = edxml.edoc([("phu-luc.zip", packed.getvalue()), ("cong-van.pdf", b"%PDF-1.4")])
        path = world.write("bo.xml", b"\x00\x17garbage\r\n" + document.encode())
        code, out, err = world.run("front", "front", path)
        self.assertEqual((code, len(codes(out))), (0, 1), out + err)
        batch = world.batch("12/BXD-VP")[0]
        self.assertEqual(batch["document"]["sender"], "Bộ Xây dựng")
        # the letter itself came with the batch: whoever has one of its cases can read it
        (letter,) = world.tool("--persons", "batch", "show", batch["batch"])[0]["attachments"]
        self.assertEqual((letter["media_type"], letter["size"]), ("application/pdf", 8))
        self.assertIn(letter["digest"], world.act("batch", "show", batch["batch"])[1])
        self.assertEqual(world.act("fetch", codes(out)[0], letter["digest"], world.path("cv.pdf"))[0], 0)
        self.assertEqual((world.folder / "cv.pdf").read_bytes(), b"%PDF-1.4")
        self.assertNotEqual(world.act("fetch", first[0], letter["digest"], world.path("x.pdf"))[0], 0)
        # one prefix out of scope: the same document, so nothing is new
        again = edxml.qcvn([("phu-luc.csv", edxml.annex(ROWS, 3))]).replace(
            "AttachmentEncoded>", "edXML:AttachmentEncoded>")
        self.assertEqual(codes(self.take(again)[0]), first)
        self.assertEqual(world.figure("cases"), 4)

    def test_annexes_of_office_programs(self):
        world = self.world
        book = edxml.xlsx(ROWS, world.path("phu-luc.xlsx"))
        first = codes(self.take(edxml.qcvn([("Phụ lục.xlsx", book)]))[0])
        self.assertEqual(len(first), 3)
        # the same rows as an OpenDocument sheet of LibreOffice, in an archive: nothing is new
        subprocess.run(["soffice", f"-env:UserInstallation=file://{world.path('office')}", "--headless",
                        "--convert-to", "ods", "--outdir", world.path(""), world.path("phu-luc.xlsx")],
                       check=True, capture_output=True, timeout=60)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(world.path("phu-luc.ods"), "phu-luc.ods")
        again = self.take(edxml.qcvn([("phu-luc.zip", packed.getvalue())]))[0]
        self.assertEqual(codes(again), first)
        self.assertEqual(world.figure("cases"), 3)

    def test_twice_or_with_a_row_inserted_changes_nothing_else(self):
        first = codes(self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS))]))[0])
        self.assertEqual(codes(self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS))]))[0]), first)
        self.world.forget("front")  # also on another machine
        self.assertEqual(codes(self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS))]))[0]), first)
        fresh = (2, DRAIN, "Hồ Xã Đàn bốc mùi hôi, đề nghị nạo vét.")
        more = [ROWS[0], fresh, (3, *ROWS[1][1:]), (4, *ROWS[2][1:])]
        second = codes(self.take(edxml.qcvn([("a.csv", edxml.annex(more))]))[0])
        self.assertEqual([second[0], second[2], second[3]], first)
        self.assertEqual(self.world.figure("cases"), 4)
        for code in first:
            self.assertNotIn("case.revised", self.kinds(code))

    def test_replaced_then_withdrawn(self):
        world = self.world
        first = codes(self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS))]))[0])
        changed = (2, DRAIN, "Cống phố Tân Mai bị bịt từ tháng 9, ngập sau mỗi trận mưa.")
        fresh = (4, LIGHT, "Cột đèn số 7 phố Chùa Láng bị nghiêng.")
        self.take(edxml.qcvn([("a.csv", edxml.annex([ROWS[0], changed, fresh]))], number="230",
                             kind=3, reason="Sai phụ lục", replaces=edxml.identity("214")))
        world.until(lambda: "petition.withdrawn" in self.kinds(first[2]))
        self.assertNotIn("case.revised", self.kinds(first[0]))
        self.assertIn("case.revised", self.kinds(first[1]))
        self.assertIn("từ tháng 9", world.tool("--persons", "case", "show", first[1])[0]["petition"]["text"])
        self.assertEqual(world.figure("cases"), 4)
        old, new = world.batch("214/MTTQ-BTT")[0], world.batch("230/MTTQ-BTT")[0]
        self.assertEqual(old["replaced_by"], new["batch"])
        self.assertEqual((new["declared"], new["stored"], new["elsewhere"], new["missing"]), (3, 1, 2, 0))
        # replaced again by what the first one said: the case that was withdrawn holds again
        self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS))], number="231", kind=3,
                             replaces=edxml.identity("230")))
        world.until(lambda: "withdrawn_at" not in world.case(first[2])[0])
        self.assertEqual(world.figure("cases"), 4)
        # the whole taken back, on a machine that knows nothing
        self.take(edxml.qcvn([], number="231", kind=1, reason="Gửi nhầm"))
        for code in first:
            world.until(lambda: "withdrawn_at" in world.case(code)[0])
        self.assertIn("withdrawn_at", world.batch("231/MTTQ-BTT")[0])
        self.assertIn("đã thu hồi", world.act("batch", "list")[1])
        self.assertIn("nơi gửi đã rút", world.act("case", "show", first[0])[1])
        self.assertIn("15", self.told())
        # what was never received cannot be withdrawn
        _, err = self.take(edxml.qcvn([], number="999", kind=1), expect=65)
        self.assertIn("chưa từng nhận", err)
        self.assertIn("16", [code for code, _ in edxml.statuses(self.status)])

    def test_a_machine_that_lost_its_state_finds_what_is_replaced(self):
        world = self.world
        first = codes(self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS))]))[0])
        world.forget("front")
        changed = (2, DRAIN, "Cống phố Tân Mai bị bịt từ tháng 9, ngập sau mỗi trận mưa.")
        self.take(edxml.qcvn([("a.csv", edxml.annex([ROWS[0], changed]))], number="230", kind=3,
                             replaces=edxml.identity("214")))
        world.until(lambda: "withdrawn_at" in world.case(first[2])[0])
        self.assertIn("case.revised", self.kinds(first[1]))
        self.assertEqual(world.figure("cases"), 3)
        world.forget("front")
        self.take(edxml.qcvn([], number="214", kind=1, reason="Gửi nhầm"))
        for code in first:
            world.until(lambda: "withdrawn_at" in world.case(code)[0])

    def test_updated(self):
        world = self.world
        first = codes(self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS))]))[0])
        changed = (1, LIGHT, "Đèn ngõ 12 phố Hoàng Cầu không sáng từ tháng 10, đề nghị thay bóng.")
        self.take(edxml.qcvn([("a.csv", edxml.annex([changed, ROWS[1]], 3))], kind=2, reason="Bổ sung"))
        self.assertIn("case.revised", self.kinds(first[0]))
        self.assertNotIn("withdrawn_at", world.case(first[2])[0])  # an update takes nothing back
        self.assertEqual(world.figure("cases"), 3)
        self.assertIn("15", self.told())

    def test_the_sender_hears_what_became_of_it(self):
        world = self.world
        code = codes(self.take(edxml.qcvn([("a.csv", edxml.annex(ROWS[:1]))]))[0])[0]
        self.assertEqual(self.told(), ["01", "03", "04"])
        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(code) == "in_progress")
        self.assertEqual(self.told(), ["01", "03", "04", "05"])
        done = world.run("agency", "dongda", "--result", "resolved_works", "answer", code, "-",
                         stdin="Đã thay bóng.\n")
        self.assertEqual(done[0], 0, done)
        self.assertEqual(self.told(), ["01", "03", "04", "05", "06"])
        self.assertEqual(world.flow(code), "awaiting_verification")  # 06 is not the end of the case
        self.assertEqual({name for _, name in edxml.statuses(self.status)}, {edxml.identity("214")})

    def test_what_cannot_be_read_is_said(self):
        bomb = '<?xml version="1.0"?><!DOCTYPE edXML [<!ENTITY a "b">]><edXML/>'
        for document, words in ((bomb, "DTD"), (edxml.qcvn([("cv.pdf", b"%PDF-1.4")]), "phụ lục"),
                                (edxml.qcvn([])[:500], "hỏng")):
            _, err = self.take(document, expect=65)
            self.assertIn(words, err)
        self.assertEqual([code for code, _ in edxml.statuses(self.status)], ["02"])
        self.assertEqual(self.world.figure("cases"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
