// The field for a picture of a stream or a recording: a file is chosen, and stored by the gateway.

import { useId, useState } from "preact/hooks";
import { ActionButton } from "../ui/button";
import { Picture } from "../ui/picture";
import "./picture-field.css";

interface PictureFieldProps {
  readonly label: string;
  readonly hint: string;
  /** Address of the present picture; null if it cannot be shown. */
  readonly url: string | null;
  /** What the pattern is made from that is shown without a picture. */
  readonly placeholder: string;
  /** Name of the button that stores the chosen file. */
  readonly action: string;
  readonly onStore: (file: File) => Promise<void>;
  /** Null if there is no picture to remove. */
  readonly onRemove: (() => void) | null;
}

export function PictureField({ label, hint, url, placeholder, action, onStore, onRemove }: PictureFieldProps) {
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const store = async () => {
    if (!file) return;
    await onStore(file);
    setFile(null);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="picture-row">
        <div class="picture-box">
          <Picture url={url} of={placeholder} />
        </div>
        <div class="stack stack-tight">
          <input
            id={id}
            type="file"
            accept="image/*"
            class="file"
            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
          />
          <div class="row">
            {file && (
              <ActionButton class="button-small" busy="One moment" onAction={store}>
                {action}
              </ActionButton>
            )}
            {onRemove && (
              <button type="button" class="button button-small" onClick={onRemove}>
                Remove
              </button>
            )}
          </div>
          <p class="field-hint">{hint}</p>
        </div>
      </div>
    </div>
  );
}
