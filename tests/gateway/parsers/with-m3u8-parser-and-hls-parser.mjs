// Reads playlists with m3u8-parser and hls-parser. In: a JSON array of `{ url, text }`. Out: for each playlist and each
// parser, in one JSON document, what it has understood; what a parser does not like ends this program.
import { readFileSync } from "node:fs";
import * as hlsParser from "hls-parser";
import { Parser } from "m3u8-parser";

const hex = (bytes) => (bytes ? Buffer.from(bytes).toString("hex") : null);

/** hls-parser, which throws at what the specification does not allow. */
function withHlsParser(text) {
  hlsParser.setOptions({ strictMode: true });
  const playlist = hlsParser.parse(text);
  if (playlist.isMasterPlaylist) {
    return { variants: playlist.variants.map((variant) => variant.uri) };
  }
  const complete = playlist.segments.filter((segment) => segment.uri !== "");
  return {
    targetDuration: playlist.targetDuration,
    mediaSequence: playlist.mediaSequenceBase ?? 0,
    isEnded: playlist.endlist,
    segments: complete.map((segment) => ({
      uri: segment.uri,
      duration: segment.duration,
      map: segment.map?.uri ?? null,
      key: segment.key && segment.key.method !== "NONE" ? segment.key.uri : null,
      iv: segment.key && segment.key.method !== "NONE" ? hex(segment.key.iv) : null,
      isDiscontinuous: Boolean(segment.discontinuity),
    })),
    parts: playlist.segments.flatMap((segment) => segment.parts.filter((part) => !part.hint).map((part) => part.uri)),
  };
}

/** m3u8-parser, that of video.js. */
function withM3u8Parser(text) {
  const parser = new Parser();
  const complaints = [];
  parser.on("warn", (event) => complaints.push(event.message));
  parser.push(text);
  parser.end();
  const { manifest } = parser;
  if (manifest.playlists?.length) {
    return { complaints, variants: manifest.playlists.map((variant) => variant.uri) };
  }
  const complete = manifest.segments.filter((segment) => segment.uri);
  return {
    complaints,
    targetDuration: manifest.targetDuration,
    mediaSequence: manifest.mediaSequence,
    isEnded: Boolean(manifest.endList),
    segments: complete.map((segment) => ({
      uri: segment.uri,
      duration: segment.duration,
      map: segment.map?.uri ?? null,
      key: segment.key?.uri ?? null,
      iv: segment.key ? Buffer.from(Uint32Array.from(segment.key.iv, (word) => word).buffer).swap32().toString("hex") : null,
      isDiscontinuous: Boolean(segment.discontinuity),
    })),
    parts: [...manifest.segments, manifest.preloadSegment ?? {}].flatMap((segment) =>
      (segment.parts ?? []).map((part) => part.uri),
    ),
  };
}

const playlists = JSON.parse(readFileSync(0, "utf8"));
const read = playlists.map(({ text }) => ({ "hls-parser": withHlsParser(text), "m3u8-parser": withM3u8Parser(text) }));
process.stdout.write(JSON.stringify(read));
