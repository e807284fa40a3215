"""stage.py - a hub that is started, killed and started again, and the processes around it."""
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import zmq

import story
import wire

HERE = os.path.dirname(os.path.abspath(__file__))
IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
LEAST_US = 50


def disk(folder):
    """(type of the file system, p50 of fdatasync in µs); ends the test on what is no disk."""
    device, type_ = os.stat(folder).st_dev, "unknown"
    wanted = f"{os.major(device)}:{os.minor(device)}"
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        for line in file:
            if line.split()[2] == wanted:
                type_ = line.split(" - ")[1].split()[0]
    with tempfile.TemporaryFile(dir=folder) as file:
        times = []
        for _ in range(100):
            os.pwrite(file.fileno(), b"x" * 4096, 0)
            start = time.monotonic()
            os.fdatasync(file.fileno())
            times.append(time.monotonic() - start)
    us = sorted(times)[50] * 1e6
    if type_ in IN_MEMORY or us < LEAST_US:
        print(f"{folder}: {type_}, fdatasync {us:.0f} us: no disk to test durability on; run where "
              "the build folder is on one", file=sys.stderr)
        sys.exit(77)  # skipped, in as many words
    return type_, us


def crowd():
    """Processes a core: a time of ours may be so much longer on a machine that has other work."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def memory_kb(pid):
    """Of a process: VmRSS, VmHWM, RssAnon, in KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return {line.split(":")[0]: int(line.split()[1]) for line in file
                if line.startswith(("VmRSS", "VmHWM", "RssAnon"))}


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def shim_environment(build, **told):
    """The environment of a program under shim.c: rules=…, trace=…, poison=…, clock=… (see there)."""
    environment = dict(os.environ)
    if told:
        environment["LD_PRELOAD"] = os.path.join(build, "tests/libkn_shim.so")
        for name, value in told.items():
            environment["KN_SHIM" if name == "rules" else f"KN_SHIM_{name.upper()}"] = value
    return environment


class Hub:
    def __init__(self, build, folder, *more):
        self.build, self.program = build, os.path.join(build, "bin/kiennghi-hub")
        self.folder, self.more = folder, list(more)
        self.store = os.path.join(folder, "store")
        self.socket = os.path.join(folder, "hub.sock")
        self.log = os.path.join(folder, "hub.log")
        self.intake = self.delivery = "tcp://127.0.0.1:*"
        self.process, self.sequence = None, 0
        os.makedirs(folder, exist_ok=True)
        self.key = subprocess.run([self.program, "--store", self.store, "--print-key"], check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20,
                                  text=True).stdout.strip()

    def start(self, seconds=20, **shim):
        """Starts the hub and waits for its doors. SHIM: what shim.c is told (rules, trace …)."""
        offset = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        command = [self.program, "--store", self.store, "--intake", self.intake,
                   "--delivery", self.delivery, "--control", self.socket, "--registers",
                   os.path.join(wire.SOURCE, "schemas/registers"), "--test-clock", *self.more]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log,
                                            env=shim_environment(self.build, **shim))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                log.seek(offset)
                ready = re.search(r"hub\.ready .*?intake=(\S+) delivery=(\S+)", log.read())
            if ready:
                self.intake, self.delivery = ready.groups()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        raise AssertionError(f"the hub does not start; its log: {self.tail()}")

    def tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-8:])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        """Whatever state it is in."""
        if self.process and self.process.poll() is None:
            self.kill()

    def stop(self):
        self.process.terminate()
        return self.process.wait(20)

    def control(self, name, body):
        connection = wire.Connection(f"ipc://{self.socket}")
        try:
            return connection.ask(name, body)[1]
        finally:
            connection.close()

    def admit(self, name, role, **more):
        """Makes a key and lets it in. Gives (public, secret)."""
        keys = zmq.curve_keypair()
        self.sequence += 1
        agent = {"agent": name, "role": role, "key": keys[0].decode(), **more}
        receipt = self.control("agent.admit", {"sequence": self.sequence, "agent": agent})
        assert receipt["verdict"] == "stored", receipt
        return keys

    def status(self):
        view = self.control("status.get", {"request": 1})
        view["figures"] = {count["name"]: count["value"] for count in view["counts"]}
        return view

    def pass_through(self):
        """Sends a command that changes nothing through the writer: what was before it is on the disk."""
        self.sequence += 1
        receipt = self.control("clock.move", {"sequence": self.sequence, "to": 1})
        assert receipt["verdict"] == "refused", receipt

    def wait_read(self, seconds=20):
        """Waits until the reading stage is done and what it said is on the disk; gives the status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            figures = self.status()["figures"]
            if not figures["to_read"] and not figures["to_index"]:
                self.pass_through()
                return self.status()
            time.sleep(0.02)
        raise AssertionError("the reading stage does not come to an end")


class Sender:
    """An intake agent in this process: sends frames through a window and gives their receipts."""

    def __init__(self, hub, keys, instance, endpoint=None):
        self.connection = wire.Connection(endpoint or hub.intake, hub.key.encode(), keys)
        self.window = wire.hello(self.connection, instance, None, 10)["window"]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()

    def send(self, frames, sequence_of=lambda i: i + 1, seconds=30):
        """FRAMES: (i, bytes), in order; gives (i, receipt). SEQUENCE_OF(i) is the frame's."""
        waiting, frames, done = {}, iter(frames), False
        while waiting or not done:
            n = sum(len(some) for some in waiting.values())
            while not done and n < self.window:
                i, frame = next(frames, (None, None))
                done = frame is None
                if frame:
                    self.connection.socket.send(frame)
                    waiting.setdefault(sequence_of(i), []).append(i)
                    n += 1
            message = self.connection.take(seconds) if waiting else None
            if waiting:
                assert message, f"no receipt in {seconds} s"
                name, receipt = message
                assert name == "receipt" and receipt["verdict"] != "deferred", message
                some = waiting[receipt["sequence"]]
                yield some.pop(0), receipt
                if not some:
                    del waiting[receipt["sequence"]]


COMMON = ("endpoint TEXT, server_key TEXT, public_key TEXT, secret_key TEXT")


def make_intake(hub, folder, seed, agent, endpoint=None, rate=0):
    public, secret = hub.admit(agent, "intake")
    path = os.path.join(folder, f"intake-{agent}.db")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"CREATE TABLE setup ({COMMON}, seed TEXT, agent TEXT, instance TEXT,"
                   " stop INTEGER, haste INTEGER, rate REAL)")
        db.execute("INSERT INTO setup VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
                   (endpoint or hub.intake, hub.key, public.decode(), secret.decode(), seed, agent,
                    story.instance(seed, agent), rate))
        db.execute("CREATE TABLE receipts (sequence INTEGER PRIMARY KEY, verdict TEXT, subject TEXT,"
                   " event INTEGER)")
        db.execute("CREATE TABLE faults (what TEXT)")
        db.execute("CREATE TABLE heads (last_event INTEGER, head TEXT)")
    return path


def make_reader(hub, folder, name, role, stream, cursor="own", endpoint=None,
                **more):
    public, secret = hub.admit(name, role, **more)
    path = os.path.join(folder, f"reader-{name}.db")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"CREATE TABLE setup ({COMMON}, agent TEXT, stream TEXT, position INTEGER,"
                   " cursor TEXT, repeated INTEGER)")
        db.execute("INSERT INTO setup VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0)",
                   (endpoint or hub.delivery, hub.key, public.decode(), secret.decode(), name, stream, cursor))
        db.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, sequence INTEGER, kind TEXT,"
                   " subject TEXT, event TEXT)")
        db.execute("CREATE TABLE faults (what TEXT)")
        db.execute("CREATE TABLE heads (last_event INTEGER, head TEXT)")
    return path


class Client:
    """A process of intake.py or reader.py that may be killed and goes on where it was."""

    def __init__(self, program, path):
        self.command = ["/usr/bin/python3", os.path.join(HERE, program), path]
        self.path, self.process = path, None
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def wait_position(self, last, seconds=30):
        """Of a reader: until it has come to position LAST of its stream."""
        end = time.monotonic() + seconds
        while self.value("SELECT position FROM setup") < last:
            assert time.monotonic() < end, f"{self.path} does not come to {last}"
            time.sleep(0.02)

    def rows(self, query):
        db = sqlite3.connect(self.path, timeout=20)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def value(self, query):
        return self.rows(query)[0][0]

    def put(self, query, *values):
        db = sqlite3.connect(self.path, timeout=20)
        with db:
            db.execute(query, values)
        db.close()


def begin(name, amount=1):
    """Every test's first line: BUILD_DIR [SEED] [AMOUNT] [PLACE] of the command, a fresh folder on a
    real disk. Gives (build, folder, seed, amount); AMOUNT is how much of it, a number."""
    words = sys.argv[1:] + [""] * 3
    build, seed, place = os.path.abspath(words[0]), words[1] or str(random.randrange(10**9)), words[3] or name
    folder = workplace(build, place)
    type_, us = disk(folder)
    print(f"seed {seed}; store on {type_}, fdatasync p50 {us:.0f} us", flush=True)
    return build, folder, seed, type(amount)(words[2] or amount)


def workplace(build, name):
    """A fresh folder below the build folder."""
    folder = os.path.join(build, "tests", f"crash-{name}")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder
