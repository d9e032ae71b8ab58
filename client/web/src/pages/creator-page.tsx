// The frame of the pages about one stream of a creator: they need its creator's wallet, and lead back to the stream.

import type { ComponentChildren } from "preact";
import { me } from "../account";
import { useTitle } from "../app/title";
import { isSameAccount } from "../chain";
import { RequireWallet } from "../components/require-wallet";
import { RequireSignIn } from "../components/sign-in";
import { titleOf } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import { gateway, type StreamView } from "../gateway";
import { BackIcon } from "../ui/icons";
import { Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";
import "./studio.css";

const REFRESH_EVERY_MS = 10_000;

interface CreatorPageProps {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly children: (stream: StreamView) => ComponentChildren;
}

function Content({ id, account, children }: Pick<CreatorPageProps, "id" | "children"> & { readonly account: string }) {
  const { state, reload } = useLoaded((signal) => gateway.stream(id, signal), [id]);
  usePolling(reload, REFRESH_EVERY_MS);
  if (state.kind === "loading" || me.value === undefined) {
    return (
      <Loading label="Loading the stream">
        <Skeleton height={180} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  if (!isSameAccount(state.value.creator, account)) {
    return <Problem message="This stream belongs to another account." hint="Choose that account in your wallet." />;
  }
  return (
    <>
      <p class="soft">
        <a class="link row" href={`/studio/streams/${id}`}>
          <span class="tiny-icon">
            <BackIcon />
          </span>
          {titleOf(state.value)}
        </a>
      </p>
      <RequireSignIn by="wallet" why="Only its creator sees this part of the stream.">
        {() => children(state.value)}
      </RequireSignIn>
    </>
  );
}

export function CreatorPage({ id, title, about, children }: CreatorPageProps) {
  useTitle(title);
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>{title}</h1>
          <p>{about}</p>
        </div>
      </div>
      <RequireWallet why="Only its creator can manage a stream. Connect the wallet that holds that account.">
        {(account) => (
          <Content key={account} id={id} account={account}>
            {children}
          </Content>
        )}
      </RequireWallet>
    </div>
  );
}
