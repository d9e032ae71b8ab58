// The frame around every page, and the loading of pages: the old one stays until the next is there.

import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../ui/states";
import { ErrorBoundary } from "./error-boundary";
import { Footer, Header } from "./header";
import { match, type PageProps, path } from "./router";
import { Toasts } from "./toasts";

interface Shown {
  readonly Page: ComponentType<PageProps>;
  readonly params: PageProps["params"];
  readonly path: string;
}

const shown = signal<Shown | null>(null);
const hasFailed = signal(false);

async function load(at: string): Promise<void> {
  const { route, params } = match(at);
  try {
    const { default: Page } = await route.load();
    // Whoever clicked on in the meantime is somewhere else by now.
    if (path.peek() !== at) return;
    hasFailed.value = false;
    shown.value = { Page, params, path: at };
  } catch {
    hasFailed.value = path.peek() === at;
  }
}

/** Loads the page of each new path. */
export function startPages(): void {
  effect(() => {
    void load(path.value);
  });
}

export function App() {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const at = shown.value?.path;
  // Whoever listens to the page hears that it is another one.
  useEffect(() => {
    if (at === undefined) return;
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [at]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" class="main" tabIndex={-1} ref={main}>
        {hasFailed.value ? (
          <Problem
            what="This page could not be loaded."
            mend="Check the connection; a newer version may be out, too."
            onRetry={() => window.location.reload()}
          />
        ) : (
          shown.value && (
            <ErrorBoundary key={shown.value.path}>
              <shown.value.Page params={shown.value.params} />
            </ErrorBoundary>
          )
        )}
      </main>
      <Footer />
      <Toasts />
    </>
  );
}
