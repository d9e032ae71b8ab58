// The page of a creator: who it is, what is on air, the library, clips, the schedule and the leaderboards.

import { useState } from "preact/hooks";
import { me } from "../account";
import type { PageProps } from "../app/page";
import { path, query } from "../app/router";
import { useTitle } from "../app/title";
import { shortAddress, wallet } from "../chain";
import { FollowButton } from "../components/follow-button";
import { nameOf, PersonPicture } from "../components/person";
import { useLoaded } from "../components/use-loaded";
import { imageUrl, type PersonView, people } from "../gateway";
import { several } from "../ui/format";
import { Picture } from "../ui/picture";
import { Loading, Problem, Skeleton } from "../ui/states";
import { About } from "./creator-about";
import { Clips, Videos } from "./creator-library";
import { Schedule } from "./creator-schedule";
import { Supporters } from "./creator-supporters";
import "./creator.css";

/** Width of the banner, in pixels. */
const BANNER_WIDTH = 1_280;

const PARTS = [
  { value: "videos", text: "Videos" },
  { value: "clips", text: "Clips" },
  { value: "schedule", text: "Schedule" },
  { value: "supporters", text: "Supporters" },
  { value: "about", text: "About" },
] as const;

type Part = (typeof PARTS)[number]["value"];

/** Loads a person by account or handle. An account that the gateway does not know is a person without a profile. */
async function load({ account, handle }: Who, signal: AbortSignal): Promise<PersonView | null> {
  const found = await people.person(account ?? handle ?? "", signal);
  if (found || account === undefined) return found;
  return { account, links: [], followers: 0, is_creator: false };
}

interface Who {
  readonly account?: string | undefined;
  readonly handle?: string | undefined;
}

function Head({ person, isOwn }: { readonly person: PersonView; readonly isOwn: boolean }) {
  const [isFollowing, setFollowing] = useState<boolean | null>(null);
  const wasFollowing = person.is_followed_by_me ?? false;
  // The profile may have been loaded before or after the button was pressed.
  const others = (person.followers ?? 0) - Number(wasFollowing);
  const name = nameOf(person);
  return (
    <header class="creator-header">
      <div class="creator-banner">
        <Picture url={imageUrl(person.banner, BANNER_WIDTH)} of={person.account} />
      </div>
      <div class="creator-line">
        <PersonPicture person={person} isLarge />
        <div class="creator-names">
          <h1 class={person.name || person.handle ? "creator-name" : "mono creator-name"} dir="auto">
            {name}
          </h1>
          <p class="faint" title={person.account}>
            {person.handle && name !== `@${person.handle}` ? `@${person.handle} · ` : ""}
            {name === shortAddress(person.account) ? "" : `${shortAddress(person.account)} · `}
            {several(Math.max(0, others + Number(isFollowing ?? wasFollowing)), "follower")}
          </p>
        </div>
        {isOwn ? (
          <a class="button push" href="/me">
            Edit your profile
          </a>
        ) : (
          <FollowButton account={person.account} person={person} class="push" onChange={setFollowing} />
        )}
      </div>
    </header>
  );
}

function Parts({ part }: { readonly part: Part }) {
  return (
    <nav class="tabs" aria-label="Parts of this page">
      {PARTS.map(({ value, text }) => (
        <a
          key={value}
          class="tab"
          href={value === "videos" ? path.value : `${path.value}?part=${value}`}
          aria-current={value === part ? "page" : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}

function Contents({ person }: { readonly person: PersonView }) {
  const { account } = person;
  const part = PARTS.find(({ value }) => value === query.value.get("part"))?.value ?? "videos";
  const isOwn = (me.value?.account ?? wallet.account.value?.address) === account;
  return (
    <div class="stack home-lists">
      <div class="stack">
        <Head person={person} isOwn={isOwn} />
        <Parts part={part} />
      </div>
      {part === "videos" && <Videos account={account} />}
      {part === "clips" && <Clips account={account} />}
      {part === "schedule" && <Schedule account={account} isOwn={isOwn} />}
      {part === "supporters" && <Supporters account={account} />}
      {part === "about" && <About person={person} />}
    </div>
  );
}

function PageSkeleton() {
  return (
    <Loading label="Loading the creator">
      <div class="creator-banner skeleton" />
      <Skeleton height={64} width="50%" />
      <Skeleton height={320} />
    </Loading>
  );
}

/** The handle in an address, with or without `@`; undefined if the address cannot be read. */
function handleIn(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text).replace(/^@/, "");
  } catch {
    return undefined;
  }
}

export default function Creator({ params }: PageProps) {
  const account = params["account"];
  const handle = handleIn(params["handle"]);
  const self = me.value?.account ?? null;
  const { state, reload } = useLoaded((signal) => load({ account, handle }, signal), [account, handle, self]);
  const person = state.kind === "ready" ? state.value : null;
  useTitle(person ? nameOf(person) : account ? shortAddress(account) : `@${handle ?? ""}`);
  if (state.kind === "loading") return <PageSkeleton />;
  if (state.kind === "failed") {
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  }
  if (!person) {
    const hint = "The handle may have been changed. Search for the person's name.";
    return <Problem message={`Nobody has the handle @${handle ?? ""} here.`} hint={hint} />;
  }
  return <Contents key={person.account} person={person} />;
}
