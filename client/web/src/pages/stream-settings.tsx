// Settings of a stream at this gateway: how far viewers can go back, renditions, codecs, delay, captions, clips, and a
// source that the gateway fetches. They are not on chain.

import { useState } from "preact/hooks";
import type { PageProps } from "../app/page";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { type StreamSettings, type StreamView, video } from "../gateway";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { Check, Choice, Field } from "../ui/field";
import { Loading, Problem, Skeleton } from "../ui/states";
import { CreatorPage } from "./creator-page";
import {
  asBoolean,
  DVR_CHOICES,
  dvrChoice,
  dvrHours,
  EXTRA_CODECS,
  HEIGHTS,
  keepDays,
  MAX_PART_MS,
  MIN_PART_MS,
  PART_STEP_MS,
  type SettingsDraft,
  settingsChange,
  sourceError,
  toggled,
  toggledCodecs,
  USUAL,
  type YesNo,
  yesNo,
} from "./settings-draft";

interface PartProps {
  readonly draft: SettingsDraft;
  readonly onChange: (change: SettingsDraft) => void;
}

const YES_NO = (yes: string, no: string): readonly { readonly value: YesNo; readonly text: string }[] => [
  { value: USUAL, text: "Gateway default" },
  { value: "yes", text: yes },
  { value: "no", text: no },
];

function ViewersPart({ draft, onChange }: PartProps) {
  return (
    <section class="panel" aria-labelledby="viewers">
      <h2 id="viewers">For viewers</h2>
      <Choice
        label="How far viewers can go back while you are on air"
        options={DVR_CHOICES}
        value={dvrChoice(draft.dvr_hours)}
        onChoose={(choice) => onChange({ dvr_hours: dvrHours(choice) })}
      />
      <p class="field-hint">They pay for each second that they watch, as always.</p>
      <Choice
        label="Who can make clips, besides you"
        options={[
          { value: "none", text: "No other account" },
          { value: "payers", text: "Viewers who have paid" },
        ]}
        value={draft.clips ?? "none"}
        onChoose={(clips) => onChange({ clips })}
      />
    </section>
  );
}

function RecordingsPart({ draft, onChange }: PartProps) {
  const [days, setDays] = useState(String(draft.keep_days ?? ""));
  return (
    <section class="panel" aria-labelledby="recordings">
      <h2 id="recordings">Recordings</h2>
      <Choice
        label="After a broadcast"
        options={YES_NO("Keep its recording", "Keep nothing")}
        value={yesNo(draft.records)}
        onChoose={(choice) => onChange({ records: asBoolean(choice) })}
      />
      <Field
        label="Delete recordings after"
        value={days}
        unit="days"
        isNumber
        onInput={(text) => {
          setDays(text);
          const parsed = keepDays(text);
          if (parsed !== null) onChange({ keep_days: parsed });
        }}
        error={keepDays(days) === null ? "Enter a whole number of days, or nothing." : null}
        hint="Empty: as the gateway does it"
      />
    </section>
  );
}

/** The duration of parts: shorter ones mean less delay and more requests. */
function PartDuration({ draft, onChange }: PartProps) {
  const { part_ms } = draft;
  if (part_ms === undefined) {
    return <Check label="Choose the delay myself" isOn={false} onChange={() => onChange({ part_ms: MAX_PART_MS })} />;
  }
  return (
    <div class="field">
      <Check label="Choose the delay myself" isOn onChange={() => onChange({ part_ms: undefined })} />
      <label for="part-ms">
        Part duration: <span class="number">{part_ms} ms</span>
      </label>
      <input
        id="part-ms"
        type="range"
        class="wide-range"
        min={MIN_PART_MS}
        max={MAX_PART_MS}
        step={PART_STEP_MS}
        value={part_ms}
        aria-valuetext={`${part_ms} milliseconds`}
        onInput={(event) => onChange({ part_ms: Number(event.currentTarget.value) })}
      />
      <p class="field-hint">Shorter parts bring the picture to viewers sooner, and cost more requests.</p>
    </div>
  );
}

function EncodingPart({ draft, onChange }: PartProps) {
  const { ladder = [], codecs = [], copy, encoder = "" } = draft;
  return (
    <section class="panel" aria-labelledby="encoding">
      <h2 id="encoding">Encoding</h2>
      <Chips label="Renditions" isLabelled>
        {HEIGHTS.map((height) => (
          <Chip
            key={height}
            isOn={ladder.includes(height)}
            onPress={() => onChange({ ladder: toggled<number>(ladder, height, HEIGHTS) })}
          >
            {height}p
          </Chip>
        ))}
      </Chips>
      <p class="field-hint">
        {ladder.length === 0
          ? "None chosen: those that the gateway makes by default."
          : "Renditions above your own picture are left out. If the gateway does not offer one of them, it says which ones it has."}
      </p>
      <Chips label="Codecs besides H.264" isLabelled>
        {EXTRA_CODECS.map(({ value, text }) => (
          <Chip
            key={value}
            isOn={codecs.includes(value)}
            onPress={() => onChange({ codecs: toggledCodecs(codecs, value) })}
          >
            {text}
          </Chip>
        ))}
      </Chips>
      <p class="field-hint">Every browser plays H.264. The others need less bandwidth where they are supported.</p>
      <Choice
        label="If your picture already fits"
        options={[
          { value: USUAL, text: "Gateway default" },
          { value: "auto", text: "Pass it on" },
          { value: "never", text: "Encode it again" },
        ]}
        value={copy ?? USUAL}
        onChoose={(choice) => onChange({ copy: choice === "auto" || choice === "never" ? choice : undefined })}
      />
      <Field
        label="Encoder"
        value={encoder}
        onInput={(text) => onChange({ encoder: text.trim() || undefined })}
        hint="For example h264_vaapi, if this gateway offers it. Empty: the gateway's default"
        maxLength={40}
      />
      <PartDuration draft={draft} onChange={onChange} />
    </section>
  );
}

interface SourcePartProps {
  readonly stream: string;
  readonly settings: SettingsDraft;
  readonly onChange: (source: SettingsDraft["source"]) => void;
}

/** A source that the gateway fetches, in place of an encoder that sends. */
function SourcePart({ stream, settings, onChange }: SourcePartProps) {
  const now = settings.source?.url ?? "";
  const [url, setUrl] = useState(now);
  const error = url === now || url === "" ? null : sourceError(url);
  const save = async () => {
    const source = { url: url.trim() };
    await video.setSource(stream, source);
    onChange(source);
    showDone("The gateway fetches this source now. The stream is on air when it answers.");
  };
  const remove = async () => {
    await video.removeSource(stream);
    setUrl("");
    onChange(undefined);
    showDone("The gateway no longer fetches a source.");
  };
  return (
    <section class="panel" aria-labelledby="source">
      <h2 id="source">Fetch a stream from elsewhere</h2>
      <p class="soft">
        If your stream already runs on Owncast, PeerTube, MediaMTX or another server, this gateway can fetch it from
        there. It tries again by itself when the source is away.
      </p>
      <Field
        label="Address of the stream"
        value={url}
        onInput={setUrl}
        error={error}
        placeholder="https://example.org/hls/stream.m3u8"
        hint="HLS (https), RTMP, RTSP or SRT, at a public address"
        maxLength={1_000}
      />
      <div class="form-end">
        {now && (
          <ActionButton class="button-bad" busy="One moment" onAction={remove}>
            Stop fetching
          </ActionButton>
        )}
        <ActionButton
          class="button-main"
          disabled={url.trim() === now || sourceError(url) !== null}
          busy="One moment"
          onAction={save}
        >
          Fetch this stream
        </ActionButton>
      </div>
    </section>
  );
}

function Form({ stream, loaded }: { readonly stream: string; readonly loaded: StreamSettings }) {
  const [saved, setSaved] = useState<SettingsDraft>(loaded);
  const [draft, setDraft] = useState<SettingsDraft>(loaded);
  const change = settingsChange(saved, draft);
  const part = { draft, onChange: (next: SettingsDraft) => setDraft((old) => ({ ...old, ...next })) };
  const save = async () => {
    const now = await video.changeSettings(stream, change);
    setSaved(now);
    setDraft(now);
    showDone("The settings were saved. Encoding settings apply from the next broadcast on.");
  };
  return (
    <>
      <ViewersPart {...part} />
      <RecordingsPart {...part} />
      <EncodingPart {...part} />
      <div class="form-end">
        <p class="faint">Encoding settings apply from the next broadcast on.</p>
        <ActionButton class="button-main" disabled={Object.keys(change).length === 0} busy="One moment" onAction={save}>
          Save
        </ActionButton>
      </div>
      <SourcePart stream={stream} settings={saved} onChange={(source) => setSaved((old) => ({ ...old, source }))} />
    </>
  );
}

function Settings({ stream }: { readonly stream: StreamView }) {
  const { state, reload } = useLoaded((signal) => video.settings(stream.stream, signal), [stream.stream]);
  if (state.kind === "ready") return <Form stream={stream.stream} loaded={state.value} />;
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  return (
    <Loading label="Loading the settings">
      <Skeleton height={180} />
      <Skeleton height={180} />
    </Loading>
  );
}

export default function StreamSettingsPage({ params }: PageProps) {
  return (
    <CreatorPage
      id={params["stream"] ?? ""}
      title="Stream settings"
      about="How this gateway takes, encodes and shows your stream."
    >
      {(stream) => <Settings key={stream.stream} stream={stream} />}
    </CreatorPage>
  );
}
