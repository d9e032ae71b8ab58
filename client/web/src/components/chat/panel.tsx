// The chat of a stream that is on air, beside the picture.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { me } from "../../account";
import { type ChatMessage, type ChatRoom, openChat, refusalError } from "../../gateway";
import { ActionButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { count } from "../../ui/format";
import { PinIcon, SlidersIcon } from "../../ui/icons";
import { nameOf } from "../person";
import { showError } from "../toasts";
import { Composer } from "./composer";
import type { StartOffer } from "./explanation";
import { PendingRow } from "./message";
import { MessageList } from "./message-list";
import { MessageMenu } from "./message-menu";
import { ModeFields } from "./mode-fields";
import { UserText } from "./text";
import "./chat.css";

export interface ChatPanelProps {
  readonly stream: string;
  readonly creator: string;
  /** Whether the viewer pays now, which opens chats for payers. */
  readonly isPaying: boolean;
  readonly start: StartOffer | null;
}

/** The chat while it is shown. It is entered anew when somebody signs in or out. */
function useRoom(stream: string): ChatRoom {
  const room = useMemo(() => openChat(stream, (refusal) => showError(refusalError(refusal))), [stream]);
  const account = me.value?.account ?? null;
  const isFirst = useRef(true);
  useEffect(() => () => room.close(), [room]);
  useEffect(() => {
    if (!isFirst.current) room.reconnect();
    isFirst.current = false;
  }, [account]);
  return room;
}

function Pinned({ room }: { readonly room: ChatRoom }) {
  const message = room.pinned.value;
  if (!message) return null;
  return (
    <section class="chat-pinned" aria-label="Pinned message">
      <span class="tiny-icon">
        <PinIcon />
      </span>
      <div>
        <strong dir="auto">{nameOf(message.author)}</strong>
        <UserText text={message.text} />
      </div>
      {room.canModerate.value && (
        <ActionButton class="button-small" onAction={async () => room.act({ type: "pin", id: null })}>
          Unpin
        </ActionButton>
      )}
    </section>
  );
}

function ModeDialog({ room, stream, onClose }: { room: ChatRoom; stream: string; onClose: () => void }) {
  const [mode, setMode] = useState(room.mode.peek());
  const save = async () => {
    room.act({ type: "set_mode", mode });
    onClose();
  };
  return (
    <Dialog title="Who can write" onClose={onClose}>
      <ModeFields mode={mode} onChange={setMode} />
      <ActionButton class="button-main" onAction={save}>
        Save
      </ActionButton>
      <p class="faint">
        <a class="link" href={`/studio/chat/${stream}`}>
          Blocked words, moderators and bans
        </a>
      </p>
    </Dialog>
  );
}

/** What the present mode means to everybody; null if everybody can write. */
export function modeText({ slow_s, followers_only, payers_only }: ChatRoom["mode"]["value"]): string | null {
  const parts: string[] = [];
  if (followers_only) parts.push("followers only");
  if (payers_only) parts.push("paying viewers only");
  if (slow_s > 0) parts.push(`slow mode, ${slow_s} s`);
  const text = parts.join(" · ");
  return text && text[0]?.toUpperCase() + text.slice(1);
}

function Head({ room, stream }: { readonly room: ChatRoom; readonly stream: string }) {
  const [isOpen, setOpen] = useState(false);
  const text = modeText(room.mode.value);
  return (
    <div class="chat-title">
      <h2 id="chat">Chat</h2>
      <span class="faint number">
        {room.status.value === "connected" ? `${count(room.people.value)} here` : "Connecting"}
      </span>
      {text && <span class="faint one-line">{text}</span>}
      {room.canModerate.value && (
        <button type="button" class="icon-button push" aria-label="Who can write" onClick={() => setOpen(true)}>
          <SlidersIcon />
        </button>
      )}
      {isOpen && <ModeDialog room={room} stream={stream} onClose={() => setOpen(false)} />}
    </div>
  );
}

function PendingRows({ room }: { readonly room: ChatRoom }) {
  return (
    <>
      {room.pending.value.map((message) => (
        <PendingRow
          key={message.clientId}
          message={message}
          onRetry={() => room.retry(message.clientId)}
          onDiscard={() => room.discard(message.clientId)}
        />
      ))}
    </>
  );
}

export default function ChatPanel({ stream, creator, isPaying, start }: ChatPanelProps) {
  const room = useRoom(stream);
  const [menuOf, setMenuOf] = useState<ChatMessage | null>(null);
  const [replyTo, setReplyTo] = useState<ChatMessage | null>(null);
  const box = useRef<HTMLElement>(null);
  const pending = room.pending.value.length;
  const focusField = () => box.current?.querySelector("textarea")?.focus();
  const focusLast = () => box.current?.querySelector<HTMLElement>("[data-id]:last-of-type")?.focus();
  return (
    <section ref={box} class="chat" aria-labelledby="chat">
      <Head room={room} stream={stream} />
      <Pinned room={room} />
      <MessageList
        label="Messages"
        messages={room.messages.value}
        own={room.me.value?.account ?? null}
        onOlder={room.hasOlder.value ? () => void room.loadOlder().catch(showError) : null}
        onMenu={setMenuOf}
        onLeave={focusField}
        after={pending > 0 && <PendingRows room={room} />}
        written={pending}
        empty={room.status.value === "connecting" ? "Connecting to the chat" : "Nobody has written yet. Say hello!"}
      />
      <Composer
        room={room}
        creator={creator}
        replyTo={replyTo}
        onReplied={() => setReplyTo(null)}
        isPaying={isPaying}
        onUp={focusLast}
        start={start}
      />
      {menuOf && (
        <MessageMenu
          message={menuOf}
          isOwn={room.me.value?.account === menuOf.author.account}
          canModerate={room.canModerate.value}
          isPinned={room.pinned.value?.id === menuOf.id}
          onReply={room.canSay.value ? () => setReplyTo(menuOf) : null}
          onSeek={null}
          act={(action) => room.act(action)}
          onClose={() => setMenuOf(null)}
        />
      )}
    </section>
  );
}
