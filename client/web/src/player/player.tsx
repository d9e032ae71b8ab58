// The player: the picture, what lies over it, and the bar below. Which engine drives it is the engine's business.

import { useRef, useState } from "preact/hooks";
import type { StoryboardCue } from "../gateway";
import type { Purse } from "../pay";
import { Controls } from "./controls";
import { toggleFullScreen, useFullScreen } from "./full-screen";
import { HoldCard } from "./hold-card";
import { type Commands, useKeys } from "./keyboard";
import { useLiveWish } from "./live-wish";
import { useMediaSession } from "./media-session";
import { isPlayClick, useQuiet } from "./quiet";
import type { Engine, EngineState, Source } from "./types";
import { type EngineHook, useEngine } from "./use-engine";
import { BigPlay, Broken, NotLoaded, Over, SoundButton, Waiting } from "./veils";
import { louder, play, setMuted, useVideoState, type VideoState } from "./video-state";
import "./player.css";

interface PlayerProps {
  readonly source: Source;
  readonly purse: Purse;
  readonly title: string;
  readonly pricePerTick: bigint;
  readonly poster: string | null;
  /** What the system shows of it, on a lock screen for instance. */
  readonly artwork: string | null;
  readonly cues: readonly StoryboardCue[];
  /** What goes full screen: the player, and the meter that belongs to it. */
  readonly whole: HTMLElement | null;
  readonly isTheatre: boolean;
  readonly onTheatre: () => void;
  readonly onTopUp: () => void;
  /** Hears of the engine, so that the meter can tell a stall from a pause. */
  readonly onEngine: (engine: Engine | null) => void;
}

function commandsOf(
  video: HTMLVideoElement | null,
  state: VideoState,
  engine: Engine | null,
  { whole, source, onTheatre }: PlayerProps,
): Commands {
  return {
    playPause: () => {
      if (video?.paused) void play(video, state);
      else video?.pause();
    },
    mute: () => {
      if (video) setMuted(video, !state.isMuted.peek());
    },
    louder: (by) => {
      if (video) louder(video, by);
    },
    fullScreen: () => toggleFullScreen(whole, video),
    theatre: onTheatre,
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
    seekTo: source.isLive
      ? null
      : (share) => {
          if (video && Number.isFinite(video.duration)) video.currentTime = video.duration * share;
        },
  };
}

interface VeilProps {
  readonly phase: EngineState;
  readonly found: EngineHook;
  readonly state: VideoState;
  readonly isHeld: boolean;
  readonly isLive: boolean;
  readonly onPlay: () => void;
}

/** What stands in for a picture that does not move. */
function Veil({ phase, found, state, isHeld, isLive, onPlay }: VeilProps) {
  if (found.hasFailed) return <NotLoaded onAgain={found.again} />;
  if (phase === "failed") return <Broken onAgain={() => found.engine?.retry()} />;
  if (phase === "gone") return <Over isLive={isLive} />;
  if (isHeld) return null;
  if (state.autoplay.value === "blocked") return <BigPlay onPlay={onPlay} />;
  return phase === "loading" || phase === "waiting" ? <Waiting /> : null;
}

/** The picture. A mouse plays and pauses with it; a finger shows the controls. */
function Picture({
  onVideo,
  poster,
  commands,
}: {
  readonly onVideo: (video: HTMLVideoElement | null) => void;
  readonly poster: string | null;
  readonly commands: Commands;
}) {
  const lastPointer = useRef("");
  return (
    <video
      ref={onVideo}
      playsInline
      poster={poster ?? undefined}
      onPointerDown={(event) => {
        lastPointer.current = event.pointerType;
      }}
      onClick={(event) => {
        // From here on the arrows are the player's.
        event.currentTarget.closest<HTMLElement>(".player")?.focus({ preventScroll: true });
        if (isPlayClick(lastPointer.current)) commands.playPause();
      }}
      onDblClick={commands.fullScreen}
    >
      <track kind="captions" label="Captions" />
    </video>
  );
}

export function Player(props: PlayerProps) {
  const { source, purse, whole } = props;
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const state = useVideoState(video);
  const found = useEngine(video, { source, purse, state, onEngine: props.onEngine });
  const { engine } = found;
  const wish = useLiveWish(engine, purse);
  const isFull = useFullScreen(whole);
  const isQuiet = useQuiet(whole);
  const commands = commandsOf(video, state, engine, props);
  useKeys(commands, isFull);
  useMediaSession(props.title, props.artwork);
  const phase = engine?.state.value ?? "loading";
  const isHeld = purse.hold.value !== null && phase !== "playing";
  return (
    <section
      class="player"
      // It takes the focus of a click, so that the arrows are its own then.
      tabIndex={-1}
      data-state={phase}
      data-quiet={isQuiet && phase === "playing" && !state.isPaused.value ? "" : undefined}
      aria-label={`Player: ${props.title}`}
    >
      <Picture onVideo={setVideo} poster={props.poster} commands={commands} />
      <Veil
        phase={phase}
        found={found}
        state={state}
        isHeld={isHeld}
        isLive={source.isLive}
        onPlay={commands.playPause}
      />
      {isHeld && (
        <HoldCard
          purse={purse}
          engine={engine}
          wish={wish}
          pricePerTick={props.pricePerTick}
          isLive={source.isLive}
          onTopUp={props.onTopUp}
        />
      )}
      {state.autoplay.value === "muted" && <SoundButton onSound={commands.mute} />}
      <Controls
        engine={engine}
        video={video}
        state={state}
        commands={commands}
        isLive={source.isLive}
        isFull={isFull}
        isTheatre={props.isTheatre}
        cues={props.cues}
      />
    </section>
  );
}
