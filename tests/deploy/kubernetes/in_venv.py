"""Runs a script in an environment that has kubernetes-validate, which brings Kubernetes' schemas and PyYAML.

The environment is made once. Where the package cannot be got, says why and ends with 77, which ctest takes for
"skipped".

usage: in_venv.py VENV SCRIPT ARGUMENT...
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = "kubernetes-validate==1.37.0"
SKIPPED = 77


def make(venv):
    """Returns what went wrong, or nothing."""
    shutil.rmtree(venv, ignore_errors=True)
    install = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", PACKAGE]
    for command in ([sys.executable, "-m", "venv", venv], install):
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        except subprocess.TimeoutExpired:
            return "no answer within two minutes"
        if done.returncode != 0:
            return done.stdout
    return ""


venv, script = Path(sys.argv[1]), sys.argv[2:]
made = venv / PACKAGE  # written last: there is never half an environment
if not made.exists():
    fault = make(venv)
    if fault:
        print(f"skipped: {PACKAGE} cannot be got from PyPI:\n{fault}")
        sys.exit(SKIPPED)
    made.touch()
python = venv / "bin/python"
os.execv(python, [python, "-B", *script])
