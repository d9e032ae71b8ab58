// Notices of the person who is signed in, the newest first, and how they reach the person.

import { useEffect, useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { latestNotice, setUnread } from "../components/notice-bell";
import { PersonPicture } from "../components/person";
import { RequireSignIn } from "../components/sign-in";
import { usePagedList } from "../components/use-paged-list";
import { type Me, type Notice, notices } from "../gateway";
import { ActionButton } from "../ui/button";
import { ago } from "../ui/format";
import { BellIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { MailPart, PushPart, WaysTable } from "./notice-settings";
import "./notices.css";

const PAGE_LIMIT = 30;

interface EntryProps {
  readonly notice: Notice;
  readonly isRead: boolean;
}

function Entry({ notice, isRead }: EntryProps) {
  const { person, title, text, at, url } = notice;
  return (
    <li>
      <a class="notice-entry" href={url} data-unread={!isRead}>
        {person ? <PersonPicture person={person} /> : <BellIcon />}
        <span class="stack stack-none">
          <strong dir="auto">{title}</strong>
          {text !== "" && <span dir="auto">{text}</span>}
          <span class="faint">
            {!isRead && "New, "}
            {ago(at)}
          </span>
        </span>
      </a>
    </li>
  );
}

function List() {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => notices.list({ limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    ({ id }) => String(id),
    [],
  );
  // What was read here a moment ago, also on pages of the list that are not loaded again.
  const [readUpTo, setReadUpTo] = useState(0);
  const isRead = (notice: Notice) => notice.is_read || notice.id <= readUpTo;
  const newest = latestNotice.value?.id;
  useEffect(() => {
    if (newest !== undefined) reload();
  }, [newest]);
  const readAll = async () => {
    const [first] = items;
    if (!first) return;
    setUnread(await notices.read(first.id));
    setReadUpTo(first.id);
  };
  if (state.kind === "loading") {
    return (
      <Loading label="Loading your notices">
        <Skeleton height={64} />
        <Skeleton height={64} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (items.length === 0) {
    return (
      <Empty icon={<BellIcon />} title="No notices yet">
        Follow creators to be told when they are live.
      </Empty>
    );
  }
  return (
    <>
      <div class="form-end">
        <ActionButton class="button-small" disabled={items.every(isRead)} onAction={readAll}>
          Mark all as read
        </ActionButton>
      </div>
      <ul aria-label="Notices" class="stack stack-tight">
        {items.map((notice) => (
          <Entry key={notice.id} notice={notice} isRead={isRead(notice)} />
        ))}
      </ul>
      {hasMore && (
        <ActionButton busy="Loading" onAction={loadMore}>
          Show more
        </ActionButton>
      )}
    </>
  );
}

function Content({ who }: { readonly who: Me }) {
  return (
    <>
      <section class="panel notice-list" aria-label="Your notices">
        <List />
      </section>
      <section class="panel" aria-labelledby="ways">
        <h2 id="ways">What you are told of</h2>
        <WaysTable />
      </section>
      <PushPart />
      {!who.is_guest && <MailPart who={who} />}
    </>
  );
}

export default function NoticesPage() {
  useTitle("Notices");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Notices</h1>
          <p>What has happened that you want to know, and how you are told.</p>
        </div>
      </div>
      <RequireSignIn why="Notices are about the creators whom you follow and about your account. Sign in to see them.">
        {(who) => <Content key={who.account} who={who} />}
      </RequireSignIn>
    </div>
  );
}
