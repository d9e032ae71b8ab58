// What stands in the browser's tab, and is read out when the page changes.

import { useEffect } from "preact/hooks";

const SITE = "Vilokanam";

/** Sets the page's title for as long as the page is shown. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title ? `${title} · ${SITE}` : `${SITE}: live video, paid by the second`;
  }, [title]);
}
