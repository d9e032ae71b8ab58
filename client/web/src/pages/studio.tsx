// The creator's streams.

import { useTitle } from "../app/title";
import { wallet } from "../chain";
import { vlk } from "../common/amounts";
import { RequireWallet } from "../components/require-wallet";
import { pictureOf, titleOf } from "../components/stream-card";
import { statusText } from "../components/stream-status";
import { usePagedList } from "../components/use-paged-list";
import { gateway, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { ago, several } from "../ui/format";
import { PlusIcon, StudioIcon } from "../ui/icons";
import { Picture } from "../ui/picture";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import "./studio.css";

const PAGE_LIMIT = 100;
const REFRESH_EVERY_MS = 6_000;

function Row({ stream }: { readonly stream: StreamView }) {
  const url = pictureOf(stream, stream.is_live_here);
  return (
    <li class="stream-row">
      <div class="card-picture">
        <Picture url={url} of={stream.stream} />
      </div>
      <div class="stack stack-tight">
        <div class="row">
          {stream.is_live_here ? (
            <span class="badge badge-live">LIVE</span>
          ) : (
            <span class="badge">{statusText(stream.status)}</span>
          )}
          {stream.is_live_here && <span class="faint number">{several(stream.viewers, "viewer")}</span>}
        </div>
        <h3 class="one-line">{titleOf(stream)}</h3>
        <p class="faint number">
          {vlk(BigInt(stream.price_per_tick), 6)}/s · {vlk(BigInt(stream.total_paid), 2)} paid in total
          {!stream.is_live_here && stream.last_live ? ` · last live ${ago(stream.last_live)}` : ""}
        </p>
      </div>
      <div class="row">
        <a class="button button-main" href={`/studio/streams/${stream.stream}`}>
          Open<span class="visually-hidden"> {titleOf(stream)}</span>
        </a>
        <a class="button" href={`/watch/${stream.stream}`}>
          Watch<span class="visually-hidden"> {titleOf(stream)}</span>
        </a>
      </div>
    </li>
  );
}

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly streams: readonly StreamView[];
}

function Section({ id, title, streams }: SectionProps) {
  if (streams.length === 0) return null;
  return (
    <section class="stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class="stack">
        {streams.map((stream) => (
          <Row key={stream.stream} stream={stream} />
        ))}
      </ul>
    </section>
  );
}

const isUnavailable = ({ status }: StreamView) => status === "ended" || status === "suspended";

export function Streams({ account }: { readonly account: string }) {
  const query = { creator: account, limit: PAGE_LIMIT };
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => gateway.streams({ ...query, ...(cursor && { cursor }) }, signal),
    ({ stream }) => stream,
    [account],
  );
  usePolling(reload, REFRESH_EVERY_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading your streams">
        <Skeleton height={120} />
        <Skeleton height={120} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (items.length === 0) {
    return (
      <Empty
        icon={<StudioIcon />}
        title="You have no streams yet"
        action={
          <a class="button button-main" href="/studio/new">
            Create a stream
          </a>
        }
      >
        Choose a title and a price per second, and connect your encoder. A new stream appears here after a few seconds.
      </Empty>
    );
  }
  return (
    <>
      <Section id="streams" title="Streams" streams={items.filter((stream) => !isUnavailable(stream))} />
      <Section id="unavailable" title="Ended and suspended" streams={items.filter(isUnavailable)} />
      {hasMore && <ActionButton onAction={loadMore}>Show older streams</ActionButton>}
    </>
  );
}

export default function Studio() {
  useTitle("Studio");
  const account = wallet.account.value?.address;
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Studio</h1>
          <p>Your streams: go live, manage them, and change their prices.</p>
        </div>
        <div class="row">
          {account && (
            <a class="button" href={`/creators/${account}`}>
              My library
            </a>
          )}
          {account && (
            <a class="button" href="/studio/followers">
              Followers
            </a>
          )}
          <a class="button button-main" href="/studio/new">
            <PlusIcon />
            New stream
          </a>
        </div>
      </div>
      <RequireWallet why="Your streams belong to an account. Connect the wallet that holds it.">
        {(account) => <Streams key={account} account={account} />}
      </RequireWallet>
    </div>
  );
}
