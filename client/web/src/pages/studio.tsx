// The creator's streams.

import { useTitle } from "../app/title";
import { gateway, type StreamView } from "../gateway";
import { Poster } from "../ui/avatar";
import { PlusIcon, StudioIcon } from "../ui/icons";
import { RequireWallet } from "../ui/require-wallet";
import { Bones, Empty, Loading, Problem, useLoaded, usePolling } from "../ui/states";
import { pictureOf, titleOf } from "../ui/stream-card";
import { ago, phaseWords, several, vlk } from "../ui/words";
import "./studio.css";

const LIMIT = 100;
const LOOK_EVERY_MS = 6_000;

function Row({ stream }: { readonly stream: StreamView }) {
  const url = pictureOf(stream, stream.is_live_here);
  return (
    <li class="stream-row">
      <div class="card-picture">
        {url ? <img src={url} alt="" width={320} height={180} /> : <Poster of={stream.stream} />}
      </div>
      <div class="stack stack-tight">
        <div class="row">
          {stream.is_live_here ? (
            <span class="badge badge-live">LIVE</span>
          ) : (
            <span class="badge">{phaseWords(stream.phase)}</span>
          )}
          {stream.is_live_here && <span class="faint number">{several(stream.viewers, "viewer")}</span>}
        </div>
        <h2 class="one-line">{titleOf(stream)}</h2>
        <p class="faint number">
          {vlk(BigInt(stream.price_per_tick), 6)}/s · {vlk(BigInt(stream.total_paid), 2)} paid in all
          {!stream.is_live_here && stream.last_live ? ` · last live ${ago(stream.last_live)}` : ""}
        </p>
      </div>
      <div class="row">
        <a class="button button-main" href={`/studio/streams/${stream.stream}`}>
          Open<span class="unseen"> {titleOf(stream)}</span>
        </a>
        <a class="button" href={`/watch/${stream.stream}`}>
          Watch<span class="unseen"> {titleOf(stream)}</span>
        </a>
      </div>
    </li>
  );
}

function Streams({ account }: { readonly account: string }) {
  const { state, again } = useLoaded(
    (signal) => gateway.streams({ creator: account, limit: LIMIT }, signal),
    [account],
  );
  usePolling(again, LOOK_EVERY_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading your streams">
        <Bones height={120} />
        <Bones height={120} />
      </Loading>
    );
  }
  if (state.kind === "failed") return <Problem what={state.error.message} mend={state.error.mend} onRetry={again} />;
  if (state.value.items.length === 0) {
    return (
      <Empty
        icon={<StudioIcon />}
        title="You have no stream yet"
        action={
          <a class="button button-main" href="/studio/new">
            Create a stream
          </a>
        }
      >
        Name it, set a price a second, point your encoder here. A stream just created takes a few seconds to be listed.
      </Empty>
    );
  }
  return (
    <ul class="stack">
      {state.value.items.map((stream) => (
        <Row key={stream.stream} stream={stream} />
      ))}
    </ul>
  );
}

export default function Studio() {
  useTitle("Studio");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Studio</h1>
          <p>Your streams: go live, look after them, change what they cost.</p>
        </div>
        <a class="button button-main" href="/studio/new">
          <PlusIcon />
          New stream
        </a>
      </div>
      <RequireWallet why="Your streams belong to an account: connect the wallet that holds it.">
        {(account) => <Streams key={account} account={account} />}
      </RequireWallet>
    </div>
  );
}
