#!/usr/bin/python3
"""What is kept and what is forgotten, through real processes: personal data stays in its room and leaves
it for good, backups are whole or refused. KN_BIN names the folder of the programs."""
import json
import pathlib
import shutil
import subprocess
import unittest

import zmq

from world import BIN, World, codes

NAME, PHONE, ADDRESS = "Nguyễn Thị Zymxqua", "0912776655", "số 77 ngõ 903 phố Qwerxuyên"
SECRET = "Wvxqzj-8842-Kpmnt"  # words of nobody else, in the text itself
TEXT = f"Đèn ngõ 903 phố Qwerxuyên không sáng đã ba tháng, mã {SECRET}, đề nghị thay bóng."
PLANTED = (NAME, PHONE, ADDRESS, SECRET, "Qwerxuyên", "Zymxqua")


def minutes():
    head = ["Cuộc TXCT;TXCT phường Đống Đa", "Ngày;20/11/2026", "Địa điểm;Hội trường",
            "Nguồn;txct_dinh_ky"]
    table = ["STT;Cử tri;Điện thoại;Địa chỉ;Địa bàn;Lĩnh vực;Nội dung kiến nghị",
             f"1;{NAME};{PHONE};{ADDRESS};phường Đống Đa;Chiếu sáng đô thị;{TEXT}",
             "2;Trần Văn B;;;phường Đống Đa;Chiếu sáng đô thị;Cột đèn đầu phố Hoàng Cầu bị nghiêng."]
    return "\n".join(head + table) + "\n"


class Keeping(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.world.person("contact", "intake")
        self.world.person("dongda", "agency", "ubnd-dong-da")
        self.world.person("watch", "monitor")

    def take_in(self):
        path = self.world.write("minutes.csv", minutes())
        code, out, err = self.world.run("contact", "contact", path)
        self.assertEqual(code, 0, out + err)
        self.world.read()
        return codes(out), out + err

    def clean(self, what, text):
        text = text if isinstance(text, bytes) else text.encode()
        for word in PLANTED:
            self.assertNotIn(word.encode(), text, what)

    def hub(self, *args, store="store"):
        done = subprocess.run([BIN / "kiennghi-hub", "--store", self.world.path(store), *args],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def test_personal_data_stays_in_its_room(self):
        world = self.world
        tap = zmq.Context.instance().socket(zmq.SUB)
        self.addCleanup(tap.close, 0)
        tap.setsockopt(zmq.SUBSCRIBE, b"")
        tap.connect(world.endpoints[2])
        (code, _), printed = self.take_in()
        self.clean("what the agent prints", printed)
        done = world.run("agency", "dongda", "--auto-accept", "--once")
        self.assertEqual(done[0], 0, done)
        inbox = b"".join(path.read_bytes() for path in
                         pathlib.Path(world.path("state-dongda")).rglob("*.json"))
        self.assertIn(SECRET.encode(), inbox)  # the unit has to know
        world.until(lambda: world.flow(code) == "in_progress")
        done = world.run("agency", "dongda", "--result", "resolved_works", "answer", code, "-",
                         stdin=f"Đã báo bà {NAME}, máy {PHONE}.\n")
        self.assertEqual(done[0], 0, done)
        self.assertEqual(world.act("verify", code, "met", "--evidence", f"Bà {NAME} nói đã sáng")[0],
                         0)
        world.person("second", "approver")
        done = world.act("--text", "Đèn ngõ không sáng.", "publish", code, name="second")
        self.assertEqual(done[0], 0, done)
        for who, stream in (("watch", "all"), ("watch", "alerts"), ("watch", "public"),
                            ("contact", "source/contact"), ("office", "all")):
            done = world.tool_run("--json", "--stream", stream, "events", name=who)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.clean(f"{stream} for {who}", done.stdout)  # the clerk's is masked
        self.assertTrue(tap.poll(5000), "the tap is silent")
        while tap.poll(200):
            self.clean("the tap", b"".join(tap.recv_multipart()))
        self.assertIn("*** (--persons)", world.act("case", "show", code)[1])  # a clerk reads texts
        for args in (["case", "list"], ["metrics"], ["denials"],
                     ["--json", "case", "show", code], ["keys", "list"], ["status"]):
            done = world.tool_run(*args, name="office")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.clean(" ".join(args), done.stdout + done.stderr)
        self.clean("the hub's log", (world.folder / "hub.log").read_bytes())
        self.assertEqual(self.hub("--verify")[0], 0)
        self.clean("verify", "".join(self.hub("--verify")[1:]))

    def test_erased_is_erased(self):
        world = self.world
        (code, other), _ = self.take_in()
        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        backup = world.path("before")
        self.assertEqual(self.hub("--backup", backup)[0], 0)
        self.assertIn(SECRET, world.act("--persons", "case", "show", code)[1])
        rc, out = world.act("--basis", "Đề nghị của cử tri", "erase", code)
        self.assertEqual(rc, 0, out)
        self.assertIn("agency/ubnd-dong-da", out)  # it got the content and has to confirm
        done = world.tool_run("--json", "--persons", "case", "show", code, name="office")
        self.clean("the case", done.stdout)
        view = json.loads(done.stdout)
        self.assertEqual(view["content_state"], "erased")
        self.assertEqual(view["case"]["code"], code)
        self.assertIn("Hoàng Cầu", world.act("--persons", "case", "show", other)[1])
        with self.subTest("confirmed by reading on"):
            self.assertEqual(world.run("agency", "dongda", "--once")[0], 0)
            world.until(lambda: world.tool("erasures", code)[0]["pending"] == [])
        with self.subTest("the key alone answers"):
            world.forget("contact")
            again = world.run("contact", "contact", world.path("minutes.csv"))
            self.assertEqual((again[0], codes(again[1])), (0, [code, other]), again)
            self.clean("the case", world.act("--persons", "case", "show", code)[1])
        with self.subTest("what is left is what the rules made"):
            rc, out, err = self.hub("--redecide", "--scratch", world.path(""))
            self.assertEqual(rc, 0, err)
            self.assertGreaterEqual(json.loads(out)["not_redecidable"]["erased"], 1)
        with self.subTest("the file forgets too"):
            self.assertEqual(world.tool_run("compact").returncode, 0)
            world.until(lambda: world.figure("compactions") == 1)
            self.clean("the store's file", (world.folder / "store/data.mdb").read_bytes())
            self.clean("its journal", (world.folder / "store/journal").read_bytes())
            self.assertEqual(self.hub("--verify")[0], 0)
        with self.subTest("an older backup does not bring it back"):
            world.hub.terminate()
            world.hub.wait()
            lost = world.path("lost")
            shutil.copytree(world.path("store"), lost)
            for name in ("data.mdb", "lock.mdb"):
                (world.folder / "store" / name).unlink()
            shutil.rmtree(world.folder / "store/files", ignore_errors=True)
            rc, out, err = self.hub("--restore", backup)
            self.assertEqual(rc, 0, out + err)
            world.start_hub()
            done = world.tool_run("--json", "--persons", "case", "show", code, name="office")
            self.assertEqual(json.loads(done.stdout)["content_state"], "erased")
            self.clean("the restored case", done.stdout)
            self.assertEqual(self.hub("--verify")[0], 0)

    def test_a_backup_is_whole_or_refused(self):
        world = self.world
        self.take_in()
        backup = pathlib.Path(world.path("monday"))
        rc, out, err = self.hub("--backup", str(backup))
        self.assertEqual(rc, 0, out + err)
        said = json.loads(out)
        self.assertEqual((said["faults"], said["chain"]), (0, "whole"))
        self.assertNotEqual(self.hub("--backup", str(backup))[0], 0)  # never written over
        done = world.tool_run("--store", world.path("store"), "store", "verify", said["head"])
        self.assertEqual((done.returncode, json.loads(done.stdout)["faults"]), (0, 0), done.stderr)
        self.assertEqual(self.hub("--verify", "--against", "0" * 64)[0], 65)
        rc, out, err = self.hub("--restore", str(backup), "--map-size", "128M", store="second")
        self.assertEqual(rc, 0, out + err)
        self.assertEqual(json.loads(out)["head"], said["head"])
        self.assertEqual(self.hub("--verify", store="second")[0], 0)
        rc, _, err = self.hub("--restore", str(backup), store="second")
        self.assertNotEqual(rc, 0)  # a store is there
        self.assertIn("move", err)
        with self.subTest("a broken copy"):
            data = bytearray((backup / "data.mdb").read_bytes())
            data[len(data) // 2] ^= 1
            (backup / "data.mdb").write_bytes(data)
            rc, _, err = self.hub("--restore", str(backup), store="third")
            self.assertEqual(rc, 65, err)
            self.assertFalse((world.folder / "third/data.mdb").exists())
        with self.subTest("one hub a store"):
            rc, _, err = self.hub("--control", world.path("other"), "--intake",
                                  "tcp://127.0.0.1:*", "--delivery", "tcp://127.0.0.1:*")
            self.assertNotEqual(rc, 0)
            self.assertIn("another hub", err)

    def redecide(self, store):
        rc, out, err = self.hub("--redecide", "--scratch", self.world.path(""), store=store)
        return rc, json.loads(out), err

    def tampered(self, event, unit):
        name = f"tampered-{event}-{unit}"
        subprocess.run([BIN.parent / "tests/tamper", self.world.path("store"), self.world.path(name),
                        str(event), unit], check=True)
        return name

    def test_every_decision_is_made_again(self):
        world = self.world
        (code, other), _ = self.take_in()
        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(code) == "in_progress")
        self.assertEqual(world.run("agency", "dongda", "--result", "resolved_works", "answer", code,
                                   "-", stdin="Đã thay bóng.\n")[0], 0)
        self.assertEqual(world.act("reject", code, "not_a_petition")[0], 77)  # refused on record
        self.assertEqual(world.act("verify", code, "met", "--evidence", "Đã sáng")[0], 0)
        self.assertEqual(world.act("--basis", "Đề nghị của cử tri", "erase", other)[0], 0)
        world.act("clock", "move", "+70")
        world.until(lambda: "case.overdue" in world.case(other)[1])
        assigned = next(e["sequence"] for e in world.case(code)[2]["events"]
                        if e["kind"] == "case.assigned")
        world.stop_hub()
        rc, said, err = self.redecide("store")
        self.assertEqual((rc, said["different"], said["state_differs"]), (0, 0, 0), err)
        self.assertEqual(said["not_redecidable"], {"former_rules": 0, "former_registers": 0,
                                                   "erased": 1, "refused_and_not_kept": 0})
        self.assertEqual(said["same"] + 1, said["decisions"])
        self.assertEqual([p for p in world.folder.iterdir() if "redecide" in p.name], [])
        done = world.tool_run("--store", world.path("store"), "--redecide", "store", "verify")
        self.assertEqual((done.returncode, json.loads(done.stdout)["same"]), (0, said["same"]))
        with self.subTest("copied as it is"):
            self.assertEqual(self.redecide(self.tampered(0, "x"))[1]["head"], said["head"])
        with self.subTest("a forged decision behind a whole chain"):
            forged = self.tampered(assigned, "ubnd-hoan-kiem")
            self.assertEqual(self.hub("--verify", store=forged)[0], 0)
            rc, found, err = self.redecide(forged)
            self.assertEqual((rc, found["chain"]), (65, "whole"))
            self.assertIn(f"decision: event {assigned}, ", err)
            self.assertGreaterEqual(found["different"], 1)
        with self.subTest("a state that the log does not say"):
            forged = self.tampered(assigned, "-")
            rc, found, err = self.redecide(forged)
            self.assertEqual((rc, found["chain"]), (65, "whole"))
            self.assertIn(f"state: case {code}", err)

    def test_drain_ends_in_order(self):
        world = self.world
        self.take_in()
        self.assertEqual(world.tool_run("drain").returncode, 0)
        self.assertEqual(world.hub.wait(timeout=20), 0)
        self.assertEqual(self.hub("--verify")[0], 0)


if __name__ == "__main__":
    unittest.main()
