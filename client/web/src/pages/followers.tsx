// Who follows the signed-in creator.

import { useTitle } from "../app/title";
import { Person } from "../components/person";
import { RequireSignIn } from "../components/sign-in";
import { usePagedList } from "../components/use-paged-list";
import { type Me, people } from "../gateway";
import { ActionButton } from "../ui/button";
import { dateOf, several } from "../ui/format";
import { StudioIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";

const PAGE_LIMIT = 50;

function List({ me }: { readonly me: Me }) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => people.followers({ limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    ({ person }) => person.account,
    [],
  );
  if (state.kind === "loading") {
    return (
      <Loading label="Loading your followers">
        <Skeleton height={240} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (items.length === 0) {
    return (
      <Empty icon={<StudioIcon />} title="Nobody follows you yet">
        People follow you from your page and from the pages of your streams. They learn when you go live.
      </Empty>
    );
  }
  return (
    <section class="panel" aria-labelledby="followers">
      <h2 id="followers">{several(me.profile.followers ?? 0, "follower")}</h2>
      <ul class="stack">
        {items.map(({ person, since }) => (
          <li key={person.account}>
            <Person person={person}>since {dateOf(since)}</Person>
          </li>
        ))}
      </ul>
      {hasMore && <ActionButton onAction={loadMore}>Show more</ActionButton>}
    </section>
  );
}

export default function FollowersPage() {
  useTitle("Followers");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Followers</h1>
          <p>People who learn when you go live, and find your recordings on their page.</p>
        </div>
      </div>
      <RequireSignIn why="Followers belong to an account. Sign in with the one that creates streams.">
        {(me) => <List key={me.account} me={me} />}
      </RequireSignIn>
    </div>
  );
}
