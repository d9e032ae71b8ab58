// Chat and comments on the watch page. They are loaded after the picture.

import type { ChatPanelProps } from "../components/chat/panel";
import type { ChatReplayProps } from "../components/chat/replay";
import { Later } from "../components/later";
import { type Recording, referenceOf, type StreamView } from "../gateway";
import type { KeyProvider } from "../pay";
import type { CommentsProps } from "./comments";

const loadPanel = () => import("../components/chat/panel");
const loadReplay = () => import("../components/chat/replay");
const loadComments = () => import("./comments");

interface WatchChatProps {
  readonly stream: StreamView;
  readonly recording: Recording | null;
  readonly keyProvider: KeyProvider;
  readonly isLive: boolean;
  /** Element that contains the video; null until there is one. */
  readonly container: HTMLElement | null;
}

/** The chat of the stream or, beside the recording of a broadcast, what was written during it. */
export function WatchChat({ stream, recording, keyProvider, isLive, container }: WatchChatProps) {
  const failed = "The chat could not be loaded. Load the page again to see it.";
  if (recording) {
    if ((recording.kind ?? "broadcast") !== "broadcast") return null;
    const props: ChatReplayProps = { stream: stream.stream, reference: referenceOf(recording), container };
    return (
      <div class="watch-chat">
        <Later load={loadReplay} failed={failed} props={props} />
      </div>
    );
  }
  const canStart = isLive && !keyProvider.isStarted.value;
  const props: ChatPanelProps = {
    stream: stream.stream,
    creator: stream.creator,
    isPaying: keyProvider.session.value !== null,
    start: canStart
      ? { pricePerTick: keyProvider.offer.value.pricePerTick, agree: (price: bigint) => keyProvider.start(price) }
      : null,
  };
  return (
    <div class="watch-chat">
      <Later load={loadPanel} failed={failed} props={props} />
    </div>
  );
}

interface WatchCommentsProps {
  readonly stream: StreamView;
  readonly recording: Recording;
  readonly container: HTMLElement | null;
}

export function WatchComments({ stream, recording, container }: WatchCommentsProps) {
  const props: CommentsProps = {
    stream: stream.stream,
    recording: recording.number,
    durationS: recording.duration_s,
    creator: stream.creator,
    container,
  };
  return <Later load={loadComments} failed="The comments could not be loaded. Load the page again." props={props} />;
}
