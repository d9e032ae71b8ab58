// A message in a chat: its author with badges, what it answers, the tip that it came with, and its text.

import type { ComponentType } from "preact";
import { vlk } from "../../common/amounts";
import type { ChatBadge, ChatMessage, PendingMessage, QuotedMessage } from "../../gateway";
import { clock, timeOf } from "../../ui/format";
import { CheckIcon, GiftIcon, MoreIcon, ShieldIcon, StudioIcon } from "../../ui/icons";
import { nameOf, PersonPicture } from "../person";
import { UserText } from "./text";

const BADGES: Readonly<Record<ChatBadge, readonly [text: string, icon: ComponentType, style: string]>> = {
  creator: ["Creator", StudioIcon, "badge-accent"],
  moderator: ["Moderator", ShieldIcon, "badge-good"],
  payer: ["Watching and paying now", CheckIcon, ""],
  tipper: ["Has tipped", GiftIcon, ""],
};

function Badge({ badge }: { readonly badge: ChatBadge }) {
  const known = BADGES[badge];
  // A newer gateway may have others.
  if (!known) return null;
  const [text, Icon, style] = known;
  return (
    <span class={`badge chat-badge ${style}`} title={text} data-badge={badge}>
      <Icon />
      <span class="visually-hidden">{text}</span>
    </span>
  );
}

/** The beginning of the message that another one answers. */
export function Quote({ quote }: { readonly quote: QuotedMessage }) {
  return (
    <p class="chat-quote one-line">
      <span class="visually-hidden">In answer to </span>
      <bdi>{nameOf(quote.author)}</bdi>
      {": "}
      <bdi>{quote.text}</bdi>
    </p>
  );
}

/** When a message was written: the time of day, or the position in a recording. */
function Time({ message }: { readonly message: ChatMessage }) {
  const { offset_ms, at } = message;
  if (offset_ms != null) return <span class="chat-time number">{clock(offset_ms / 1_000)}</span>;
  const time = new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  return (
    <time class="chat-time number" dateTime={at} title={timeOf(at)}>
      {time}
    </time>
  );
}

interface MessageRowProps {
  readonly message: ChatMessage;
  /** Whether the Tab key leads to this message. */
  readonly isCurrent: boolean;
  readonly onMenu: (message: ChatMessage) => void;
}

export function MessageRow({ message, isCurrent, onMenu }: MessageRowProps) {
  const { author, tip, reply_to } = message;
  const tabIndex = isCurrent ? 0 : -1;
  return (
    <li class={tip ? "chat-row chat-row-tip" : "chat-row"} data-id={message.id} tabIndex={tabIndex}>
      <PersonPicture person={author} />
      <div class="chat-words">
        {reply_to && <Quote quote={reply_to} />}
        <p class="chat-head">
          <strong dir="auto" title={author.account}>
            {nameOf(author)}
          </strong>
          {message.badges.map((badge) => (
            <Badge key={badge} badge={badge} />
          ))}
          <Time message={message} />
        </p>
        {tip && <p class="chat-amount number">Tipped {vlk(BigInt(tip.amount))}</p>}
        {message.text && <UserText class="chat-text" text={message.text} />}
      </div>
      <button
        type="button"
        class="icon-button chat-more"
        tabIndex={tabIndex}
        aria-label={`Options for the message of ${nameOf(author)}`}
        onClick={() => onMenu(message)}
      >
        <MoreIcon />
      </button>
    </li>
  );
}

interface PendingRowProps {
  readonly message: PendingMessage;
  readonly onRetry: () => void;
  readonly onDiscard: () => void;
}

/** An own message that the gateway has not confirmed, or has refused. */
export function PendingRow({ message, onRetry, onDiscard }: PendingRowProps) {
  const { refusal, quote } = message;
  return (
    <li class="chat-row chat-row-pending">
      <div class="chat-words">
        {quote && <Quote quote={quote} />}
        <UserText class="chat-text" text={message.text} />
        {refusal ? (
          <div role="alert" class="stack stack-tight">
            <p class="field-error">
              Not sent. {refusal.detail} {refusal.hint ?? ""}
            </p>
            <div class="row">
              <button type="button" class="button button-small" onClick={onRetry}>
                Send again
              </button>
              <button type="button" class="button button-small" onClick={onDiscard}>
                Discard
              </button>
            </div>
          </div>
        ) : (
          <p class="faint">Being sent</p>
        )}
      </div>
    </li>
  );
}
