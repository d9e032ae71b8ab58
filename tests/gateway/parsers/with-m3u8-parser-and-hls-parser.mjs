// Parses playlists with m3u8-parser and hls-parser. Input: a JSON array of `{ url, text }`. Output: a JSON array with
// the results of both parsers for each playlist. The program ends with an error if a parser rejects a playlist.
import { readFileSync } from "node:fs";
import * as hlsParser from "hls-parser";
import { Parser } from "m3u8-parser";

const hex = (bytes) => (bytes ? Buffer.from(bytes).toString("hex") : null);
/** The hex of 32-bit words, most significant byte first. */
const hexOfWords = (words) => Buffer.from(Uint32Array.from(words).buffer).swap32().toString("hex");

/** Parses with hls-parser, which throws if the specification is violated. */
function parseWithHlsParser(text) {
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

/** Parses with m3u8-parser, the parser of video.js. */
function parseWithM3u8Parser(text) {
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
      iv: segment.key ? hexOfWords(segment.key.iv) : null,
      isDiscontinuous: Boolean(segment.discontinuity),
    })),
    parts: [...manifest.segments, manifest.preloadSegment ?? {}].flatMap((segment) =>
      (segment.parts ?? []).map((part) => part.uri),
    ),
  };
}

const playlists = JSON.parse(readFileSync(0, "utf8"));
const results = playlists.map(({ text }) => ({
  "hls-parser": parseWithHlsParser(text),
  "m3u8-parser": parseWithM3u8Parser(text),
}));
process.stdout.write(JSON.stringify(results));
