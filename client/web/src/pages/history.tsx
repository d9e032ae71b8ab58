// What the signed-in person has watched, the latest first. Recordings continue where they were left.

import { useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { HistoryCard } from "../components/history-card";
import { RequireSignIn } from "../components/sign-in";
import { showDone } from "../components/toasts";
import { usePagedList } from "../components/use-paged-list";
import { type HistoryItem, people } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ClockIcon } from "../ui/icons";
import { Empty, Loading, Notice, Problem, Skeleton } from "../ui/states";

const PAGE_LIMIT = 30;

interface EntryProps {
  readonly item: HistoryItem;
  readonly onRemoved: (item: HistoryItem) => void;
}

function Entry({ item, onRemoved }: EntryProps) {
  const remove = async () => {
    await people.forget(item.subject);
    onRemoved(item);
  };
  return (
    <li class="history-entry">
      <HistoryCard item={item} />
      <ActionButton class="button-small" label={`Remove ${item.title} from the history`} onAction={remove}>
        Remove
      </ActionButton>
    </li>
  );
}

interface DeleteDialogProps {
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function DeleteDialog({ onClose, onDeleted }: DeleteDialogProps) {
  const deleteAll = async () => {
    await people.forget();
    showDone("Your watch history was deleted.");
    onDeleted();
    onClose();
  };
  return (
    <Dialog title="Delete the whole history?" onClose={onClose}>
      <p class="soft">Recordings begin at their start again. What you have paid for stays yours.</p>
      <div class="row">
        <ActionButton class="button-bad" onAction={deleteAll}>
          Delete the history
        </ActionButton>
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}

function List({ onDeleted }: { readonly onDeleted: () => void }) {
  const [isDeleting, setDeleting] = useState(false);
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set());
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => people.history({ limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    ({ subject }) => subject,
    [],
  );
  if (state.kind === "loading") {
    return (
      <Loading label="Loading your history">
        <Skeleton height={70} />
        <Skeleton height={70} />
        <Skeleton height={70} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  const shown = items.filter(({ subject }) => !removed.has(subject));
  if (shown.length === 0 && !hasMore) {
    return (
      <Empty icon={<ClockIcon />} title="You have not watched anything yet">
        Recordings that you watch while you are signed in appear here.
      </Empty>
    );
  }
  return (
    <>
      <ul class="history">
        {shown.map((item) => (
          <Entry
            key={item.subject}
            item={item}
            onRemoved={({ subject }) => setRemoved((old) => new Set([...old, subject]))}
          />
        ))}
      </ul>
      <div class="row">
        {hasMore && <ActionButton onAction={loadMore}>Show more</ActionButton>}
        <button type="button" class="button button-bad push" onClick={() => setDeleting(true)}>
          Delete all
        </button>
      </div>
      {isDeleting && <DeleteDialog onClose={() => setDeleting(false)} onDeleted={onDeleted} />}
    </>
  );
}

function Contents({ isKept }: { readonly isKept: boolean }) {
  const [round, setRound] = useState(0);
  return (
    <>
      {!isKept && (
        <Notice>
          <p>Your history is turned off: what you watch is not noted.</p>
          <a class="link" href="/me">
            Change that
          </a>
        </Notice>
      )}
      {/* A deleted history is a new list. */}
      <List key={round} onDeleted={() => setRound((old) => old + 1)} />
    </>
  );
}

export default function HistoryPage() {
  useTitle("History");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>History</h1>
          <p>What you have watched, on any device. Only you can see it.</p>
        </div>
      </div>
      <RequireSignIn why="Your history belongs to your account. Sign in to see it.">
        {({ account, settings }) => <Contents key={account} isKept={settings.keep_history} />}
      </RequireSignIn>
    </div>
  );
}
