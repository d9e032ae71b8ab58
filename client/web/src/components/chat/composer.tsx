// The field to write in a chat, or in its place why the person cannot write.

import { useEffect, useRef, useState } from "preact/hooks";
import { me } from "../../account";
import { type ChatMessage, type ChatRoom, chat, type Me, people } from "../../gateway";
import { ActionButton } from "../../ui/button";
import { useDismiss } from "../../ui/dialog";
import { useFailures } from "../../ui/failures";
import { Field } from "../../ui/field";
import { CloseIcon, SendIcon, SmileIcon } from "../../ui/icons";
import { useLoaded } from "../use-loaded";
import { EMOJI, insertAt } from "./emoji";
import { Explanation, type StartOffer } from "./explanation";
import { Quote } from "./message";
import { obstacleOf, slowLeftS } from "./obstacle";

/** Maximum number of characters of a message. */
const MAX_CHARS = 500;
const MAX_NAME_CHARS = 50;
const SECOND_MS = 1_000;

interface ComposerProps {
  readonly room: ChatRoom;
  readonly creator: string;
  /** The message that is answered; null if none is. */
  readonly replyTo: ChatMessage | null;
  readonly onReplied: () => void;
  /** Whether the viewer pays now. */
  readonly isPaying: boolean;
  /** Focuses the last message. */
  readonly onUp: () => void;
  readonly start: StartOffer | null;
}

/** The time, each second while it matters. */
function useNow(isTicking: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isTicking) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [isTicking]);
  return isTicking ? now : Date.now();
}

function EmojiPicker({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const inside = useDismiss(() => setOpen(false), isOpen);
  return (
    <div class="anchor" ref={inside}>
      <button
        type="button"
        class="icon-button"
        aria-label="Emoji"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <SmileIcon />
      </button>
      {isOpen && (
        <fieldset class="chat-emoji">
          <legend class="visually-hidden">Emoji</legend>
          {EMOJI.map(([emoji, name]) => (
            <button
              key={emoji}
              type="button"
              class="icon-button"
              aria-label={name}
              title={name}
              onClick={() => {
                onPick(emoji);
                setOpen(false);
              }}
            >
              {emoji}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

/** Asks a guest, who has no profile, for a name. */
function GuestName({ onNamed }: { readonly onNamed: () => void }) {
  const [name, setName] = useState("");
  const save = async () => {
    await chat.rename(name.trim());
    onNamed();
  };
  return (
    <div class="chat-guest">
      <Field label="Your name in the chat" value={name} onInput={setName} maxLength={MAX_NAME_CHARS} />
      <ActionButton class="button-small" disabled={name.trim() === ""} onAction={save}>
        Set name
      </ActionButton>
    </div>
  );
}

const isNameless = (person: Me | null | undefined) => person?.is_guest === true && !person.profile.name;

/** The text that is written, and what sends it. */
function useDraft({ room, replyTo, onReplied, onUp }: ComposerProps, isWaiting: boolean) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const failures = useFailures();
  const send = () => {
    if (text.trim() === "" || isWaiting) return;
    try {
      room.say(text.trim(), replyTo);
      setText("");
      onReplied();
    } catch (error) {
      failures.report(error);
    }
  };
  const pick = (emoji: string) => {
    const input = field.current;
    const place = input ?? { selectionStart: text.length, selectionEnd: text.length };
    const next = insertAt(text, emoji, place.selectionStart, place.selectionEnd, MAX_CHARS);
    setText(next.text);
    requestAnimationFrame(() => {
      input?.focus();
      input?.setSelectionRange(next.caret, next.caret);
    });
  };
  const press = (event: KeyboardEvent) => {
    // Enter also chooses a word in an input method.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && replyTo) {
      onReplied();
    } else if (event.key === "ArrowUp" && text === "") {
      event.preventDefault();
      onUp();
    }
  };
  useEffect(() => {
    if (replyTo) field.current?.focus();
  }, [replyTo]);
  return { text, setText, field, send, pick, press };
}

function Writing(props: ComposerProps & { readonly slowS: number }) {
  const { replyTo, onReplied, room, slowS } = props;
  const { text, setText, field, send, pick, press } = useDraft(props, slowS > 0);
  return (
    <form
      class="chat-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {replyTo && (
        <div class="chat-reply">
          <Quote quote={replyTo} />
          <button type="button" class="icon-button" aria-label="Do not answer this message" onClick={onReplied}>
            <CloseIcon />
          </button>
        </div>
      )}
      <textarea
        ref={field}
        class="input"
        rows={1}
        dir="auto"
        maxLength={MAX_CHARS}
        aria-label="Message"
        placeholder="Write a message"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <EmojiPicker onPick={pick} />
      <button type="submit" class="icon-button" aria-label="Send" disabled={text.trim() === "" || slowS > 0}>
        <SendIcon />
      </button>
      {slowS > 0 && <p class="faint chat-note">Slow mode: {slowS} s until your next message.</p>}
      <p class="faint chat-note" role="status">
        {room.status.value === "reconnecting" && "Connecting again. Messages are sent afterwards."}
      </p>
    </form>
  );
}

/** Whether the person follows the creator; null if that is not known, or if it does not matter. */
function useIsFollowing(creator: string, matters: boolean) {
  const account = me.value?.account;
  const isAsked = matters && account !== undefined;
  const { state, set } = useLoaded(
    async (signal) => (isAsked ? ((await people.person(creator, signal))?.is_followed_by_me ?? null) : null),
    [creator, account, isAsked],
  );
  return { isFollowing: state.kind === "ready" ? state.value : null, setFollowing: set };
}

export function Composer(props: ComposerProps) {
  const { room, creator, isPaying, start } = props;
  const mode = room.mode.value;
  const restrictedUntil = room.restrictedUntil.value;
  const canModerate = room.canModerate.value;
  const lastSaidMs = room.lastSaidMs.value;
  const isSlowed = mode.slow_s > 0 && lastSaidMs !== null && !canModerate;
  const now = useNow(isSlowed || restrictedUntil !== null);
  const { isFollowing, setFollowing } = useIsFollowing(creator, mode.followers_only);
  const person = me.value ?? null;
  const isBanned = room.isBanned.value;
  const situation = { me: person, mode, isBanned, restrictedUntil, canModerate, isFollowing, isPaying };
  const obstacle = obstacleOf(situation, now);
  if (obstacle) {
    const followed = () => setFollowing(true);
    return <Explanation obstacle={obstacle} creator={creator} start={start} nowMs={now} onFollow={followed} />;
  }
  return (
    <div class="chat-foot">
      {isNameless(person) && <GuestName onNamed={() => room.reconnect()} />}
      <Writing {...props} slowS={isSlowed ? slowLeftS(lastSaidMs, mode.slow_s, now) : 0} />
    </div>
  );
}
