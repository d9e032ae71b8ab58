// A comment with what can be done about it, and the answers to it.

import { useState } from "preact/hooks";
import { ensureSignedIn } from "../account";
import { Linked, UserText } from "../components/chat/text";
import { nameOf, PersonPicture, personPath } from "../components/person";
import { ReportDialog } from "../components/report-dialog";
import { showDone } from "../components/toasts";
import { usePagedList } from "../components/use-paged-list";
import { type CommentView, comments } from "../gateway";
import { ActionButton, useAction } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ago, clock, count, several, timeOf } from "../ui/format";
import { HeartIcon } from "../ui/icons";
import { Loading, Problem, Skeleton } from "../ui/states";
import { CommentForm } from "./comment-form";
import { useEditedList } from "./comment-list";
import { commentParts } from "./comment-times";

const PAGE_LIMIT = 20;

/** What comments share: the recording, and its playback. */
export interface CommentContext {
  readonly stream: string;
  readonly recording: number;
  readonly durationS: number;
  /** Whether the reader may delete every comment: the creator of the stream, or a moderator. */
  readonly canDelete: boolean;
  readonly position: () => number | null;
  readonly seek: (seconds: number) => void;
}

function SeekButton({ atS, text, seek }: { atS: number; text: string; seek: CommentContext["seek"] }) {
  return (
    <button type="button" class="link comment-time number" aria-label={`Go to ${text}`} onClick={() => seek(atS)}>
      {text}
    </button>
  );
}

/** The text of a comment. Positions in it can be pressed. */
function Text({ comment, context }: { readonly comment: CommentView; readonly context: CommentContext }) {
  return (
    <p class="comment-text" dir="auto">
      {commentParts(comment.text, context.durationS).map(({ text, atS }, at) => {
        if (atS === undefined) return <Linked key={at} text={text} />;
        return <SeekButton key={at} atS={atS} text={text} seek={context.seek} />;
      })}
    </p>
  );
}

function Like({ comment }: { readonly comment: CommentView }) {
  const wasLiked = comment.is_liked_by_me ?? false;
  const [isLiked, setLiked] = useState(wasLiked);
  const likes = comment.likes + Number(isLiked) - Number(wasLiked);
  const [isBusy, run] = useAction(async () => {
    await ensureSignedIn({ reason: "Sign in, so that your like counts once." });
    await comments.like(comment.id, !isLiked);
    setLiked(!isLiked);
  });
  return (
    <button
      type="button"
      class={isLiked ? "button button-small like like-on" : "button button-small like"}
      aria-pressed={isLiked}
      aria-label={`Like the comment of ${nameOf(comment.author)}, ${several(likes, "like")}`}
      disabled={isBusy}
      onClick={() => void run()}
    >
      <HeartIcon />
      <span class="number">{count(likes)}</span>
    </button>
  );
}

interface DeleteDialogProps {
  readonly comment: CommentView;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

function DeleteDialog({ comment, onDeleted, onClose }: DeleteDialogProps) {
  const remove = async () => {
    await comments.remove(comment.id);
    showDone("The comment was deleted.");
    onClose();
    onDeleted();
  };
  return (
    <Dialog title="Delete this comment?" onClose={onClose}>
      <UserText class="comment-text" text={comment.text} />
      <p class="soft">The answers to it stay. This cannot be undone.</p>
      <ActionButton class="button-bad" onAction={remove}>
        Delete comment
      </ActionButton>
    </Dialog>
  );
}

interface CommentProps {
  readonly comment: CommentView;
  readonly context: CommentContext;
  readonly onDeleted: () => void;
}

function Replies({ comment, context }: Omit<CommentProps, "onDeleted">) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => comments.replies(comment.id, { cursor, limit: PAGE_LIMIT }, signal),
    ({ id }) => String(id),
    [comment.id],
  );
  const { shown, add, remove } = useEditedList(items, false);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the answers">
        <Skeleton height={48} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  return (
    <div class="stack comment-replies">
      <ul class="stack">
        {shown.map((reply) => (
          <li key={reply.id}>
            <Comment comment={reply} context={context} onDeleted={() => remove(reply)} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <ActionButton class="button-small" onAction={loadMore}>
          More answers
        </ActionButton>
      )}
      <CommentForm {...context} replyTo={comment.id} onWritten={add} />
    </div>
  );
}

interface ActionsProps extends CommentProps {
  readonly hasReplies: boolean;
  readonly onReplies: () => void;
}

function Actions({ comment, context, onDeleted, hasReplies, onReplies }: ActionsProps) {
  const [open, setOpen] = useState<"report" | "delete" | null>(null);
  const { is_deleted, is_mine, replies } = comment;
  // Answers to answers belong to the same comment.
  const canReply = comment.reply_to == null && !(is_deleted && replies === 0);
  return (
    <div class="row comment-actions">
      {!is_deleted && <Like comment={comment} />}
      {canReply && (
        <button type="button" class="button button-small" aria-expanded={hasReplies} onClick={onReplies}>
          {replies > 0 ? several(replies, "answer") : "Answer"}
        </button>
      )}
      {!is_deleted && (is_mine || context.canDelete) && (
        <button type="button" class="button button-small" onClick={() => setOpen("delete")}>
          Delete
        </button>
      )}
      {!is_deleted && !is_mine && (
        <button
          type="button"
          class="button button-small"
          aria-label={`Report the comment of ${nameOf(comment.author)}`}
          onClick={() => setOpen("report")}
        >
          Report
        </button>
      )}
      {open === "report" && (
        <ReportDialog subject={`comment:${comment.id}`} what="this comment" onClose={() => setOpen(null)} />
      )}
      {open === "delete" && <DeleteDialog comment={comment} onDeleted={onDeleted} onClose={() => setOpen(null)} />}
    </div>
  );
}

export function Comment({ comment, context, onDeleted }: CommentProps) {
  const { author, at, at_s } = comment;
  const [hasReplies, setReplies] = useState(false);
  const name = nameOf(author);
  return (
    <article class="comment" aria-label={`Comment of ${name}`}>
      <PersonPicture person={author} />
      <div class="stack stack-tight">
        <p class="comment-head">
          <a href={personPath(author)} title={author.account}>
            <strong dir="auto">{name}</strong>
          </a>
          <time class="faint" dateTime={at} title={timeOf(at)}>
            {ago(at)}
          </time>
          {at_s != null && <SeekButton atS={at_s} text={clock(at_s)} seek={context.seek} />}
        </p>
        {comment.is_deleted ? (
          <p class="faint">This comment was deleted.</p>
        ) : (
          <Text comment={comment} context={context} />
        )}
        <Actions
          comment={comment}
          context={context}
          onDeleted={onDeleted}
          hasReplies={hasReplies}
          onReplies={() => setReplies(!hasReplies)}
        />
        {hasReplies && <Replies comment={comment} context={context} />}
      </div>
    </article>
  );
}
