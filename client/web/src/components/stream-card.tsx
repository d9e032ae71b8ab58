// A stream in a list: its picture, which moves while the pointer is over it, its title, its creator and its price.

import { useEffect, useState } from "preact/hooks";
import { shortAddress } from "../chain";
import { vlk } from "../common/amounts";
import { gateway, type LiveCounts, type StoryboardCue, type StreamView } from "../gateway";
import { Avatar } from "../ui/avatar";
import { ago, count } from "../ui/format";
import { EyeIcon } from "../ui/icons";
import { Picture } from "../ui/picture";
import { Sprite } from "../ui/sprite";
import { chosenPicture } from "./chosen-picture";
import "./stream-card.css";

const MINUTE = 60n;
/** Interval at which a list reloads thumbnails. The gateway makes a new one every ten seconds. */
const THUMBNAIL_EVERY_MS = 30_000;
/** Number of pictures in the animation: the latest ones. */
const MAX_FRAMES = 20;
const FRAME_MS = 420;

/**
 * URL of a stream's picture: live from the gateway, or else the creator's own.
 */
export function pictureOf(stream: StreamView, isLive: boolean, nowMs = Date.now()): string | null {
  if (isLive) return `/v1/streams/${stream.stream}/thumbnail.jpg?at=${Math.floor(nowMs / THUMBNAIL_EVERY_MS)}`;
  return chosenPicture(stream.metadata.thumbnail ?? "", stream.stream);
}

/** The title of a stream, or its number if it has none. */
export function titleOf(stream: StreamView): string {
  return stream.metadata.title?.trim() || `Stream ${stream.stream}`;
}

/** The pictures of the last minutes, one after the other, while `isOn`. */
function useFrames(stream: string, isOn: boolean): StoryboardCue | null {
  const [cues, setCues] = useState<readonly StoryboardCue[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const controller = new AbortController();
    gateway.storyboard(stream, undefined, controller.signal).then(
      (found) => setCues(found.slice(-MAX_FRAMES)),
      // Without a storyboard the card does not move, which is not worth a message.
      () => setCues([]),
    );
    const timer = window.setInterval(() => setAt((old) => old + 1), FRAME_MS);
    return () => {
      controller.abort();
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

/** The length of the free preview, `30 s free`; null if there is none. Only whole minutes are shown as minutes. */
export function previewText(stream: StreamView): string | null {
  const seconds = stream.preview_ticks;
  if (seconds === 0) return null;
  return seconds % 60 === 0 ? `${seconds / 60} min free` : `${seconds} s free`;
}

export function StreamCard({ stream, counts }: StreamCardProps) {
  const isLive = counts?.is_live ?? stream.is_live_here;
  const viewers = counts?.viewers ?? stream.viewers;
  const [isOn, setOn] = useState(false);
  const frame = useFrames(stream.stream, isOn && isLive);
  const price = BigInt(stream.price_per_tick);
  const preview = previewText(stream);
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
        <Picture url={pictureOf(stream, isLive)} of={stream.stream} isLazy />
        {frame && (
          <div class="card-frames">
            <Sprite image={frame} />
          </div>
        )}
        <div class="card-top">
          {isLive ? <span class="badge badge-live">LIVE</span> : <span class="badge">Off air</span>}
          {isLive && (
            <span class="badge card-dark number">
              <EyeIcon />
              {count(viewers)}
              <span class="visually-hidden">{viewers === 1 ? " viewer" : " viewers"}</span>
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
            <span class="faint number">{vlk(price * MINUTE)} per minute</span>
          </p>
          {!isLive && <p class="faint">{stream.last_live ? `Last live ${ago(stream.last_live)}` : "Not live yet"}</p>}
        </div>
      </div>
    </a>
  );
}
