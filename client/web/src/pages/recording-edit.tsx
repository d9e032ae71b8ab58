// Editing a recording: title, description, poster, who can find it, captions, download and deletion.

import { useState } from "preact/hooks";
import { isAbort } from "../common/errors";
import { recordingTitle } from "../components/recording-card";
import { showDone } from "../components/toasts";
import { imageUrl, type Recording, type RecordingChange, type Visibility, video } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Choice, Field } from "../ui/field";
import { DownIcon } from "../ui/icons";
import { Notice } from "../ui/states";
import { CaptionsEditor } from "./captions-editor";
import { PictureField } from "./picture-field";
import { fileName, saveAs } from "./save-file";

const MAX_TITLE_CHARS = 120;
const MAX_DESCRIPTION_CHARS = 5_000;
const POSTER_WIDTH = 320;
const VISIBILITIES: readonly { readonly value: Visibility; readonly text: string }[] = [
  { value: "public", text: "Public" },
  { value: "unlisted", text: "Unlisted" },
  { value: "private", text: "Private" },
];
const VISIBILITY_HINTS: Readonly<Record<Visibility, string>> = {
  public: "In your library and in searches.",
  unlisted: "Only people with the address find it.",
  private: "Only you see it. Viewers who have bought it cannot watch it meanwhile.",
};

/** What is edited. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  readonly visibility: Visibility;
  /** Hash of the poster; empty without one. */
  readonly poster: string;
}

export function draftOf({ title, description, visibility = "public", poster }: Recording): Draft {
  return { title: title ?? "", description: description ?? "", visibility, poster: poster ?? "" };
}

/** The fields that differ, as the gateway takes them. */
export function changeOf(before: Draft, after: Draft): RecordingChange {
  const title = after.title.trim();
  const description = after.description.trim();
  return {
    ...(title !== before.title && { title }),
    ...(description !== before.description && { description }),
    ...(after.visibility !== before.visibility && { visibility: after.visibility }),
    ...(after.poster !== before.poster && { poster: after.poster }),
  };
}

interface PosterFieldProps {
  readonly poster: string;
  readonly placeholder: string;
  readonly onChange: (hash: string) => void;
}

function PosterField({ poster, placeholder, onChange }: PosterFieldProps) {
  return (
    <PictureField
      label="Poster"
      hint="At most 10 MiB. Without one, a pattern is shown."
      url={imageUrl(poster, POSTER_WIDTH)}
      placeholder={placeholder}
      action="Upload the picture"
      onStore={async (file) => onChange((await video.storeImage(file)).hash)}
      onRemove={poster ? () => onChange("") : null}
    />
  );
}

function Deletion({ title, onDelete }: { readonly title: string; readonly onDelete: () => Promise<void> }) {
  const [isConfirming, setConfirming] = useState(false);
  if (!isConfirming) {
    return (
      <button type="button" class="button button-bad" onClick={() => setConfirming(true)}>
        Delete the recording
      </button>
    );
  }
  return (
    <Notice kind="bad">
      <p>“{title}” is deleted for good, also for viewers who have bought it. What they have paid stays yours.</p>
      <div class="row">
        <ActionButton class="button-small button-bad" busy="One moment" onAction={onDelete}>
          Delete for good
        </ActionButton>
        <button type="button" class="button button-small" onClick={() => setConfirming(false)}>
          Keep it
        </button>
      </div>
    </Notice>
  );
}

interface EditProps {
  readonly stream: string;
  readonly recording: Recording;
  readonly onChange: (changed: Recording) => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

export function EditRecording({ stream, recording, onChange, onDelete, onClose }: EditProps) {
  const [before] = useState(() => draftOf(recording));
  const [draft, setDraft] = useState(before);
  const set = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const change = changeOf(before, draft);
  const title = recordingTitle(recording);
  const isReady = (recording.state ?? "ready") === "ready";
  const save = async () => {
    onChange(await video.changeRecording(stream, recording.number, change));
    showDone("Your changes were saved.");
    onClose();
  };
  const remove = async () => {
    await video.deleteRecording(stream, recording.number);
    onDelete();
    showDone("The recording was deleted.");
    onClose();
  };
  const download = async () => {
    const load = () => video.downloadOwn(stream, recording.number);
    await saveAs(fileName(title, "mp4"), load).catch((error: unknown) => {
      if (!isAbort(error)) throw error;
    });
  };
  return (
    <Dialog title={`Edit “${title}”`} onClose={onClose}>
      <Field label="Title" value={draft.title} onInput={(text) => set({ title: text })} maxLength={MAX_TITLE_CHARS} />
      <Field
        label="Description"
        value={draft.description}
        onInput={(description) => set({ description })}
        maxLength={MAX_DESCRIPTION_CHARS}
        isLong
      />
      <Choice
        label="Who can find it"
        options={VISIBILITIES}
        value={draft.visibility}
        onChoose={(visibility) => set({ visibility })}
      />
      <p class="field-hint">{VISIBILITY_HINTS[draft.visibility]}</p>
      <PosterField
        poster={draft.poster}
        placeholder={`${stream}/${recording.number}`}
        onChange={(poster) => set({ poster })}
      />
      <ActionButton
        class="button-main button-wide"
        disabled={Object.keys(change).length === 0}
        busy="One moment"
        onAction={save}
      >
        Save
      </ActionButton>
      {isReady && <CaptionsEditor stream={stream} recording={recording} />}
      <div class="form-end">
        {isReady && (
          <ActionButton busy="Downloading" onAction={download}>
            <DownIcon />
            Download
          </ActionButton>
        )}
        <Deletion title={title} onDelete={remove} />
      </div>
    </Dialog>
  );
}
