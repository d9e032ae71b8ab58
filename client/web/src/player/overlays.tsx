// What is shown over the picture when it does not play, except for holds, which have a card of their own.

import type { ComponentChildren } from "preact";
import { MutedIcon, PlayIcon } from "../ui/icons";

export function WaitingOverlay() {
  return (
    <div class="player-middle" role="status" aria-label="Loading the picture">
      <span class="spinner player-spinner" />
    </div>
  );
}

interface FailureProps {
  readonly title: string;
  readonly action: string;
  readonly onRetry: () => void;
  readonly children: ComponentChildren;
}

function FailureOverlay({ title, action, onRetry, children }: FailureProps) {
  return (
    <div class="player-middle player-overlay" role="alert">
      <div class="hold-card">
        <h2>{title}</h2>
        <p>{children}</p>
        <button type="button" class="button button-main" onClick={onRetry}>
          {action}
        </button>
      </div>
    </div>
  );
}

/** Shown if the engine could not be loaded. */
export function NotLoadedOverlay({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <FailureOverlay title="The player could not be loaded" action="Try again" onRetry={onRetry}>
      Check your connection. There may also be a newer version of this page. You pay nothing in the meantime.
    </FailureOverlay>
  );
}

/** Shown if the browser has given up the video. */
export function FailedOverlay({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <FailureOverlay title="The video has stopped" action="Start again" onRetry={onRetry}>
      This browser could not continue the video. You pay nothing in the meantime.
    </FailureOverlay>
  );
}

/** Shown when the stream or the recording is over. */
export function EndedOverlay({ isLive }: { readonly isLive: boolean }) {
  return (
    <div class="player-middle player-overlay" role="status">
      <div class="hold-card">
        <h2>{isLive ? "The stream is off air" : "The recording has ended"}</h2>
        <p>
          {isLive
            ? "It continues here by itself when it is back. You pay nothing in the meantime."
            : "You pay nothing more."}
        </p>
      </div>
    </div>
  );
}

/** Shown if the browser does not let the video start by itself. */
export function PlayOverlay({ onPlay }: { readonly onPlay: () => void }) {
  return (
    <div class="player-middle">
      <button type="button" class="player-big" aria-label="Play" onClick={onPlay}>
        <PlayIcon />
      </button>
    </div>
  );
}

/** Shown if the browser lets the video start only without sound. */
export function SoundButton({ onUnmute }: { readonly onUnmute: () => void }) {
  return (
    <button type="button" class="button button-small player-sound" onClick={onUnmute}>
      <MutedIcon />
      Tap for sound
    </button>
  );
}
