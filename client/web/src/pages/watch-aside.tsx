// Beside the picture: the receipts of the session being paid, recordings, and what else is on air.

import { useRef } from "preact/hooks";
import { wallet } from "../chain";
import { gateway, type StreamView } from "../gateway";
import type { OpenSession, Purse } from "../pay";
import { Poster } from "../ui/avatar";
import { ReceiptTable } from "../ui/receipts";
import { useLoaded, usePolling } from "../ui/states";
import { pictureOf, titleOf } from "../ui/stream-card";
import { duration, several, timeOf, vlk } from "../ui/words";

/** Sessions are settled about once a minute. */
const RECEIPTS_EVERY_MS = 15_000;
const OTHERS_EVERY_MS = 20_000;
const MAX_OTHERS = 6;
const LOOK_AT = 50;
const MAX_RECORDINGS = 6;
const MAX_RECEIPTS = 5;
/** They are told from the first on: a session has fewer than this, and the newest are shown. */
const ASKED_RECEIPTS = 100;

function Receipts({ session }: { readonly session: string }) {
  const { state, again } = useLoaded(
    (signal) => gateway.receipts(session, { limit: ASKED_RECEIPTS }, signal),
    [session],
  );
  usePolling(again, RECEIPTS_EVERY_MS);
  const receipts = state.kind === "ready" ? state.value.items.slice(-MAX_RECEIPTS).reverse() : [];
  if (receipts.length === 0) {
    return <p class="faint">The first receipt comes with the first settlement, after about a minute.</p>;
  }
  return <ReceiptTable receipts={receipts} />;
}

/** The session being paid in; after it the last one, so that its receipts stay in sight. */
function useLastSession(purse: Purse): OpenSession | null {
  const last = useRef<{ readonly of: Purse; readonly session: OpenSession } | null>(null);
  const now = purse.session.value;
  if (now) last.current = { of: purse, session: now };
  return now ?? (last.current?.of === purse ? last.current.session : null);
}

function Session({ purse, isLive }: { readonly purse: Purse; readonly isLive: boolean }) {
  const session = useLastSession(purse);
  const isOver = purse.session.value === null;
  const willPay = session !== null || (isLive && purse.isStarted.value && wallet.account.value !== null);
  return (
    <section class={willPay ? "panel receipts-to-come" : "panel"} aria-labelledby="receipts">
      <div class="panel-head">
        <h2 id="receipts">Receipts</h2>
        {session && (
          <a class="link faint" href={`/wallet/sessions/${session.session}`}>
            All of this session
          </a>
        )}
      </div>
      {session ? (
        <>
          <p class="soft">
            {several(session.paidTicks, "second")} paid at {vlk(session.pricePerTick, 6)}
            {isOver ? "; the session is over." : `, ${session.settledTicks} of them settled on chain.`}
          </p>
          <Receipts session={session.session} />
        </>
      ) : (
        <p class="soft">Nothing is paid yet. Each settlement will be listed here, with a link to its block.</p>
      )}
    </section>
  );
}

function Recordings({ stream }: { readonly stream: string }) {
  const { state } = useLoaded((signal) => gateway.recordings(stream, { limit: MAX_RECORDINGS }, signal), [stream]);
  // A gateway that keeps no recordings is not worth a word.
  if (state.kind !== "ready" || state.value.items.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="recordings">
      <h2 id="recordings">Recordings</h2>
      <ul class="stack stack-tight">
        {state.value.items.map((item) => (
          <li key={item.number}>
            <a class="menu-item" href={`/watch/${stream}/recordings/${item.number}`}>
              <span>{timeOf(item.started_at)}</span>
              <span class="faint push number">{duration(item.duration_s)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Others({ not }: { readonly not: string }) {
  // Not only those announced as live: what counts is that something comes in.
  const ask = { sort: "viewers", limit: LOOK_AT };
  const { state, again } = useLoaded((signal) => gateway.streams(ask, signal), []);
  usePolling(again, OTHERS_EVERY_MS);
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
                {pictureOf(item, true) ? (
                  <img src={pictureOf(item, true) ?? ""} alt="" loading="lazy" />
                ) : (
                  <Poster of={item.stream} />
                )}
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

export function Aside({ stream, purse }: { readonly stream: StreamView; readonly purse: Purse }) {
  return (
    <aside class="watch-aside stack" aria-label="Receipts and other streams">
      <Session purse={purse} isLive={stream.is_live_here} />
      <Others not={stream.stream} />
      <Recordings stream={stream.stream} />
    </aside>
  );
}
