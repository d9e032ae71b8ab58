// A person in a list or a head line: picture, name and handle, with a link to the person's page.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { shortAddress } from "../chain";
import { imageUrl, type PersonRef } from "../gateway";
import { Avatar } from "../ui/avatar";
import "./person.css";

/** Width of a person's picture, in pixels. */
const WIDTH = 320;

/** The name of a person: the chosen one, the handle, or else the beginning and the end of the account. */
export function nameOf({ name, handle, account }: PersonRef): string {
  return name?.trim() || (handle ? `@${handle}` : shortAddress(account));
}

/** Path of a person's page. */
export function personPath({ handle, account }: Pick<PersonRef, "handle" | "account">): string {
  return handle ? `/c/${encodeURIComponent(handle)}` : `/creators/${account}`;
}

interface PersonPictureProps {
  readonly person: Pick<PersonRef, "account" | "picture">;
  readonly isLarge?: boolean;
}

/** The picture of a person, or a pattern made from the account. */
export function PersonPicture({ person, isLarge }: PersonPictureProps) {
  const url = imageUrl(person.picture, WIDTH);
  const [failed, setFailed] = useState<string | null>(null);
  if (!url || failed === url) return <Avatar of={person.account} {...(isLarge && { isLarge })} />;
  return (
    <img
      class={isLarge ? "avatar avatar-large person-picture" : "avatar person-picture"}
      src={url}
      alt=""
      width={48}
      height={48}
      loading="lazy"
      onError={() => setFailed(url)}
    />
  );
}

interface PersonProps {
  readonly person: PersonRef;
  /** A line below the name, in place of the handle. */
  readonly children?: ComponentChildren;
}

/** A link to a person. */
export function Person({ person, children }: PersonProps) {
  const name = nameOf(person);
  const handle = person.handle && name !== `@${person.handle}` ? `@${person.handle}` : null;
  const below = children ?? handle;
  return (
    <a class="person" href={personPath(person)} title={person.account}>
      <PersonPicture person={person} />
      <span class="stack stack-none">
        <strong class="one-line" dir="auto">
          {name}
        </strong>
        {below && <span class="faint one-line">{below}</span>}
      </span>
    </a>
  );
}
