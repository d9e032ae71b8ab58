// The messages of a chat. Only some of them are in the document, however many there are. The list follows the newest
// message unless the reader has scrolled up.

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type ChatMessage, compareIds } from "../../gateway";
import { several } from "../../ui/format";
import { DownIcon } from "../../ui/icons";
import { nameOf } from "../person";
import { Announcer } from "./announcer";
import { MessageRow } from "./message";
import { countAfter, earlier, later, shownRows } from "./message-window";

/** Distance to an end of the document's messages at which the window moves, in pixels. */
const NEAR_PX = 240;
/** Distance to the newest message up to which the list follows. */
const END_PX = 32;

/** A message on screen, and its distance from the top of the list. */
interface Anchor {
  readonly id: string;
  readonly top: number;
}

/** The first message on screen; null if there is none. */
function anchorOf(box: HTMLElement): Anchor | null {
  for (const row of box.querySelectorAll<HTMLElement>("[data-id]")) {
    const top = row.offsetTop - box.scrollTop;
    if (top + row.offsetHeight > 0) return { id: row.dataset["id"] ?? "", top };
  }
  return null;
}

function rowOf(box: HTMLElement | null, id: string): HTMLElement | null {
  // Ids are digits: nothing needs to be escaped.
  return box?.querySelector<HTMLElement>(`[data-id="${id}"]`) ?? null;
}

/** The window of messages, and what moves it. `from` is null while the list follows. */
function useWindow(
  messages: readonly ChatMessage[],
  box: RefObject<HTMLDivElement | null>,
  onOlder: (() => void) | null,
) {
  const [from, setFrom] = useState<string | null>(null);
  const [read, setRead] = useState<string | null>(null);
  const anchor = useRef<Anchor | null>(null);
  const rows = shownRows(messages, from);
  const follow = () => {
    anchor.current = null;
    setFrom(null);
  };
  // The message at the top stays where it is when others are added or removed above it.
  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return;
    if (from === null) {
      list.scrollTop = list.scrollHeight;
      return;
    }
    const row = anchor.current && rowOf(list, anchor.current.id);
    if (row && anchor.current) list.scrollTop = row.offsetTop - anchor.current.top;
  }, [messages, from]);
  // A list that follows stays at its end when the page gets another size.
  useEffect(() => {
    const list = box.current;
    if (!list || from !== null) return;
    const observer = new ResizeObserver(() => list.scrollTo(0, list.scrollHeight));
    observer.observe(list);
    return () => observer.disconnect();
  }, [from]);
  // A message that has the focus must not move away.
  const pause = () => {
    if (!box.current || from !== null) return;
    anchor.current = anchorOf(box.current);
    setRead(messages.at(-1)?.id ?? null);
    setFrom(messages[rows.start]?.id ?? null);
  };
  const scroll = () => {
    const list = box.current;
    if (!list) return;
    const toEnd = list.scrollHeight - list.clientHeight - list.scrollTop;
    if (toEnd <= END_PX && rows.end === messages.length) {
      if (from !== null && !list.contains(document.activeElement)) follow();
      return;
    }
    if (from === null) {
      pause();
      return;
    }
    anchor.current = anchorOf(list);
    if (list.scrollTop < NEAR_PX) {
      if (rows.start === 0) onOlder?.();
      else setFrom(earlier(messages, rows));
    } else if (toEnd < NEAR_PX) {
      setFrom((old) => later(messages, rows) ?? old);
    }
  };
  return {
    rows,
    isFollowing: from === null,
    unread: from === null ? 0 : countAfter(messages, read),
    follow,
    scroll,
    pause,
  };
}

/** A text for screen readers that says what was written last, without a flood of words. */
function useAnnouncements(messages: readonly ChatMessage[], own: string | null): string {
  const [text, setText] = useState("");
  const announcer = useMemo(() => new Announcer(setText), []);
  const last = useRef<string | null>(null);
  useEffect(() => () => announcer.close(), [announcer]);
  useEffect(() => {
    const before = last.current;
    last.current = messages.at(-1)?.id ?? before;
    // What was there before is not new.
    if (before === null) return;
    const isNew = ({ id, author }: ChatMessage) => compareIds(id, before) > 0 && author.account !== own;
    announcer.add(messages.filter(isNew).map(({ author, text }) => ({ name: nameOf(author), text })));
  }, [messages]);
  return text;
}

/** The message that the Tab key leads to, and the arrow keys that move it. */
function useRoving(messages: readonly ChatMessage[], box: RefObject<HTMLDivElement | null>, onLeave: () => void) {
  const [current, setCurrent] = useState<string | null>(null);
  const isThere = current !== null && messages.some(({ id }) => id === current);
  const id = isThere ? current : (messages.at(-1)?.id ?? null);
  const move = (to: ChatMessage | undefined) => {
    if (!to) return;
    setCurrent(to.id);
    rowOf(box.current, to.id)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-id]") : null;
    const at = messages.findIndex((message) => message.id === row?.dataset["id"]);
    if (event.key === "Escape") {
      onLeave();
    } else if (at < 0) {
      return;
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      move(messages[at + (event.key === "ArrowUp" ? -1 : 1)]);
    } else if (event.key === "Home" || event.key === "End") {
      move(event.key === "Home" ? messages[0] : messages.at(-1));
    } else if (event.key === "Enter" && event.target === row) {
      row?.querySelector<HTMLElement>(".chat-more")?.click();
    } else {
      return;
    }
    // The player has shortcuts with the same keys.
    event.preventDefault();
    event.stopPropagation();
  };
  return { current: id, press, setCurrent };
}

interface MessageListProps {
  readonly label: string;
  readonly messages: readonly ChatMessage[];
  /** Account of the reader, whose own messages are not announced; null if unknown. */
  readonly own: string | null;
  /** Called near the beginning of the messages; null if there are no earlier ones. */
  readonly onOlder: (() => void) | null;
  readonly onMenu: (message: ChatMessage) => void;
  /** Called when the reader presses Escape. */
  readonly onLeave: () => void;
  /** What is shown after the last message. */
  readonly after?: ComponentChildren;
  /** Number of messages that the reader has written: with each, the list follows the newest again. */
  readonly written?: number;
  /** What is shown if there is no message. */
  readonly empty: string;
}

export function MessageList(props: MessageListProps) {
  const { messages, onMenu } = props;
  const box = useRef<HTMLDivElement>(null);
  const { rows, isFollowing, unread, follow, scroll, pause } = useWindow(messages, box, props.onOlder);
  const shown = messages.slice(rows.start, rows.end);
  const roving = useRoving(shown, box, props.onLeave);
  const announced = useAnnouncements(messages, props.own);
  useEffect(() => {
    if (props.written) follow();
  }, [props.written]);
  // What is shown after the messages has a height, too.
  useLayoutEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [props.after]);
  return (
    <div class="chat-list">
      {/* The list itself is quiet: rows come and go while scrolling. The text below says what is new. */}
      <div
        ref={box}
        class="chat-scroll"
        role="log"
        aria-live="off"
        aria-label={props.label}
        onScroll={scroll}
        onKeyDown={roving.press}
        onFocusCapture={(event) => {
          const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-id]") : null;
          if (row?.dataset["id"]) roving.setCurrent(row.dataset["id"]);
          pause();
        }}
        onBlurCapture={(event) => {
          const isInside = event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
          if (!isInside) scroll();
        }}
      >
        {messages.length === 0 && <p class="faint chat-empty">{props.empty}</p>}
        <ol>
          {shown.map((message) => (
            <MessageRow key={message.id} message={message} isCurrent={message.id === roving.current} onMenu={onMenu} />
          ))}
          {isFollowing && props.after}
        </ol>
      </div>
      {!isFollowing && (
        <button type="button" class="button button-small button-main chat-newest" onClick={follow}>
          <DownIcon />
          {unread > 0 ? several(unread, "new message") : "Newest messages"}
        </button>
      )}
      <p class="visually-hidden" role="status">
        {announced}
      </p>
    </div>
  );
}
