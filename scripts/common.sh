# shellcheck shell=bash
# SPDX-License-Identifier: BSL-1.0
# What the scripts share. Sourced, not run: takes the caller to the root of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Runs a command as root, through sudo if need be.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: $*"
    fi
}

# Configures and builds a preset; what follows its name goes to `cmake --build`, after -D options for the configuration.
build_preset() {
    local preset=$1
    shift
    local definitions=()
    while [[ ${1-} == -D* ]]; do
        definitions+=("$1")
        shift
    done
    say "Building the preset '$preset' in build/$preset"
    cmake --preset "$preset" "${definitions[@]}"
    cmake --build --preset "$preset" --parallel "$(nproc)" "$@"
}
