"""Tests of progress.py: reading of cargo's output, estimates, profiles. Run by scripts/lint."""

import io
import json
import stat
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import progress  # noqa: E402

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def artifact(name, fresh=False, test=False, kind="lib"):
    return {
        "reason": "compiler-artifact",
        "package_id": f"{REGISTRY}#{name}@1.0.0",
        "target": {"kind": [kind], "name": name},
        "profile": {"test": test},
        "fresh": fresh,
    }


def build_of(units, profile=None):
    """Returns a build that has compiled these units in order, and the time of its end. Seconds are from unit to unit."""
    build, at = progress.Build(profile or progress.Profile()), 0.0
    for name, seconds in units:
        at += seconds
        build.stderr_line(f"   Compiling {name} v1.0.0")
        build.message(artifact(name), at)
    return build, at


class Names(unittest.TestCase):
    def test_package_ids_are_read(self):
        self.assertEqual(progress.package(f"{REGISTRY}#serde@1.0.2"), ("serde", "1.0.2"))
        self.assertEqual(progress.package("path+file:///a/b/runtime#0.1.0"), ("runtime", "0.1.0"))
        self.assertEqual(progress.package("path+file:///a/b/runtime#vilokanam-runtime@0.1.0"), ("vilokanam-runtime", "0.1.0"))

    def test_units_of_one_package_have_different_names(self):
        script = {"reason": "build-script-executed", "package_id": f"{REGISTRY}#a@1.0.0"}
        messages = [artifact("a"), artifact("a", test=True), artifact("a", kind="custom-build"), script]
        self.assertEqual(len({progress.unit_name(message) for message in messages}), 4)
        self.assertIsNone(progress.unit_name({"reason": "build-finished", "success": True}))


class Reading(unittest.TestCase):
    def test_progress_bar_is_read_and_not_passed_on(self):
        build = progress.Build(progress.Profile())
        bar = "\x1b[1m\x1b[36m    Building\x1b[0m [=====>    ] 412/1508: sc-network, litep2p(build)"
        self.assertFalse(build.stderr_line(bar))
        self.assertEqual((build.done, build.total), (412, 1508))
        self.assertIn("412 of 1508 units (27 %)", build.status(10))
        self.assertIn("sc-network, litep2p(build)", build.status(10))

    def test_warnings_are_passed_on_and_the_line_per_crate_is_not(self):
        build = progress.Build(progress.Profile())
        self.assertFalse(build.stderr_line("   Compiling serde v1.0.0"))
        self.assertFalse(build.stderr_line(""))
        self.assertTrue(build.stderr_line("warning: unused variable: `x`"))
        self.assertTrue(build.stderr_line("error: could not compile `serde`"))

    def test_carriage_return_ends_a_line(self):
        with tempfile.TemporaryFile() as file:
            file.write(b"one\rtwo\nthree")
            file.seek(0)
            self.assertEqual(list(progress.lines_of(file)), ["one", "two", "three"])


class TimeLeft(unittest.TestCase):
    def test_is_unknown_until_the_number_of_units_is_known(self):
        self.assertIsNone(progress.Build(progress.Profile()).left(5))

    def test_is_that_of_the_profile_at_first(self):
        build = progress.Build(progress.Profile({"big 1.0.0 lib big": 100.0}, mean=1.0))
        build.done, build.total = 0, 11
        self.assertEqual(build.left(0.0), 110.0)

    def test_is_scaled_by_the_speed_of_this_build(self):
        profile = progress.Profile({"big 1.0.0 lib big": 100.0, "next 1.0.0 lib next": 100.0}, mean=1.0)
        build, now = build_of([("big", 200.0)], profile)
        build.done, build.total = 1, 2
        self.assertAlmostEqual(build.left(now), 200.0)

    def test_shrinks_while_a_long_unit_runs(self):
        profile = progress.Profile({"first 1.0.0 lib first": 10.0, "long 1.0.0 lib long": 100.0}, mean=1.0)
        build, now = build_of([("first", 10.0)], profile)
        build.done, build.total = 1, 2
        self.assertAlmostEqual(build.left(now), 100.0)
        self.assertAlmostEqual(build.left(now + 60.0), 40.0)
        self.assertEqual(build.left(now + 500.0), 0.0)

    def test_does_not_count_units_that_this_build_does_not_have(self):
        build = progress.Build(progress.Profile({"a": 10.0, "b": 30.0}))
        build.done, build.total = 0, 1
        self.assertEqual(build.left(0.0), 20.0)

    def test_fresh_units_count_as_seen_but_not_as_measured(self):
        build = progress.Build(progress.Profile({"old 1.0.0 lib old": 50.0}, mean=1.0))
        build.message(artifact("old", fresh=True), 0.1)
        build.done, build.total = 1, 2
        self.assertEqual(build.measured, {})
        self.assertAlmostEqual(build.left(0.1), 0.9)


class Profiles(unittest.TestCase):
    def test_written_profile_is_read_back(self):
        profile = progress.Profile({"a 1.0.0 lib a": 12.3}, mean=0.25)
        again = progress.Profile.parse(profile.text())
        self.assertEqual((again.seconds, again.mean), (profile.seconds, profile.mean))

    def test_long_units_are_listed_and_the_rest_is_averaged(self):
        profile = progress.Profile.of({"long": 5.0, "short": 0.2, "shorter": 0.4})
        self.assertEqual(profile.seconds, {"long": 5.0})
        self.assertAlmostEqual(profile.mean, 0.3)

    def test_shipped_profiles_can_be_read(self):
        for name in ("platform", "test"):
            profile = progress.Profile.parse((Path(__file__).parent / f"{name}.tsv").read_text(encoding="utf-8"))
            self.assertGreater(len(profile.seconds), 100, name)

    def test_first_profile_that_can_be_read_is_used(self):
        with tempfile.TemporaryDirectory() as folder:
            good, bad = Path(folder, "good"), Path(folder, "bad")
            good.write_text("7.0\ta\n", encoding="utf-8")
            bad.write_text("not a profile\n", encoding="utf-8")
            self.assertEqual(progress.Profile.read([Path(folder, "absent"), bad, good]).seconds, {"a": 7.0})


class Running(unittest.TestCase):
    """Tests with a program in place of cargo that prints what cargo would print."""

    def run_with(self, body):
        with tempfile.TemporaryDirectory() as folder:
            cargo = Path(folder, "cargo")
            cargo.write_text(f"#!{sys.executable}\nimport sys\n{body}\n", encoding="utf-8")
            cargo.chmod(cargo.stat().st_mode | stat.S_IXUSR)
            build, out = progress.Build(progress.Profile()), io.StringIO()
            status = progress.run([str(cargo)], build, progress.Screen(out, terminal=False))
            return status, build, out.getvalue()

    def test_units_are_counted_and_other_output_is_passed_on(self):
        body = f"""
sys.stderr.write("   Compiling a v1.0.0\\n    Building [=> ] 1/2: a\\rwarning: careful\\n")
sys.stderr.flush()
import time; time.sleep(0.3)
print({json.dumps(json.dumps(artifact("a")))})"""
        status, build, out = self.run_with(body)
        self.assertEqual(status, 0)
        self.assertEqual(list(build.measured), ["a 1.0.0 lib a"])
        self.assertIn("warning: careful", out)
        self.assertIn("1 of 2 units built", out)
        self.assertNotIn("Compiling", out)

    def test_exit_code_is_that_of_cargo(self):
        status, _, out = self.run_with('sys.stderr.write("error: no\\n"); sys.exit(101)')
        self.assertEqual(status, 101)
        self.assertIn("error: no", out)


if __name__ == "__main__":
    unittest.main()
