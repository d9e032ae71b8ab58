// Below the picture: what it is, whose, how many watch, and what it costs in all the ways one may ask.

import { useState } from "preact/hooks";
import { chain, shortAddress } from "../chain";
import { gateway, type RecordingView, type StreamView } from "../gateway";
import { Avatar } from "../ui/avatar";
import { EyeIcon, GiftIcon } from "../ui/icons";
import { Notice, useLoaded } from "../ui/states";
import { previewWords, titleOf } from "../ui/stream-card";
import { TipDialog } from "../ui/tip-dialog";
import { several, timeOf, vlk, whenBlocks } from "../ui/words";

const MINUTE = 60n;
const HOUR = 3_600n;

interface AboutProps {
  readonly stream: StreamView;
  readonly recording: RecordingView | null;
  readonly viewers: number;
  readonly isLive: boolean;
}

function Prices({ stream }: { readonly stream: StreamView }) {
  const price = BigInt(stream.price_per_tick);
  const preview = previewWords(stream);
  return (
    <dl class="prices number">
      <div>
        <dt>a second</dt>
        <dd>{vlk(price, 6)}</dd>
      </div>
      <div>
        <dt>a minute</dt>
        <dd>{vlk(price * MINUTE)}</dd>
      </div>
      <div>
        <dt>an hour</dt>
        <dd>{vlk(price * HOUR)}</dd>
      </div>
      {preview && (
        <div>
          <dt>to begin with</dt>
          <dd>{preview}</dd>
        </div>
      )}
    </dl>
  );
}

/** How long a block takes, while the chain library is not there to tell: nobody waits for it to see a stream. */
const BLOCK_TIME_MS = 1_000;

/** Where the chain is, and how fast it goes. */
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
        {when ? `From about ${when} on` : "Soon"} a second costs {vlk(BigInt(next.price_per_tick), 6)}. A session that
        is open keeps its price.
      </p>
    </Notice>
  );
}

export function About({ stream, recording, viewers, isLive }: AboutProps) {
  const [isTipping, setTipping] = useState(false);
  const { description, category, tags } = stream.metadata;
  return (
    <>
      <div class="about-head">
        <div class="stack stack-tight">
          <h1>{titleOf(stream)}</h1>
          {recording && <p class="soft">Recorded {timeOf(recording.started_at)}</p>}
        </div>
      </div>
      <div class="about-row">
        <Avatar of={stream.creator} isLarge />
        <div class="about-who">
          <strong class="mono" title={stream.creator}>
            {shortAddress(stream.creator)}
          </strong>
          <span class="faint row" data-testid="viewers">
            <span class="tiny-icon">
              <EyeIcon />
            </span>
            {isLive ? `${several(viewers, "viewer")} now` : "off air"}
          </span>
        </div>
        <button type="button" class="button push" onClick={() => setTipping(true)}>
          <GiftIcon />
          Tip
        </button>
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
      {isTipping && <TipDialog stream={stream.stream} title={titleOf(stream)} onClose={() => setTipping(false)} />}
    </>
  );
}
