# shellcheck shell=bash
# The chat's part of scripts/bench, which sources this file. Uses the functions of gateway.sh.

CHAT_SOCKETS=10000 CHAT_RATE=20

# chat [OPTIONS]: fan-out of one chat. Node, gateway, generator and readers share this machine.
chat() {
    SECONDS_EACH=60
    while (($# > 0)); do
        case "$1" in
        --sockets | --rate | --seconds)
            [[ "${2:-}" =~ ^[1-9][0-9]{0,4}$ ]] || bad_usage "$1 needs a whole number, 1 or more"
            case "$1" in
            --sockets) CHAT_SOCKETS=$2 ;;
            --rate) CHAT_RATE=$2 ;;
            --seconds) SECONDS_EACH=$2 ;;
            esac
            shift
            ;;
        --out | --bin)
            [[ -n "${2:-}" ]] || bad_usage "$1 needs a path"
            case "$1" in
            --out) OUT=$2 ;;
            --bin)
                # Used by gateway_build.
                # shellcheck disable=SC2034
                BIN=$2
                ;;
            esac
            shift
            ;;
        *) bad_usage "unknown argument '$1'" ;;
        esac
        shift
    done
    OUT="${OUT:-$CARGO_TARGET_DIR/bench-chat.json}"
    gateway_tools
    gateway_build
    step "chat"
    gateway_up
    # A failure is a figure as well: lost messages are in the report.
    as Bob vilokanam-load chat --stream 0 --sockets "$CHAT_SOCKETS" --rate "$CHAT_RATE" --seconds "$SECONDS_EACH" \
        --report "$OUT" --server-pid "$GATEWAY_PID" || note "the measurement failed"
    step_end
    note "JSON: $OUT"
    note "Add a dated section to BENCHMARKS.md with these figures, and mention what else ran on the machine."
}
