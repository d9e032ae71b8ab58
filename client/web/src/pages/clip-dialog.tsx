// Making a clip: its two ends, with the pictures there, its title, and whether it is free.

import { useState } from "preact/hooks";
import { ensureSignedIn } from "../account";
import { UserError } from "../common/errors";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { gateway, type NewClip, type StoryboardCue, video } from "../gateway";
import { boughtProof } from "../pay";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Check, Field } from "../ui/field";
import { clock, duration } from "../ui/format";
import { Sprite } from "../ui/sprite";
import {
  type ClipRange,
  MAX_CLIP_S,
  MIN_CLIP_S,
  parsePosition,
  suggestedRange,
  withEnd,
  withStart,
} from "./clip-range";
import "./clip-dialog.css";

const MAX_TITLE_CHARS = 120;

interface ClipDialogProps {
  readonly stream: string;
  /** Number of a recording, or the broadcast that is on air. */
  readonly source: "live" | number;
  /** When a broadcast began, in milliseconds since 1970. Positions in a recording are counted from its beginning. */
  readonly startMs?: number;
  readonly lengthS: number;
  /** Path of the storyboard; the live one if absent. */
  readonly storyboard?: string;
  /** Viewer who makes the clip, of what is bought; absent for the stream's creator. */
  readonly viewer?: string;
  /** Called with the id of the work that has begun. */
  readonly onJob?: (job: string) => void;
  readonly onClose: () => void;
}

interface EndProps {
  readonly label: string;
  readonly valueS: number;
  readonly lengthS: number;
  readonly cues: readonly StoryboardCue[];
  /** Called with the position that was chosen; null if the text is none. */
  readonly onMove: (toS: number | null) => void;
}

/** One end of the clip: a picture, a slider, and the position as a text that can be typed. */
function End({ label, valueS, lengthS, cues, onMove }: EndProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const cue = cues.find(({ startS, endS }) => valueS >= startS && valueS < endS) ?? null;
  const parsed = typed === null ? valueS : parsePosition(typed);
  const isWrong = parsed === null || parsed > lengthS;
  return (
    <div class="clip-end">
      <div class="clip-picture">{cue && <Sprite key={`${cue.url}${cue.x},${cue.y}`} image={cue} />}</div>
      <div class="stack stack-tight">
        <Field
          label={label}
          value={typed ?? clock(valueS)}
          onInput={(text) => {
            setTyped(text);
            const position = parsePosition(text);
            onMove(position !== null && position <= lengthS ? position : null);
          }}
          // The other end may have moved this one meanwhile.
          onBlur={() => !isWrong && setTyped(null)}
          error={isWrong ? "This is not a position in the video." : null}
        />
        <input
          type="range"
          aria-label={`${label}, as a slider`}
          aria-valuetext={clock(valueS)}
          min={0}
          max={Math.max(1, Math.floor(lengthS))}
          step={1}
          value={Math.round(valueS)}
          onInput={(event) => {
            setTyped(null);
            onMove(Number(event.currentTarget.value));
          }}
        />
      </div>
    </div>
  );
}

const MILLIS = 1_000;

const NO_KEY = () =>
  new UserError(
    "no-key",
    "This browser cannot prove what you have bought.",
    "Add this browser to your devices on the wallet page.",
  );

export function ClipDialog(props: ClipDialogProps) {
  const { stream, source, startMs = 0, lengthS, storyboard, viewer, onJob, onClose } = props;
  const [range, setRange] = useState<ClipRange>(() => suggestedRange(lengthS, source === "live"));
  const [title, setTitle] = useState("");
  const [isFree, setFree] = useState(false);
  const { state } = useLoaded((signal) => gateway.storyboard(stream, storyboard, signal), [stream, storyboard]);
  const cues = state.kind === "ready" ? state.value : [];
  // Whether what is typed as an end is no position: then there is no clip to make.
  const [wrong, setWrong] = useState({ start: false, end: false });
  const clipS = range.endS - range.startS;
  const isRight = clipS >= MIN_CLIP_S && clipS <= MAX_CLIP_S && !wrong.start && !wrong.end;
  const move = (end: keyof typeof wrong, to: typeof withStart) => (toS: number | null) => {
    setWrong((old) => ({ ...old, [end]: toS === null }));
    if (toS !== null) setRange((old) => to(old, toS, lengthS));
  };
  const byViewer = async (clip: NewClip, by: string) => {
    const proof = await boughtProof(stream, by, "clip");
    if (!proof) throw NO_KEY();
    return video.createViewerClip(stream, clip, proof);
  };
  const byCreator = async (clip: NewClip) => {
    await ensureSignedIn({ by: "wallet", reason: "Only its creator can make clips of this stream." });
    return video.createClip(stream, clip);
  };
  const create = async () => {
    const clip = {
      source,
      start_ms: Math.round(startMs + range.startS * MILLIS),
      end_ms: Math.round(startMs + range.endS * MILLIS),
      title: title.trim(),
      is_free: isFree,
    };
    const job = viewer === undefined ? await byCreator(clip) : await byViewer(clip, viewer);
    onJob?.(job.id);
    showDone(
      viewer === undefined
        ? "The clip is being cut."
        : "The clip is being cut. Its creator's library has it in a moment.",
    );
    onClose();
  };
  return (
    <Dialog title={source === "live" ? "Make a clip of this broadcast" : "Make a clip"} onClose={onClose}>
      <End label="From" valueS={range.startS} lengthS={lengthS} cues={cues} onMove={move("start", withStart)} />
      <End label="To" valueS={range.endS} lengthS={lengthS} cues={cues} onMove={move("end", withEnd)} />
      <p class={isRight ? "soft" : "field-error"} role="status" data-testid="clip-length">
        {isRight ? `A clip of ${duration(clipS)}.` : `Choose from ${MIN_CLIP_S} to ${MAX_CLIP_S} seconds of the video.`}
      </p>
      <Field label="Title" value={title} onInput={setTitle} maxLength={MAX_TITLE_CHARS} />
      {viewer === undefined && <Check label="Free to watch" isOn={isFree} onChange={setFree} />}
      <ActionButton class="button-main button-wide" disabled={!isRight} busy="One moment" onAction={create}>
        Make the clip
      </ActionButton>
    </Dialog>
  );
}
