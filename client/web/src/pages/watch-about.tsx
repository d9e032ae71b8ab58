// Below the picture: title, creator, viewers, prices, description and tags.

import { useState } from "preact/hooks";
import { chain, shortAddress, wallet } from "../chain";
import { vlk } from "../common/amounts";
import { kindOf } from "../components/recording-card";
import { previewText, titleOf } from "../components/stream-card";
import { TipDialog } from "../components/tip-dialog";
import { useLoaded } from "../components/use-loaded";
import { gateway, type Recording, type StreamView } from "../gateway";
import { Avatar } from "../ui/avatar";
import { several, timeOf, whenBlocks } from "../ui/format";
import { EyeIcon, GiftIcon } from "../ui/icons";
import { Notice } from "../ui/states";
import { GiftDialog } from "./gift-dialog";
import { LiveClip } from "./live-clip";
import { Bought } from "./watch-bought";

const MINUTE = 60n;
const HOUR = 3_600n;

interface AboutProps {
  readonly stream: StreamView;
  readonly recording: Recording | null;
  readonly viewers: number;
  readonly isLive: boolean;
}

function Prices({ stream }: { readonly stream: StreamView }) {
  const price = BigInt(stream.price_per_tick);
  const preview = previewText(stream);
  return (
    <dl class="prices number">
      <div>
        <dt>per second</dt>
        <dd>{vlk(price, 6)}</dd>
      </div>
      <div>
        <dt>per minute</dt>
        <dd>{vlk(price * MINUTE)}</dd>
      </div>
      <div>
        <dt>per hour</dt>
        <dd>{vlk(price * HOUR)}</dd>
      </div>
      {preview && (
        <div>
          <dt>preview</dt>
          <dd>{preview}</dd>
        </div>
      )}
    </dl>
  );
}

/** Time between blocks that is assumed until the chain library is loaded. Showing a stream does not wait for that. */
const BLOCK_TIME_MS = 1_000;

/** The best block, and the time between blocks. */
async function paceOf(signal: AbortSignal) {
  const { best_block } = await gateway.chain(signal);
  const isReady = chain.status.peek().kind === "ready";
  const blockTimeMs = isReady ? (await chain.params()).blockTimeMs : BLOCK_TIME_MS;
  return { best_block, blockTimeMs, atMs: Date.now() };
}

function NextPrice({ next }: { readonly next: NonNullable<StreamView["next_price"]> }) {
  const { state } = useLoaded(paceOf, [next.from_block]);
  const pace = state.kind === "ready" ? state.value : null;
  const when = pace && whenBlocks(next.from_block - pace.best_block, pace.blockTimeMs, pace.atMs);
  return (
    <Notice>
      <p>
        {when ? `From about ${when} on` : "Soon"}, a second costs {vlk(BigInt(next.price_per_tick), 6)}. Open sessions
        keep their price.
      </p>
    </Notice>
  );
}

/** The account that may make clips of a stream as its viewer; null if viewers may not, or none is chosen. */
const clipperOf = (stream: StreamView) => (stream.clips === "payers" ? (wallet.account.value?.address ?? null) : null);

function RecordedLine({ stream, recording }: { readonly stream: StreamView; readonly recording: Recording }) {
  return (
    <p class="soft">
      {kindOf(recording)} of{" "}
      <a class="link" href={`/watch/${stream.stream}`}>
        {titleOf(stream)}
      </a>
      , {timeOf(recording.started_at)}
      {recording.visibility === "unlisted" ? " · unlisted" : ""}
    </p>
  );
}

export function About({ stream, recording, viewers, isLive }: AboutProps) {
  const [open, setOpen] = useState<"tip" | "gift" | null>(null);
  const clipper = clipperOf(stream);
  const { category, tags } = stream.metadata;
  const description = recording?.description || stream.metadata.description;
  return (
    <>
      <div class="about-head">
        <div class="stack stack-tight">
          <h1>{recording?.title || titleOf(stream)}</h1>
          {recording && <RecordedLine stream={stream} recording={recording} />}
        </div>
      </div>
      {recording && <Bought stream={stream.stream} recording={recording} />}
      <div class="about-row">
        <Avatar of={stream.creator} isLarge />
        <div class="about-who">
          <a class="mono about-creator" title={stream.creator} href={`/creators/${stream.creator}`}>
            {shortAddress(stream.creator)}
          </a>
          <span class="faint row" data-testid="viewers">
            <span class="tiny-icon">
              <EyeIcon />
            </span>
            {isLive ? `${several(viewers, "viewer")} now` : "off air"}
          </span>
        </div>
        <div class="row push about-actions">
          {isLive && !recording && clipper !== null && <LiveClip stream={stream} viewer={clipper} />}
          <button type="button" class="button" onClick={() => setOpen("tip")}>
            Tip
          </button>
          {stream.status !== "ended" && (
            <button type="button" class="button" onClick={() => setOpen("gift")}>
              <GiftIcon />
              Give ten minutes
            </button>
          )}
        </div>
      </div>
      <Prices stream={stream} />
      {stream.next_price && <NextPrice next={stream.next_price} />}
      {description && <p class="about-text">{description}</p>}
      {(category || (tags && tags.length > 0)) && (
        <ul class="row" aria-label="Tags">
          {category && (
            <li>
              <a class="tag" href={`/?category=${encodeURIComponent(category)}`}>
                {category}
              </a>
            </li>
          )}
          {tags?.map((tag) => (
            <li key={tag}>
              <a class="tag" href={`/?q=${encodeURIComponent(tag)}`}>
                #{tag}
              </a>
            </li>
          ))}
        </ul>
      )}
      {open === "tip" && <TipDialog stream={stream.stream} title={titleOf(stream)} onClose={() => setOpen(null)} />}
      {open === "gift" && <GiftDialog stream={stream} onClose={() => setOpen(null)} />}
    </>
  );
}
