// What every page receives.

export interface PageProps {
  /** Parameters of the path, by name. */
  readonly params: Readonly<Record<string, string>>;
}
