#!/bin/sh
# Makes sure that the system has what a part of the set-up needs: `sh .ci/system.sh course|test`.
#
# On Debian and Ubuntu missing packages are named in one line and installed: at a terminal after one
# question, where CI is set without one. Elsewhere one sentence says what is missing.
set -eu
part=$1

fail() {
    echo "qmlcourse: $1" >&2
    exit 1
}

# prints the first Python that is new enough, or nothing
suitable_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
}

has() { command -v "$1" >/dev/null 2>&1; }

# one line for each missing thing: Debian's package, then what it is
missing() {
    python=$(suitable_python)
    if [ -z "$python" ]; then
        echo "python3 Python 3.11 or newer"
        echo "python3-venv Python's venv module"
        echo "python3-dev Python's headers"
    else
        "$python" -c 'import venv, ensurepip' 2>/dev/null || echo "python3-venv Python's venv module"
        if [ -z "${BUILT:-}" ]; then
            "$python" -c 'import os, sysconfig; os.stat(sysconfig.get_paths()["include"] + "/Python.h")' \
                2>/dev/null || echo "python3-dev Python's headers"
        fi
    fi
    if [ -z "${BUILT:-}" ]; then
        has cc && has c++ || echo "build-essential a C and C++ compiler, with which Kwant is built"
    fi
    if [ "$part" = test ]; then
        has git || echo "git git"
        has chromium || has chromium-browser || has google-chrome ||
            echo "chromium a browser (Chromium), in which the pages are tested"
        [ -z "$(command -v fc-list)" ] || fc-list 2>/dev/null | grep -qi dejavu ||
            echo "fonts-dejavu-core a font"
        # optional, so only where nobody has to be asked
        [ -z "${CI:-}" ] || [ -n "${BUILT:-}" ] || has_mumps ||
            echo "libmumps-scotch-dev Kwant's faster solver"
    fi
}

has_mumps() { ls /usr/lib/*/libzmumps_scotch.so >/dev/null 2>&1; }

# Kwant is in the environment already: neither compiler nor headers are needed any more
[ ! -e "${VENV:-.venv}/.kwant" ] || BUILT=yes

lacking=$(missing)
[ -n "$lacking" ] || exit 0
packages=$(echo "$lacking" | cut -d' ' -f1 | sort -u | tr '\n' ' ')
things=$(echo "$lacking" | cut -d' ' -f2- | tr '\n' ';' | sed 's/;$//; s/;/, /g')

has apt-get || fail "this machine lacks: $things. Install it and run the same command again."
root=""
if [ "$(id -u)" != 0 ]; then
    has sudo || fail "this machine lacks: $things. As root: apt-get install $packages"
    root=sudo
fi
if [ -z "${CI:-}" ]; then
    [ -t 0 ] || fail "this machine lacks: $things. Install it with: $root apt-get install $packages"
    printf 'qmlcourse needs packages of the system: %s(%s). Install them now? [Y/n] ' "$packages" "$things" >&2
    read -r answer
    case "$answer" in
    "" | y | Y | yes | Yes) ;;
    *) fail "nothing was installed; to do it yourself: $root apt-get install $packages" ;;
    esac
fi
$root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $packages
