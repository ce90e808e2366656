#!/bin/sh
# Says in one sentence what this machine lacks for a part of the set-up, and stops there.
set -eu

fail() {
    echo "qmlcourse: $1" >&2
    exit 1
}

case "$1" in
python)
    [ -n "${PYTHON:-}" ] || fail "Python 3.11 or newer is needed: sudo apt install python3 python3-venv"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed, and $PYTHON is $("$PYTHON" -V 2>&1 | cut -d' ' -f2)."
    "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "Python's venv module is missing: sudo apt install python3-venv"
    ;;
compiler)
    command -v cc >/dev/null && command -v c++ >/dev/null ||
        fail "kwant is built here and needs a C and C++ compiler: sudo apt install build-essential python3-dev"
    header=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_paths()["include"] + "/Python.h")')
    [ -f "$header" ] || fail "kwant is built here and needs Python's headers: sudo apt install python3-dev"
    ;;
browser)
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then exit 0; fi
    done
    fail "the tests open the chapters in Chromium, which is missing: sudo apt install chromium"
    ;;
esac
