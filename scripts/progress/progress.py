#!/usr/bin/env python3
"""Runs cargo and says how far it is: units done of all, what is compiled now, about how long it will still take.

Cargo's own progress bar has the first two, but only on a terminal, and not the third. This program asks cargo for its
bar even where there is no terminal, reads it, and writes lines of its own: on a terminal one that is redrawn every
second, in a log one a minute. Everything else that cargo says passes through, but for the line per crate.

The time left comes from a profile: the seconds by which each unit of an earlier build was finished after the one before
it. The last build's profile on this machine is used if there is one, else the one that ships with the project, scaled
by how fast this build has been so far.

A unit is what cargo schedules: a crate compiled, a build script compiled, a build script run.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

# Units that take less than this are not listed in a profile, but counted and averaged.
LISTED_FROM_SECS = 1.0
# Before so much of the expected work is done, the profile's speed is believed and not this build's.
BELIEVED_FROM_SHARE = 0.03
TERMINAL_EVERY_SECS = 1.0
LOG_EVERY_SECS = 60.0
# A build of less than this many units says little about a build from nothing, and replaces no profile.
PROFILE_FROM_UNITS = 300
MAX_NAMES = 3

BAR = re.compile(r"Building \[[^\]]*\]\s+(\d+)/(\d+)(?::\s*(.*))?")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
QUIET_LINE = re.compile(r"^\s+(Compiling|Fresh|Checking|Downloaded|Dirty)\s")
COMPILING = re.compile(r"^\s+Compiling (\S+) v(\S+)")


def duration(seconds):
    """5 s, 2 m 07 s, 1 h 02 m: as scripts/lib.sh writes them."""
    seconds = max(0, int(round(seconds)))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds // 60 % 60:02d} m"


class Profile:
    """Seconds that each unit took in an earlier build, and the mean of those that are not listed."""

    def __init__(self, seconds=None, mean=0.3):
        self.seconds = dict(seconds or {})
        self.mean = mean

    @classmethod
    def read(cls, paths):
        """The first of these files that can be read; an empty profile if none can."""
        for path in paths:
            try:
                return cls.parse(Path(path).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
        return cls()

    @classmethod
    def parse(cls, text):
        """Lines of `SECONDS<TAB>UNIT`; the unit `*` is the mean of those not listed. `#` begins a comment."""
        profile = cls()
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            seconds, unit = line.split("\t")
            if unit == "*":
                profile.mean = float(seconds)
            else:
                profile.seconds[unit] = float(seconds)
        return profile

    @classmethod
    def of(cls, measured):
        """From the seconds of all units of a build."""
        listed = {unit: s for unit, s in measured.items() if s >= LISTED_FROM_SECS}
        rest = [s for s in measured.values() if s < LISTED_FROM_SECS]
        return cls(listed, sum(rest) / len(rest) if rest else 0.3)

    def text(self):
        lines = ["# Seconds from the unit finished before to this one, in a build from nothing: scripts/progress/progress.py."]
        lines.append(f"{self.mean:.2f}\t*")
        lines += [f"{s:.1f}\t{unit}" for unit, s in sorted(self.seconds.items())]
        return "\n".join(lines) + "\n"

    def of_unit(self, unit):
        return self.seconds.get(unit, self.mean)

    def left(self, seen, remaining):
        """Seconds of `remaining` units, of which those in `seen` are none."""
        listed = [s for unit, s in self.seconds.items() if unit not in seen]
        # More are listed than remain when this build has fewer targets: then the listed ones are taken to be like all.
        if len(listed) > remaining:
            return sum(listed) * remaining / len(listed)
        return sum(listed) + (remaining - len(listed)) * self.mean


def unit_name(message):
    """The unit that a message of cargo reports as finished; nothing for other messages."""
    reason = message.get("reason")
    if reason not in ("compiler-artifact", "build-script-executed"):
        return None
    name, version = package(message.get("package_id", ""))
    if reason == "build-script-executed":
        return f"{name} {version} run build script"
    target = message["target"]
    kind = target["kind"][0]
    test = " test" if message.get("profile", {}).get("test") else ""
    return f"{name} {version} {kind} {target['name']}{test}"


def package(package_id):
    """Name and version in a package id: `registry+URL#name@1.0.0` or `path+file:///folder/name#1.0.0`."""
    path, _, fragment = package_id.partition("#")
    if "@" in fragment:
        name, _, version = fragment.partition("@")
        return name, version
    return path.rstrip("/").rpartition("/")[2], fragment


class Build:
    """What is known of the build that runs. Times are seconds since it began."""

    def __init__(self, profile):
        self.profile = profile
        self.done, self.total, self.names = 0, 0, ""
        self.compiled = set()
        self.seen, self.measured = set(), {}
        self.first_at, self.last_at = None, 0.0

    def stderr_line(self, line):
        """Takes a line of cargo's and says whether it is to be passed on."""
        plain = ESCAPES.sub("", line)
        bar = BAR.search(plain)
        if bar:
            self.done, self.total = int(bar[1]), int(bar[2])
            self.names = (bar[3] or "").strip()
            return False
        compiling = COMPILING.match(plain)
        if compiling:
            self.compiled.add((compiling[1], compiling[2]))
        return bool(plain.strip()) and not QUIET_LINE.match(plain)

    def message(self, message, at):
        """Takes a message of cargo's, which came at that time."""
        unit = unit_name(message)
        if unit is None or unit in self.seen:
            return
        self.seen.add(unit)
        if message.get("fresh") or package(message["package_id"]) not in self.compiled:
            return
        if self.first_at is None:
            self.first_at = self.last_at
        self.measured[unit] = at - self.last_at
        self.last_at = at

    def left(self, now):
        """Seconds left, or nothing while too little is known."""
        if self.total == 0:
            return None
        expected = self.profile.left(self.seen, max(0, self.total - self.done))
        believed = sum(self.profile.of_unit(unit) for unit in self.measured)
        pace = 1.0
        if self.first_at is not None and believed >= BELIEVED_FROM_SHARE * (believed + expected):
            pace = (self.last_at - self.first_at) / believed
        # What runs since the last unit was finished is part of what is expected.
        return max(expected * pace - (now - self.last_at), 0.0)

    def status(self, now):
        if self.total == 0:
            return f"preparing, {duration(now)}"
        share = 100 * self.done // self.total
        left = self.left(now)
        about = f", about {duration_left(left)} left" if left is not None and self.done < self.total else ""
        names = [name for name in self.names.replace("...", "").split(", ") if name]
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        now_building = f": {', '.join(names[:MAX_NAMES])}{more}" if names else ""
        return f"{self.done} of {self.total} units ({share} %), {duration(now)}{about}{now_building}"


def duration_left(seconds):
    """Coarser than `duration`: it is an estimate."""
    if seconds < 90:
        return f"{max(10, int(round(seconds / 10)) * 10)} s"
    return f"{int(round(seconds / 60))} m"


class Screen:
    """Where the status goes: redrawn in place on a terminal, a line now and then in a log."""

    def __init__(self, stream, terminal):
        self.stream, self.terminal = stream, terminal
        self.drawn, self.last = False, 0.0
        self.lock = threading.Lock()

    def pass_on(self, line):
        with self.lock:
            self.clear()
            self.stream.write(line + "\n")
            self.stream.flush()

    def tick(self, now, status):
        every = TERMINAL_EVERY_SECS if self.terminal else LOG_EVERY_SECS
        if now - self.last < every:
            return
        self.last = now
        with self.lock:
            if self.terminal:
                width = max(20, os.get_terminal_size(self.stream.fileno()).columns - 5)
                self.stream.write(f"\r\x1b[K    {status[:width]}")
                self.drawn = True
            else:
                self.stream.write(f"    {status}\n")
            self.stream.flush()

    def clear(self):
        if self.drawn:
            self.stream.write("\r\x1b[K")
            self.drawn = False


def lines_of(pipe):
    """Lines that end with a line feed or, as those of a progress bar do, with a carriage return."""
    rest = b""
    while chunk := os.read(pipe.fileno(), 65536):
        *lines, rest = re.split(rb"[\r\n]", rest + chunk)
        for line in lines:
            yield line.decode("utf-8", "replace")
    if rest:
        yield rest.decode("utf-8", "replace")


def run(command, build, screen):
    """Runs cargo to its end and returns its exit code."""
    environment = dict(os.environ, CARGO_TERM_PROGRESS_WHEN="always", CARGO_TERM_PROGRESS_WIDTH="240")
    if screen.terminal:
        environment.setdefault("CARGO_TERM_COLOR", "always")
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as cargo:

        def read_messages():
            for line in cargo.stdout:
                try:
                    message = json.loads(line)
                except ValueError:
                    screen.pass_on(line.decode("utf-8", "replace").rstrip())
                    continue
                build.message(message, time.monotonic() - began)

        def read_words():
            for line in lines_of(cargo.stderr):
                if build.stderr_line(line):
                    screen.pass_on(line)

        readers = [threading.Thread(target=reader) for reader in (read_messages, read_words)]
        for reader in readers:
            reader.start()
        try:
            while any(reader.is_alive() for reader in readers):
                readers[0].join(0.2)
                readers[1].join(0.2)
                now = time.monotonic() - began
                screen.tick(now, build.status(now))
        except KeyboardInterrupt:
            # Cargo has received it too, and ends by itself.
            for reader in readers:
                reader.join()
        with screen.lock:
            screen.clear()
        status = cargo.wait()
    if build.measured:
        screen.pass_on(f"    {len(build.measured)} of {build.total} units built in {duration(time.monotonic() - began)}")
    return status if status >= 0 else 128 - status


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shipped", metavar="FILE", help="the profile to go by while this machine has none of its own")
    parser.add_argument("--own", metavar="FILE", help="where this machine's profile is kept, rewritten after a large build")
    parser.add_argument("command", nargs="+", metavar="CARGO", help="the command, after `--`, for example: cargo build")
    arguments = parser.parse_args()
    command = [*arguments.command, "--message-format=json-render-diagnostics"]
    build = Build(Profile.read([path for path in (arguments.own, arguments.shipped) if path]))
    status = run(command, build, Screen(sys.stderr, sys.stderr.isatty()))
    if status == 0 and arguments.own and len(build.measured) >= PROFILE_FROM_UNITS:
        Path(arguments.own).write_text(Profile.of(build.measured).text(), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
