"""A small world for stories: one hub, agents, people, all real processes in a folder of their own."""
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ["KN_BIN"])
LIBC = ctypes.CDLL(None)
REGISTERS = pathlib.Path(__file__).resolve().parents[2] / "schemas/registers"


def die_with_me():
    """No process of a story outlives it, not even one that was killed (PR_SET_PDEATHSIG)."""
    LIBC.prctl(1, signal.SIGKILL)


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kiennghi-story-"))
        self.children = []
        self.hub = None
        self.endpoints = ["tcp://127.0.0.1:*", "tcp://127.0.0.1:*", "tcp://127.0.0.1:*"]
        (self.folder / "keys").mkdir()
        try:
            self.start_hub()
            self.person("office", "operator")
        except BaseException:
            self.end()
            raise

    def path(self, name):
        return str(self.folder / name)

    def write(self, name, text, encoding="utf-8"):
        data = text if isinstance(text, bytes) else text.encode(encoding)
        (self.folder / name).write_bytes(data)
        return self.path(name)

    def until(self, what, seconds=20):
        """Until WHAT() is true: never a sleep and a hope."""
        end = time.monotonic() + seconds
        while True:
            result = what()
            if result:
                return result
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s in vain")
            time.sleep(0.02)

    # ---- the hub

    def start_hub(self, *more):
        intake, delivery, tap = self.endpoints
        log = open(self.path("hub.log"), "ab")
        size = log.tell()
        self.hub = subprocess.Popen(
            [BIN / "kiennghi-hub", "--store", self.path("store"), "--intake", intake, "--delivery",
             delivery, "--tap", tap, "--control", self.path("control"), "--test-clock", *more],
            stderr=log, stdin=subprocess.DEVNULL, preexec_fn=die_with_me)
        log.close()
        text = lambda: (self.folder / "hub.log").read_bytes()[size:].decode()
        ready = self.until(lambda: re.search(r"hub\.ready.*\n", text()) or
                           self.hub.poll() is not None and [text()])
        if isinstance(ready, list):
            raise AssertionError(ready[0])
        values = dict(re.findall(r"(\w+)=(\S+)", ready.group()))
        self.endpoints = [values["intake"], values["delivery"], values["tap"]]
        self.hub_key = subprocess.run([BIN / "kiennghi-hub", "--store", self.path("store"),
                                       "--print-key"], capture_output=True, text=True,
                                      check=True).stdout.strip()

    def kill_hub(self):
        self.hub.send_signal(signal.SIGKILL)
        self.hub.wait()

    def stop_hub(self):
        self.hub.send_signal(signal.SIGTERM)
        assert self.hub.wait(timeout=20) == 0

    # ---- people and agents

    def person(self, name, role, unit=None):
        done = self.tool_run("--out", self.path("keys"), "--role", role,
                             *(["--unit", unit] if unit else []), "keys", "new", name)
        assert done.returncode == 0, done.stdout + done.stderr

    def connection(self, name, lang="vi"):
        return ["--hub-intake", self.endpoints[0], "--hub-delivery", self.endpoints[1], "--hub-key",
                self.hub_key, "--key", self.path(f"keys/{name}.cert"), "--state",
                self.path(f"state-{name}"), "--lang", lang, "--quiet"]

    def forget(self, name):
        """The agent of NAME moves to a new machine: all that it kept is gone."""
        shutil.rmtree(self.path(f"state-{name}"))

    def run(self, program, name, *args, stdin=None, timeout=60, lang="vi"):
        """Runs an agent once as NAME: (exit code, what it printed, what it complained)."""
        done = subprocess.run([BIN / f"kiennghi-{program}", *self.connection(name, lang), *args],
                              capture_output=True, text=True, input=stdin, timeout=timeout)
        return done.returncode, done.stdout, done.stderr

    def spawn(self, program, name, *args, out=None):
        stdout = open(self.path(out), "wb") if out else subprocess.DEVNULL
        child = subprocess.Popen([BIN / f"kiennghi-{program}", *self.connection(name), *args],
                                 stdout=stdout, stderr=subprocess.DEVNULL,
                                 stdin=subprocess.DEVNULL, preexec_fn=die_with_me)
        if out:
            stdout.close()
        self.children.append(child)
        return child

    def tool_run(self, *args, name=None):
        options = self.connection(name) if name else []
        return subprocess.run([BIN / "kiennghi", *options, "--control", self.path("control"), *args],
                              capture_output=True, text=True, timeout=30)

    def tool(self, *args, name="office"):
        """The JSON lines of `kiennghi ARGS` as the clerk of the office."""
        done = self.tool_run("--json", *args, name=name)
        assert done.returncode == 0, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def act(self, *args, name="office"):
        done = self.tool_run(*args, name=name)
        return done.returncode, done.stdout + done.stderr

    # ---- what is in the store

    def figure(self, name):
        return next(c["value"] for c in self.tool("status")[0]["counts"] if c["name"] == name)

    def read(self):
        """Waits until everything that was received has been read."""
        self.until(lambda: self.figure("to_read") == 0)

    def case(self, code):
        view = self.tool("case", "show", code)[0]
        return view["case"], [e["kind"] for e in view["events"]], view

    def flow(self, code):
        return self.case(code)[0]["flow"]

    def batch(self, title):
        batch = next(b for b in self.tool("batch", "list") if title in b["title"])
        return batch, self.tool("batch", "show", batch["batch"])[0].get("rows", [])

    def end(self):
        children = [*self.children, *([self.hub] if self.hub else [])]
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        try:
            self.replay()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def replay(self):
        """Every decision, made again, is the one in the log; and what the log says, applied to an
        empty store, is the state that the hub left."""
        if not (self.folder / "store" / "data.mdb").exists():
            return
        done = subprocess.run([BIN / "kiennghi-hub", "--store", self.path("store"), "--redecide",
                               "--scratch", self.path("")],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def minutes(rows, title="TXCT phường Đống Đa", declared=None, day="20/11/2026"):
    """Minutes of a meeting as an operator's CSV; rows are (number, field, text)."""
    head = [f"Cuộc TXCT;{title}", f"Ngày;{day}", "Địa điểm;Hội trường", "Nguồn;txct_dinh_ky"]
    head += [f"Số kiến nghị;{declared}"] if declared is not None else []
    table = ["STT;Địa bàn;Lĩnh vực;Nội dung kiến nghị"]
    table += [f"{n};phường Đống Đa;{field};{text}" for n, field, text in rows]
    return "\n".join(head + table) + "\n"


def transfer(rows, number="1287/MTTQ-BTT", declared=None):
    """A document of the Front with its annex; rows are (number, field, text)."""
    head = [f"Số/ký hiệu;{number}", "Ngày;23/11/2026", "Cơ quan gửi;Ủy ban MTTQ thành phố",
            f"Trích yếu;Tổng hợp {number}", f"Số lượng;{len(rows) if declared is None else declared}"]
    table = ["STT;Địa bàn;Lĩnh vực;Nội dung kiến nghị"]
    table += [f"{n};phường Đống Đa;{field};{text}" for n, field, text in rows]
    return "\n".join(head + table) + "\n"


def codes(out):
    return re.findall(r"HN-\d{4}-\d{6,7}-[0-9A-Z]", out)
