// The comments on a recording, below it.

import { useState } from "preact/hooks";
import { me } from "../account";
import { usePagedList } from "../components/use-paged-list";
import { type CommentSort, comments } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { Loading, Problem, Skeleton } from "../ui/states";
import { CommentForm } from "./comment-form";
import { Comment, type CommentContext } from "./comment-item";
import { useEditedList } from "./comment-list";
import "./comments.css";

const PAGE_LIMIT = 20;
const SORTS: readonly { readonly value: CommentSort; readonly text: string }[] = [
  { value: "newest", text: "Newest" },
  { value: "top", text: "Most liked" },
];

export interface CommentsProps {
  readonly stream: string;
  readonly recording: number;
  readonly durationS: number;
  readonly creator: string;
  /** Element that contains the video; null until there is one. */
  readonly container: HTMLElement | null;
}

function contextOf({ stream, recording, durationS, creator, container }: CommentsProps): CommentContext {
  const video = () => container?.querySelector("video") ?? null;
  const person = me.value;
  return {
    stream,
    recording,
    durationS,
    canDelete: person?.account === creator || (person?.roles.length ?? 0) > 0,
    position: () => video()?.currentTime ?? null,
    seek: (seconds) => {
      const found = video();
      if (!found) return;
      found.currentTime = seconds;
      container?.scrollIntoView({ block: "nearest" });
    },
  };
}

function List({ context, sort }: { readonly context: CommentContext; readonly sort: CommentSort }) {
  const { stream, recording } = context;
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => comments.list(stream, recording, { sort, cursor, limit: PAGE_LIMIT }, signal),
    ({ id }) => String(id),
    [stream, recording, sort],
  );
  const { shown, add, remove } = useEditedList(items, true);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the comments">
        <Skeleton height={72} />
        <Skeleton height={72} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  return (
    <>
      <CommentForm {...context} replyTo={null} onWritten={add} />
      {shown.length === 0 && <p class="soft">Nobody has commented yet.</p>}
      <ul class="stack">
        {shown.map((comment) => (
          <li key={comment.id}>
            <Comment comment={comment} context={context} onDeleted={() => remove(comment)} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <ActionButton class="button-small" onAction={loadMore}>
          More comments
        </ActionButton>
      )}
    </>
  );
}

export default function Comments(props: CommentsProps) {
  const [sort, setSort] = useState<CommentSort>("newest");
  return (
    <section class="panel" aria-labelledby="comments">
      <div class="panel-head">
        <h2 id="comments">Comments</h2>
        <Chips label="Order of the comments">
          {SORTS.map(({ value, text }) => (
            <Chip key={value} isOn={value === sort} onPress={() => setSort(value)}>
              {text}
            </Chip>
          ))}
        </Chips>
      </div>
      {/* Another order is another list, and so is that of another reader. */}
      <List key={`${sort} ${me.value?.account ?? ""}`} context={contextOf(props)} sort={sort} />
    </section>
  );
}
