# Converts the JSON of `scripts/bench gateway` to the tables of a section of BENCHMARKS.md.
def n(digits): (. * pow(10; digits) | round) / pow(10; digits);

def side(name):
    "| \(name) | \(.per_second | n(0)) | \(.megabytes_per_second | n(1)) | \(.p50_ms | n(2)) | \(.p99_ms | n(2)) | \(.cpu_us | n(1)) | \(.errors) |";

def head: "| request | per second | MB/s | p50 ms | p99 ms | server CPU us per request | errors |\n| --- | --- | --- | --- | --- | --- | --- |";

(if .keys then
    "Closed loop, \(.keys.connections) connections, the same client for both; \(.keys.sessions) real sessions, opened on chain; each key is paid with new ticks, and the payment is durable (fsync) before the answer; \(.keys.gateway.seconds | n(1)) s. nginx serves a static file of 16 bytes.\n",
    head, (.keys.gateway | side("paid key, gateway")), (.keys.nginx | side("16 bytes, nginx")),
    "\nThe gateway's resident memory grew by \(.keys.resident_bytes_per_session) bytes per session; \(.keys.settlement.settled_ticks) of \(.keys.settlement.accepted_ticks) ticks were settled; \(.keys.settlement.wrong + .keys.settlement.waiting) sessions were not settled correctly.\n"
else empty end),
(if .segments then
    "The same for a segment of \(.segments.bytes) bytes:\n",
    head, (.segments.gateway | side("segment, gateway")), (.segments.nginx | side("segment, nginx")), ""
else empty end),
(if .paywall then
    "The paywall alone (`paywall_bench`):\n", (.paywall.lines[] | "- \(.)"), ""
else empty end),
(if .phases then
    "`vilokanam-load` in \(.phases.plan.phase | length) phases, open loop; latency is counted from the moment a request should have been sent:\n",
    "| phase | viewers | request | per second | p50 ms | p95 ms | p99 ms | max ms | errors |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    (.phases as $all | range($all.phases | length) as $i | $all.phases[$i] as $phase
        | ($phase.figures[] | select(.kind == "key" or .kind == "socket-key"))
        | "| \($phase.name) | \($all.plan.phase[$i].viewers) | \(.kind) | \(.per_second | n(0)) | \(.p50_ms | n(2)) | \(.p95_ms | n(2)) | \(.p99_ms | n(2)) | \(.max_ms | n(1)) | \(.errors) |"),
    "\n\(.phases.settlement.settled_ticks) of \(.phases.settlement.accepted_ticks) ticks were settled; \(.phases.settlement.exact) of \(.phases.settlement.sessions) sessions were exact, and \(.phases.settlement.wrong + .phases.settlement.waiting) not settled correctly.\n"
else empty end),
(if .recording then
    "A recording of \(.recording.long.segments * 2 / 3600 | n(1)) h and one of \(.recording.short.segments * 2 / 60 | n(1)) min, with \(.recording.long.renditions) renditions each, right after a start of the gateway; in brackets the median of further requests:\n",
    "| request | short, ms | long, ms | short, bytes | long, bytes |\n| --- | --- | --- | --- | --- |",
    (.recording as $all | ["master", "playlist", "init", "key", "middle_key", "segment"][] as $name
        | [$all.short[$name], $all.long[$name]] as [$short, $long]
        | "| \($name) | \($short.first_ms | n(1)) (\($short.warm_ms | n(1))) | \($long.first_ms | n(1)) (\($long.warm_ms | n(1))) | \($short.bytes) | \($long.bytes) |"),
    "| until the first picture | \(.recording.short.open_ms | n(1)) | \(.recording.long.open_ms | n(1)) | | |",
    "\nWithout compression, the playlists have \(.recording.short.plain_playlist_bytes) and \(.recording.long.plain_playlist_bytes) bytes. Uploading, packaging and storing took \(.recording.short.packaged_s) and \(.recording.long.packaged_s) s.\n"
else empty end),
"Not measured: the latency from camera to screen and the time to the first frame, which need a player."
