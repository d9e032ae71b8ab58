// The page of a stream, live or recorded: the player with its meter, the description, and other streams.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageProps } from "../app/page";
import { useTitle } from "../app/title";
import { chain, wallet } from "../chain";
import { readStored, writeStored } from "../common/storage";
import { Later } from "../components/later";
import { pictureOf, titleOf } from "../components/stream-card";
import { showError } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { continuesAt, resumePosition, useProgress } from "../components/use-progress";
import { WalletList } from "../components/wallet-menu";
import {
  gateway,
  imageUrl,
  type Recording,
  recordingSubject,
  type StoryboardCue,
  type StreamView,
  streamSubject,
  video,
} from "../gateway";
import {
  forgetGift,
  giftFor,
  type KeyProvider,
  openKeyProvider,
  priceOf,
  type ReceivedGift,
  type StreamOffer,
} from "../pay";
import { Meter } from "../player/meter";
import { isFixedByLimit } from "../player/meter-text";
import { Player } from "../player/player";
import type { Engine, Source } from "../player/types";
import { ago } from "../ui/format";
import { FilmIcon } from "../ui/icons";
import { Picture } from "../ui/picture";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import { measuredBy, useDvr } from "./playback";
import { About } from "./watch-about";
import { Aside } from "./watch-aside";
import { WatchChat, WatchComments } from "./watch-community";
import "./watch.css";

/** Many visitors watch previews, or have paid in before. */
const loadFundDialog = async () => ({ default: (await import("../components/fund-dialog")).FundDialog });

/** Interval at which a stream is reloaded while it is off air, in milliseconds. */
const RELOAD_OFF_AIR_MS = 5_000;
/**
 * The same while it is on air, when only its price may change, and for recordings. Live counts arrive by themselves.
 */
const RELOAD_ON_AIR_MS = 30_000;
/** The same for a video that the gateway prepares. */
const PROCESSING_EVERY_MS = 4_000;

/** A recording with the pictures over its seek bar. */
interface Recorded {
  readonly recording: Recording;
  readonly cues: readonly StoryboardCue[];
  /** Where playback continues, in seconds; null to begin at the start. */
  readonly resumeS: number | null;
}

/** Loads a recording. Null if none is named, or the gateway does not have the recording any more. */
async function loadRecording(id: string, named: string | undefined, signal: AbortSignal): Promise<Recorded | null> {
  if (named === undefined) return null;
  const number = Number.parseInt(named, 10);
  const [recording, position] = await Promise.all([
    video.recording(id, named, signal),
    resumePosition(recordingSubject(id, number)),
  ]);
  if (!recording) return null;
  const isReady = (recording.state ?? "ready") === "ready";
  const cues = isReady && recording.storyboard ? await gateway.storyboard(id, recording.storyboard, signal) : [];
  return { recording, cues, resumeS: continuesAt(position, recording.duration_s) };
}

/** Width of the poster in the player, in pixels. */
const POSTER_WIDTH = 1_280;
const NO_CUES: readonly StoryboardCue[] = [];
const THEATRE_KEY = "vilokanam.theatre";
const THEATRE = "yes";

/** Whether the picture is as wide as the page, which the browser remembers. */
function useTheatre(): readonly [boolean, () => void] {
  const [isTheatre, setTheatre] = useState(() => readStored(THEATRE_KEY) === THEATRE);
  const toggle = () => {
    writeStored(THEATRE_KEY, isTheatre ? null : THEATRE);
    setTheatre(!isTheatre);
  };
  return [isTheatre, toggle];
}

/**
 * A key provider while the page is shown. The session is left with the page, but not by a reload, after which it is
 * resumed.
 */
function useKeyProvider(offer: StreamOffer, gift: ReceivedGift | null): KeyProvider {
  const { stream, creator, pricePerTick } = offer;
  const keyProvider = useMemo(() => openKeyProvider(offer, gift), [stream, gift?.address]);
  useEffect(() => () => void keyProvider.dispose().catch(showError), [keyProvider]);
  useEffect(() => keyProvider.update({ stream, creator, pricePerTick }), [keyProvider, creator, pricePerTick]);
  return keyProvider;
}

/** The gift that this browser has for a stream; null if it has none, or keeps no data. */
async function loadGift({ stream, creator }: StreamView): Promise<ReceivedGift | null> {
  try {
    const { genesis_hash } = await gateway.info();
    return await giftFor(genesis_hash, stream, creator);
  } catch {
    // Playing reports the same problem, where it matters.
    return null;
  }
}

/** A stream, with the gift that pays for it. */
interface Watched {
  readonly stream: StreamView;
  readonly gift: ReceivedGift | null;
}

async function loadWatched(id: string, signal: AbortSignal): Promise<Watched> {
  const stream = await gateway.stream(id, signal);
  return { stream, gift: await loadGift(stream) };
}

/** The live counts of a stream; null until known. */
function useCounts(stream: string) {
  const feed = useMemo(() => gateway.live(stream), [stream]);
  useEffect(() => () => feed.close(), [feed]);
  return feed.counts.value.get(stream) ?? null;
}

/** Titles for streams that will not begin by themselves. */
const OFF_AIR_TITLES: Readonly<Partial<Record<StreamView["status"], string>>> = {
  ended: "This stream has ended for good",
  suspended: "This stream is suspended",
};

function OffAir({ stream }: { readonly stream: StreamView }) {
  const url = pictureOf(stream, false);
  return (
    <div class="off-air">
      <Picture url={url} of={stream.stream} />
      <div class="off-air-words" role="status">
        <span class="badge">Off air</span>
        <h2>{OFF_AIR_TITLES[stream.status] ?? "Not live at the moment"}</h2>
        {stream.status === "suspended" && <p>A moderator of the chain has suspended it. Nothing of it is shown.</p>}
        {!OFF_AIR_TITLES[stream.status] && (
          <p>
            {stream.last_live ? `Last live ${ago(stream.last_live)}. ` : ""}
            Playback starts here by itself when the stream is back.
          </p>
        )}
      </div>
    </div>
  );
}

interface StageProps extends Watched {
  readonly recorded: Recorded | null;
  readonly onReload: () => void;
}

function sourceOf({ stream, recorded }: Pick<StageProps, "stream" | "recorded">, isLive: boolean): Source | null {
  if (recorded) {
    const { recording, resumeS } = recorded;
    const start = resumeS !== null && { startS: resumeS };
    return { playlist: recording.playlist, isLive: false, ...start, ...measuredBy(stream.stream) };
  }
  if (!isLive) return null;
  const playlist = stream.playlist ?? `/v1/streams/${stream.stream}/hls/master.m3u8`;
  return { playlist, isLive: true, ...measuredBy(stream.stream) };
}

/** The playlist from the beginning of the broadcast; null if viewers cannot go back. */
const dvrPlaylistOf = (stream: StreamView) => stream.dvr_playlist ?? null;

/** What is played; null if the stream is off air and has not been on air since the page was loaded. */
function useSource(props: StageProps, isLive: boolean): Source | null {
  // Once started, the player stays: it shows that the stream is off air, and continues by itself when it is back.
  const [hasStarted, setStarted] = useState(false);
  useEffect(() => {
    if (isLive) setStarted(true);
  }, [isLive]);
  return useMemo(
    () => sourceOf(props, isLive || hasStarted),
    [props.recorded?.recording.playlist, props.stream.playlist, isLive || hasStarted],
  );
}

/** The deposit form, while it is open. */
interface Funding {
  /** Whether new limits alone are enough. */
  readonly isLimitOnly: boolean;
}

interface FundingDialogProps {
  readonly funding: Funding;
  readonly offer: StreamOffer;
  readonly onClose: () => void;
}

function FundingDialog({ funding, offer, onClose }: FundingDialogProps) {
  const title = chain.money.value?.deposit ? "Top up" : "Your first deposit";
  return (
    <Later
      load={loadFundDialog}
      failed="The deposit form could not be loaded. Load the page again."
      props={{
        title: funding.isLimitOnly ? "What this browser may spend" : title,
        wanted: offer,
        isAmountOptional: funding.isLimitOnly,
        onClose,
      }}
    />
  );
}

function Stage(props: StageProps) {
  const { stream, recorded, gift, onReload } = props;
  const offer = { stream: stream.stream, creator: stream.creator, pricePerTick: priceOf(stream) };
  const keyProvider = useKeyProvider(offer, gift);
  const counts = useCounts(stream.stream);
  const isLive = counts?.is_live ?? stream.is_live_here;
  const [engine, setEngine] = useState<Engine | null>(null);
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const [isTheatre, toggleTheatre] = useTheatre();
  const [funding, setFunding] = useState<Funding | null>(null);
  const source = useSource(props, isLive);
  const dvr = useDvr(isLive && !recorded ? dvrPlaylistOf(stream) : null);
  const recordedSubject = recorded && recordingSubject(stream.stream, recorded.recording.number);
  const subject = recordedSubject ?? streamSubject(stream.stream);
  useProgress(recordedSubject, container);
  usePolling(onReload, isLive || recorded ? RELOAD_ON_AIR_MS : RELOAD_OFF_AIR_MS);
  const account = wallet.account.value?.address;
  useEffect(() => {
    if (account) chain.start().catch(showError);
  }, [account]);
  const leaveGift = () => {
    if (gift) forgetGift(gift.address).then(onReload, showError);
  };
  const fund = () => {
    const hasDeposit = (chain.money.peek()?.deposit ?? null) !== null;
    setFunding({ isLimitOnly: isFixedByLimit(keyProvider.hold.peek()?.reason ?? null, hasDeposit) });
  };
  return (
    <div class={isTheatre ? "watch watch-theatre" : "watch"}>
      <div class="watch-player" ref={setContainer}>
        {source ? (
          <>
            <Player
              source={source}
              keyProvider={keyProvider}
              title={recorded?.recording.title || titleOf(stream)}
              poster={recorded ? imageUrl(recorded.recording.poster, POSTER_WIDTH) : pictureOf(stream, isLive)}
              artwork={pictureOf(stream, isLive && !recorded)}
              previewImages={recorded?.cues ?? NO_CUES}
              isOnAir={isLive}
              dvr={dvr}
              container={container}
              walletList={<WalletList />}
              isTheatre={isTheatre}
              onTheatre={toggleTheatre}
              onTopUp={fund}
              onLeaveGift={leaveGift}
              onEngine={setEngine}
            />
            <Meter keyProvider={keyProvider} engine={engine} onTopUp={fund} />
          </>
        ) : (
          <OffAir stream={stream} />
        )}
      </div>
      <div class="watch-about">
        <About
          stream={stream}
          recording={recorded?.recording ?? null}
          viewers={counts?.viewers ?? stream.viewers}
          isLive={isLive}
        />
        {recorded && <WatchComments stream={stream} recording={recorded.recording} container={container} />}
      </div>
      <WatchChat
        stream={stream}
        recording={recorded?.recording ?? null}
        keyProvider={keyProvider}
        isLive={isLive}
        container={container}
      />
      <Aside stream={stream} subject={subject} keyProvider={keyProvider} />
      {funding && <FundingDialog funding={funding} offer={offer} onClose={() => setFunding(null)} />}
    </div>
  );
}

function PageSkeleton() {
  return (
    <Loading label="Loading the stream">
      <div class="watch">
        <div class="watch-player">
          <div class="skeleton watch-skeleton" />
        </div>
        <div class="watch-chat" />
        <div class="watch-about stack">
          <Skeleton height={34} width="60%" />
          <Skeleton height={48} width="40%" />
        </div>
        <div class="watch-aside stack">
          <Skeleton height={140} />
        </div>
      </div>
    </Loading>
  );
}

/** A video that the gateway still prepares, or could not. */
function NotReady({ isFailed }: { readonly isFailed: boolean }) {
  return (
    <Empty icon={<FilmIcon />} title={isFailed ? "This video could not be prepared" : "This video is being prepared"}>
      {isFailed
        ? "Its creator can see the reason in the studio."
        : "It starts here by itself as soon as it can be watched."}
    </Empty>
  );
}

export default function Watch({ params }: PageProps) {
  const { stream: id = "", recording } = params;
  const { state, reload } = useLoaded((signal) => loadWatched(id, signal), [id]);
  const recorded = useLoaded((signal) => loadRecording(id, recording, signal), [id, recording]);
  const recordingTitle = recorded.state.kind === "ready" ? recorded.state.value?.recording.title : null;
  useTitle(recordingTitle || (state.kind === "ready" ? titleOf(state.value.stream) : "Watch"));
  const work = recorded.state.kind === "ready" ? (recorded.state.value?.recording.state ?? "ready") : "ready";
  usePolling(() => work === "processing" && recorded.reload(), PROCESSING_EVERY_MS);
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (recorded.state.kind === "failed") {
    const { error } = recorded.state;
    return <Problem message={error.message} hint={error.hint} onRetry={recorded.reload} />;
  }
  if (state.kind === "loading" || recorded.state.kind === "loading") return <PageSkeleton />;
  if (recording !== undefined && !recorded.state.value) {
    return <Problem message="This recording is not available any more." hint="The stream may have other recordings." />;
  }
  if (work !== "ready") return <NotReady isFailed={work === "failed"} />;
  return <Stage {...state.value} recorded={recorded.state.value} onReload={reload} />;
}
