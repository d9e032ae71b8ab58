# shellcheck shell=bash
# Part 'recording' of 'scripts/bench gateway', sourced by scripts/bench: how fast a recording of twelve hours with five renditions opens,
# against one of five minutes. Both are uploaded to a gateway of their own, whose ffmpeg repeats what was encoded before.

readonly RECORDING_PORT=8094 RECORDING_RTMP_PORT=1966
readonly RECORDING_URL="http://127.0.0.1:$RECORDING_PORT"
readonly SHORT_SECONDS=300 LONG_SECONDS=43200
# Requests after the first one of a kind, of which the median counts.
readonly WARM_REQUESTS=9
RECORDING_PID=""

# Encodes ten seconds of each rendition, and makes the two films of the highest one.
recording_films() {
    local height size
    mkdir -p "$WORK/loops"
    for size in 426x240 640x360 854x480 1280x720 1920x1080; do
        height=${size#*x}
        ffmpeg -v error -y -f lavfi -i "gradients=s=$size:r=30:c0=0x10141c:c1=0x26304a:nb_colors=2:speed=0.002" -t 10 \
            -c:v libx264 -preset veryfast -bf 0 -g 60 -keyint_min 60 -sc_threshold 0 -crf 40 -pix_fmt yuv420p \
            "$WORK/loops/r$height.mp4"
    done
    ffmpeg -v error -y -stream_loop -1 -t "$SHORT_SECONDS" -i "$WORK/loops/r1080.mp4" -c copy "$WORK/short.mp4"
    ffmpeg -v error -y -stream_loop -1 -t "$LONG_SECONDS" -i "$WORK/loops/r1080.mp4" -c copy "$WORK/long.mp4"
    cat >"$WORK/recording.toml" <<EOF
[ingest]
ffmpeg = "$PWD/scripts/bench.d/repeating-ffmpeg"
# The sandbox runs ffmpeg alone, and no shell.
sandbox = "off"
srt_ports = [9034, 9035]
[log]
filter = "warn"
EOF
}

recording_gateway_up() {
    BENCH_LOOPS="$WORK/loops" "$BIN/vilokanam-gateway" --config "$WORK/recording.toml" --listen "127.0.0.1:$RECORDING_PORT" \
        --public-url "$RECORDING_URL" --rtmp-listen "127.0.0.1:$RECORDING_RTMP_PORT" --data-dir "$WORK/recording" \
        --key-file "$WORK/gateway.key" --node "ws://127.0.0.1:$RPC_PORT" >>"$WORK/recording.log" 2>&1 &
    RECORDING_PID=$!
    SERVER_PIDS+=("$RECORDING_PID")
    wait_for "$RECORDING_URL/health" "the gateway" "$WORK/recording.log"
}

recording_gateway_down() {
    kill "$RECORDING_PID" 2>/dev/null || true
    wait "$RECORDING_PID" 2>/dev/null || true
}

# creator ARGUMENTS...: runs a command of the creator, and prints its JSON.
creator() {
    local key="$WORK/creator.key"
    [[ -f "$key" ]] || (umask 077 && printf '//Bob' >"$key")
    "$BIN/vilokanam" --node "ws://127.0.0.1:$RPC_PORT" --gateway "$RECORDING_URL" --key-file "$key" --data-dir "$WORK/creator" \
        --json "$@"
}

# request URL [CURL OPTIONS...]: milliseconds and bytes of one request.
request() {
    curl -sf -o "$WORK/answer" -b "$WORK/cookies" -c "$WORK/cookies" -w '%{time_total} %{size_download}\n' "${@:2}" "$1" |
        awk '{ printf "%.3f %d\n", $1 * 1000, $2 }'
}

# probe URL [CURL OPTIONS...]: JSON with the time of the first request, the median of further ones, and the bytes.
probe() {
    local first warm
    first=$(request "$@")
    warm=$(for ((time = 0; time < WARM_REQUESTS; time++)); do request "$@"; done |
        sort -n | awk -v middle="$((WARM_REQUESTS / 2 + 1))" 'NR == middle { print $1 }')
    jq -n --arg first "$first" --argjson warm "$warm" \
        '($first | split(" ") | map(tonumber)) as [$ms, $bytes] | {first_ms: $ms, warm_ms: $warm, bytes: $bytes}'
}

# opened STREAM NUMBER FILM: JSON of everything that a player asks for until it has a picture, and of a key in the middle.
opened() {
    local folder="$RECORDING_URL/v1/streams/$1/recordings/$2" master playlist name
    master=$(probe "$folder/master.m3u8" -H 'Accept-Encoding: gzip')
    curl -sf "$folder/master.m3u8" -o "$WORK/master"
    name=$(awk '!/^#/ && !n++' "$WORK/master")
    playlist=$(probe "$folder/$name" -H 'Accept-Encoding: gzip')
    curl -sf "$folder/$name" -o "$WORK/playlist"
    local init segment key middle
    init=$(awk -F'"' '/EXT-X-MAP:URI=/ && !n++ { print $2 }' "$WORK/playlist")
    segment=$(awk '!/^#/ && !n++' "$WORK/playlist")
    sed -n 's|.*URI="../../\(keys/[0-9]*\)".*|\1|p' "$WORK/playlist" >"$WORK/keys"
    key=$(head -n 1 "$WORK/keys")
    middle=$(awk -v count="$(wc -l <"$WORK/keys")" 'NR == int(count / 2) + 1' "$WORK/keys")
    jq -n --argjson master "$master" --argjson playlist "$playlist" \
        --argjson init "$(probe "$folder/$init")" --argjson segment "$(probe "$folder/$segment")" \
        --argjson key "$(probe "$RECORDING_URL/v1/streams/$1/$key")" \
        --argjson middle_key "$(probe "$RECORDING_URL/v1/streams/$1/$middle")" \
        --argjson variants "$(grep -c EXT-X-STREAM-INF "$WORK/master")" --argjson segments "$(grep -c EXTINF "$WORK/playlist")" \
        --argjson plain "$(stat -c %s "$WORK/playlist")" --argjson packaged_s "$(cat "$WORK/$3.seconds")" \
        '{renditions: $variants, segments: $segments, packaged_s: $packaged_s, plain_playlist_bytes: $plain,
          open_ms: ([$master, $playlist, $init, $key, $segment] | map(.first_ms) | add),
          master: $master, playlist: $playlist, init: $init, key: $key, middle_key: $middle_key, segment: $segment}'
}

# upload STREAM FILM: uploads a film, and prints the number of its recording.
recording_upload() {
    local begun=$SECONDS
    creator upload "$WORK/$2.mp4" --stream "$1" --title "$2" >"$WORK/$2.json" || { cat "$WORK/$2.json" >&2; die "the upload failed"; }
    echo $((SECONDS - begun)) >"$WORK/$2.seconds"
    jq -r .recording "$WORK/$2.json"
}

part_recording() {
    node_up
    recording_films
    recording_gateway_up
    local stream short long
    stream=$(creator stream create --title "Two films" --price 0.002 --preview 600 | jq -r .stream)
    short=$(recording_upload "$stream" short)
    long=$(recording_upload "$stream" long)
    # Nothing is in the gateway's memory at first.
    recording_gateway_down
    recording_gateway_up
    # The first request of all would pay for connections to the database and the store.
    curl -sf -o "$WORK/answer" "$RECORDING_URL/v1/streams/$stream"
    jq -n --argjson short "$(opened "$stream" "$short" short)" --argjson long "$(opened "$stream" "$long" long)" \
        '{recording: {short: $short, long: $long}}' >"$WORK/recording.json"
    recording_gateway_down
}
