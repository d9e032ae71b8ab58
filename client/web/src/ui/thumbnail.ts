// A creator's picture, made so small that it fits into the stream's metadata on chain: it is shown while the stream is off
// air, when the gateway has no picture of its own.

import { WordedError } from "../common/errors";

/** The metadata has two kilobytes in all; the words need room, too. */
const MAX_CHARS = 1_100;
/** From fine to coarse; the first that fits is taken. Width in pixels and quality. */
const TRIES: readonly (readonly [width: number, quality: number])[] = [
  [160, 0.5],
  [128, 0.45],
  [112, 0.35],
  [96, 0.3],
  [72, 0.25],
  [56, 0.2],
  [40, 0.15],
  [32, 0.1],
];
const ASPECT = 16 / 9;

/** As WebP, which is the smallest; browsers that cannot write it give a PNG instead, and there JPEG is much smaller. */
export function encode(canvas: Pick<HTMLCanvasElement, "toDataURL">, quality: number): string {
  const webp = canvas.toDataURL("image/webp", quality);
  return webp.startsWith("data:image/webp") ? webp : canvas.toDataURL("image/jpeg", quality);
}

/** The picture as a `data:` URL, cut to 16:9 around its middle. */
export async function thumbnailOf(file: File): Promise<string> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) throw new WordedError("picture", "This file is no picture.", "Choose a JPEG, PNG or WebP file.");
  const width = Math.min(picture.width, picture.height * ASPECT);
  const height = width / ASPECT;
  const canvas = document.createElement("canvas");
  for (const [wide, quality] of TRIES) {
    canvas.width = wide;
    canvas.height = Math.round(wide / ASPECT);
    const context = canvas.getContext("2d");
    if (!context) break;
    const [x, y] = [(picture.width - width) / 2, (picture.height - height) / 2];
    context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
    const url = encode(canvas, quality);
    if (url.length <= MAX_CHARS) return url;
  }
  throw new WordedError("picture", "This picture cannot be made small enough.", "Choose one with fewer details.");
}
