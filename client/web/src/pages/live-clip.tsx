// The button that makes a clip of the broadcast on air. The dialog is loaded when it is opened.

import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { UserError } from "../common/errors";
import { type StreamView, video } from "../gateway";
import { ActionButton } from "../ui/button";
import { ScissorsIcon } from "../ui/icons";
import { MIN_CLIP_S } from "./clip-range";

interface Opened {
  readonly Dialog: ComponentType<{
    readonly stream: string;
    readonly source: "live";
    readonly startMs: number;
    readonly lengthS: number;
    readonly viewer?: string;
    readonly onClose: () => void;
  }>;
  readonly startMs: number;
  readonly lengthS: number;
}

/** The part of the broadcast that clips can be made of: from where viewers can go back to, or what is live now. */
async function partOf({ stream, playlist, dvr_playlist }: StreamView) {
  const path = dvr_playlist ?? playlist ?? `/v1/streams/${stream}/hls/master.m3u8`;
  const startMs = await video.dvrStart(path);
  const lengthS = startMs === null ? 0 : (Date.now() - startMs) / 1_000;
  if (startMs !== null && lengthS >= MIN_CLIP_S) return { startMs, lengthS };
  throw new UserError("clip", "There is nothing to make a clip of yet.", "Try again in a few seconds.");
}

interface LiveClipProps {
  readonly stream: StreamView;
  /** Viewer who makes the clip; absent for the stream's creator. */
  readonly viewer?: string;
}

export function LiveClip({ stream, viewer }: LiveClipProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const open = async () => {
    const [{ ClipDialog }, part] = await Promise.all([import("./clip-dialog"), partOf(stream)]);
    setOpened({ Dialog: ClipDialog, ...part });
  };
  return (
    <>
      <ActionButton onAction={open}>
        <ScissorsIcon />
        Clip
      </ActionButton>
      {opened && (
        <opened.Dialog
          stream={stream.stream}
          source="live"
          startMs={opened.startMs}
          lengthS={opened.lengthS}
          {...(viewer !== undefined && { viewer })}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}
