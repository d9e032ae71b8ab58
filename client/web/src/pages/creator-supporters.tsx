// The leaderboards of a creator's streams.

import { useState } from "preact/hooks";
import { Leaderboard } from "../components/leaderboard";
import { titleOf } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import { gateway, type StreamView } from "../gateway";
import { ChartIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";

const MAX_STREAMS = 100;

function Boards({ streams }: { readonly streams: readonly StreamView[] }) {
  const [stream, setStream] = useState(streams[0]?.stream ?? "");
  return (
    <>
      {streams.length > 1 && (
        <label class="field">
          <span class="field-label">Stream</span>
          <select class="input" value={stream} onChange={(event) => setStream(event.currentTarget.value)}>
            {streams.map((item) => (
              <option key={item.stream} value={item.stream}>
                {titleOf(item)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Leaderboard key={stream} stream={stream} />
    </>
  );
}

export function Supporters({ account }: { readonly account: string }) {
  const query = { creator: account, limit: MAX_STREAMS };
  const { state, reload } = useLoaded((signal) => gateway.streams(query, signal), [account]);
  return (
    <section class="panel" aria-labelledby="supporters">
      <div class="panel-head">
        <h2 id="supporters">Supporters</h2>
        <a class="link faint" href="/leaderboards">
          All streams
        </a>
      </div>
      {state.kind === "loading" && (
        <Loading label="Loading the streams">
          <Skeleton height={300} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && state.value.items.length === 0 && (
        <Empty icon={<ChartIcon />} title="There are no streams yet">
          Leaderboards of this creator's streams appear here.
        </Empty>
      )}
      {state.kind === "ready" && state.value.items.length > 0 && <Boards streams={state.value.items} />}
    </section>
  );
}
