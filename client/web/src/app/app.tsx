// The frame around every page. While a page is loaded, the one before stays.

import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { SignInPrompt } from "../components/sign-in";
import { Toasts, toastFailures } from "../components/toasts";
import { FailureContext } from "../ui/failures";
import { Problem } from "../ui/states";
import { ErrorBoundary } from "./error-boundary";
import { Footer, Header } from "./header";
import type { PageProps } from "./page";
import { path } from "./router";
import { match } from "./routes";

interface ShownPage {
  readonly Page: ComponentType<PageProps>;
  readonly params: PageProps["params"];
  readonly path: string;
}

const shown = signal<ShownPage | null>(null);
const hasFailed = signal(false);

async function load(at: string): Promise<void> {
  const { route, params } = match(at);
  try {
    const { default: Page } = await route.load();
    // The user may have gone to another page in the meantime.
    if (path.peek() !== at) return;
    hasFailed.value = false;
    shown.value = { Page, params, path: at };
  } catch {
    hasFailed.value = path.peek() === at;
  }
}

/** Begins to load the page of each new path. */
export function startPages(): void {
  effect(() => {
    void load(path.value);
  });
}

export function App() {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const at = shown.value?.path;
  // A screen reader announces the new page when it gets the focus.
  useEffect(() => {
    if (at === undefined) return;
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [at]);
  return (
    <FailureContext.Provider value={toastFailures}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" class="main" tabIndex={-1} ref={main}>
        {hasFailed.value ? (
          <Problem
            message="This page could not be loaded."
            hint="Check your connection. There may also be a newer version of this page."
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
      <SignInPrompt />
      <Toasts />
    </FailureContext.Provider>
  );
}
