// What the creators offer whom the signed-in person follows: live streams first, then the newest recordings.

import type { ComponentChildren } from "preact";
import { useTitle } from "../app/title";
import { FollowButton } from "../components/follow-button";
import { Person } from "../components/person";
import { RecordingCard } from "../components/recording-card";
import { RequireSignIn } from "../components/sign-in";
import { StreamCard } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import { usePagedList } from "../components/use-paged-list";
import { type FollowView, people } from "../gateway";
import { ActionButton } from "../ui/button";
import { dateOf } from "../ui/format";
import { StudioIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import { newestRecordings } from "./following-recordings";
import "./home.css";

const PAGE_LIMIT = 50;
/** Interval at which the list is reloaded, in milliseconds. */
const REFRESH_EVERY_MS = 30_000;

function Live({ followed }: { readonly followed: readonly FollowView[] }) {
  const live = followed.flatMap((follow) => follow.live ?? []);
  return (
    <section class="stack" aria-labelledby="live">
      <h2 id="live">Live now</h2>
      {live.length > 0 ? (
        <ul class="cards">
          {live.map((stream) => (
            <li key={stream.stream}>
              <StreamCard stream={stream} counts={undefined} />
            </li>
          ))}
        </ul>
      ) : (
        <p class="soft">Nobody whom you follow is on air at the moment. This list updates by itself.</p>
      )}
    </section>
  );
}

interface NewestProps {
  readonly followed: readonly FollowView[];
  /** Shown below as soon as the recordings are loaded, so that nothing moves. */
  readonly children: ComponentChildren;
}

function Newest({ followed, children }: NewestProps) {
  const accounts = followed.map(({ person }) => person.account).join(" ");
  const { state } = useLoaded((signal) => newestRecordings(followed, signal), [accounts]);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the newest recordings">
        <Skeleton height={200} />
      </Loading>
    );
  }
  const recordings = state.kind === "ready" ? state.value : [];
  return (
    <>
      {recordings.length > 0 && (
        <section class="stack" aria-labelledby="newest">
          <h2 id="newest">Newest recordings</h2>
          <ul class="recordings">
            {recordings.map((item) => (
              <li key={`${item.stream}/${item.number}`}>
                <RecordingCard stream={item.stream ?? ""} recording={item} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {children}
    </>
  );
}

function Followed({ followed }: { readonly followed: readonly FollowView[] }) {
  return (
    <ul class="stack">
      {followed.map(({ person, since }) => (
        <li key={person.account} class="row">
          <Person person={person}>since {dateOf(since)}</Person>
          <FollowButton
            account={person.account}
            person={{ ...person, links: [], followers: 0, is_creator: true, is_followed_by_me: true }}
            class="button-small push"
          />
        </li>
      ))}
    </ul>
  );
}

function Contents() {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => people.following({ limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    ({ person }) => person.account,
    [],
  );
  usePolling(reload, REFRESH_EVERY_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading whom you follow">
        <Skeleton height={240} />
        <Skeleton height={200} />
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
        title="You do not follow anybody yet"
        action={
          <a class="button button-main" href="/">
            Find streams
          </a>
        }
      >
        Press Follow on the page of a stream or creator. Then you find here what is live and new.
      </Empty>
    );
  }
  return (
    <div class="stack home-lists">
      <Live followed={items} />
      <Newest followed={items}>
        <section class="panel" aria-labelledby="followed">
          <h2 id="followed">Whom you follow</h2>
          <Followed followed={items} />
          {hasMore && <ActionButton onAction={loadMore}>Show more</ActionButton>}
        </section>
      </Newest>
    </div>
  );
}

export default function FollowingPage() {
  useTitle("Following");
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Following</h1>
          <p>What is live and new from the creators whom you follow.</p>
        </div>
      </div>
      <RequireSignIn why="Whom you follow belongs to your account. Sign in to see it.">
        {({ account }) => <Contents key={account} />}
      </RequireSignIn>
    </>
  );
}
