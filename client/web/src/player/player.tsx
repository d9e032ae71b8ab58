// The player: the picture, what is shown over it, and the control bar. An engine, which depends on the browser, drives
// it.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { KeyProvider } from "../pay";
import { type Captions, NO_CAPTIONS_ID, useCaptions } from "./captions";
import { useComeback } from "./comeback";
import { Controls } from "./controls";
import { toggleFullScreen, useFullScreen } from "./full-screen";
import { HoldCard } from "./hold-card";
import { isPlayClick, useIdle } from "./idle";
import { type Commands, useKeys } from "./keyboard";
import { useLiveJump } from "./live-jump";
import { useMediaSession } from "./media-session";
import { EndedOverlay, FailedOverlay, NotLoadedOverlay, PlayOverlay, SoundButton, WaitingOverlay } from "./overlays";
import { nextSpeed } from "./settings-menu";
import type { DvrWindow, Engine, EngineState, PreviewImage, Source } from "./types";
import { type EngineHook, useEngine } from "./use-engine";
import { useQuality } from "./use-quality";
import { louder, play, setMuted, useVideoState, type VideoState } from "./video-state";
import "./player.css";

interface PlayerProps {
  readonly source: Source;
  readonly keyProvider: KeyProvider;
  readonly title: string;
  readonly poster: string | null;
  /** Picture that the system shows, for instance on a lock screen. */
  readonly artwork: string | null;
  readonly previewImages: readonly PreviewImage[];
  /** Whether the stream is on air. A player of it continues by itself when it is again. */
  readonly isOnAir: boolean;
  /** The part of the broadcast that can be watched again; null if there is none. */
  readonly dvr: DvrWindow | null;
  /** Element that goes full screen: the player together with the meter. */
  readonly container: HTMLElement | null;
  /** Wallets to choose from, shown when one is needed. */
  readonly walletList: ComponentChildren;
  readonly isTheatre: boolean;
  readonly onTheatre: () => void;
  readonly onTopUp: () => void;
  readonly onLeaveGift: () => void;
  /** Called when the engine starts and ends, so that the meter can tell a stall from a pause. */
  readonly onEngine: (engine: Engine | null) => void;
}

/** The speed of playback. */
interface Speed {
  readonly rate: number;
  /** Null at the newest picture of a broadcast, where it is always 1. */
  readonly set: ((rate: number) => void) | null;
}

/** The speed, which can be changed for recordings and behind live, and ends with the jump to live. */
function useSpeed(engine: Engine | null, isLive: boolean): Speed {
  const [rate, setRate] = useState(1);
  const canChange = !isLive || (engine?.isBehind.value ?? false);
  const set = (next: number) => {
    engine?.setSpeed(next);
    setRate(next);
  };
  useEffect(() => {
    if (!canChange && rate !== 1) set(1);
  }, [canChange]);
  // A new engine starts at the usual speed.
  useEffect(() => setRate(1), [engine]);
  return { rate, set: canChange ? set : null };
}

function commandsOf(
  video: HTMLVideoElement | null,
  state: VideoState,
  engine: Engine | null,
  { container, source, onTheatre }: PlayerProps,
  captions: Captions,
  speed: Speed,
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
    fullScreen: () => toggleFullScreen(container, video),
    theatre: onTheatre,
    pictureInPicture: () => {
      const change = document.pictureInPictureElement
        ? document.exitPictureInPicture()
        : video?.requestPictureInPicture();
      change?.catch(() => undefined);
    },
    goLive: () => engine?.goLive(),
    captions: captions.toggle,
    faster: (by) => speed.set?.(nextSpeed(speed.rate, by)),
    seek: (by) => engine?.seekBy(by),
    seekTo: source.isLive
      ? null
      : (fraction) => {
          if (video && Number.isFinite(video.duration)) video.currentTime = video.duration * fraction;
        },
  };
}

interface OverlayProps {
  readonly engineState: EngineState;
  readonly engineHook: EngineHook;
  readonly state: VideoState;
  readonly isHeld: boolean;
  readonly isLive: boolean;
  readonly onPlay: () => void;
}

/** What is shown over a picture that does not move, unless it is held. */
function Overlay({ engineState, engineHook, state, isHeld, isLive, onPlay }: OverlayProps) {
  if (engineHook.hasFailed) return <NotLoadedOverlay onRetry={engineHook.retry} />;
  if (engineState === "failed") return <FailedOverlay onRetry={() => engineHook.engine?.retry()} />;
  if (engineState === "gone") return <EndedOverlay isLive={isLive} />;
  if (isHeld) return null;
  if (state.autoplay.value === "blocked") return <PlayOverlay onPlay={onPlay} />;
  return engineState === "loading" || engineState === "waiting" ? <WaitingOverlay /> : null;
}

/** The picture. A click with a mouse plays or pauses. A tap shows the controls. */
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
        // After a click, the arrow keys belong to the player.
        event.currentTarget.closest<HTMLElement>(".player")?.focus({ preventScroll: true });
        if (isPlayClick(lastPointer.current)) commands.playPause();
      }}
      onDblClick={commands.fullScreen}
    >
      <track id={NO_CAPTIONS_ID} kind="captions" />
    </video>
  );
}

export function Player(props: PlayerProps) {
  const { source, keyProvider, container } = props;
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const state = useVideoState(video);
  const engineHook = useEngine(video, { source, keyProvider, state, onEngine: props.onEngine });
  const { engine } = engineHook;
  const captions = useCaptions(video);
  const speed = useSpeed(engine, source.isLive);
  useEffect(() => engine?.offerDvr(props.dvr), [engine, props.dvr]);
  useComeback(engine, source.isLive && props.isOnAir);
  useQuality(video, engine, keyProvider, source.onQuality);
  const liveJump = useLiveJump(engine, keyProvider);
  const isFull = useFullScreen(container);
  const isIdle = useIdle(container);
  const commands = commandsOf(video, state, engine, props, captions, speed);
  useKeys(commands, isFull);
  useMediaSession(props.title, props.artwork);
  const engineState = engine?.state.value ?? "loading";
  const isHeld = keyProvider.hold.value !== null && engineState !== "playing";
  return (
    <section
      class="player"
      // Focusable, so that the arrow keys belong to it after a click.
      tabIndex={-1}
      data-state={engineState}
      data-idle={isIdle && engineState === "playing" && !state.isPaused.value ? "" : undefined}
      aria-label={`Player: ${props.title}`}
    >
      <Picture onVideo={setVideo} poster={props.poster} commands={commands} />
      <Overlay
        engineState={engineState}
        engineHook={engineHook}
        state={state}
        isHeld={isHeld}
        isLive={source.isLive}
        onPlay={commands.playPause}
      />
      {isHeld && (
        <HoldCard
          keyProvider={keyProvider}
          engine={engine}
          liveJump={liveJump}
          isLive={source.isLive}
          walletList={props.walletList}
          onTopUp={props.onTopUp}
          onLeaveGift={props.onLeaveGift}
        />
      )}
      {state.autoplay.value === "muted" && <SoundButton onUnmute={commands.mute} />}
      <Controls
        engine={engine}
        video={video}
        state={state}
        commands={commands}
        isLive={source.isLive}
        isFull={isFull}
        isTheatre={props.isTheatre}
        previewImages={props.previewImages}
        captions={captions}
        dvr={props.dvr}
        speed={speed.rate}
        onSpeed={speed.set}
      />
    </section>
  );
}
