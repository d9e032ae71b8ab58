// The field to write a comment, or an answer to one.

import { useEffect, useRef, useState } from "preact/hooks";
import { ensureSignedIn, me } from "../account";
import { UserError } from "../common/errors";
import { showDone } from "../components/toasts";
import { type CommentView, comments, type NewComment } from "../gateway";
import { ActionButton } from "../ui/button";
import { Check, Field } from "../ui/field";
import { clock } from "../ui/format";
import { type Draft, draftKey, readDraft, writeDraft } from "./comment-draft";

const MAX_CHARS = 2_000;
const SIGN_IN_REASON = "Sign in to comment, so that others know who writes.";
/** Codes of errors after which the comment is sent again as soon as the browser is online. */
const OFFLINE_CODES: readonly string[] = ["unreachable", "timeout"];

interface CommentFormProps {
  readonly stream: string;
  readonly recording: number;
  /** The comment that is answered; null at the top level. */
  readonly replyTo: CommentView["id"] | null;
  /** Reads the position of playback, in seconds; null if there is none. */
  readonly position: () => number | null;
  readonly onWritten: (comment: CommentView) => void;
}

/** A comment that is being written. It is kept in this browser, and sent when the browser is online again. */
function useDraft({ stream, recording, replyTo, onWritten }: CommentFormProps) {
  const key = draftKey(stream, recording, replyTo);
  const [draft, setDraft] = useState<Draft>(() => readDraft(key) ?? { text: "" });
  const [isWaiting, setWaiting] = useState(false);
  const change = (next: Draft) => {
    setDraft(next);
    writeDraft(key, next);
  };
  const send = async () => {
    await ensureSignedIn({ reason: SIGN_IN_REASON });
    const { text, at_s } = draft;
    const comment: NewComment = { text: text.trim(), ...(at_s != null && { at_s }) };
    try {
      const written = await comments.write(
        stream,
        recording,
        replyTo === null ? comment : { ...comment, reply_to: replyTo },
      );
      setWaiting(false);
      change({ text: "" });
      showDone("Your comment was published.");
      onWritten(written);
    } catch (error) {
      setWaiting(error instanceof UserError && OFFLINE_CODES.includes(error.code));
      throw error;
    }
  };
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (!isWaiting) return;
    const again = () => void latest.current().catch(() => undefined);
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [isWaiting]);
  return { draft, change, send, isWaiting };
}

export function CommentForm(props: CommentFormProps) {
  const { draft, change, send, isWaiting } = useDraft(props);
  const isReply = props.replyTo !== null;
  const now = props.position();
  const atS = draft.at_s ?? (now === null ? null : Math.floor(now));
  const toggle = (isOn: boolean) => change({ text: draft.text, ...(isOn && atS !== null && { at_s: atS }) });
  const isEmpty = draft.text.trim() === "";
  return (
    <div class="stack stack-tight comment-form">
      <Field
        label={isReply ? "Your answer" : "Your comment"}
        value={draft.text}
        onInput={(text) => change({ ...draft, text })}
        isLong
        maxLength={MAX_CHARS}
        hint={isWaiting ? "Kept in this browser, and sent when there is a connection again." : undefined}
      />
      <div class="row">
        {!isReply && !isEmpty && atS !== null && (
          <Check label={`About the moment ${clock(atS)}`} isOn={draft.at_s != null} onChange={toggle} />
        )}
        <span class="push" />
        {me.value ? (
          <ActionButton class="button-main button-small" disabled={isEmpty} busy="Publishing" onAction={send}>
            {isReply ? "Publish answer" : "Publish comment"}
          </ActionButton>
        ) : (
          <ActionButton class="button-small" onAction={() => ensureSignedIn({ reason: SIGN_IN_REASON })}>
            Sign in to comment
          </ActionButton>
        )}
      </div>
    </div>
  );
}
