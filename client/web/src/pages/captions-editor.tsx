// Captions of a recording: WebVTT or SubRip files, one per language.

import { useId, useState } from "preact/hooks";
import { UserError } from "../common/errors";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { type CaptionTrack, type NewCaptions, type Recording, referenceOf, video } from "../gateway";
import { ActionButton } from "../ui/button";
import { Check, Field } from "../ui/field";

/** Largest file, in bytes: many hours of captions. */
const MAX_BYTES = 2 * 1_024 * 1_024;
/** A language tag (BCP 47) of the usual forms: `en`, `pt-BR`, `zh-Hans`. */
const TAG = /^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i;
const SUBRIP_TIME = /^(\d{1,3}:\d{2}:\d{2}),(\d{3})(\s*-->\s*)(\d{1,3}:\d{2}:\d{2}),(\d{3})/gm;
const HINT = "Choose a WebVTT file (.vtt) or a SubRip file (.srt).";

export const isLanguageTag = (tag: string) => TAG.test(tag.trim());

/** The form in which tags are usually written: `pt-BR`. */
export function canonicalTag(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag.trim())[0] ?? tag.trim();
  } catch {
    return tag.trim();
  }
}

/**
 * Captions as WebVTT. SubRip files are converted: they have another head, and a comma in their times.
 *
 * @throws UserError if the text is neither.
 */
export function asWebVtt(text: string): string {
  const clean = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (/^WEBVTT(?:[ \t\n]|$)/.test(clean)) return clean;
  if (clean.search(SUBRIP_TIME) < 0) throw new UserError("captions", "This file has no captions.", HINT);
  const padded = (time: string) => time.padStart("00:00:00".length, "0");
  const converted = clean.replace(
    SUBRIP_TIME,
    (_, from: string, fromMs: string, arrow: string, to: string, toMs: string) =>
      `${padded(from)}.${fromMs}${arrow}${padded(to)}.${toMs}`,
  );
  return `WEBVTT\n\n${converted}`;
}

/** Reads a file of captions. */
export async function readCaptions(file: Pick<File, "size" | "text">): Promise<string> {
  if (file.size > MAX_BYTES) throw new UserError("captions", "This file is larger than 2 MiB.", HINT);
  return asWebVtt(await file.text());
}

interface ListProps {
  readonly captions: readonly CaptionTrack[];
  readonly onDelete: (language: string) => Promise<void>;
}

function CaptionList({ captions, onDelete }: ListProps) {
  if (captions.length === 0) return <p class="soft">There are no captions yet.</p>;
  return (
    <ul aria-label="Captions">
      {captions.map(({ language, label, is_default }) => (
        <li key={`${language} ${label}`} class="key-row">
          <span>{label}</span>
          <span class="faint mono">{language ?? ""}</span>
          {is_default && <span class="badge">shown to everyone</span>}
          {language && (
            <span class="push">
              <ActionButton
                class="button-small button-bad"
                label={`Delete the captions ${label}`}
                busy="One moment"
                onAction={() => onDelete(language)}
              >
                Delete
              </ActionButton>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The name of a language in itself, as viewers find it most easily: `Deutsch`. */
export function ownName(tag: string): string {
  try {
    return new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

interface AddProps {
  readonly onAdd: (captions: NewCaptions) => Promise<void>;
}

function AddCaptions({ onAdd }: AddProps) {
  const id = useId();
  const [language, setLanguage] = useState(() => navigator.language);
  const [isDefault, setDefault] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  // A new field for the next file: only a user can choose one.
  const [added, setAdded] = useState(0);
  const add = async () => {
    if (!file) return;
    const tag = canonicalTag(language);
    await onAdd({ language: tag, label: ownName(tag), text: await readCaptions(file), isDefault });
    setFile(null);
    setAdded((old) => old + 1);
  };
  return (
    <>
      <div class="field">
        <label for={id}>Add a file</label>
        <input
          key={added}
          id={id}
          type="file"
          accept=".vtt,.srt,text/vtt"
          class="file"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </div>
      {file && (
        <>
          <Field
            label="Language"
            value={language}
            onInput={setLanguage}
            maxLength={12}
            hint="For example en, de or pt-BR"
            error={isLanguageTag(language) ? null : "This is not a language tag such as en or pt-BR."}
          />
          <Check label="Show them to viewers who have not chosen" isOn={isDefault} onChange={setDefault} />
          <ActionButton disabled={!isLanguageTag(language)} busy="One moment" onAction={add}>
            Add the captions
          </ActionButton>
        </>
      )}
    </>
  );
}

export function CaptionsEditor({ stream, recording }: { readonly stream: string; readonly recording: Recording }) {
  const { number } = recording;
  const reference = referenceOf(recording);
  const { state, reload } = useLoaded((signal) => video.captions(stream, reference, signal), [stream, reference]);
  const add = async (captions: NewCaptions) => {
    await video.storeCaptions(stream, number, captions);
    showDone("The captions were added.");
    reload();
  };
  const remove = async (language: string) => {
    await video.deleteCaptions(stream, number, language);
    showDone("The captions were deleted.");
    reload();
  };
  return (
    <section class="stack" aria-labelledby="captions">
      <h3 id="captions">Captions</h3>
      {state.kind === "ready" && <CaptionList captions={state.value} onDelete={remove} />}
      {state.kind === "failed" && <p class="field-error">{state.error.message}</p>}
      <AddCaptions onAdd={add} />
    </section>
  );
}
