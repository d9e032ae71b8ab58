// Progress of work whose end is known.

interface ProgressProps {
  readonly label: string;
  /** From 0 to 1; null while it is not known. */
  readonly value: number | null;
  /** What has been done so far, in words. */
  readonly text?: string;
}

export function Progress({ label, value, text }: ProgressProps) {
  return (
    <div class="progress">
      <progress aria-label={label} max={1} {...(value !== null && { value })} />
      {text && <span class="faint number">{text}</span>}
    </div>
  );
}
