// Comments that are being written. They stay in this browser until they are sent, so that nothing is lost when the
// connection is, or when the writer has to sign in first.

import { readStored, writeStored } from "../common/storage";

const STORAGE_KEY = "vilokanam.comment-drafts";
/** Maximum number of drafts that are kept. Those changed longest ago are dropped first. */
const MAX_DRAFTS = 20;

/** A comment before it is sent. */
export interface Draft {
  readonly text: string;
  /** Position that it is about, in seconds; absent if it is about the whole recording. */
  readonly at_s?: number;
}

type Drafts = readonly (readonly [key: string, draft: Draft])[];

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string";
}

function isEntry(value: unknown): value is Drafts[number] {
  return Array.isArray(value) && typeof value[0] === "string" && isDraft(value[1]);
}

function readAll(): Drafts {
  try {
    const stored: unknown = JSON.parse(readStored(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  } catch {
    return [];
  }
}

/** Names the draft of a comment, or of an answer to one. */
export function draftKey(stream: string, recording: number, replyTo: number | null): string {
  return `${stream}/${recording}/${replyTo ?? ""}`;
}

/** Reads a draft; null if there is none. */
export function readDraft(key: string): Draft | null {
  return readAll().find(([of]) => of === key)?.[1] ?? null;
}

/** Keeps a draft, or removes it if it is empty. */
export function writeDraft(key: string, draft: Draft | null): void {
  const others = readAll().filter(([of]) => of !== key);
  const all: Drafts = draft && draft.text.trim() !== "" ? [...others, [key, draft]] : others;
  writeStored(STORAGE_KEY, all.length > 0 ? JSON.stringify(all.slice(-MAX_DRAFTS)) : null);
}
