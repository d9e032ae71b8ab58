// A creator's picture of a stream: kept by the gateway, under its hash. A gateway that keeps none gets a picture that is small
// enough for the metadata on chain.

import { pictureByHash } from "../components/chosen-picture";
import { creatorSigner } from "../components/creator-signer";
import { video } from "../gateway";
import { thumbnailOf } from "./thumbnail";

const NOT_OFFERED: ReadonlySet<string> = new Set(["not-found", "status-404", "status-405", "method-not-allowed"]);

/** Whether a failure only says that the gateway keeps no pictures. */
function isNotOffered(error: unknown): boolean {
  return error instanceof Error && "code" in error && NOT_OFFERED.has(String(error.code));
}

/** Stores a picture. Returns what the metadata says of it. */
export async function storedPicture(file: File): Promise<string> {
  try {
    return pictureByHash((await video.storeImage(file, creatorSigner())).hash);
  } catch (error) {
    if (!isNotOffered(error)) throw error;
    return thumbnailOf(file);
  }
}
