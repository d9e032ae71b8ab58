"""Parses playlists with m3u8. Input: a JSON array of `{ url, text }`. Output: a JSON array with the results."""

import json
import sys

import m3u8


def media_playlist(playlist):
    def key(segment):
        return segment.key if segment.key is not None and segment.key.method != "NONE" else None

    complete = [segment for segment in playlist.segments if segment.uri]
    return {
        "targetDuration": playlist.target_duration,
        "mediaSequence": playlist.media_sequence or 0,
        "isEnded": playlist.is_endlist,
        "segments": [
            {
                "uri": segment.uri,
                "duration": segment.duration,
                "map": segment.init_section.uri if segment.init_section else None,
                "key": key(segment).uri if key(segment) else None,
                "iv": key(segment).iv.lower().removeprefix("0x") if key(segment) else None,
                "isDiscontinuous": bool(segment.discontinuity),
            }
            for segment in complete
        ],
        "parts": [part.uri for segment in playlist.segments for part in segment.parts],
    }


def parse(text):
    playlist = m3u8.loads(text)
    if playlist.is_variant:
        return {"variants": [variant.uri for variant in playlist.playlists]}
    return media_playlist(playlist)


json.dump([{"m3u8": parse(playlist["text"])} for playlist in json.load(sys.stdin)], sys.stdout)
