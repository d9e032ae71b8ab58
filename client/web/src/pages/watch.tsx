// Watching a stream, live or recorded: the player with its meter, what it is, and where one can go from here.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageProps } from "../app/router";
import { useTitle } from "../app/title";
import { tellError } from "../app/toasts";
import { chain, wallet } from "../chain";
import { gateway, type RecordingView, type StoryboardCue, type StreamView } from "../gateway";
import { openPurse, type Purse } from "../pay";
import { Meter } from "../player/meter";
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

/** Off air, the stream is looked at this often; on air, counts come by themselves. */
const LOOK_EVERY_MS = 5_000;

interface Watched {
  readonly stream: StreamView;
  readonly recording: RecordingView | null;
  readonly cues: readonly StoryboardCue[];
}

async function load(id: string, number: string | undefined, signal: AbortSignal): Promise<Watched> {
  const stream = await gateway.stream(id, signal);
  if (number === undefined) return { stream, recording: null, cues: [] };
  const { items } = await gateway.recordings(id, { limit: 100 }, signal);
  const recording = items.find((item) => String(item.number) === number) ?? null;
  const cues = recording?.storyboard ? await gateway.storyboard(id, recording.storyboard, signal) : [];
  return { stream, recording, cues };
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

function sourceOf({ stream, recording }: Watched, isLive: boolean): Source | null {
  if (recording) return { playlist: recording.playlist, isLive: false };
  if (!isLive) return null;
  return { playlist: stream.playlist ?? `/v1/streams/${stream.stream}/hls/master.m3u8`, isLive: true };
}

function Stage({ watched, onChange }: { readonly watched: Watched; readonly onChange: () => void }) {
  const { stream, recording } = watched;
  const purse = usePurse(stream.stream);
  const counts = useCounts(stream.stream);
  const isLive = counts?.is_live ?? stream.is_live_here;
  const [engine, setEngine] = useState<Engine | null>(null);
  const [isTheatre, setTheatre] = useState(false);
  const [isFunding, setFunding] = useState(false);
  const price = BigInt(stream.price_per_tick);
  // Once begun, the player stays: it has words of its own for a stream that goes off air, and comes back by itself.
  const [hasBegun, setBegun] = useState(false);
  const source = useMemo(
    () => sourceOf(watched, isLive || hasBegun),
    [recording?.playlist, stream.playlist, isLive || hasBegun],
  );
  useEffect(() => {
    if (isLive && hasBegun && engine?.state.peek() === "gone") engine.retry();
    if (isLive) setBegun(true);
  }, [isLive]);
  usePolling(() => !isLive && onChange(), LOOK_EVERY_MS);
  const account = wallet.account.value?.address;
  useEffect(() => {
    if (account) chain.start().catch(tellError);
  }, [account]);
  return (
    <div class={isTheatre ? "watch watch-theatre" : "watch"}>
      <div class="watch-player">
        {source ? (
          <>
            <Player
              source={source}
              purse={purse}
              title={titleOf(stream)}
              pricePerTick={price}
              poster={recording ? null : pictureOf(stream, isLive)}
              cues={watched.cues}
              isTheatre={isTheatre}
              onTheatre={() => setTheatre(!isTheatre)}
              onTopUp={() => setFunding(true)}
              onEngine={setEngine}
            />
            <Meter purse={purse} engine={engine} pricePerTick={price} onTopUp={() => setFunding(true)} />
          </>
        ) : (
          <OffAir stream={stream} />
        )}
      </div>
      <div class="watch-about">
        <About stream={stream} recording={recording} viewers={counts?.viewers ?? stream.viewers} isLive={isLive} />
      </div>
      <Aside stream={stream} purse={purse} />
      {isFunding && (
        <FundDialog
          title={chain.money.value?.deposit ? "Top up" : "Your first deposit"}
          pricePerTick={price}
          onClose={() => setFunding(false)}
        />
      )}
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
  const { state, again } = useLoaded((signal) => load(id, recording, signal), [id, recording]);
  useTitle(state.kind === "ready" ? titleOf(state.value.stream) : "Watch");
  if (state.kind === "loading") return <Skeleton />;
  if (state.kind === "failed") {
    return <Problem what={state.error.message} mend={state.error.mend} onRetry={again} />;
  }
  if (recording !== undefined && !state.value.recording) {
    return <Problem what="This recording is not kept any more." mend="Its stream may have others." />;
  }
  return <Stage watched={state.value} onChange={again} />;
}
