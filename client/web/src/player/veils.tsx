// What lies over the picture when there is none, but for what is held: that is the hold card's.

import type { ComponentChildren } from "preact";
import { MutedIcon, PlayIcon } from "../ui/icons";

export function Waiting() {
  return (
    <div class="player-middle" role="status" aria-label="Loading the picture">
      <span class="spinner player-spinner" />
    </div>
  );
}

interface FailureProps {
  readonly title: string;
  readonly verb: string;
  readonly onAgain: () => void;
  readonly children: ComponentChildren;
}

function Failure({ title, verb, onAgain, children }: FailureProps) {
  return (
    <div class="player-middle player-veil" role="alert">
      <div class="hold-card">
        <h2>{title}</h2>
        <p>{children}</p>
        <button type="button" class="button button-main" onClick={onAgain}>
          {verb}
        </button>
      </div>
    </div>
  );
}

/** The player itself could not be had. */
export function NotLoaded({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <Failure title="The player could not be loaded" verb="Try again" onAgain={onAgain}>
      Check the connection; a newer version may be out, too. Nothing is being paid meanwhile.
    </Failure>
  );
}

/** The browser has given the video up. */
export function Broken({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <Failure title="The picture has stopped" verb="Start it again" onAgain={onAgain}>
      This browser could not go on with the video. Nothing is being paid meanwhile.
    </Failure>
  );
}

export function Over({ isLive }: { readonly isLive: boolean }) {
  return (
    <div class="player-middle player-veil" role="status">
      <div class="hold-card">
        <h2>{isLive ? "The stream is off air" : "That was all"}</h2>
        <p>
          {isLive
            ? "It goes on here by itself when it is back. Nothing is being paid meanwhile."
            : "Nothing more is being paid."}
        </p>
      </div>
    </div>
  );
}

/** The browser lets nothing begin by itself. */
export function BigPlay({ onPlay }: { readonly onPlay: () => void }) {
  return (
    <div class="player-middle">
      <button type="button" class="player-big" aria-label="Play" onClick={onPlay}>
        <PlayIcon />
      </button>
    </div>
  );
}

/** The browser has let it begin, but without sound. */
export function SoundButton({ onSound }: { readonly onSound: () => void }) {
  return (
    <button type="button" class="button button-small player-sound" onClick={onSound}>
      <MutedIcon />
      Tap for sound
    </button>
  );
}
