// The page that a gift's link opens. It keeps the gift in this browser, takes the secret out of the address bar, and goes
// on to the stream. For a creator who is off air, it waits for a stream.

import { useEffect, useState } from "preact/hooks";
import { navigate, query } from "../app/router";
import { useTitle } from "../app/title";
import { shortAddress } from "../chain";
import { toUserError, type UserError } from "../common/errors";
import { StreamCard } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import { gateway } from "../gateway";
import { parseGiftLink, receiveGift } from "../pay";
import { GiftIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import "./gift.css";

/** Interval at which the streams of a creator who is off air are loaded again. */
const RELOAD_EVERY_MS = 5_000;
const MAX_STREAMS = 50;

/** Takes the fragment out of the address bar and out of the browser's history, and returns it. */
function takeFragment(): string {
  const { hash, pathname, search } = window.location;
  if (hash !== "") window.history.replaceState(null, "", `${pathname}${search}`);
  return hash;
}

/** Keeps the gift of a fragment. Returns the path at which it can be watched. */
async function open(fragment: string): Promise<string> {
  const link = parseGiftLink(fragment);
  const { genesis_hash } = await gateway.info();
  const { scope } = await receiveGift(genesis_hash, link);
  return scope.kind === "stream" ? `/watch/${scope.stream}` : `/gift?creator=${scope.account}`;
}

function Opening() {
  return (
    <>
      <h1 class="visually-hidden">A gift</h1>
      <Loading label="Opening your gift">
        <Skeleton height={320} />
      </Loading>
    </>
  );
}

/** The streams of a creator. Goes on to the first one that is on air. */
function OfCreator({ creator }: { readonly creator: string }) {
  const { state, reload } = useLoaded((signal) => gateway.streams({ creator, limit: MAX_STREAMS }, signal), [creator]);
  usePolling(reload, RELOAD_EVERY_MS);
  const streams = state.kind === "ready" ? state.value.items : [];
  const onAir = streams.find(({ is_live_here }) => is_live_here)?.stream;
  useEffect(() => {
    if (onAir !== undefined) navigate(`/watch/${onAir}`, { replace: true });
  }, [onAir]);
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  if (state.kind === "loading" || onAir !== undefined) return <Opening />;
  return (
    <div class="stack">
      <div class="page-head">
        <div>
          <h1>Your gift is ready</h1>
          <p>
            It is for the streams of <span class="mono">{shortAddress(creator)}</span>, and none is live at the moment.
            As soon as one is, playback starts here by itself.
          </p>
        </div>
      </div>
      {streams.length === 0 ? (
        <Empty icon={<GiftIcon />} title="This gateway has no stream of this creator">
          The gift may be for another gateway: open its link exactly as you received it.
        </Empty>
      ) : (
        <>
          <h2 class="visually-hidden">Streams of this creator</h2>
          <ul class="cards">
            {streams.map((stream) => (
              <li key={stream.stream}>
                <StreamCard stream={stream} counts={undefined} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

export default function Gift() {
  useTitle("A gift");
  const [fragment, setFragment] = useState(takeFragment);
  const [error, setError] = useState<UserError | null>(null);
  const creator = query.value.get("creator");
  useEffect(() => {
    // Another link may be opened in the same tab.
    const change = () => window.location.hash !== "" && setFragment(takeFragment());
    window.addEventListener("hashchange", change);
    return () => window.removeEventListener("hashchange", change);
  }, []);
  useEffect(() => {
    if (fragment === "" && creator !== null) return;
    const hint = "Check your connection, and open the link again.";
    open(fragment).then(
      (path) => {
        setFragment("");
        navigate(path, { replace: true });
      },
      (cause: unknown) => setError(toUserError(cause, "gift", "The gift could not be opened.", hint)),
    );
  }, [fragment]);
  if (error) {
    return (
      <>
        <h1 class="visually-hidden">A gift</h1>
        <Problem message={error.message} hint={error.hint} />
      </>
    );
  }
  return fragment === "" && creator !== null ? <OfCreator key={creator} creator={creator} /> : <Opening />;
}
