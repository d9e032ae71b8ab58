// The menu of the player: quality, speed, captions, audio and shortcuts.

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { useDismiss } from "../ui/dialog";
import { bitrate } from "../ui/format";
import { CheckIcon, SlidersIcon } from "../ui/icons";
import { type Captions, trackName } from "./captions";
import { areShortcutsOn, setShortcuts } from "./choices";
import { shortcuts } from "./keyboard";
import { AUTO, type Engine } from "./types";

interface SettingsProps {
  readonly engine: Engine | null;
  readonly captions: Captions;
  readonly isLive: boolean;
  readonly speed: number;
  /** Null where the speed cannot be changed: at the newest picture of a broadcast. */
  readonly onSpeed: ((rate: number) => void) | null;
}

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

/** The next higher or lower speed. */
export function nextSpeed(speed: number, by: 1 | -1): number {
  const at = (SPEEDS as readonly number[]).indexOf(speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? SPEEDS.indexOf(1) : at) + by))] ?? 1;
}

interface OptionProps {
  readonly isOn: boolean;
  readonly onChoose: () => void;
  readonly note?: string;
  readonly children: ComponentChildren;
}

function Option({ isOn, onChoose, note, children }: OptionProps) {
  return (
    <button type="button" class="menu-item" aria-pressed={isOn} onClick={onChoose}>
      <span>{children}</span>
      {note && <span class="faint push number">{note}</span>}
      {isOn && <CheckIcon />}
    </button>
  );
}

interface GroupProps {
  readonly title: string;
  readonly note?: string;
  readonly children: ComponentChildren;
}

function Group({ title, note, children }: GroupProps) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend, which cannot be a heading of the menu.
    <div role="group" aria-labelledby={id} class="player-group">
      <h3 id={id}>{title}</h3>
      {note && <p class="faint">{note}</p>}
      {children}
    </div>
  );
}

function QualityGroup({ engine, onDone }: { readonly engine: Engine | null; readonly onDone: () => void }) {
  const qualities = engine?.qualities.value ?? [];
  const chosen = engine?.chosen.value ?? AUTO;
  const now = qualities.find((quality) => quality.level === engine?.current.value);
  const options = [
    { level: AUTO, name: now && chosen === AUTO ? `Automatic (${now.name})` : "Automatic", bps: 0 },
    ...[...qualities].sort((a, b) => b.bps - a.bps),
  ];
  return (
    <Group title="Quality" note="The price is the same in every quality.">
      {options.map(({ level, name, bps }) => (
        <Option
          key={level}
          isOn={level === chosen}
          note={bps > 0 ? bitrate(bps) : ""}
          onChoose={() => {
            engine?.choose(level);
            onDone();
          }}
        >
          {name}
        </Option>
      ))}
    </Group>
  );
}

function SpeedGroup({ speed, onSpeed }: Pick<SettingsProps, "speed" | "onSpeed">) {
  if (!onSpeed) return null;
  return (
    <Group title="Speed" note="You pay for seconds of the video: at double speed, twice as fast.">
      <div class="player-speeds">
        {SPEEDS.map((rate) => (
          <button key={rate} type="button" class="chip" aria-pressed={rate === speed} onClick={() => onSpeed(rate)}>
            {rate}×
          </button>
        ))}
      </div>
    </Group>
  );
}

function CaptionsGroup({ captions }: Pick<SettingsProps, "captions">) {
  const { choices, chosen, choose } = captions;
  if (choices.length === 0) return null;
  return (
    <Group title="Captions">
      <Option isOn={!chosen} onChoose={() => choose(null)}>
        Off
      </Option>
      {choices.map((choice) => (
        <Option key={choice.language + choice.name} isOn={choice === chosen} onChoose={() => choose(choice)}>
          {choice.name}
        </Option>
      ))}
    </Group>
  );
}

function AudioGroup({ engine }: Pick<SettingsProps, "engine">) {
  const audios = engine?.audios.value ?? [];
  if (audios.length < 2) return null;
  return (
    <Group title="Audio">
      {audios.map(({ id, name, language }) => (
        <Option key={id} isOn={id === engine?.audio.value} onChoose={() => engine?.chooseAudio(id)}>
          {trackName(name, language)}
        </Option>
      ))}
    </Group>
  );
}

function ShortcutsGroup({ isLive }: Pick<SettingsProps, "isLive">) {
  const isOn = areShortcutsOn.value;
  return (
    <div class="player-keys">
      <Group title="Shortcuts">
        <label class="check">
          <input type="checkbox" checked={isOn} onChange={(event) => setShortcuts(event.currentTarget.checked)} />
          <span>Control the player with keys</span>
        </label>
        {isOn && (
          <dl class="definition">
            {shortcuts(isLive).map(([key, action]) => (
              <div key={key} class="definition-row">
                <dt>{action}</dt>
                <dd class="mono">{key}</dd>
              </div>
            ))}
          </dl>
        )}
      </Group>
    </div>
  );
}

export function Settings(props: SettingsProps) {
  const [isOpen, setOpen] = useState(false);
  const inside = useDismiss(() => setOpen(false), isOpen);
  return (
    <div class="anchor" ref={inside}>
      <button
        type="button"
        class="player-button"
        aria-label="Settings"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <SlidersIcon />
      </button>
      {isOpen && (
        <div class="player-menu">
          <QualityGroup engine={props.engine} onDone={() => setOpen(false)} />
          <SpeedGroup speed={props.speed} onSpeed={props.onSpeed} />
          <CaptionsGroup captions={props.captions} />
          <AudioGroup engine={props.engine} />
          <ShortcutsGroup isLive={props.isLive} />
        </div>
      )}
    </div>
  );
}
