// The control bar: play, volume, live, settings, picture in picture, theatre and full screen.

import { useState } from "preact/hooks";

import { useDismiss } from "../ui/dialog";
import { bitrate } from "../ui/format";
import {
  CheckIcon,
  FullIcon,
  MutedIcon,
  PauseIcon,
  PipIcon,
  PlayIcon,
  SlidersIcon,
  TheatreIcon,
  UnfullIcon,
  VolumeIcon,
} from "../ui/icons";
import { type Commands, shortcuts } from "./keyboard";
import { SeekBar } from "./seek-bar";
import { AUTO, type Engine, type PreviewImage } from "./types";
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
}

function LiveButton({ engine }: { readonly engine: Engine | null }) {
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
      {latency !== null && (
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
        aria-label={isMuted ? "Unmute (M)" : "Mute (M)"}
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

function Settings({ engine, isLive }: Pick<ControlsProps, "engine" | "isLive">) {
  const [isOpen, setOpen] = useState(false);
  const inside = useDismiss(() => setOpen(false), isOpen);
  const qualities = engine?.qualities.value ?? [];
  const chosen = engine?.chosen.value ?? AUTO;
  const now = qualities.find((quality) => quality.level === engine?.current.value);
  const options = [
    { level: AUTO, name: now && chosen === AUTO ? `Automatic (${now.name})` : "Automatic", bps: 0 },
    ...[...qualities].sort((a, b) => b.bps - a.bps),
  ];
  return (
    <div class="anchor" ref={inside}>
      <button
        type="button"
        class="player-button"
        aria-label="Quality and shortcuts"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <SlidersIcon />
      </button>
      {isOpen && (
        <div class="player-menu">
          <h3>Quality</h3>
          <p class="faint">The price is the same in every quality.</p>
          {options.map((option) => (
            <button
              key={option.level}
              type="button"
              class="menu-item"
              aria-pressed={option.level === chosen}
              onClick={() => {
                engine?.choose(option.level);
                setOpen(false);
              }}
            >
              <span>{option.name}</span>
              <span class="faint push number">{option.bps > 0 ? bitrate(option.bps) : ""}</span>
              {option.level === chosen && <CheckIcon />}
            </button>
          ))}
          <h3 class="player-keys">Shortcuts</h3>
          <dl class="definition player-keys">
            {shortcuts(isLive).map(([key, action]) => (
              <div key={key} class="definition-row">
                <dt>{action}</dt>
                <dd class="mono">{key}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </div>
  );
}

export function Controls(props: ControlsProps) {
  const { engine, state, commands, isLive, isFull, isTheatre } = props;
  const isPaused = state.isPaused.value;
  return (
    <div class="controls">
      {!isLive && <SeekBar video={props.video} state={state} images={props.previewImages} />}
      <div class="controls-row">
        <button
          type="button"
          class="player-button"
          aria-label={isPaused ? "Play (K)" : "Pause (K)"}
          onClick={commands.playPause}
        >
          {isPaused ? <PlayIcon /> : <PauseIcon />}
        </button>
        <Volume video={props.video} state={state} commands={commands} />
        {isLive && <LiveButton engine={engine} />}
        <span class="push" />
        <Settings engine={engine} isLive={isLive} />
        {document.pictureInPictureEnabled && (
          <button
            type="button"
            class="player-button"
            aria-label="Picture in picture (I)"
            onClick={commands.pictureInPicture}
          >
            <PipIcon />
          </button>
        )}
        <button
          type="button"
          class="player-button player-theatre"
          aria-label={isTheatre ? "Leave theatre (T)" : "Theatre (T)"}
          aria-pressed={isTheatre}
          onClick={commands.theatre}
        >
          <TheatreIcon />
        </button>
        <button
          type="button"
          class="player-button"
          aria-label={isFull ? "Leave full screen (F)" : "Full screen (F)"}
          onClick={commands.fullScreen}
        >
          {isFull ? <UnfullIcon /> : <FullIcon />}
        </button>
      </div>
    </div>
  );
}
