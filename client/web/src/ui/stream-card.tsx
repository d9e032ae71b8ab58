// A stream in a list: its picture, moving while the pointer is on it; who, what, and what a second costs.

import { useEffect, useState } from "preact/hooks";
import { shortAddress } from "../chain";
import { gateway, type LiveCounts, type StoryboardCue, type StreamView } from "../gateway";
import { Avatar, Poster } from "./avatar";
import { EyeIcon } from "./icons";
import { Sprite } from "./sprite";
import { ago, count, vlk } from "./words";
import "./stream-card.css";

const MINUTE = 60n;
/** Thumbnails are made anew every ten seconds; lists need not be quite as fresh. */
const THUMBNAIL_EVERY_MS = 30_000;
/** Looking back over at most so many pictures, the last ones. */
const MAX_FRAMES = 20;
const FRAME_MS = 420;

/** The picture of a stream: live from the gateway, else the creator's own if the policy lets it through. */
export function pictureOf(stream: StreamView, isLive: boolean, nowMs = Date.now()): string | null {
  if (isLive) return `/v1/streams/${stream.stream}/thumbnail.jpg?at=${Math.floor(nowMs / THUMBNAIL_EVERY_MS)}`;
  const { thumbnail } = stream.metadata;
  return thumbnail?.startsWith("data:image/") || /^\/(?!\/)/.test(thumbnail ?? "") ? (thumbnail ?? null) : null;
}

/** What a stream is called; one without a title is called by its number. */
export function titleOf(stream: StreamView): string {
  return stream.metadata.title?.trim() || `Stream ${stream.stream}`;
}

/** The frames of the last minutes, one after the other, while `isOn`. */
function useFrames(stream: string, isOn: boolean): StoryboardCue | null {
  const [cues, setCues] = useState<readonly StoryboardCue[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const calling = new AbortController();
    gateway.storyboard(stream, undefined, calling.signal).then(
      (found) => setCues(found.slice(-MAX_FRAMES)),
      // A card that does not move is no trouble to anybody.
      () => setCues([]),
    );
    const timer = window.setInterval(() => setAt((old) => old + 1), FRAME_MS);
    return () => {
      calling.abort();
      window.clearInterval(timer);
      setCues([]);
    };
  }, [stream, isOn]);
  return cues[at % Math.max(1, cues.length)] ?? null;
}

interface StreamCardProps {
  readonly stream: StreamView;
  readonly counts: LiveCounts | undefined;
}

function Picture({ stream, isLive }: { readonly stream: StreamView; readonly isLive: boolean }) {
  // The one that has failed, not that one has: the next picture has an address of its own.
  const [failed, setFailed] = useState<string | null>(null);
  const url = pictureOf(stream, isLive);
  if (!url || failed === url) return <Poster of={stream.stream} />;
  return <img src={url} alt="" width={320} height={180} loading="lazy" onError={() => setFailed(url)} />;
}

/** `30 s free`, or nothing. */
export function previewWords(stream: StreamView): string | null {
  const seconds = stream.preview_ticks;
  if (seconds === 0) return null;
  // Whole minutes are told as such; others are not rounded, for a promise is a promise.
  return seconds % 60 === 0 ? `${seconds / 60} min free` : `${seconds} s free`;
}

export function StreamCard({ stream, counts }: StreamCardProps) {
  const isLive = counts?.is_live ?? stream.is_live_here;
  const viewers = counts?.viewers ?? stream.viewers;
  const [isOn, setOn] = useState(false);
  const frame = useFrames(stream.stream, isOn && isLive);
  const price = BigInt(stream.price_per_tick);
  const preview = previewWords(stream);
  return (
    <a
      class="card"
      href={`/watch/${stream.stream}`}
      onPointerEnter={() => setOn(true)}
      onPointerLeave={() => setOn(false)}
      onFocus={() => setOn(true)}
      onBlur={() => setOn(false)}
    >
      <div class="card-picture">
        <Picture stream={stream} isLive={isLive} />
        {frame && (
          <div class="card-frames">
            <Sprite cue={frame} />
          </div>
        )}
        <div class="card-top">
          {isLive ? <span class="badge badge-live">LIVE</span> : <span class="badge">Off air</span>}
          {isLive && (
            <span class="badge card-dark number">
              <EyeIcon />
              {count(viewers)}
              <span class="unseen">{viewers === 1 ? " viewer" : " viewers"}</span>
            </span>
          )}
        </div>
        {preview && isLive && <span class="badge badge-good card-free">{preview}</span>}
      </div>
      <div class="card-text">
        <Avatar of={stream.creator} />
        <div class="card-words">
          <h3 class="card-title">{titleOf(stream)}</h3>
          <p class="faint one-line">
            {stream.metadata.category ? `${stream.metadata.category} · ` : ""}
            {shortAddress(stream.creator)}
          </p>
          <p class="card-price">
            <strong class="number">{vlk(price, 6)}/s</strong>
            <span class="faint number">{vlk(price * MINUTE)} a minute</span>
          </p>
          {!isLive && <p class="faint">{stream.last_live ? `Last live ${ago(stream.last_live)}` : "Not live yet"}</p>}
        </div>
      </div>
    </a>
  );
}
