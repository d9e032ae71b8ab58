// The player: the picture, what lies over it, and the bar below. Which engine drives it is the engine's business.

import { useEffect, useRef, useState } from "preact/hooks";
import { tellError } from "../app/toasts";
import type { StoryboardCue } from "../gateway";
import type { Purse } from "../pay";
import { Controls } from "./controls";
import { startEngine } from "./engine";
import { HoldCard } from "./hold-card";
import { type Commands, useKeys } from "./keyboard";
import type { Engine, Source } from "./types";
import { play, useVideoState } from "./video-state";
import "./player.css";

interface PlayerProps {
  readonly source: Source;
  readonly purse: Purse;
  readonly title: string;
  readonly pricePerTick: bigint;
  readonly poster: string | null;
  readonly cues: readonly StoryboardCue[];
  readonly isTheatre: boolean;
  readonly onTheatre: () => void;
  readonly onTopUp: () => void;
  /** Hears of the engine, so that the meter can tell a stall from a pause. */
  readonly onEngine: (engine: Engine | null) => void;
}

/** Controls go away when nobody moves for so long. */
const QUIET_AFTER_MS = 2_600;

function useEngine(video: HTMLVideoElement | null, { source, purse, onEngine }: PlayerProps): Engine | null {
  const [engine, setEngine] = useState<Engine | null>(null);
  useEffect(() => {
    if (!video) return;
    let started: Engine | null = null;
    let isGone = false;
    startEngine(video, source, purse).then((found) => {
      if (isGone) {
        found.destroy();
        return;
      }
      started = found;
      setEngine(found);
      onEngine(found);
      void play(video);
    }, tellError);
    return () => {
      isGone = true;
      started?.destroy();
      setEngine(null);
      onEngine(null);
    };
  }, [video, source.playlist, purse]);
  return engine;
}

function useFullScreen(root: HTMLElement | null): boolean {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(root !== null && document.fullscreenElement === root);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, [root]);
  return isFull;
}

/** Whether somebody has moved, pressed or touched something a moment ago. */
function useQuiet(root: HTMLElement | null): boolean {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    if (!root) return;
    let timer = 0;
    const stir = () => {
      setQuiet(false);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setQuiet(true), QUIET_AFTER_MS);
    };
    const events = ["pointermove", "pointerdown", "keydown", "focusin"] as const;
    for (const event of events) root.addEventListener(event, stir);
    stir();
    return () => {
      window.clearTimeout(timer);
      for (const event of events) root.removeEventListener(event, stir);
    };
  }, [root]);
  return isQuiet;
}

function commandsOf(
  video: HTMLVideoElement | null,
  root: HTMLElement | null,
  engine: Engine | null,
  props: PlayerProps,
): Commands {
  return {
    playPause: () => {
      if (video?.paused) void play(video);
      else video?.pause();
    },
    mute: () => {
      if (video) video.muted = !video.muted;
    },
    louder: (by) => {
      if (video) video.volume = Math.min(1, Math.max(0, video.volume + by));
    },
    fullScreen: () => {
      const change = document.fullscreenElement ? document.exitFullscreen() : root?.requestFullscreen();
      change?.catch(() => undefined);
    },
    theatre: props.onTheatre,
    pictureInPicture: () => {
      const change = document.pictureInPictureElement
        ? document.exitPictureInPicture()
        : video?.requestPictureInPicture();
      change?.catch(() => undefined);
    },
    goLive: () => engine?.goLive(),
    seek: (by) => {
      if (video) video.currentTime = Math.max(0, video.currentTime + by);
    },
  };
}

export function Player(props: PlayerProps) {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const root = useRef<HTMLElement>(null);
  const engine = useEngine(video, props);
  const state = useVideoState(video);
  const isFull = useFullScreen(root.current);
  const isQuiet = useQuiet(root.current);
  const commands = commandsOf(video, root.current, engine, props);
  useKeys(commands);
  const phase = engine?.state.value ?? "loading";
  const isHeld = props.purse.hold.value !== null && phase !== "playing";
  return (
    <section
      ref={root}
      class="player"
      data-state={phase}
      data-quiet={isQuiet && phase === "playing" && !state.isPaused.value ? "" : undefined}
      aria-label={`Player: ${props.title}`}
    >
      <video ref={setVideo} playsInline poster={props.poster ?? undefined} onClick={commands.playPause}>
        <track kind="captions" label="Captions" />
      </video>
      {(phase === "loading" || phase === "waiting") && !isHeld && (
        <div class="player-middle" role="status" aria-label="Loading the picture">
          <span class="spinner player-spinner" />
        </div>
      )}
      {phase === "failed" && (
        <div class="player-middle player-veil" role="alert">
          <div class="hold-card">
            <h2>The picture has stopped</h2>
            <p>This browser could not go on with the video. Nothing is being paid meanwhile.</p>
            <button type="button" class="button button-main" onClick={() => engine?.retry()}>
              Start it again
            </button>
          </div>
        </div>
      )}
      {phase === "gone" && (
        <div class="player-middle player-veil" role="status">
          <div class="hold-card">
            <h2>{props.source.isLive ? "The stream is off air" : "That was all"}</h2>
            <p>
              {props.source.isLive
                ? "It goes on here by itself when it is back. Nothing is being paid meanwhile."
                : "Nothing more is being paid."}
            </p>
          </div>
        </div>
      )}
      {isHeld && (
        <HoldCard
          purse={props.purse}
          engine={engine}
          pricePerTick={props.pricePerTick}
          isLive={props.source.isLive}
          onTopUp={props.onTopUp}
        />
      )}
      <Controls
        engine={engine}
        video={video}
        state={state}
        commands={commands}
        isLive={props.source.isLive}
        isFull={isFull}
        isTheatre={props.isTheatre}
        cues={props.cues}
      />
    </section>
  );
}
