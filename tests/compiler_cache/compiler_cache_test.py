"""Goal: what one clone has compiled, ccache gives to every other one, and objects name no folder of a machine.

Method: two copies of the sources in folders of different names, one cache. A preset of each compiler builds a small
library in the first, and then in the second, where nothing may be compiled; "release" builds tests of that library as
well, with their precompiled header. All presets take their launcher from one place. What the second compiles without the cache is the same, byte for byte. The compile commands of the whole build
are searched for what would break this for a file outside that library.

usage: compiler_cache_test.py SOURCES BUILD WORK
"""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

SOURCES, BUILD, WORK = (Path(argument) for argument in sys.argv[1:4])
LIBRARY = "penstock_wire"
TESTS_OF_LIBRARY = "unit_sdk_wire"
ARCHIVE = "sdk/wire/libpenstock_wire.a"
# The one file that knows where the sources and the build are.
KNOWS_FOLDERS = "tests/support/tree.cpp"


def run(*command, cwd=None, **environment):
    done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **environment},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def presets_of_both_compilers():
    """"fuzz" needs clang 19, which only `make fuzz` installs."""
    return ["asan", "fuzz"] if shutil.which("clang++-19") else ["asan"]


def launchers(preset, presets):
    """What the preset sets CMAKE_CXX_COMPILER_LAUNCHER to, itself or by those that it inherits from."""
    own = preset.get("cacheVariables", {}).get("CMAKE_CXX_COMPILER_LAUNCHER")
    inherited = preset.get("inherits", [])
    inherited = [inherited] if isinstance(inherited, str) else inherited
    return ([own] if own else []) + [found for name in inherited for found in launchers(presets[name], presets)]


class CompilerCacheTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        cls.first, cls.second = WORK / "first", WORK / "a-folder-of-another-length"
        for copy in (cls.first, cls.second):
            copy.mkdir(parents=True)
            for name in ("CMakeLists.txt", "CMakePresets.json"):
                shutil.copy(SOURCES / name, copy)
            for name in ("bindings", "cmake", "sdk", "tests"):
                shutil.copytree(SOURCES / name, copy / name)

    def ccache(self, *arguments):
        return run("ccache", *arguments, CCACHE_DIR=str(WORK / "cache"))

    def build(self, copy, preset, target=LIBRARY, **environment):
        folder = copy / "build" / preset
        tests = "ON" if target == TESTS_OF_LIBRARY else "OFF"
        options = [f"-DPENSTOCK_BUILD_{part}=OFF" for part in ("GATEWAY", "SAMPLES", "BENCHMARKS", "FUZZERS")]
        run("cmake", "--preset", preset, "-Wno-dev", *options, f"-DPENSTOCK_BUILD_TESTS={tests}", cwd=copy)
        run("cmake", "--build", folder, "--clean-first", "--target", target, cwd=copy,
            CCACHE_DIR=str(WORK / "cache"), **environment)
        return (folder / ARCHIVE).read_bytes()

    def assert_second_folder_compiles_nothing(self, preset, target):
        self.build(self.first, preset, target)
        self.ccache("--zero-stats")
        self.build(self.second, preset, target)
        counts = dict(line.split("\t") for line in self.ccache("--print-stats").splitlines())
        self.assertEqual(counts["cache_miss"], "0")
        self.assertGreater(int(counts["direct_cache_hit"]), 0)

    def test_a_second_folder_is_answered_from_the_cache(self):
        for preset in presets_of_both_compilers():
            with self.subTest(preset=preset):
                self.assert_second_folder_compiles_nothing(preset, LIBRARY)

    def test_a_second_folder_compiles_no_tests_and_no_header_of_theirs(self):
        self.assert_second_folder_compiles_nothing("release", TESTS_OF_LIBRARY)

    def test_every_preset_has_the_same_launcher(self):
        presets = {preset["name"]: preset
                   for preset in json.loads((SOURCES / "CMakePresets.json").read_text())["configurePresets"]}
        expected = launchers(presets["base"], presets)
        for name, preset in presets.items():
            with self.subTest(preset=name):
                self.assertEqual(launchers(preset, presets), expected)

    def test_without_the_cache_the_same_bytes_come_out_and_name_no_folder(self):
        # Not of a sanitizer: it writes down the path of the source as the compiler was given it.
        cached = self.build(self.first, "release")
        compiled = self.build(self.second, "release", CCACHE_DISABLE="1")
        self.assertTrue(cached == compiled, "the archives differ")
        self.assertNotIn(str(WORK).encode(), compiled)

    def test_no_other_file_is_told_a_folder(self):
        told = set()
        for entry in json.loads((BUILD / "compile_commands.json").read_text()):
            words = re.sub(r"-ffile-prefix-map=\S+|(-I|-isystem |-include |-o |-c )\S+", "", entry["command"])
            words = words.replace(f"CCACHE_BASEDIR={SOURCES}", "")
            if str(SOURCES) in words:
                told.add(str(Path(entry["file"]).relative_to(SOURCES)))
        self.assertEqual(told, {KNOWS_FOLDERS})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
