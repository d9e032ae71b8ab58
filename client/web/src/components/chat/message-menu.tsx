// What can be done about a message: answer and report it; for moderators, delete and pin it, and keep its author from
// writing.

import { useState } from "preact/hooks";
import type { ChatMessage, ChatRoom } from "../../gateway";
import { Dialog } from "../../ui/dialog";
import { useFailures } from "../../ui/failures";
import { nameOf, personPath } from "../person";
import { ReportForm } from "../report-dialog";
import { Quote } from "./message";

const TEN_MINUTES_S = 600;
const HOUR_S = 3_600;

type Act = ChatRoom["act"];

interface ModerationProps {
  readonly message: ChatMessage;
  readonly isOwn: boolean;
  readonly canModerate: boolean;
  readonly isPinned: boolean;
  readonly act: Act;
  readonly onDone: () => void;
}

/** Everybody can delete what is their own. The rest is for moderators. */
function Moderation({ message, isOwn, canModerate, isPinned, act, onDone }: ModerationProps) {
  const [isSure, setSure] = useState(false);
  const failures = useFailures();
  const person = message.author.account;
  const name = nameOf(message.author);
  const run = (action: Parameters<Act>[0]) => {
    failures.clear();
    try {
      act(action);
      onDone();
    } catch (error) {
      failures.report(error);
    }
  };
  const button = (text: string, action: Parameters<Act>[0], style = "") => (
    <button type="button" class={`button ${style}`} onClick={() => run(action)}>
      {text}
    </button>
  );
  return (
    <section class="stack stack-tight" aria-label="Moderation">
      <div class="row">
        {button("Delete message", { type: "delete", id: message.id })}
        {canModerate && isPinned && button("Unpin", { type: "pin", id: null })}
        {canModerate && !isPinned && button("Pin message", { type: "pin", id: message.id })}
        {canModerate && !isOwn && (
          <>
            {button("Pause for 10 min", { type: "time_out", person, seconds: TEN_MINUTES_S })}
            {button("Pause for 1 h", { type: "time_out", person, seconds: HOUR_S })}
            {isSure ? (
              button(`Ban ${name} for good`, { type: "ban", person }, "button-bad")
            ) : (
              <button type="button" class="button button-bad" onClick={() => setSure(true)}>
                Ban
              </button>
            )}
          </>
        )}
      </div>
      {canModerate && !isOwn && (
        <p class="faint">
          Somebody who is paused or banned can still watch and read. A ban also deletes what was written lately.
        </p>
      )}
    </section>
  );
}

interface MessageMenuProps {
  readonly message: ChatMessage;
  /** Whether the reader has written it. */
  readonly isOwn: boolean;
  /** Whether the reader may moderate. */
  readonly canModerate: boolean;
  readonly isPinned: boolean;
  /** Answers the message; null if that is not possible. */
  readonly onReply: (() => void) | null;
  /** Shows the part of the recording in which it was written; null in a live chat. */
  readonly onSeek: (() => void) | null;
  readonly act: Act | null;
  readonly onClose: () => void;
}

export function MessageMenu(props: MessageMenuProps) {
  const { message, isOwn, canModerate, onReply, onSeek, act, onClose } = props;
  const [isReporting, setReporting] = useState(false);
  const name = nameOf(message.author);
  const then = (action: () => void) => () => {
    onClose();
    action();
  };
  return (
    <Dialog title={isReporting ? "Report a message" : `Message of ${name}`} onClose={onClose}>
      <Quote quote={message} />
      {isReporting ? (
        <ReportForm subject={`message:${message.id}`} onDone={onClose} />
      ) : (
        <>
          <div class="row">
            {onReply && (
              <button type="button" class="button button-main" onClick={then(onReply)}>
                Answer
              </button>
            )}
            {onSeek && (
              <button type="button" class="button button-main" onClick={then(onSeek)}>
                Go to this moment
              </button>
            )}
            <a class="button" href={personPath(message.author)}>
              Profile
            </a>
            {!isOwn && (
              <button type="button" class="button" onClick={() => setReporting(true)}>
                Report
              </button>
            )}
          </div>
          {(canModerate || isOwn) && act && (
            <Moderation
              message={message}
              isOwn={isOwn}
              canModerate={canModerate}
              isPinned={props.isPinned}
              act={act}
              onDone={onClose}
            />
          )}
        </>
      )}
    </Dialog>
  );
}
