// Watching a stream, live or recorded: the player with its meter, what it is, and where one can go from here.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageProps } from "../app/router";
import { useTitle } from "../app/title";
import { tellError } from "../app/toasts";
import { chain, wallet } from "../chain";
import { readStored, writeStored } from "../common/storage";
import { gateway, type RecordingView, type StoryboardCue, type StreamView } from "../gateway";
import { openPurse, type Purse } from "../pay";
import { Meter } from "../player/meter";
import { isMendedByLimit } from "../player/pay-words";
import { Player } from "../player/player";
import type { Engine, Source } from "../player/types";
import { Poster } from "../ui/avatar";
import { FundDialog } from "../ui/fund-dialog";
import { Bones, Loading, Problem, useLoaded, usePolling } from "../ui/states";
import { pictureOf, titleOf } from "../ui/stream-card";
import { ago } from "../ui/words";
import { About } from "./watch-about";
import { Aside } from "./watch-aside";
import "./watch.css";

/** Off air, the stream is looked at this often. */
const LOOK_EVERY_MS = 5_000;
/** On air, counts come by themselves; a new price is looked for this often. The same goes for recordings. */
const LOOK_ON_AIR_EVERY_MS = 30_000;
const MAX_RECORDINGS = 100;

/** A recording with the pictures for its seek bar. */
interface Recorded {
  readonly recording: RecordingView;
  readonly cues: readonly StoryboardCue[];
}

/** Never changes: it is asked for once. Null when it is not kept any more, or none was asked for. */
async function recordedOf(id: string, number: string | undefined, signal: AbortSignal): Promise<Recorded | null> {
  if (number === undefined) return null;
  const { items } = await gateway.recordings(id, { limit: MAX_RECORDINGS }, signal);
  const recording = items.find((item) => String(item.number) === number);
  if (!recording) return null;
  const cues = recording.storyboard ? await gateway.storyboard(id, recording.storyboard, signal) : [];
  return { recording, cues };
}

const NO_CUES: readonly StoryboardCue[] = [];
const THEATRE_STORE = "vilokanam.theatre";
const THEATRE = "yes";

/** Whether the picture is as wide as the page; remembered. */
function useTheatre(): readonly [boolean, () => void] {
  const [isTheatre, setTheatre] = useState(() => readStored(THEATRE_STORE) === THEATRE);
  const change = () => {
    writeStored(THEATRE_STORE, isTheatre ? null : THEATRE);
    setTheatre(!isTheatre);
  };
  return [isTheatre, change];
}

/** A purse for as long as the page is shown; the session is left when it is not. A reload only goes on with it. */
function usePurse(stream: string): Purse {
  const purse = useMemo(() => openPurse(stream), [stream]);
  useEffect(() => () => void purse.dispose().catch(tellError), [purse]);
  return purse;
}

/** The live counts of one stream, and whether it is on air by them; null while they are not known. */
function useCounts(stream: string) {
  const feed = useMemo(() => gateway.live(stream), [stream]);
  useEffect(() => () => feed.close(), [feed]);
  return feed.counts.value.get(stream) ?? null;
}

function OffAir({ stream }: { readonly stream: StreamView }) {
  const url = pictureOf(stream, false);
  return (
    <div class="off-air">
      {url ? <img src={url} alt="" /> : <Poster of={stream.stream} />}
      <div class="off-air-words" role="status">
        <span class="badge">Off air</span>
        <h2>{stream.phase === "ended" ? "This stream has ended for good" : "Not live at the moment"}</h2>
        {stream.phase !== "ended" && (
          <p>
            {stream.last_live ? `Last live ${ago(stream.last_live)}. ` : ""}
            The picture begins here by itself when it is back.
          </p>
        )}
      </div>
    </div>
  );
}

interface StageProps {
  readonly stream: StreamView;
  readonly recorded: Recorded | null;
  readonly onChange: () => void;
}

function sourceOf({ stream, recorded }: StageProps, isLive: boolean): Source | null {
  if (recorded) return { playlist: recorded.recording.playlist, isLive: false };
  if (!isLive) return null;
  return { playlist: stream.playlist ?? `/v1/streams/${stream.stream}/hls/master.m3u8`, isLive: true };
}

/** What is being watched; null while it is off air and was not on air since the page began. */
function useSource(props: StageProps, isLive: boolean, engine: Engine | null): Source | null {
  // Once begun, the player stays: it has words of its own for a stream that goes off air, and comes back by itself.
  const [hasBegun, setBegun] = useState(false);
  useEffect(() => {
    if (isLive && hasBegun && engine?.state.peek() === "gone") engine.retry();
    if (isLive) setBegun(true);
  }, [isLive]);
  return useMemo(
    () => sourceOf(props, isLive || hasBegun),
    [props.recorded?.recording.playlist, props.stream.playlist, isLive || hasBegun],
  );
}

/** The deposit form, asked for while something may be held. */
interface Funding {
  /** A new limit alone would do. */
  readonly isLimitOnly: boolean;
}

function Fund({ funding, price, onClose }: { funding: Funding; price: bigint; onClose: () => void }) {
  const title = chain.money.value?.deposit ? "Top up" : "Your first deposit";
  return (
    <FundDialog
      title={funding.isLimitOnly ? "Set a new limit" : title}
      pricePerTick={price}
      isAmountOptional={funding.isLimitOnly}
      onClose={onClose}
    />
  );
}

function Stage(props: StageProps) {
  const { stream, recorded, onChange } = props;
  const purse = usePurse(stream.stream);
  const counts = useCounts(stream.stream);
  const isLive = counts?.is_live ?? stream.is_live_here;
  const [engine, setEngine] = useState<Engine | null>(null);
  const [whole, setWhole] = useState<HTMLElement | null>(null);
  const [isTheatre, changeTheatre] = useTheatre();
  const [funding, setFunding] = useState<Funding | null>(null);
  const price = BigInt(stream.price_per_tick);
  const source = useSource(props, isLive, engine);
  usePolling(onChange, isLive || recorded ? LOOK_ON_AIR_EVERY_MS : LOOK_EVERY_MS);
  const account = wallet.account.value?.address;
  useEffect(() => {
    if (account) chain.start().catch(tellError);
  }, [account]);
  const fund = () => {
    const hasDeposit = (chain.money.peek()?.deposit ?? null) !== null;
    setFunding({ isLimitOnly: isMendedByLimit(purse.hold.peek()?.reason ?? null, hasDeposit) });
  };
  return (
    <div class={isTheatre ? "watch watch-theatre" : "watch"}>
      <div class="watch-player" ref={setWhole}>
        {source ? (
          <>
            <Player
              source={source}
              purse={purse}
              title={titleOf(stream)}
              pricePerTick={price}
              poster={recorded ? null : pictureOf(stream, isLive)}
              artwork={pictureOf(stream, isLive && !recorded)}
              cues={recorded?.cues ?? NO_CUES}
              whole={whole}
              isTheatre={isTheatre}
              onTheatre={changeTheatre}
              onTopUp={fund}
              onEngine={setEngine}
            />
            <Meter purse={purse} engine={engine} pricePerTick={price} onTopUp={fund} />
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
      </div>
      <Aside stream={stream} purse={purse} />
      {funding && <Fund funding={funding} price={price} onClose={() => setFunding(null)} />}
    </div>
  );
}

function Skeleton() {
  return (
    <Loading label="Loading the stream">
      <div class="watch">
        <div class="watch-player">
          <div class="bones watch-bones" />
        </div>
        <div class="watch-about stack">
          <Bones height={34} width="60%" />
          <Bones height={48} width="40%" />
        </div>
        <div class="watch-aside stack">
          <Bones height={140} />
        </div>
      </div>
    </Loading>
  );
}

export default function Watch({ params }: PageProps) {
  const { stream: id = "", recording } = params;
  const { state, again } = useLoaded((signal) => gateway.stream(id, signal), [id]);
  const recorded = useLoaded((signal) => recordedOf(id, recording, signal), [id, recording]);
  useTitle(state.kind === "ready" ? titleOf(state.value) : "Watch");
  if (state.kind === "failed") {
    return <Problem what={state.error.message} mend={state.error.mend} onRetry={again} />;
  }
  if (recorded.state.kind === "failed") {
    const { error } = recorded.state;
    return <Problem what={error.message} mend={error.mend} onRetry={recorded.again} />;
  }
  if (state.kind === "loading" || recorded.state.kind === "loading") return <Skeleton />;
  if (recording !== undefined && !recorded.state.value) {
    return <Problem what="This recording is not kept any more." mend="Its stream may have others." />;
  }
  return <Stage stream={state.value} recorded={recorded.state.value} onChange={again} />;
}
