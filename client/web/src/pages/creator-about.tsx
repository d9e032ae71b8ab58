// What a creator says about itself: text, links, the account, and the feed of recordings.

import { type PersonView, people } from "../gateway";
import { Copyable } from "../ui/button";
import { LinkOutIcon } from "../ui/icons";

/** The text of a link: host and path. Null if the address is not one that may be followed. */
export function linkText(url: string): string | null {
  try {
    const { protocol, host, pathname } = new URL(url);
    return protocol === "https:" ? `${host}${pathname.replace(/\/$/, "")}` : null;
  } catch {
    return null;
  }
}

function Links({ links }: { readonly links: readonly string[] }) {
  const shown = links.flatMap((url) => {
    const text = linkText(url);
    return text === null ? [] : [{ url, text }];
  });
  if (shown.length === 0) return null;
  return (
    <ul class="stack stack-tight" aria-label="Links">
      {shown.map(({ url, text }) => (
        <li key={url}>
          <a class="link block-link" href={url} target="_blank" rel="noopener noreferrer nofollow ugc">
            {text}
            <span class="visually-hidden"> (opens another site)</span>
            <span class="tiny-icon">
              <LinkOutIcon />
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function About({ person }: { readonly person: PersonView }) {
  return (
    <section class="panel creator-about" aria-labelledby="about">
      <h2 id="about">About</h2>
      <p class="creator-bio" dir="auto">
        {person.bio?.trim() || "This creator has not written anything yet."}
      </p>
      <Links links={person.links ?? []} />
      <Copyable label="Account" text={person.account} />
      <p>
        <a class="link" href={people.feed(person.account)} target="_blank" rel="noopener" type="application/rss+xml">
          RSS feed of the recordings
        </a>
      </p>
    </section>
  );
}
