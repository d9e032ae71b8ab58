// The control bar: play, volume, live, settings, picture in picture, theatre and full screen.

import {
  CaptionsIcon,
  CastIcon,
  FullIcon,
  MutedIcon,
  PauseIcon,
  PipIcon,
  PlayIcon,
  TheatreIcon,
  UnfullIcon,
  VolumeIcon,
} from "../ui/icons";
import type { Captions } from "./captions";
import { areShortcutsOn } from "./choices";
import { DvrBar } from "./dvr-bar";
import type { Commands } from "./keyboard";
import { chooseDevice, useRemote } from "./remote";
import { SeekBar } from "./seek-bar";
import { Settings } from "./settings-menu";
import type { DvrWindow, Engine, PreviewImage } from "./types";
import type { VideoState } from "./video-state";

interface ControlsProps {
  readonly engine: Engine | null;
  readonly video: HTMLVideoElement | null;
  readonly state: VideoState;
  readonly commands: Commands;
  readonly isLive: boolean;
  readonly isFull: boolean;
  readonly isTheatre: boolean;
  readonly previewImages: readonly PreviewImage[];
  readonly captions: Captions;
  readonly dvr: DvrWindow | null;
  readonly speed: number;
  readonly onSpeed: ((rate: number) => void) | null;
}

/** The label of a button, with its key if keys control the player. */
const withKey = (label: string, key: string) => (areShortcutsOn.value ? `${label} (${key})` : label);

interface LiveButtonProps {
  readonly engine: Engine | null;
  /** Whether a bar says how far behind live the picture is. */
  readonly hasBar: boolean;
}

function LiveButton({ engine, hasBar }: LiveButtonProps) {
  const isBehind = engine?.isBehind.value ?? false;
  const latency = engine?.latencyS.value ?? null;
  const label = isBehind ? "Behind live: jump to live" : "Live";
  return (
    <div class="player-live">
      <button
        type="button"
        class={isBehind ? "live-button live-behind" : "live-button"}
        aria-label={label}
        title={label}
        onClick={() => engine?.goLive()}
      >
        LIVE
      </button>
      {latency !== null && !(hasBar && isBehind) && (
        <span class="player-latency number" title="Delay behind the newest picture">
          {latency.toFixed(1)} s
        </span>
      )}
    </div>
  );
}

function Volume({ video, state, commands }: Pick<ControlsProps, "video" | "state" | "commands">) {
  const isMuted = state.isMuted.value;
  const set = (volume: number) => {
    if (!video) return;
    video.volume = volume;
    video.muted = volume === 0;
  };
  return (
    <div class="volume">
      <button
        type="button"
        class="player-button"
        aria-label={withKey(isMuted ? "Unmute" : "Mute", "M")}
        onClick={commands.mute}
      >
        {isMuted ? <MutedIcon /> : <VolumeIcon />}
      </button>
      <input
        type="range"
        aria-label="Volume"
        min={0}
        max={1}
        step={0.05}
        value={isMuted ? 0 : state.volume.value}
        onInput={(event) => set(Number(event.currentTarget.value))}
      />
    </div>
  );
}

function CaptionsButton({ captions }: Pick<ControlsProps, "captions">) {
  if (captions.choices.length === 0) return null;
  return (
    <button
      type="button"
      class="player-button player-captions"
      aria-label={withKey("Captions", "C")}
      aria-pressed={captions.chosen !== null}
      onClick={captions.toggle}
    >
      <CaptionsIcon />
    </button>
  );
}

/** Shown where there is a television that the browser can reach. */
function RemoteButton({ video }: Pick<ControlsProps, "video">) {
  const isThere = useRemote(video);
  if (!isThere || !video) return null;
  return (
    <button type="button" class="player-button" aria-label="Play on another device" onClick={() => chooseDevice(video)}>
      <CastIcon />
    </button>
  );
}

export function Controls(props: ControlsProps) {
  const { engine, state, commands, isLive, isFull, isTheatre } = props;
  const isPaused = state.isPaused.value;
  return (
    <div class="controls">
      {isLive ? (
        props.dvr && <DvrBar engine={engine} dvr={props.dvr} />
      ) : (
        <SeekBar video={props.video} state={state} images={props.previewImages} />
      )}
      <div class="controls-row">
        <button
          type="button"
          class="player-button"
          aria-label={withKey(isPaused ? "Play" : "Pause", "K")}
          onClick={commands.playPause}
        >
          {isPaused ? <PlayIcon /> : <PauseIcon />}
        </button>
        <Volume video={props.video} state={state} commands={commands} />
        {isLive && <LiveButton engine={engine} hasBar={props.dvr !== null} />}
        <span class="push" />
        <CaptionsButton captions={props.captions} />
        <Settings
          engine={engine}
          captions={props.captions}
          isLive={isLive}
          speed={props.speed}
          onSpeed={props.onSpeed}
        />
        <RemoteButton video={props.video} />
        {document.pictureInPictureEnabled && (
          <button
            type="button"
            class="player-button"
            aria-label={withKey("Picture in picture", "I")}
            onClick={commands.pictureInPicture}
          >
            <PipIcon />
          </button>
        )}
        <button
          type="button"
          class="player-button player-theatre"
          aria-label={withKey(isTheatre ? "Leave theatre" : "Theatre", "T")}
          aria-pressed={isTheatre}
          onClick={commands.theatre}
        >
          <TheatreIcon />
        </button>
        <button
          type="button"
          class="player-button"
          aria-label={withKey(isFull ? "Leave full screen" : "Full screen", "F")}
          onClick={commands.fullScreen}
        >
          {isFull ? <UnfullIcon /> : <FullIcon />}
        </button>
      </div>
    </div>
  );
}
