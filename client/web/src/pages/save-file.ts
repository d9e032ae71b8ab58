// Saving what the gateway sends as a file: directly to disk where the browser can, so that a long video does not have to
// fit into memory.

interface FileHandle {
  createWritable(): Promise<WritableStream<Uint8Array>>;
}

type Picker = (options: { readonly suggestedName: string }) => Promise<FileHandle>;

/** A name that every system accepts: without separators and control characters. */
export function fileName(title: string, extension: string): string {
  const safe = title
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^\.+|\.+$/g, "")
    .slice(0, 100)
    .trim();
  return `${safe || "video"}.${extension}`;
}

/** Offers a file that is in memory. */
export function saveBlob(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the content over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Asks where to save, then loads and saves. `load` is called only after the user has chosen a place, where the browser
 * asks for one. Rejects with an `AbortError` if the user chooses none.
 */
export async function saveAs(name: string, load: () => Promise<Response>): Promise<void> {
  const pick: Picker | undefined = Reflect.get(window, "showSaveFilePicker");
  if (!pick) {
    saveBlob(await (await load()).blob(), name);
    return;
  }
  const handle = await pick({ suggestedName: name });
  const response = await load();
  const file = await handle.createWritable();
  if (response.body) await response.body.pipeTo(file);
  else await file.close();
}
