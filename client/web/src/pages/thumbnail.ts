// A creator's picture, made small enough for the stream's metadata on chain. It is shown while the stream is off air,
// when the gateway has no picture of its own.

import { UserError } from "../common/errors";

/** Maximum length of the `data:` URL. All metadata together may have two kilobytes. */
const MAX_CHARS = 1_100;
/** Widths in pixels and qualities, from fine to coarse. The first that fits is used. */
const ATTEMPTS: readonly (readonly [width: number, quality: number])[] = [
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

/** Encodes as WebP, or as JPEG in browsers that would return a much larger PNG instead. */
export function encode(canvas: Pick<HTMLCanvasElement, "toDataURL">, quality: number): string {
  const webp = canvas.toDataURL("image/webp", quality);
  return webp.startsWith("data:image/webp") ? webp : canvas.toDataURL("image/jpeg", quality);
}

/** Converts a file to a `data:` URL of a picture, cropped to 16:9 around its middle. */
export async function thumbnailOf(file: File): Promise<string> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) throw new UserError("picture", "This file is not a picture.", "Choose a JPEG, PNG or WebP file.");
  const width = Math.min(picture.width, picture.height * ASPECT);
  const height = width / ASPECT;
  const canvas = document.createElement("canvas");
  for (const [targetWidth, quality] of ATTEMPTS) {
    canvas.width = targetWidth;
    canvas.height = Math.round(targetWidth / ASPECT);
    const context = canvas.getContext("2d");
    if (!context) break;
    const [x, y] = [(picture.width - width) / 2, (picture.height - height) / 2];
    context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
    const url = encode(canvas, quality);
    if (url.length <= MAX_CHARS) return url;
  }
  throw new UserError("picture", "This picture cannot be made small enough.", "Choose one with fewer details.");
}
