// The document's title: shown in the browser's tab, and announced by screen readers when the page changes.

import { useEffect } from "preact/hooks";

const SITE = "Vilokanam";

/** Sets the document's title. Null is for the home page. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title ? `${title} · ${SITE}` : `${SITE}: live video, paid by the second`;
  }, [title]);
}
