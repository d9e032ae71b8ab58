// A QR code. The library is loaded when the first one is shown.

import { useEffect, useState } from "preact/hooks";
import { Skeleton } from "./states";

interface QrCodeProps {
  readonly text: string;
  /** What the code is, for people who cannot see it. */
  readonly label: string;
}

/** Quiet zone around a code, in modules: scanners need it. */
const BORDER = 4;

/** A path over all dark modules, with one move per row and run. */
export function pathOf(modules: readonly (readonly boolean[])[]): string {
  const runs: string[] = [];
  modules.forEach((row, y) => {
    let start = -1;
    for (let x = 0; x <= row.length; x++) {
      if (row[x] && start < 0) start = x;
      if (row[x] || start < 0) continue;
      runs.push(`M${start} ${y}h${x - start}v1h${start - x}z`);
      start = -1;
    }
  });
  return runs.join("");
}

export function QrCode({ text, label }: QrCodeProps) {
  const [modules, setModules] = useState<readonly (readonly boolean[])[] | null>(null);
  useEffect(() => {
    let isMounted = true;
    const show = ({ encode }: typeof import("uqr")) =>
      isMounted && setModules(encode(text, { ecc: "M", border: BORDER }).data);
    // Without the library there is still the link.
    import("uqr").then(show, () => undefined);
    return () => {
      isMounted = false;
    };
  }, [text]);
  if (!modules) return <Skeleton height={220} width={220} />;
  return (
    <svg class="qr-code" viewBox={`0 0 ${modules.length} ${modules.length}`} role="img" aria-label={label}>
      <path d={pathOf(modules)} />
    </svg>
  );
}
