// The chat of a broadcast beside its recording, in step with playback.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type ChatMessage, chat } from "../../gateway";
import { MessageList } from "./message-list";
import { MessageMenu } from "./message-menu";
import { ReplayWindows } from "./replay-windows";
import "./chat.css";

/** Change of the position after which the messages are looked at again, in milliseconds. */
const STEP_MS = 500;

export interface ChatReplayProps {
  readonly stream: string;
  /** How addresses name the recording. */
  readonly reference: string;
  /** Element that contains the video; null until there is one. */
  readonly container: HTMLElement | null;
}

/** The position of the video, in steps. */
function usePosition(container: HTMLElement | null): number {
  const [positionMs, setPosition] = useState(0);
  useEffect(() => {
    if (!container) return;
    const note = (event: Event) => {
      if (!(event.target instanceof HTMLVideoElement)) return;
      setPosition(Math.floor((event.target.currentTime * 1_000) / STEP_MS) * STEP_MS);
    };
    // Events of media do not bubble.
    for (const type of ["timeupdate", "seeking"]) container.addEventListener(type, note, true);
    return () => {
      for (const type of ["timeupdate", "seeking"]) container.removeEventListener(type, note, true);
    };
  }, [container]);
  return positionMs;
}

/** The messages up to a position. The same list, as long as none is added. */
function useReplay(stream: string, reference: string, positionMs: number): readonly ChatMessage[] {
  const [round, setRound] = useState(0);
  const windows = useMemo(
    () =>
      new ReplayWindows(
        (range, signal) => chat.replay(stream, reference, range, signal),
        () => setRound((old) => old + 1),
      ),
    [stream, reference],
  );
  const shown = useRef<readonly ChatMessage[]>([]);
  useEffect(() => () => windows.close(), [windows]);
  useEffect(() => windows.need(positionMs), [windows, positionMs]);
  return useMemo(() => {
    const next = windows.until(positionMs);
    const isSame = next.length === shown.current.length && next.at(-1)?.id === shown.current.at(-1)?.id;
    if (!isSame || next[0]?.id !== shown.current[0]?.id) shown.current = next;
    return shown.current;
  }, [windows, positionMs, round]);
}

export default function ChatReplay({ stream, reference, container }: ChatReplayProps) {
  const positionMs = usePosition(container);
  const messages = useReplay(stream, reference, positionMs);
  const [menuOf, setMenuOf] = useState<ChatMessage | null>(null);
  const seek = ({ offset_ms }: ChatMessage) => {
    const video = container?.querySelector("video");
    if (video && offset_ms != null) video.currentTime = offset_ms / 1_000;
  };
  return (
    <section class="chat" aria-labelledby="chat">
      <div class="chat-title">
        <h2 id="chat">Chat of the broadcast</h2>
      </div>
      <MessageList
        label="Messages up to this moment"
        messages={messages}
        own={null}
        onOlder={null}
        onMenu={setMenuOf}
        onLeave={() => undefined}
        empty="Messages appear here when playback reaches them."
      />
      {menuOf && (
        <MessageMenu
          message={menuOf}
          isOwn={false}
          canModerate={false}
          isPinned={false}
          onReply={null}
          onSeek={() => seek(menuOf)}
          act={null}
          onClose={() => setMenuOf(null)}
        />
      )}
    </section>
  );
}
