// Beside the picture: the receipts of the session, other streams on air, and recordings.

import { useRef } from "preact/hooks";
import { wallet } from "../chain";
import { vlk } from "../common/amounts";
import { ReceiptTable } from "../components/receipt-table";
import { RecordingCard } from "../components/recording-card";
import { Related } from "../components/related";
import { pictureOf, titleOf } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import { gateway, type StreamView, type Subject, video } from "../gateway";
import type { KeyProvider, OpenSession } from "../pay";
import { several } from "../ui/format";
import { Picture } from "../ui/picture";
import { usePolling } from "../ui/use-polling";

/** Interval at which receipts are reloaded. Sessions are settled about once per minute. */
const RECEIPTS_EVERY_MS = 15_000;
const OTHERS_EVERY_MS = 20_000;
const MAX_OTHERS = 6;
/** Number of streams among which those on air are found. */
const CANDIDATES = 50;
const MAX_RECORDINGS = 6;
const MAX_RECEIPTS = 5;
/**
 * Number of receipts that are requested. The gateway lists the oldest first. A session has fewer, and the newest are
 * shown.
 */
const REQUESTED_RECEIPTS = 100;

function Receipts({ session }: { readonly session: string }) {
  const { state, reload } = useLoaded(
    (signal) => gateway.receipts(session, { limit: REQUESTED_RECEIPTS }, signal),
    [session],
  );
  usePolling(reload, RECEIPTS_EVERY_MS);
  const receipts = state.kind === "ready" ? state.value.items.slice(-MAX_RECEIPTS).reverse() : [];
  if (receipts.length === 0) {
    return <p class="faint">The first receipt appears with the first settlement, after about a minute.</p>;
  }
  return <ReceiptTable receipts={receipts} />;
}

/** The present session or, after it has ended, the last one, so that its receipts stay visible. */
function useLastSession(keyProvider: KeyProvider): OpenSession | null {
  const last = useRef<{ readonly of: KeyProvider; readonly session: OpenSession } | null>(null);
  const now = keyProvider.session.value;
  if (now) last.current = { of: keyProvider, session: now };
  return now ?? (last.current?.of === keyProvider ? last.current.session : null);
}

function Session({ keyProvider, isLive }: { readonly keyProvider: KeyProvider; readonly isLive: boolean }) {
  const session = useLastSession(keyProvider);
  const isOver = keyProvider.session.value === null;
  const willPay = session !== null || (isLive && keyProvider.isStarted.value && wallet.account.value !== null);
  return (
    <section class={willPay ? "panel receipts-to-come" : "panel"} aria-labelledby="receipts">
      <div class="panel-head">
        <h2 id="receipts">Receipts</h2>
        {session && (
          <a class="link faint" href={`/wallet/sessions/${session.session}`}>
            All receipts
          </a>
        )}
      </div>
      {session ? (
        <>
          <p class="soft">
            {several(session.revealedTicks, "second")} paid at {vlk(session.pricePerTick, 6)}
            {isOver ? ". The session has ended." : `, ${session.settledTicks} of them settled on chain.`}
          </p>
          <Receipts session={session.session} />
        </>
      ) : (
        <p class="soft">Nothing is paid yet. Each settlement will be listed here, with a link to its block.</p>
      )}
    </section>
  );
}

function Recordings({ stream }: { readonly stream: StreamView }) {
  const id = stream.stream;
  const { state } = useLoaded((signal) => video.recordings(id, { limit: MAX_RECORDINGS }, signal), [id]);
  // Nothing is shown for a stream without recordings.
  if (state.kind !== "ready" || state.value.items.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="recordings">
      <div class="panel-head">
        <h2 id="recordings">Recordings</h2>
        <a class="link faint" href={`/creators/${stream.creator}`}>
          Library
        </a>
      </div>
      <ul class="stack stack-tight">
        {state.value.items.map((item) => (
          <li key={item.number}>
            <RecordingCard stream={id} recording={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Others({ not }: { readonly not: string }) {
  // Not only those announced as live: what counts is whether the gateway receives the stream.
  const query = { sort: "viewers", limit: CANDIDATES } as const;
  const { state, reload } = useLoaded((signal) => gateway.streams(query, signal), []);
  usePolling(reload, OTHERS_EVERY_MS);
  const others =
    state.kind === "ready" ? state.value.items.filter((item) => item.stream !== not && item.is_live_here) : [];
  if (others.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="others">
      <h2 id="others">Also on air</h2>
      <ul class="stack stack-tight">
        {others.slice(0, MAX_OTHERS).map((item) => (
          <li key={item.stream}>
            <a class="other" href={`/watch/${item.stream}`}>
              <span class="other-picture">
                <Picture url={pictureOf(item, true)} of={item.stream} isLazy />
              </span>
              <span class="stack stack-none">
                <strong class="one-line">{titleOf(item)}</strong>
                <span class="faint number">
                  {vlk(BigInt(item.price_per_tick), 6)}/s · {several(item.viewers, "viewer")}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface AsideProps {
  readonly stream: StreamView;
  /** What is watched: the stream, or one of its recordings. */
  readonly subject: Subject;
  readonly keyProvider: KeyProvider;
}

export function Aside({ stream, subject, keyProvider }: AsideProps) {
  return (
    <aside class="watch-aside stack" aria-label="Receipts and other streams">
      <Session keyProvider={keyProvider} isLive={stream.is_live_here} />
      <Others not={stream.stream} />
      <Recordings stream={stream} />
      <Related subject={subject} />
    </aside>
  );
}
