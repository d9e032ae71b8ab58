// Addresses of the images that the gateway keeps. Each has three widths.

/** The widths in which images are kept, in pixels. */
const WIDTHS = [320, 640, 1280] as const;
const HASH = /^[0-9a-f]{16,128}$/;

/** The address of an image with at least the wanted width; null if the text is not a hash. */
export function imageUrl(hash: string | null | undefined, width: number): string | null {
  if (!hash || !HASH.test(hash)) return null;
  const enough = WIDTHS.find((candidate) => candidate >= width) ?? 1280;
  return `/v1/images/${hash}?width=${enough}`;
}
