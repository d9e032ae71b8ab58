// A creator's picture of a stream: kept by the gateway, under its hash.

import { ensureSignedIn } from "../account";
import { pictureByHash } from "../components/chosen-picture";
import { video } from "../gateway";

/** Stores a picture. Returns what the metadata says of it. */
export async function storedPicture(file: File): Promise<string> {
  await ensureSignedIn({ by: "wallet", reason: "The gateway keeps pictures of creators who have signed in." });
  return pictureByHash((await video.storeImage(file)).hash);
}
