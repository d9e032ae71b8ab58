// A text that a stranger has written. It is never more than text and links.

import { textParts } from "./text-parts";

/** The text, with its links. */
export function Linked({ text }: { readonly text: string }) {
  return (
    <>
      {textParts(text).map(({ text, href }, at) =>
        href ? (
          <a key={at} class="link" dir="ltr" href={href} target="_blank" rel="noopener nofollow ugc">
            {text}
          </a>
        ) : (
          text
        ),
      )}
    </>
  );
}

/** The text as a paragraph, whose direction follows from its first letters. */
export function UserText({ text, class: className }: { readonly text: string; readonly class?: string }) {
  return (
    <p class={className} dir="auto">
      <Linked text={text} />
    </p>
  );
}
