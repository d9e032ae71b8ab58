// What the viewer has bought of a recording, and its download once that is everything.

import { useRef } from "preact/hooks";
import { wallet } from "../chain";
import { isAbort, UserError } from "../common/errors";
import { recordingTitle } from "../components/recording-card";
import { useLoaded } from "../components/use-loaded";
import { type KeyRange, type Recording, referenceOf, video } from "../gateway";
import { boughtProof, boughtRanges, boughtShare } from "../pay";
import { ActionButton } from "../ui/button";
import { percent } from "../ui/format";
import { CheckIcon, DownIcon } from "../ui/icons";
import { usePolling } from "../ui/use-polling";
import { fileName, saveAs } from "./save-file";

const RELOAD_MS = 20_000;
const PPM = 1_000_000;

interface BoughtProps {
  readonly stream: string;
  readonly recording: Recording;
}

/** Saves a recording that is free, or that the viewer has bought. */
async function download(stream: string, recording: Recording, viewer: string | undefined): Promise<void> {
  const { number, is_free } = recording;
  const reference = referenceOf(recording);
  const load = async () => {
    if (is_free) return video.download(stream, reference, null);
    const proof = viewer === undefined ? null : await boughtProof(stream, viewer, { recording: number });
    if (!proof) {
      const hint = "Add this browser to your devices on the wallet page.";
      throw new UserError("no-key", "This browser cannot prove that you have bought this.", hint);
    }
    return video.download(stream, reference, proof);
  };
  try {
    await saveAs(fileName(recordingTitle(recording), "mp4"), load);
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
}

/** The share of a recording that an account has bought, from 0 to 1. `keysOf` reads which keys the recording has. */
async function shareOf(
  stream: string,
  viewer: string | undefined,
  keysOf: () => Promise<KeyRange | null>,
): Promise<number> {
  if (viewer === undefined) return 0;
  const ranges = await boughtRanges(stream, viewer);
  // The playlist of a long recording is large: it is read only if anything of the stream was bought.
  const keys = ranges.length > 0 ? await keysOf() : null;
  return keys ? boughtShare(keys, ranges) : 0;
}

/** Reads once which keys a recording has. */
function useKeys(recording: Recording): () => Promise<KeyRange | null> {
  const known = useRef<{ readonly of: string; readonly keys: Promise<KeyRange | null> } | null>(null);
  return () => {
    const { playlist } = recording;
    if (known.current?.of !== playlist) known.current = { of: playlist, keys: video.keyRange(recording) };
    return known.current.keys;
  };
}

export function Bought({ stream, recording }: BoughtProps) {
  const viewer = wallet.account.value?.address;
  const isFree = recording.is_free === true;
  const keysOf = useKeys(recording);
  const { state, reload } = useLoaded(
    async () => (isFree ? 0 : shareOf(stream, viewer, keysOf)),
    [stream, recording.number, viewer],
  );
  usePolling(reload, RELOAD_MS);
  const share = state.kind === "ready" ? state.value : 0;
  if (share === 0 && !isFree) return null;
  const isWhole = share === 1 || isFree;
  return (
    <p class="row" data-testid="bought">
      <span class="badge badge-good">
        <CheckIcon />
        {isFree ? "Free" : isWhole ? "Bought" : `${percent(Math.floor(share * PPM))} bought`}
      </span>
      {isWhole && (
        <ActionButton class="button-small" busy="Downloading" onAction={() => download(stream, recording, viewer)}>
          <DownIcon />
          Download
        </ActionButton>
      )}
      {!isWhole && <span class="faint">What you have paid for is not charged again.</span>}
    </p>
  );
}
