// The picture that a creator has chosen for a stream. It is part of the metadata on chain, or kept by the gateway under its
// hash, or on another server, from which the gateway fetches it: browsers load pictures only from the gateway.

import { imageUrl } from "../gateway";

/** Width of a picture on a card, in pixels. */
const WIDTH = 640;
const BY_HASH = "image:";

/** The metadata that names a picture which the gateway keeps. */
export const pictureByHash = (hash: string) => BY_HASH + hash;

/**
 * The URL of a picture as the metadata names it; null if it cannot be shown. `stream` is null for a stream that is not on
 * chain yet.
 */
export function chosenPicture(picture: string, stream: string | null): string | null {
  if (picture.startsWith(BY_HASH)) return imageUrl(picture.slice(BY_HASH.length), WIDTH);
  if (picture.startsWith("https://")) return stream === null ? null : `/v1/images/remote?stream=${stream}`;
  return picture.startsWith("data:image/") || /^\/(?!\/)/.test(picture) ? picture : null;
}
