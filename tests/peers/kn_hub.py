"""kn_hub.py - starts a real kiennghi-hub for a test, in a folder of its own, and admits peers.

The endpoints are read from the log line hub.ready; waiting is polling with a deadline.
"""
import pathlib
import re
import signal
import subprocess
import time

import kn_peer

START_S = 20.0


class Hub:
    """A hub process over a store that outlives it."""

    def __init__(self, programs, contract, registers, folder):
        self.program = pathlib.Path(programs) / "kiennghi-hub"
        self.contract = contract
        self.registers = registers
        self.folder = pathlib.Path(folder)
        self.store = self.folder / "store"
        self.control_path = self.folder / "control.sock"
        self.log = self.folder / "hub.log"
        self.process = None
        self.endpoints = {}
        self.key = subprocess.run([self.program, "--store", self.store, "--print-key"], check=True,
                                  capture_output=True, text=True, timeout=START_S).stdout.strip()

    def start(self):
        """Start it and wait until it says where it listens."""
        with open(self.log, "ab") as log:
            at = log.tell()
            self.process = subprocess.Popen(
                [self.program, "--store", self.store, "--control", self.control_path,
                 "--intake", "tcp://127.0.0.1:*", "--delivery", "tcp://127.0.0.1:*",
                 "--tap", "tcp://127.0.0.1:*", "--registers", self.registers, "--test-clock"],
                stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            text = self.log.read_bytes()[at:].decode("utf-8", "replace")
            ready = re.search(r"^.* hub\.ready (.*)\n", text, re.MULTILINE)
            if ready:
                self.endpoints = dict(re.findall(r"(\w+)=(\S+)", ready[1]))
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the hub did not start:\n{text}")

    def kill(self):
        """SIGKILL."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(START_S)
        finally:
            self.kill()

    def control(self, name, message, answer="receipt"):
        """One message on the control socket and its answer."""
        sender = "control" if "control" in self.contract.senders[name] else "client"
        peer = kn_peer.Peer(self.contract, f"ipc://{self.control_path}", sender=sender)
        try:
            peer.send(name, message)
            return peer.expect(answer)
        finally:
            peer.close()

    def admit(self, agent, role, unit=None):
        """Fresh keys for an agent, let in."""
        keys = kn_peer.new_keys()
        record = {"agent": agent, "role": role, "key": keys.public}
        if unit:
            record["unit"] = unit
        receipt = self.control("agent.admit", {"sequence": 1, "agent": record})
        if receipt["verdict"] != "stored":
            raise kn_peer.Fault(f"agent.admit of {agent}: {receipt}")
        return keys

    def peer(self, keys, where="delivery", **more):
        """A connection that has not said hello."""
        return kn_peer.Peer(self.contract, self.endpoints[where], self.key, keys, **more)
