// Which build of hls.js a stream needs. The light one is much smaller; the full one also plays separate audio tracks and
// captions in playlists.

/** Maximum length of a multivariant playlist that is looked at. */
const MAX_CHARS = 65_536;
/** Time for looking, in milliseconds. Then the light build is used: the picture matters more than the tracks. */
const LOOK_MS = 4_000;

/**
 * Whether a multivariant playlist has tracks that the library can choose from: captions, or audio of which none is in the
 * picture's own segments.
 */
export function hasTracks(playlist: string): boolean {
  const media = playlist.slice(0, MAX_CHARS).match(/^#EXT-X-MEDIA:.*$/gm) ?? [];
  const audio = media.filter((line) => /[:,]TYPE=AUDIO(?:,|$)/.test(line));
  const hasAudio = audio.length > 0 && audio.every((line) => /[:,]URI="/.test(line));
  const hasCaptions = media.some((line) => /[:,]TYPE=SUBTITLES(?:,|$)/.test(line));
  return hasAudio || hasCaptions;
}

/** Looks at a playlist. False if it cannot be fetched: the player reports the same problem, where it matters. */
export async function needsFullLibrary(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LOOK_MS) });
    return response.ok && hasTracks(await response.text());
  } catch {
    return false;
  }
}
