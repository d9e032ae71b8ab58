// Going live from this tab, with the camera and the microphone.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { PageProps } from "../app/page";
import { showError } from "../components/toasts";
import { gateway, loadPublishing, type Publishing, type PublishState, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { clock } from "../ui/format";
import { StudioIcon } from "../ui/icons";
import { Empty, Notice } from "../ui/states";
import { capture, type Device, type Devices, listDevices, stopTracks } from "./capture";
import { CreatorPage } from "./creator-page";
import "./tab-live.css";
import { useLeaveWarning } from "./use-leave-warning";

/** Highest bit rate of the picture, in bits per second. */
const MAX_BPS = 3_500_000;
const SECOND_MS = 1_000;
const NONE = "none";

/** Publish keys that were made in this visit, by stream: going live again needs no other one. */
const keys = new Map<string, string>();

async function keyOf(stream: string): Promise<string> {
  const known = keys.get(stream);
  if (known) return known;
  const { key } = await gateway.createPublishKey(stream);
  keys.set(stream, key);
  return key;
}

interface DeviceChoiceProps {
  readonly label: string;
  readonly none: string;
  readonly devices: readonly Device[];
  readonly chosen: string | null;
  readonly isDisabled: boolean;
  readonly onChoose: (id: string | null) => void;
}

function DeviceChoice({ label, none, devices, chosen, isDisabled, onChoose }: DeviceChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={chosen ?? NONE}
        disabled={isDisabled}
        onChange={(event) => onChoose(event.currentTarget.value === NONE ? null : event.currentTarget.value)}
      >
        {!devices.some((device) => device.id === "") && <option value="">Default</option>}
        {devices.map((device) => (
          <option key={device.id} value={device.id}>
            {device.name}
          </option>
        ))}
        <option value={NONE}>{none}</option>
      </select>
    </div>
  );
}

/** The chosen devices, started. They stop with the component. */
function useCapture(isLive: boolean, publishing: { readonly current: Publishing | null }) {
  const [devices, setDevices] = useState<Devices>({ camera: "", microphone: "" });
  const [media, setMedia] = useState<MediaStream | null>(null);
  const [lists, setLists] = useState<Awaited<ReturnType<typeof listDevices>>>({ cameras: [], microphones: [] });
  const latest = useRef<MediaStream | null>(null);
  useEffect(() => () => stopTracks(latest.current), []);
  const start = async (wanted: Devices) => {
    if (wanted.camera === null && wanted.microphone === null) return;
    const next = await capture(wanted);
    // Viewers see the new device at once, in the same broadcast.
    if (isLive) await publishing.current?.replace(next);
    stopTracks(latest.current);
    latest.current = next;
    setMedia(next);
    setDevices(wanted);
    setLists(await listDevices());
  };
  return { devices, media, lists, start };
}

const STATE_TEXTS: Readonly<Record<PublishState, string>> = {
  connecting: "Connecting",
  live: "You are on air",
  interrupted: "The connection is interrupted",
  ended: "The broadcast has ended",
};

/** Seconds since the broadcast began. */
function useElapsed(sinceMs: number | null): number {
  const [nowMs, setNow] = useState(Date.now);
  useEffect(() => {
    if (sinceMs === null) return;
    const timer = window.setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => window.clearInterval(timer);
  }, [sinceMs]);
  return sinceMs === null ? 0 : Math.max(0, (nowMs - sinceMs) / SECOND_MS);
}

/** A broadcast from this tab, which ends with the component. */
function useBroadcast(stream: string) {
  const [state, setState] = useState<PublishState | null>(null);
  const [sinceMs, setSince] = useState<number | null>(null);
  const publishing = useRef<Publishing | null>(null);
  const end = async () => {
    const before = publishing.current;
    publishing.current = null;
    setSince(null);
    await before?.stop();
  };
  useEffect(() => () => void end().catch(() => undefined), []);
  const begin = async (media: MediaStream) => {
    const [{ startPublishing }, key] = await Promise.all([loadPublishing(), keyOf(stream)]);
    const onState = (next: PublishState) => {
      setState(next);
      // A connection that is lost for good leaves a broadcast at the gateway, which has to end, too.
      if (next === "ended") void end().catch(() => undefined);
    };
    try {
      publishing.current = await startPublishing({ stream, key, media, maxBps: MAX_BPS, onState });
    } catch (error) {
      // The key may have been revoked, and a new one is made the next time. Nothing was on air that could have ended.
      keys.delete(stream);
      setState(null);
      throw error;
    }
    setSince(Date.now());
  };
  return { state, sinceMs, publishing, begin, end };
}

function Preview({ media }: { readonly media: MediaStream | null }) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (element.current) element.current.srcObject = media;
  }, [media]);
  return (
    <div class="tab-live-picture">
      <video ref={element} autoplay muted playsInline aria-label="Your picture" />
    </div>
  );
}

function OnAir({ state, elapsedS }: { readonly state: PublishState | null; readonly elapsedS: number }) {
  if (state === null) return null;
  const kind = state === "live" ? { kind: "good" as const } : state === "interrupted" ? { kind: "bad" as const } : {};
  return (
    <div role="status" data-testid="tab-live-state" data-state={state}>
      <Notice {...kind}>
        <p>
          {STATE_TEXTS[state]}
          {state === "live" && <span class="number">: {clock(elapsedS)}</span>}
        </p>
        {state === "live" && <p class="faint">Keep this tab open. Viewers see you after two or three seconds.</p>}
      </Notice>
    </div>
  );
}

export function TabLive({ stream }: { readonly stream: StreamView }) {
  const { state, sinceMs, publishing, begin, end } = useBroadcast(stream.stream);
  const isLive = sinceMs !== null;
  const { devices, media, lists, start } = useCapture(isLive, publishing);
  const elapsedS = useElapsed(sinceMs);
  // A broadcast that began without a picture or without sound cannot get it later.
  const [sent, setSent] = useState<{ readonly camera: boolean; readonly microphone: boolean } | null>(null);
  useLeaveWarning(isLive);
  if (!media) {
    return (
      <Empty
        icon={<StudioIcon />}
        title="Your camera and microphone"
        action={
          <ActionButton class="button-main" busy="Waiting for your permission" onAction={() => start(devices)}>
            Start the camera
          </ActionButton>
        }
      >
        The browser asks for your permission. You see your picture first, and nothing is published yet.
      </Empty>
    );
  }
  const goLive = async (from: MediaStream) => {
    setSent({ camera: devices.camera !== null, microphone: devices.microphone !== null });
    await begin(from);
  };
  const choose = (change: Partial<Devices>) => void start({ ...devices, ...change }).catch(showError);
  return (
    <div class="stack">
      <Preview media={media} />
      <OnAir state={state} elapsedS={elapsedS} />
      <div class="columns columns-2">
        <DeviceChoice
          label="Camera"
          none="No picture"
          devices={lists.cameras}
          chosen={devices.camera}
          isDisabled={isLive && sent !== null && !sent.camera}
          onChoose={(camera) => choose({ camera })}
        />
        <DeviceChoice
          label="Microphone"
          none="No sound"
          devices={lists.microphones}
          chosen={devices.microphone}
          isDisabled={isLive && sent !== null && !sent.microphone}
          onChoose={(microphone) => choose({ microphone })}
        />
      </div>
      <div class="form-end">
        <p class="faint">
          {keys.has(stream.stream) ? "" : "A publish key is made for this tab. You can revoke it in the studio."}
        </p>
        {isLive ? (
          <ActionButton class="button-bad" busy="Ending" onAction={end}>
            End the broadcast
          </ActionButton>
        ) : (
          <ActionButton class="button-main" busy="Going live" onAction={() => goLive(media)}>
            Go live
          </ActionButton>
        )}
      </div>
    </div>
  );
}

export default function TabLivePage({ params }: PageProps) {
  return (
    <CreatorPage
      id={params["stream"] ?? ""}
      title="Go live from this tab"
      about="With your camera and microphone, without another program."
    >
      {(stream) => <TabLive key={stream.stream} stream={stream} />}
    </CreatorPage>
  );
}
