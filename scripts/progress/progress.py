#!/usr/bin/env python3
"""Runs cargo and reports its progress: the number of finished units, what is being compiled, and the estimated time left.

Cargo's progress bar has the first two, but only on a terminal, and no time. This program makes cargo print its bar even
without a terminal, reads it, and prints a status of its own: on a terminal a line that is redrawn every second, in a log a
line per minute. The rest of cargo's output passes through, except for the line per crate.

The time left is estimated from a profile of an earlier build: for each unit, the seconds from the end of the previous unit to
its own end. The profile is that of the last large build on this machine, or else the one that ships with the project. It is
scaled by the speed of this build so far.

A unit is one job of cargo: compiling a crate, compiling a build script or running a build script.
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

# Units that take less are not listed in a profile; it contains their mean.
LISTED_FROM_SECS = 1.0
# Share of the expected work that has to be done before the speed of this build scales the estimate.
BELIEVED_FROM_SHARE = 0.03
TERMINAL_EVERY_SECS = 1.0
LOG_EVERY_SECS = 60.0
# A build with fewer units says little about a build from scratch, and does not replace the profile.
PROFILE_FROM_UNITS = 300
MAX_NAMES = 3

BAR = re.compile(r"Building \[[^\]]*\]\s+(\d+)/(\d+)(?::\s*(.*))?")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
QUIET_LINE = re.compile(r"^\s+(Compiling|Fresh|Checking|Downloaded|Dirty)\s")
COMPILING = re.compile(r"^\s+Compiling (\S+) v(\S+)")


def duration(seconds):
    """Formats a duration as scripts/lib.sh does: 5 s, 2 m 07 s, 1 h 02 m."""
    seconds = max(0, int(round(seconds)))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds // 60 % 60:02d} m"


class Profile:
    """Seconds of each unit in an earlier build, and the mean of the units that are not listed."""

    def __init__(self, seconds=None, mean=0.3):
        self.seconds = dict(seconds or {})
        self.mean = mean

    @classmethod
    def read(cls, paths):
        """Reads the first of these files that is a profile; returns an empty profile if none is."""
        for path in paths:
            try:
                return cls.parse(Path(path).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
        return cls()

    @classmethod
    def parse(cls, text):
        """Parses lines of `SECONDS<TAB>UNIT`. The unit `*` has the mean of the units not listed. `#` starts a comment."""
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
        """Makes the profile of a build from the seconds of all its units."""
        listed = {unit: s for unit, s in measured.items() if s >= LISTED_FROM_SECS}
        rest = [s for s in measured.values() if s < LISTED_FROM_SECS]
        return cls(listed, sum(rest) / len(rest) if rest else 0.3)

    def text(self):
        lines = ["# Seconds from the end of the previous unit to the end of this one, in a build from scratch. See scripts/progress/progress.py."]
        lines.append(f"{self.mean:.2f}\t*")
        lines += [f"{s:.1f}\t{unit}" for unit, s in sorted(self.seconds.items())]
        return "\n".join(lines) + "\n"

    def of_unit(self, unit):
        return self.seconds.get(unit, self.mean)

    def left(self, seen, remaining):
        """Returns the seconds of `remaining` units, none of which is in `seen`."""
        listed = [s for unit, s in self.seconds.items() if unit not in seen]
        # More units are listed than remain if this build has fewer targets: then each counts as the mean of the listed ones.
        if len(listed) > remaining:
            return sum(listed) * remaining / len(listed)
        return sum(listed) + (remaining - len(listed)) * self.mean


def unit_name(message):
    """Returns the unit that a message of cargo reports as finished; None for other messages."""
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
    """Returns the name and version in a package id: `registry+URL#name@1.0.0` or `path+file:///folder/name#1.0.0`."""
    path, _, fragment = package_id.partition("#")
    if "@" in fragment:
        name, _, version = fragment.partition("@")
        return name, version
    return path.rstrip("/").rpartition("/")[2], fragment


class Build:
    """State of the running build. Times are in seconds since its start."""

    def __init__(self, profile):
        self.profile = profile
        self.done, self.total, self.names = 0, 0, ""
        self.compiled = set()
        self.seen, self.measured = set(), {}
        self.first_at, self.last_at = None, 0.0

    def stderr_line(self, line):
        """Processes a line that cargo has printed, and returns whether to pass it on."""
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
        """Processes a message that cargo has sent at the time `at`."""
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
        """Returns the estimated seconds left, or None while the number of units is unknown."""
        if self.total == 0:
            return None
        expected = self.profile.left(self.seen, max(0, self.total - self.done))
        believed = sum(self.profile.of_unit(unit) for unit in self.measured)
        pace = 1.0
        if self.first_at is not None and believed >= BELIEVED_FROM_SHARE * (believed + expected):
            pace = (self.last_at - self.first_at) / believed
        # The time since the last unit was finished belongs to a unit that is part of the estimate.
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
    """Formats an estimated duration, more coarsely than `duration`."""
    if seconds < 90:
        return f"{max(10, int(round(seconds / 10)) * 10)} s"
    return f"{int(round(seconds / 60))} m"


class Screen:
    """Output of the status: redrawn in place on a terminal, a line per minute in a log."""

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
    """Yields lines that end with a line feed or, as those of a progress bar do, with a carriage return."""
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
            # Cargo has received the signal as well, and ends by itself.
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
    parser.add_argument("--shipped", metavar="FILE", help="profile to use while this machine has none")
    parser.add_argument("--own", metavar="FILE", help="profile of this machine, which is rewritten after a large build")
    parser.add_argument("command", nargs="+", metavar="CARGO", help="the command, after `--`; for example: cargo build")
    arguments = parser.parse_args()
    command = [*arguments.command, "--message-format=json-render-diagnostics"]
    build = Build(Profile.read([path for path in (arguments.own, arguments.shipped) if path]))
    status = run(command, build, Screen(sys.stderr, sys.stderr.isatty()))
    if status == 0 and arguments.own and len(build.measured) >= PROFILE_FROM_UNITS:
        Path(arguments.own).write_text(Profile.of(build.measured).text(), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
