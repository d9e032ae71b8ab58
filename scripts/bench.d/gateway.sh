# shellcheck shell=bash
# The gateway's part of scripts/bench, which sources this file. Uses its WORK, NODE, start_node and stop_node.

readonly GATEWAY_PORT=8092 RTMP_PORT=1965 NGINX_PORT=8093
readonly GATEWAY_URL="http://127.0.0.1:$GATEWAY_PORT" NGINX_URL="http://127.0.0.1:$NGINX_PORT"

SESSIONS=10000 CONNECTIONS=64 SECONDS_EACH=10 BIN="" PLAN="scripts/bench.d/gateway.toml"
SERVER_PIDS=() GATEWAY_PID="" NGINX_PID=""

gateway_clean_up() {
    local pid
    # In reverse order, because the publisher ends its broadcast at the gateway. scripts/bench stops the node.
    for ((pid = ${#SERVER_PIDS[@]} - 1; pid >= 0; pid--)); do
        kill "${SERVER_PIDS[$pid]}" 2>/dev/null || true
        wait "${SERVER_PIDS[$pid]}" 2>/dev/null || true
    done
}

gateway_tools() {
    local tool
    for tool in nginx ffmpeg curl jq; do
        PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null || die "$tool is not installed; install it, on Debian with: sudo apt-get install ${tool/#nginx/nginx-light}"
    done
    # Each connection is an open file, and each session of a plan may have a connection.
    ulimit -n "$(ulimit -Hn)" || true
}

gateway_build() {
    WORK="$(mktemp -d "${TMPDIR:-/tmp}/vilokanam-bench.XXXXXX")"
    if [[ -z "$BIN" ]]; then
        step "release build"
        cargo build --release -p vilokanam-node -p vilokanam-gateway -p vilokanam -p vilokanam-load
        cargo build --release -p vilokanam-paywall --example paywall_bench
        BIN="$CARGO_TARGET_DIR/release"
    fi
    # shellcheck disable=SC2034 # scripts/bench starts it
    NODE="$BIN/vilokanam-node"
}

# as ACCOUNT PROGRAM ARGUMENTS...: runs a program of the platform with the key of an account of the development chain.
as() {
    local key="$WORK/$1.key"
    [[ -f "$key" ]] || (umask 077 && printf '//%s' "$1" >"$key")
    "$BIN/$2" --node "ws://127.0.0.1:$RPC_PORT" --gateway "$GATEWAY_URL" --key-file "$key" --data-dir "$WORK/$1" "${@:3}"
}

# wait_for URL NAME LOG: waits until a server answers.
wait_for() {
    local deadline=$((SECONDS + START_TIMEOUT_SECS))
    until curl -sf --max-time 2 -o /dev/null "$1"; do
        ((SECONDS < deadline)) || { tail -n 20 "$3" >&2; die "$2 did not answer within $START_TIMEOUT_SECS s"; }
        sleep 0.3
    done
}

# Starts the node, if it does not run.
node_up() {
    [[ -z "$NODE_PID" ]] || return 0
    start_node dev "$WORK/node"
    (umask 077 && printf '//Ferdie' >"$WORK/gateway.key")
}

# Starts node, gateway, stream and publisher, each when the one before is ready.
gateway_up() {
    [[ -z "$GATEWAY_PID" ]] || return 0
    node_up
    "$BIN/vilokanam-gateway" --config scripts/bench.d/gateway-config.toml --listen "127.0.0.1:$GATEWAY_PORT" \
        --public-url "$GATEWAY_URL" --rtmp-listen "127.0.0.1:$RTMP_PORT" --data-dir "$WORK/gateway" \
        --key-file "$WORK/gateway.key" --node "ws://127.0.0.1:$RPC_PORT" >"$WORK/gateway.log" 2>&1 &
    GATEWAY_PID=$!
    SERVER_PIDS+=("$GATEWAY_PID")
    wait_for "$GATEWAY_URL/health" "the gateway" "$WORK/gateway.log"
    as Bob vilokanam stream create --title "A test picture" --price 0.002 >"$WORK/stream.log" 2>&1 ||
        { cat "$WORK/stream.log" >&2; die "the stream could not be created"; }
    as Bob vilokanam publish "testsrc2=size=426x240:rate=25[out0];sine=frequency=440:sample_rate=48000[out1]" \
        --format lavfi --stream 0 --announce >"$WORK/publish.log" 2>&1 &
    SERVER_PIDS+=($!)
    wait_for "$GATEWAY_URL/v1/streams/0/hls/master.m3u8" "the stream" "$WORK/publish.log"
}

nginx_up() {
    [[ -z "$NGINX_PID" ]] || return 0
    mkdir -p "$WORK/nginx/files"
    head -c 16 /dev/urandom >"$WORK/nginx/files/key.bin"
    sed "s|@FOLDER@|$WORK/nginx|; s|@PORT@|$NGINX_PORT|" scripts/bench.d/nginx.conf >"$WORK/nginx/nginx.conf"
    # Its workers run as another user, who needs access to the files.
    chmod 755 "$WORK" "$WORK/nginx" "$WORK/nginx/files" && chmod 644 "$WORK/nginx/files/key.bin"
    PATH="$PATH:/usr/sbin" nginx -c "$WORK/nginx/nginx.conf" -e "$WORK/nginx/error.log" 2>"$WORK/nginx.log" &
    NGINX_PID=$!
    SERVER_PIDS+=("$NGINX_PID")
    wait_for "$NGINX_URL/key.bin" "nginx" "$WORK/nginx.log"
}

# fetch NAME URL PID...: fetches a URL repeatedly, as fast as the server answers. The PIDs are those of the server.
fetch() {
    local pids=("${@:3}")
    as Charlie vilokanam-load --quiet --raw-url "$2" --flood "${SECONDS_EACH}s" --connections "$CONNECTIONS" \
        "${pids[@]/#/--server-pid=}" --report "$WORK/$1.json"
}

nginx_workers() { cat "/proc/$NGINX_PID/task/$NGINX_PID/children"; }

part_keys() {
    gateway_up
    nginx_up
    local before
    before=$(awk '/VmRSS/ { print $2 }' "/proc/$GATEWAY_PID/status")
    cat >"$WORK/flood.toml" <<PLAN
stream = "0"
connections = $CONNECTIONS
settle_seconds = 600
[[phase]]
name = "flood"
seconds = $SECONDS_EACH
viewers = $SESSIONS
PLAN
    # The plan has no thresholds: a failure means that a session was not settled correctly.
    as Charlie vilokanam-load "$WORK/flood.toml" --flood "${SECONDS_EACH}s" --server-pid "$GATEWAY_PID" \
        --report "$WORK/keys-gateway.json" || complain "the load test failed: see $WORK/keys-gateway.json"
    # shellcheck disable=SC2046 # split into words
    fetch keys-nginx "$NGINX_URL/key.bin" $(nginx_workers)
    jq -n --slurpfile gateway "$WORK/keys-gateway.json" --slurpfile nginx "$WORK/keys-nginx.json" \
        --argjson before "$before" '
        ($gateway[0].phases[0].figures[] | select(.kind == "key")) as $key
        | {keys: {
            sessions: $gateway[0].settlement.sessions, connections: $nginx[0].connections,
            gateway: ($key + {cpu_us: ($gateway[0].setting.servers.cpu_s * 1e6 / $key.requests),
                generator_cpu_us: ($gateway[0].setting.generator.cpu_s * 1e6 / $key.requests),
                seconds: $gateway[0].phases[0].seconds}),
            nginx: ($nginx[0].figures[0] + {cpu_us: ($nginx[0].servers.cpu_s * 1e6 / $nginx[0].figures[0].requests),
                generator_cpu_us: ($nginx[0].generator.cpu_s * 1e6 / $nginx[0].figures[0].requests),
                seconds: $nginx[0].seconds}),
            resident_bytes_per_session: (($gateway[0].setting.servers.resident_mib * 1024 - $before) * 1024
                / $gateway[0].settlement.sessions | floor),
            settlement: $gateway[0].settlement}}' >"$WORK/keys.json"
}

part_segments() {
    gateway_up
    nginx_up
    local playlist segment
    playlist="$GATEWAY_URL/v1/streams/0/hls/$(curl -sf "$GATEWAY_URL/v1/streams/0/hls/master.m3u8" | awk '!/^#/ && !n++')"
    # The newest complete segment stays in the playlist for longer than the measurement takes.
    segment="$GATEWAY_URL/v1/streams/0/hls/$(curl -sf "$playlist" | grep -v '^#' | tail -n 1)"
    curl -sf "$segment" -o "$WORK/nginx/files/segment.m4s"
    chmod 644 "$WORK/nginx/files/segment.m4s"
    fetch segments-gateway "$segment" "$GATEWAY_PID"
    # shellcheck disable=SC2046 # split into words
    fetch segments-nginx "$NGINX_URL/segment.m4s" $(nginx_workers)
    jq -n --slurpfile gateway "$WORK/segments-gateway.json" --slurpfile nginx "$WORK/segments-nginx.json" \
        --argjson bytes "$(stat -c %s "$WORK/nginx/files/segment.m4s")" '
        def side: .figures[0] + {cpu_us: (.servers.cpu_s * 1e6 / .figures[0].requests), seconds: .seconds};
        {segments: {bytes: $bytes, gateway: ($gateway[0] | side), nginx: ($nginx[0] | side)}}' >"$WORK/segments.json"
}

part_paywall() {
    local bench="$BIN/examples/paywall_bench"
    if [[ ! -x "$bench" ]]; then
        note "$bench does not exist: skipped"
        step_result "skipped"
        echo '{}' >"$WORK/paywall.json"
        return
    fi
    mkdir -p "$WORK/paywall"
    "$bench" "$WORK/paywall" | tee "$WORK/paywall.txt"
    jq -R -s '{paywall: {lines: (split("\n") | map(select(. != "" and (startswith("journal in") | not))))}}' \
        "$WORK/paywall.txt" >"$WORK/paywall.json"
}

part_phases() {
    gateway_up
    as Charlie vilokanam-load "$PLAN" --server-pid "$GATEWAY_PID" --report "$WORK/phases-report.json" --html "${OUT%.json}.html" ||
        complain "the load test failed: see ${OUT%.json}.html"
    jq '{phases: .}' "$WORK/phases-report.json" >"$WORK/phases.json"
}

# Prints the figures as a dated section of BENCHMARKS.md.
gateway_section() {
    local machine
    machine="$(nproc) cores of $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
    printf '\n## %s, %s: the gateway\n\n' "$(date -u +%F)" "$machine"
    jq -r -f scripts/bench.d/gateway.jq "$OUT"
}

gateway() {
    local parts=() part files=()
    while (($# > 0)); do
        case "$1" in
        --sessions | --connections | --seconds)
            [[ "${2:-}" =~ ^[1-9][0-9]{0,5}$ ]] || bad_usage "$1 needs a whole number, 1 or more"
            case "$1" in
            --sessions) SESSIONS=$2 ;;
            --connections) CONNECTIONS=$2 ;;
            --seconds) SECONDS_EACH=$2 ;;
            esac
            shift
            ;;
        --out | --bin | --plan)
            [[ -n "${2:-}" ]] || bad_usage "$1 needs a path"
            case "$1" in
            --out) OUT=$2 ;;
            --bin) BIN=$2 ;;
            --plan) PLAN=$2 ;;
            esac
            shift
            ;;
        keys | segments | paywall | phases | recording) parts+=("$1") ;;
        *) bad_usage "unknown argument '$1'" ;;
        esac
        shift
    done
    if ((${#parts[@]} == 0)); then parts=(keys segments paywall phases recording); fi
    OUT="${OUT:-$CARGO_TARGET_DIR/bench-gateway.json}"
    gateway_tools
    gateway_build
    for part in "${parts[@]}"; do
        step "$part"
        "part_$part"
        files+=("$WORK/$part.json")
    done
    jq -s 'add' "${files[@]}" >"$OUT"
    step_end
    gateway_section
    note "JSON: $OUT"
    note "Add the section above to BENCHMARKS.md, and mention what else ran on the machine."
}
