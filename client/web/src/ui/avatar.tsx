// Pictures generated from a text: the same account always looks the same, and a stream without a thumbnail gets a
// pattern.

const HUES = [38, 14, 352, 330, 200, 168, 146, 82] as const;

/** A small hash (FNV-1a). Only looks depend on it. */
function hashOf(text: string): number {
  let hash = 2166136261;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619) >>> 0;
  return hash;
}

const pick = (hash: number, shift: number) => HUES[(hash >>> shift) % HUES.length] ?? HUES[0];

/** Four petals around a centre, rotated and coloured by the hash of `of`. */
export function Avatar({ of, isLarge }: { readonly of: string; readonly isLarge?: boolean }) {
  const hash = hashOf(of);
  const background = `hsl(${pick(hash, 3)} 45% 22%)`;
  const petals = `hsl(${pick(hash, 9)} 80% 66%)`;
  const turn = (hash >>> 13) % 90;
  const reach = 6 + ((hash >>> 17) % 4);
  return (
    <svg class={isLarge ? "avatar avatar-large" : "avatar"} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" fill={background} />
      <g fill={petals} transform={`rotate(${turn} 16 16)`}>
        <ellipse cx="16" cy={16 - reach} rx="3.4" ry="5.4" />
        <ellipse cx="16" cy={16 + reach} rx="3.4" ry="5.4" opacity="0.75" />
        <ellipse cx={16 - reach} cy="16" rx="5.4" ry="3.4" opacity="0.5" />
        <ellipse cx={16 + reach} cy="16" rx="5.4" ry="3.4" opacity="0.9" />
      </g>
      <circle cx="16" cy="16" r="2.6" fill="#fff" opacity="0.9" />
    </svg>
  );
}

/** A row of bars whose heights follow from the hash of `of`, for a stream without a picture. */
export function Poster({ of }: { readonly of: string }) {
  const hash = hashOf(`stream ${of}`);
  const columns = Array.from({ length: 24 }, (_, at) => at);
  return (
    <svg class="poster" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
      <rect width="320" height="180" fill="var(--poster-a)" />
      {columns.map((at) => {
        const height = 24 + (Math.imul(hash, at + 7) >>> 24) / 2.2;
        return (
          <rect
            key={at}
            x={13 + at * 12.5}
            y={90 - height / 2}
            width="5"
            height={height}
            rx="2.5"
            fill="var(--poster-b)"
          />
        );
      })}
    </svg>
  );
}
