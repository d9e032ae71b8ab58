// What is edited of one's own profile.

import type { ChangeProfile, PersonView } from "../gateway";

export const MAX_HANDLE_CHARS = 30;
export const MAX_NAME_CHARS = 50;
export const MAX_BIO_CHARS = 1_000;
const MIN_HANDLE_CHARS = 3;
const MAX_LINKS = 5;
const MAX_LINK_CHARS = 200;
const HANDLE = /^[\p{Ll}\p{Lo}\p{M}\p{Nd}_-]+$/u;

export interface ProfileDraft {
  readonly handle: string;
  readonly name: string;
  readonly bio: string;
  /** Hashes of images; empty without one. */
  readonly picture: string;
  readonly banner: string;
  /** One link per line. */
  readonly links: string;
}

export function draftOf({ handle, name, bio, picture, banner, links }: PersonView): ProfileDraft {
  return {
    handle: handle ?? "",
    name: name ?? "",
    bio: bio ?? "",
    picture: picture ?? "",
    banner: banner ?? "",
    links: links?.join("\n") ?? "",
  };
}

/** The handle as it is stored: without the `@`, in lower case. */
export const handleIn = (text: string) => text.trim().replace(/^@/, "").toLowerCase();

export function linksIn(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "");
}

/** The fields that differ, as the gateway takes them. */
export function changeOf(before: ProfileDraft, after: ProfileDraft): ChangeProfile {
  const handle = handleIn(after.handle);
  const name = after.name.trim();
  const bio = after.bio.trim();
  const links = linksIn(after.links);
  return {
    ...(handle !== before.handle && { handle }),
    ...(name !== before.name && { name }),
    ...(bio !== before.bio && { bio }),
    ...(after.picture !== before.picture && { picture: after.picture }),
    ...(after.banner !== before.banner && { banner: after.banner }),
    ...(links.join("\n") !== before.links && { links }),
  };
}

/** What is wrong with a handle; null if nothing is. The gateway also refuses those that look like another one. */
export function handleError(text: string): string | null {
  const handle = handleIn(text);
  if (handle === "") return null;
  const length = [...handle].length;
  if (length < MIN_HANDLE_CHARS || length > MAX_HANDLE_CHARS) {
    return `A handle has ${MIN_HANDLE_CHARS} to ${MAX_HANDLE_CHARS} characters.`;
  }
  return HANDLE.test(handle) ? null : "A handle has only letters, digits, _ and -.";
}

function isHttps(text: string): boolean {
  try {
    return new URL(text).protocol === "https:";
  } catch {
    return false;
  }
}

/** What is wrong with the links; null if nothing is. */
export function linksError(text: string): string | null {
  const links = linksIn(text);
  if (links.length > MAX_LINKS) return `There may be ${MAX_LINKS} links at most.`;
  const wrong = links.find((link) => !isHttps(link) || link.length > MAX_LINK_CHARS);
  if (wrong === undefined) return null;
  return `A link begins with https:// and has ${MAX_LINK_CHARS} characters at most: ${wrong.slice(0, 60)}`;
}
