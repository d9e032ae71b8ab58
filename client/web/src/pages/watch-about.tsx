// Below the picture: title, creator, viewers, prices, description and tags.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { me } from "../account";
import { chain, wallet } from "../chain";
import { vlk } from "../common/amounts";
import { FollowButton } from "../components/follow-button";
import { Later } from "../components/later";
import { LikeButton, useReactions, Views } from "../components/like-button";
import { nameOf, PersonPicture, personPath } from "../components/person";
import { kindOf } from "../components/recording-card";
import { previewText, titleOf } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import {
  gateway,
  type PersonRef,
  people,
  type Recording,
  recordingSubject,
  type StreamView,
  streamSubject,
} from "../gateway";
import { several, timeOf, whenBlocks } from "../ui/format";
import { EyeIcon, FlagIcon, GiftIcon } from "../ui/icons";
import { Notice } from "../ui/states";
import { LiveClip } from "./live-clip";
import { Bought } from "./watch-bought";

// The dialogs are loaded when they are opened.
const loadTip = async () => ({ default: (await import("../components/tip-dialog")).TipDialog });
const loadGift = async () => ({ default: (await import("./gift-dialog")).GiftDialog });
const loadReport = async () => ({ default: (await import("../components/report-dialog")).ReportDialog });
/** What is shown if a dialog cannot be loaded. */
const FAILED = "This could not be loaded. Try again.";

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

interface CreatorProps {
  readonly account: string;
  /** What is shown below the name. */
  readonly children: ComponentChildren;
}

/** The creator, and the button to follow. Until the name is known, the account stands for it. */
function Creator({ account, children }: CreatorProps) {
  const viewer = me.value?.account ?? null;
  const { state } = useLoaded((signal) => people.person(account, signal), [account, viewer]);
  const person: PersonRef = (state.kind === "ready" && state.value) || { account };
  return (
    <>
      <PersonPicture person={person} isLarge />
      <div class="about-who">
        <a class="about-creator" dir="auto" title={account} href={personPath(person)}>
          {nameOf(person)}
        </a>
        {children}
      </div>
      <span class="about-follow">
        {state.kind !== "loading" && (
          <FollowButton
            account={account}
            class="button-small"
            {...(state.kind === "ready" && state.value && { person: state.value })}
          />
        )}
      </span>
    </>
  );
}

export function About({ stream, recording, viewers, isLive }: AboutProps) {
  const [open, setOpen] = useState<"tip" | "gift" | "report" | null>(null);
  const onClose = () => setOpen(null);
  const subject = recording ? recordingSubject(stream.stream, recording.number) : streamSubject(stream.stream);
  const reactions = useReactions(subject);
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
        <Creator account={stream.creator}>
          <span class="faint row">
            <span class="row" data-testid="viewers">
              <span class="tiny-icon">
                <EyeIcon />
              </span>
              {isLive ? `${several(viewers, "viewer")} now` : "off air"}
            </span>
            <Views of={reactions} />
          </span>
        </Creator>
        <div class="row push about-actions">
          <LikeButton of={reactions} what={recording ? "this recording" : "this stream"} />
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
      <button type="button" class="about-report" onClick={() => setOpen("report")}>
        <FlagIcon />
        {recording ? "Report this recording" : "Report this stream"}
      </button>
      {open === "tip" && (
        <Later load={loadTip} failed={FAILED} props={{ stream: stream.stream, title: titleOf(stream), onClose }} />
      )}
      {open === "report" && (
        <Later
          load={loadReport}
          failed={FAILED}
          props={{ subject, what: recording ? "this recording" : "this stream", onClose }}
        />
      )}
      {open === "gift" && <Later load={loadGift} failed={FAILED} props={{ stream, onClose }} />}
    </>
  );
}
