#!/usr/bin/python3
"""What was raised before: linked, looked at by a person, raised again, split, and heard by all who
raised it. Real processes. KN_BIN names the folder of the programs."""
import hashlib
import os
import pty
import select
import shutil
import time
import unittest

from world import BIN, REGISTERS, World, codes, minutes, transfer

LIGHT, DRAIN = "Chiếu sáng đô thị", "Thoát nước, úng ngập"
LAMP = "Đèn đường ngõ 99 phố Thụy Khuê hỏng đã hai tuần, buổi tối rất tối, đề nghị thay bóng."
LAMP_TOO = "Hai tuần nay ngõ 99 Thụy Khuê mất đèn chiếu sáng, bà con đi lại khó khăn, mong sớm sửa đèn."
LAMP_SMS = "den duong ngo 99 thuy khue hong roi, de nghi sua"
LAMP_ELSEWHERE = LAMP.replace("ngõ 99", "ngõ 66")
LAMP_STREET = "Phố Thụy Khuê nhiều đoạn đèn chiếu sáng không sáng, đề nghị kiểm tra."
LAMP_AGAIN = ("Đèn đường ngõ 99 phố Thụy Khuê lại hỏng, cử tri đã kiến nghị nhiều lần mà chưa được "
              "giải quyết dứt điểm.")
DRAIN_ALLEY = "Cống thoát nước ngõ 25 phố Vũ Ngọc Phan tắc, mưa là ngập."
DRAIN_STREET = "Phố Vũ Ngọc Phan ngập nước sau mưa, đề nghị khơi cống."
UNIT = "ubnd-dong-da"


class Duplicates(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        for name in ("contact", "front"):
            self.world.person(name, "intake")

    def meeting(self, *texts, title="TXCT phường Đống Đa", field=LIGHT):
        """Codes of TEXTS, raised at a meeting."""
        rows = [(n, field, text) for n, text in enumerate(texts, 1)]
        path = self.world.write("minutes.csv", minutes(rows, title=title))
        code, out, err = self.world.run("contact", "contact", path)
        self.assertEqual(code, 0, out + err)
        self.world.read()
        return codes(out)

    def letter(self, *texts, number="1287/MTTQ-BTT", field=LIGHT):
        """Codes of TEXTS, sent by the Front."""
        rows = [(n, field, text) for n, text in enumerate(texts, 1)]
        path = self.world.write("annex.csv", transfer(rows, number=number))
        code, out, err = self.world.run("front", "front", path)
        self.assertEqual(code, 0, out + err)
        self.world.read()
        return codes(out)

    def solve(self, code):
        """The unit answers, somebody looks: closed."""
        world = self.world
        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(code) == "in_progress")
        done = world.run("agency", "dongda", "--result", "resolved_works", "answer", code, "-",
                         stdin="Đã thay bóng.\n")
        self.assertEqual(done[0], 0, done)
        self.assertEqual(world.act("verify", code, "met", "--evidence", "Đèn đã sáng")[0], 0)

    def heard(self, agent):
        """What AGENT hears of what it sent: (kind, case, of which case)."""
        return [(e["kind"], e["case"], e.get("parent")) for e in
                self.world.tool("events", "--stream", f"source/{agent}") if e["kind"] != "batch.closed"]

    def pairs(self, *args):
        return self.world.tool("review", "--list", *args)

    # ---- linked, or not

    def test_other_words_of_one_matter_are_linked_and_a_look_alike_is_not(self):
        world = self.world
        first, elsewhere = self.meeting(LAMP, LAMP_ELSEWHERE)
        other, without_marks, same = self.letter(LAMP_TOO, LAMP_SMS, LAMP)
        for code in (other, without_marks, same):
            case, kinds, view = world.case(code)
            self.assertEqual((case["flow"], case["parent"], case["link"]), ("linked", first, "duplicate"))
            self.assertEqual(kinds, ["case.received", "case.linked"])
        self.assertIn("ngõ 99", world.case(other)[0]["link_why"])
        self.assertEqual(world.case(same)[0]["link_why"], "cùng nguyên văn")
        case = world.case(elsewhere)[0]
        self.assertEqual((case["flow"], case["unit"]), ("assigned", UNIT))
        self.assertEqual(world.case(first)[0]["linked"], 3)
        self.assertEqual(self.pairs(), [])

    def test_what_was_unlinked_is_not_proposed_again(self):
        world = self.world
        first, = self.meeting(LAMP)
        second, = self.letter(LAMP_TOO)
        self.assertEqual(world.act("unlink", second, "--reason", "hai cột đèn khác nhau")[0], 0)
        case, kinds, _ = world.case(second)
        self.assertEqual((case["flow"], case["unit"], case.get("parent")), ("assigned", UNIT, None))
        self.assertEqual(self.pairs(), [])
        pair, = self.pairs("--pair-state", "different")
        self.assertEqual((pair["pair"]["case"], pair["pair"]["earlier"], pair["pair"]["by"]),
                         (second, first, "office"))
        rows = minutes([(1, LIGHT, LAMP + " Nhà văn hóa cũng tối.")])  # a revised text is read again
        path = world.write("minutes.csv", rows)
        self.assertEqual(world.run("contact", "contact", "--revise", path)[0], 0)
        world.until(lambda: "case.read" in world.case(first)[1])
        self.assertEqual(self.pairs(), [])
        self.assertEqual(world.flow(second), "assigned")

    def test_the_log_names_no_house_and_an_erased_petition_is_forgotten(self):
        world = self.world
        first, = self.meeting("Nhà số 12 ngõ 99 phố Thụy Khuê xây trái phép lấn ra ngõ, đề nghị xử lý.",
                              field="Trật tự xây dựng")
        say = "Số nhà 12 ngõ 99 Thụy Khuê đang xây dựng trái phép lấn chiếm lối đi, đề nghị kiểm tra xử lý."
        second, = self.letter(say)
        case = world.case(second)[0]
        self.assertEqual(case["parent"], first)
        self.assertIn("cùng số nhà Thụy Khuê", case["link_why"])
        for code in (first, second):
            self.assertEqual(world.act("erase", code)[0], 0)
        world.until(lambda: world.figure("index_readings") == 0)  # not at the next start alone
        third, = self.letter(say, number="2/MTTQ")
        self.assertNotEqual(world.flow(third), "linked")
        world.kill_hub()
        world.start_hub()
        fourth, = self.letter(say, number="3/MTTQ")
        self.assertEqual(world.case(fourth)[0]["parent"], third)
        self.assertEqual(world.figure("index_readings"), 2)

    # ---- a person decides

    def test_a_possible_pair_is_decided_and_taken_back(self):
        world = self.world
        first, = self.meeting(LAMP)
        second, = self.letter(LAMP_STREET)
        self.assertEqual(world.flow(second), "assigned")  # it goes on being routed
        self.assertIn("case.candidate", world.case(second)[1])
        view, = self.pairs("--persons")
        self.assertEqual((view["pair"]["case"], view["pair"]["earlier"], view["pair"]["link"]),
                         (second, first, "duplicate"))
        self.assertEqual((view["later"]["text"], view["earlier"]["text"]), (LAMP_STREET, LAMP))
        self.assertEqual(self.pairs()[0]["later"]["text"], "***")  # masked unless asked for
        self.assertEqual(world.figure("candidates"), 1)
        decide = lambda what: world.act(
            "review", world.write("decisions.txt", f"# người xem\n{second} {first} {what}\n"))
        self.assertEqual(decide("same bà con nói một chỗ")[0], 0)
        case = world.case(second)[0]
        self.assertEqual((case["flow"], case["parent"]), ("linked", first))
        self.assertEqual((world.figure("candidates"), self.pairs()), (0, []))
        self.assertEqual(decide("open")[0], 0)
        case = world.case(second)[0]
        self.assertEqual((case["flow"], case["unit"]), ("assigned", UNIT))
        self.assertEqual(len(self.pairs()), 1)
        self.assertEqual(decide("different")[0], 0)
        self.assertEqual(self.pairs(), [])
        code, out = decide("same")
        self.assertEqual(code, 65, out)  # first take it back
        self.assertIn("decisions.txt:2", out)
        code, out = world.act("review", world.write("bad.txt", f"{second} {first}\n{second} {first} maybe\n"))
        self.assertEqual(code, 65)
        self.assertIn("bad.txt:1", out)
        self.assertIn("bad.txt:2", out)

    def test_review_on_a_terminal_a_key_each(self):
        world = self.world
        lamp, drain = self.meeting(LAMP, DRAIN_ALLEY)
        street, = self.letter(LAMP_STREET)
        flood, = self.letter(DRAIN_STREET, number="2/MTTQ", field=DRAIN)
        self.assertEqual(len(self.pairs()), 2)
        self.assertEqual(self.pairs("--limit", "1"), self.pairs())  # page after page
        self.assertEqual([view["pair"]["case"] for view in self.pairs("--case", drain)], [flood])
        world.person("clerk", "operator")
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(TERM="xterm", LINES="30", COLUMNS="120")
            os.execv(BIN / "kiennghi", ["kiennghi", *world.connection("clerk"), "review"])
        shown = ""

        def until(*words):
            nonlocal shown
            end = time.monotonic() + 20
            while not all(word in shown for word in words):
                self.assertLess(time.monotonic(), end, shown)
                if select.select([terminal], [], [], 0.2)[0]:
                    shown += os.read(terminal, 65536).decode(errors="replace")

        def press(key):
            nonlocal shown
            shown = ""
            os.write(terminal, key.encode())

        until(lamp, street, "h hoàn tác", "1/2")
        press("g")
        until(drain, flood, "2/2")
        self.assertEqual(world.flow(street), "linked")
        press("h")
        until(lamp, street, "1/2")
        self.assertEqual(world.flow(street), "assigned")
        press("k")
        until("2/2")
        press("s")
        until("Hết cặp", "khác 1", "để sau 1")
        press("h")
        until("2/2")
        press("g")
        until("Hết cặp", "Gộp 1, khác 1")
        press("q")
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        os.close(terminal)
        self.assertEqual((world.flow(street), world.flow(flood)), ("assigned", "linked"))
        self.assertEqual(self.pairs(), [])

    # ---- raised again

    def test_it_is_raised_again_after_closing(self):
        world = self.world
        world.person("dongda", "agency", UNIT)
        first, = self.meeting(LAMP)
        self.solve(first)
        self.assertEqual(world.flow(first), "closed")
        second, = self.letter(LAMP_TOO)
        case, kinds, _ = world.case(second)
        self.assertEqual((case["flow"], case["relations"][0]["case"], case["relations"][0]["link"]),
                         ("assigned", first, "recurrence"))
        self.assertEqual(kinds, ["case.received", "case.assigned", "case.related"])
        self.assertIn(("case.related", second, first), self.heard("front"))
        self.assertEqual(world.case(first)[2]["related"], [{"case": second, "link": "recurrence"}])
        # The relation was wrong: taken back, and the case goes on.
        self.assertEqual(world.act("unlink", second, first)[0], 0)
        case = world.case(second)[0]
        self.assertEqual((case["flow"], case.get("relations", [])), ("assigned", []))

    def test_a_text_that_says_it_came_back_is_its_own_case(self):
        first, = self.meeting(LAMP)
        second, = self.letter(LAMP_AGAIN)
        case = self.world.case(second)[0]
        self.assertEqual((case["flow"], case["relations"][0]["case"], case["relations"][0]["link"]),
                         ("assigned", first, "recurrence"))

    # ---- who hears

    def test_everybody_who_raised_it_hears_the_outcome(self):
        world = self.world
        world.person("dongda", "agency", UNIT)
        world.person("press", "intake")
        first, = self.meeting(LAMP)
        second, third = self.letter(LAMP_TOO, LAMP_SMS)
        self.assertEqual(world.act("unlink", third)[0], 0)
        self.solve(first)
        outcome = ["case.accepted", "case.answered", "case.awaiting_verification", "case.verified",
                   "case.closed"]
        told = self.heard("front")
        self.assertEqual([kind for kind, case, of in told if of == first and case == second][1:], outcome)
        self.assertEqual([kind for kind, case, of in told if case == third and of == first],
                         ["case.linked", "case.unlinked"])  # nothing of what is not his
        answered = next(e for e in world.tool("events", "--stream", "source/front")
                        if e["kind"] == "case.answered")
        self.assertEqual((answered["case"], answered["parent"], answered["result"]),
                         (second, first, "resolved_works"))
        self.assertEqual([kind for kind, _, _ in self.heard("contact")][-len(outcome):], outcome)
        out = world.act("events", "--stream", "source/front")[1]
        self.assertIn(f"theo {first}", out)

    def test_who_joins_late_hears_the_answer_that_was_given(self):
        world = self.world
        world.person("dongda", "agency", UNIT)
        first, = self.meeting(LAMP)
        self.assertEqual(world.run("agency", "dongda", "--auto-accept", "--once")[0], 0)
        world.until(lambda: world.flow(first) == "in_progress")
        self.assertEqual(world.run("agency", "dongda", "--result", "resolved_works", "answer", first, "-",
                                   stdin="Đã thay bóng.\n")[0], 0)
        second, = self.letter(LAMP_TOO)
        self.assertEqual(world.flow(second), "linked")
        self.assertEqual([(kind, of) for kind, case, of in self.heard("front") if case == second],
                         [("case.linked", first), ("case.answered", first),
                          ("case.awaiting_verification", first)])

    def test_each_one_says_whether_it_is_done(self):
        """The word of who raised it too is on record of the own petition, and opens the case of all again."""
        world = self.world
        world.person("dongda", "agency", UNIT)
        first, = self.meeting(LAMP)
        second, third = self.letter(LAMP_TOO, LAMP_SMS)
        self.solve(first)
        self.assertEqual(world.act("satisfied", third, "hài lòng")[0], 0)
        self.assertEqual(world.flow(first), "closed")
        self.assertEqual(world.act("satisfied", second, "không hài lòng", "--reason", "Vẫn tối")[0], 0)
        self.assertEqual([world.case(c)[0]["satisfaction"] for c in (first, second, third)],
                         ["unasked", "dissatisfied", "satisfied"])
        self.assertEqual([world.flow(c) for c in (first, second, third)], ["reopened", "linked", "linked"])
        self.assertEqual(world.case(second)[1][-1], "case.satisfaction")
        case, kinds, view = world.case(first)
        self.assertEqual((case["reopened"], kinds[-1]), (1, "case.reopened"))
        chain = [e["sequence"] for e in view["events"]]
        self.assertEqual([e.get("previous") for e in view["events"]], [None, *chain[:-1]])
        self.assertEqual([(kind, case) for kind, case, of in self.heard("front") if of == first][-2:],
                         [("case.reopened", second), ("case.reopened", third)])

    def test_a_group_joins_another_and_all_hear(self):
        world = self.world
        world.person("dongda", "agency", UNIT)
        first, = self.meeting(LAMP)
        street, = self.letter(LAMP_STREET)
        other, = self.letter(LAMP_STREET, number="3/MTTQ")
        self.assertEqual(world.case(other)[0]["parent"], street)
        self.assertEqual(world.act("link", street, first)[0], 0)
        late, = self.letter(LAMP_STREET, number="4/MTTQ")
        self.assertEqual(world.case(late)[0]["parent"], first)  # the one at the end of the links
        self.solve(first)
        closed = [case for kind, case, of in self.heard("front") if kind == "case.closed" and of == first]
        self.assertEqual(sorted(closed), sorted([street, other, late]))

    # ---- split

    def test_one_demand_becomes_a_case_of_its_own(self):
        world = self.world
        whole, = self.meeting(f"Một là: {LAMP} Hai là: {DRAIN_ALLEY}")
        code, out = world.act("split", whole, "--text", "Cống ngõ 25 tắc")  # not its words
        self.assertEqual(code, 65, out)
        code, out = world.act("--field", DRAIN, "split", whole,
                              world.write("part.txt", DRAIN_ALLEY.replace(" mưa", "\n  mưa") + "\n\n"))
        self.assertEqual(code, 0, out)
        world.read()
        part = next(found for found in codes(out) if found != whole)
        case, kinds, view = world.case(part)
        self.assertEqual((case["flow"], case["field"], case["relations"][0]["case"],
                          case["relations"][0]["link"]), ("assigned", "drainage", whole, "split_from"))
        self.assertEqual(kinds, ["case.split", "case.assigned"])
        self.assertEqual((case["agent"], case.get("batch")), ("contact", None))
        self.assertEqual(self.pairs(), [])  # a part is not a candidate of its petition
        text = world.tool("--persons", "case", "show", whole)[0]["petition"]["text"]
        self.assertIn(LAMP, text)  # the petition stays whole
        self.assertIn(DRAIN_ALLEY, text)
        self.assertIn(("case.split", part, whole), self.heard("contact"))
        self.assertEqual(world.case(whole)[2]["related"], [{"case": part, "link": "split_from"}])
        self.assertIn(f"{part} (tách từ)", world.act("case", "show", whole)[1])
        self.assertEqual(world.act("link", part, whole)[0], 0)  # undone
        self.assertEqual(world.case(part)[0]["parent"], whole)
        self.assertEqual(world.act("erase", whole)[0], 0)  # its words are erased wherever they are
        for code in (whole, part):
            self.assertEqual(world.case(code)[2]["content_state"], "erased")
            self.assertIn("person.erased", world.case(code)[1])

    # ---- the index is memory

    def test_a_hub_started_again_knows_the_old_ones(self):
        world = self.world
        first, = self.meeting(LAMP)
        self.meeting(*[f"Đèn đường ngõ {n} phố Kim Mã không sáng." for n in range(1, 40)], title="Nhiều")
        for restarts in range(2):
            world.kill_hub()
            world.start_hub()
        second, = self.letter(LAMP_TOO)
        case = world.case(second)[0]
        self.assertEqual((case["flow"], case["parent"]), ("linked", first))
        self.assertEqual(world.figure("index_readings"), 41)
        self.assertEqual((world.figure("to_index"), world.figure("reading_lag_ms")), (0, 0))

    def test_a_damaged_reading_is_made_again(self):
        world = self.world
        first, = self.meeting(LAMP)
        world.kill_hub()
        store = world.folder / "store" / "data.mdb"
        words = hashlib.sha256(LAMP.encode()).digest()[:16]  # what the kept reading begins with
        data = store.read_bytes()
        self.assertIn(words, data)
        store.write_bytes(data.replace(words, bytes([words[0] ^ 1]) + words[1:]))
        world.start_hub()
        second, = self.letter(LAMP_TOO)
        self.assertEqual(world.case(second)[0]["parent"], first)
        world.kill_hub()
        world.start_hub()
        third, = self.letter(LAMP, number="2/MTTQ")  # its words are known again
        self.assertEqual(world.case(third)[0]["link_why"], "cùng nguyên văn")
        self.assertEqual(world.figure("index_readings"), 3)

    # ---- the lexicons change

    def learn(self, **rows):
        """The words of a hub whose registers end with ROWS, one for each file."""
        registers = self.world.folder / "registers"
        shutil.copytree(REGISTERS, registers)
        for name, row in rows.items():
            with open(registers / "text" / f"{name}.tsv", "a", encoding="utf-8") as register:
                register.write("\t".join(row) + "\n")
        return "--registers", str(registers)

    def test_other_lexicons_read_the_old_ones_again(self):
        world = self.world
        strange = "Trụ sóng gió Bình Sa, phố Thụy Khuê, nay lủng liểng, mong xem lại."
        same = "Mong sớm xem lại trụ sóng gió Bình Sa ở phố Thụy Khuê, cứ lủng liểng mãi."
        waiting, = self.meeting(strange, field="")
        given, = self.letter("Lủng liểng ở đầu phố Hàng Đào.", field=DRAIN)
        self.meeting(*[f"Đèn đường ngõ {n} phố Kim Mã không sáng." for n in range(1, 40)], title="Nhiều")
        self.assertEqual((world.flow(waiting), world.figure("to_renew")), ("to_classify", 0))
        before = world.case(given)[0]
        taught = self.learn(lexicon=("object", "đèn lồng", "lighting.lamp:6", "lủng liểng"),
                            place_types=("trụ sóng gió", "other", "name", "yes"))
        world.stop_hub()
        for restarts in range(2):  # it goes on where it was killed
            world.start_hub(*taught)
            if not restarts:
                world.kill_hub()
        world.until(lambda: world.figure("to_renew") == 0)
        world.until(lambda: world.flow(waiting) == "assigned")  # nobody had it, and now it says enough
        case = world.case(waiting)[0]
        self.assertEqual((case["field"], case["unit"]), ("lighting", UNIT))
        after = world.case(given)[0]  # what a sender or a unit said stays
        self.assertEqual([after[k] for k in ("flow", "field", "unit", "assignments")],
                         [before[k] for k in ("flow", "field", "unit", "assignments")])
        again, = self.letter(same, number="2/MTTQ", field="")
        case = world.case(again)[0]
        self.assertEqual((case["flow"], case["parent"]), ("linked", waiting))
        self.assertIn("Bình Sa", case["link_why"])
        n_events = len(world.tool("events", "--stream", "all"))
        world.stop_hub()
        world.start_hub(*taught)  # the same lexicons: nothing is read again
        third, = self.letter(LAMP, number="3/MTTQ")
        world.until(lambda: world.flow(third) == "assigned")
        kinds = [e["kind"] for e in world.tool("events", "--stream", "all")[n_events:]]
        self.assertNotIn("case.read", kinds)


if __name__ == "__main__":
    unittest.main()
