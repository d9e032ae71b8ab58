// Managing a stream: announcing it as live, publish keys, health, changing it and ending it.

import { useState } from "preact/hooks";
import { me } from "../account";
import type { PageProps } from "../app/page";
import { navigate } from "../app/router";
import { useTitle } from "../app/title";
import { chain, isSameAccount } from "../chain";
import { vlk } from "../common/amounts";
import { RequireWallet } from "../components/require-wallet";
import { RequireSignIn } from "../components/sign-in";
import { titleOf } from "../components/stream-card";
import { statusText } from "../components/stream-status";
import { showDone } from "../components/toasts";
import { useChainParams } from "../components/use-chain-params";
import { useLoaded } from "../components/use-loaded";
import { gateway, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { duration, several } from "../ui/format";
import { ChatIcon, EyeIcon, FilmIcon, SlidersIcon, StudioIcon } from "../ui/icons";
import { Loading, Notice, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import { LiveClip } from "./live-clip";
import { changeOf, draftOf, errorsOf, type StreamDraft } from "./stream-draft";
import { DescriptionPart, PricePart, SplitsPart } from "./stream-form";
import { Health } from "./stream-health";
import { Keys } from "./stream-keys";
import { Quality } from "./stream-quality";
import "./studio.css";
import { useGatewayTerms } from "./use-gateway-terms";

const REFRESH_EVERY_MS = 4_000;

function Edit({ stream, onDone }: { readonly stream: StreamView; readonly onDone: () => void }) {
  const [before] = useState(() => draftOf(stream));
  const [draft, setDraft] = useState(before);
  const params = useChainParams();
  const { minPrice } = useGatewayTerms();
  const errors = errorsOf(draft, minPrice);
  const change = changeOf(before, draft);
  const hasChanged = Object.keys(change).length > 0;
  const part = { draft, errors, onChange: (next: Partial<StreamDraft>) => setDraft((old) => ({ ...old, ...next })) };
  const isDelayed = change.splits !== undefined || (change.pricePerTick ?? 0n) > BigInt(stream.price_per_tick);
  return (
    <div class="stack">
      <DescriptionPart {...part} />
      <PricePart {...part} params={params} />
      <SplitsPart {...part} />
      {isDelayed && params && (
        <Notice>
          <p>
            A higher price and new shares take effect {duration((params.noticeBlocks * params.blockTimeMs) / 1000)}{" "}
            after you sign. Open sessions keep their price.
          </p>
        </Notice>
      )}
      <div class="form-end">
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
        <ActionButton
          class="button-main"
          disabled={!hasChanged || Object.keys(errors).length > 0}
          busy="Sign in your wallet"
          onAction={async () => {
            await chain.updateStream(stream.stream, change);
            showDone("Your changes were saved.");
            onDone();
          }}
        >
          Save
        </ActionButton>
      </div>
    </div>
  );
}

function EndStream({ stream }: { readonly stream: StreamView }) {
  const [isConfirming, setConfirming] = useState(false);
  return (
    <section class="panel" aria-labelledby="end">
      <div class="panel-head">
        <h2 id="end">End the stream</h2>
        <button type="button" class="button button-small button-bad" onClick={() => setConfirming(true)}>
          End for good
        </button>
      </div>
      <p class="soft">An ended stream can never go live again. Its deposit is returned when its sessions are closed.</p>
      {isConfirming && (
        <Dialog title={`End “${titleOf(stream)}”?`} onClose={() => setConfirming(false)}>
          <p class="soft">This cannot be undone. What viewers have paid is still settled.</p>
          <ActionButton
            class="button-bad button-wide"
            busy="Sign in your wallet"
            onAction={async () => {
              await chain.endStream(stream.stream);
              showDone("The stream has ended.");
              navigate("/studio");
            }}
          >
            End the stream for good
          </ActionButton>
        </Dialog>
      )}
    </section>
  );
}

function Head({ stream, onChange }: { readonly stream: StreamView; readonly onChange: () => void }) {
  const isAnnounced = stream.status === "live";
  return (
    <div class="page-head">
      <div class="stack stack-tight">
        <div class="row">
          {stream.is_live_here ? (
            <span class="badge badge-live">LIVE</span>
          ) : (
            <span class="badge">No incoming stream</span>
          )}
          <span class={isAnnounced ? "badge badge-good" : "badge"}>
            {isAnnounced ? statusText("live") : `On chain: ${statusText(stream.status).toLowerCase()}`}
          </span>
          {stream.is_live_here && (
            <span class="faint row">
              <span class="tiny-icon">
                <EyeIcon />
              </span>
              {several(stream.viewers, "viewer")}
            </span>
          )}
        </div>
        <h1>{titleOf(stream)}</h1>
        <p class="number">
          {vlk(BigInt(stream.price_per_tick), 6)} per second · {vlk(BigInt(stream.total_paid), 2)} paid in total
        </p>
      </div>
      <div class="row">
        <a class="button" href={`/watch/${stream.stream}`}>
          Watch
        </a>
        {(isAnnounced || stream.status === "offline") && (
          <ActionButton
            class={isAnnounced ? "" : "button-main"}
            busy="Sign in your wallet"
            onAction={async () => {
              await chain.setStreamStatus(stream.stream, isAnnounced ? "offline" : "live");
              showDone(isAnnounced ? "The stream is announced as offline." : "The stream is announced as live.");
              onChange();
            }}
          >
            {isAnnounced ? "Go offline" : "Go live"}
          </ActionButton>
        )}
      </div>
    </div>
  );
}

/** The ways to the other pages about the stream. */
function Videos({ stream }: { readonly stream: StreamView }) {
  const path = `/studio/streams/${stream.stream}`;
  return (
    <section class="panel" aria-labelledby="videos">
      <h2 id="videos">Videos and settings</h2>
      <p class="soft">
        Go live without an encoder, upload finished videos, edit recordings, and choose how this gateway treats your
        stream.
      </p>
      <div class="studio-links">
        <a class="button" href={`${path}/live`}>
          <StudioIcon />
          Go live from this tab
        </a>
        <a class="button" href={`${path}/library`}>
          <FilmIcon />
          Library
        </a>
        <a class="button" href={`${path}/settings`}>
          <SlidersIcon />
          Settings
        </a>
        <a class="button" href={`/studio/chat/${stream.stream}`}>
          <ChatIcon />
          Chat
        </a>
        {stream.is_live_here && <LiveClip stream={stream} />}
      </div>
    </section>
  );
}

/** What there is to do with a stream that has not ended. */
function Work({ stream, onEdit }: { readonly stream: StreamView; readonly onEdit: () => void }) {
  return (
    <>
      {stream.status === "suspended" && (
        <Notice kind="bad">
          <p>
            A moderator has suspended this stream. Gateways refuse its encoder and show nothing of it until the
            suspension is lifted.
          </p>
        </Notice>
      )}
      <RequireSignIn by="wallet" why="Publish keys, videos and the state of your encoder are only for you.">
        {() => (
          <>
            <Keys stream={stream.stream} />
            <Videos stream={stream} />
            <Health stream={stream.stream} />
            <Quality stream={stream.stream} />
          </>
        )}
      </RequireSignIn>
      <section class="panel" aria-labelledby="change">
        <div class="panel-head">
          <h2 id="change">Description, price and shares</h2>
          <button type="button" class="button button-small" onClick={onEdit}>
            Change
          </button>
        </div>
        <p class="soft">{stream.metadata.description || "There is no description yet."}</p>
      </section>
      <EndStream stream={stream} />
    </>
  );
}

function Manage({ id, account }: { readonly id: string; readonly account: string }) {
  const { state, reload } = useLoaded((signal) => gateway.stream(id, signal), [id]);
  const [isEditing, setEditing] = useState(false);
  usePolling(reload, REFRESH_EVERY_MS);
  useTitle(state.kind === "ready" ? titleOf(state.value) : "Stream");
  if (state.kind === "loading" || me.value === undefined) {
    return (
      <Loading label="Loading the stream">
        <Skeleton height={90} />
        <Skeleton height={180} />
        <Skeleton height={140} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    const isNew = state.error.code === "not-found";
    return (
      <Problem
        message={isNew ? "The gateway does not know this stream yet." : state.error.message}
        hint={isNew ? "A new stream appears here after a few seconds. This page keeps trying." : state.error.hint}
        onRetry={reload}
      />
    );
  }
  const stream = state.value;
  if (!isSameAccount(stream.creator, account)) {
    return <Problem message="This stream belongs to another account." hint="Choose that account in your wallet." />;
  }
  const closeEditor = () => {
    setEditing(false);
    reload();
  };
  if (isEditing) return <Edit stream={stream} onDone={closeEditor} />;
  return (
    <>
      <Head stream={stream} onChange={reload} />
      {stream.status === "ended" ? (
        <Notice>
          <p>This stream has ended for good.</p>
        </Notice>
      ) : (
        <Work stream={stream} onEdit={() => setEditing(true)} />
      )}
    </>
  );
}

export default function StreamManage({ params }: PageProps) {
  return (
    <div class="main-narrow stack">
      <RequireWallet why="Only its creator can manage a stream. Connect the wallet that holds that account.">
        {(account) => <Manage key={account} id={params["stream"] ?? ""} account={account} />}
      </RequireWallet>
    </div>
  );
}
