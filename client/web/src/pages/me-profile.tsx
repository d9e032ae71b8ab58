// One's own profile: handle, name, text about oneself, pictures and links, and its signature.

import { useState } from "preact/hooks";
import { ensureSignedIn, signProfile } from "../account";
import { personPath } from "../components/person";
import { showDone } from "../components/toasts";
import { imageUrl, type Me, self, video } from "../gateway";
import { ActionButton } from "../ui/button";
import { Field } from "../ui/field";
import { timeOf } from "../ui/format";
import {
  changeOf,
  draftOf,
  handleError,
  linksError,
  MAX_BIO_CHARS,
  MAX_HANDLE_CHARS,
  MAX_NAME_CHARS,
  type ProfileDraft,
} from "./me-draft";
import { PictureField } from "./picture-field";

const PICTURE_WIDTH = 320;

interface PartProps {
  readonly account: string;
  readonly draft: ProfileDraft;
  readonly onChange: (change: Partial<ProfileDraft>) => void;
}

function Texts({ draft, onChange, isGuest }: Omit<PartProps, "account"> & { readonly isGuest: boolean }) {
  return (
    <>
      {!isGuest && (
        <Field
          label="Handle"
          value={draft.handle}
          onInput={(handle) => onChange({ handle })}
          error={handleError(draft.handle)}
          hint="Unique at this gateway, and part of the address of your page"
          placeholder="@your-name"
          maxLength={MAX_HANDLE_CHARS + 1}
        />
      )}
      <Field label="Name" value={draft.name} onInput={(name) => onChange({ name })} maxLength={MAX_NAME_CHARS} />
      <Field
        label="About you"
        value={draft.bio}
        onInput={(bio) => onChange({ bio })}
        maxLength={MAX_BIO_CHARS}
        isLong
      />
      <Field
        label="Links"
        value={draft.links}
        onInput={(links) => onChange({ links })}
        error={linksError(draft.links)}
        hint="One per line, at most five"
        isLong
      />
    </>
  );
}

function Pictures({ account, draft, onChange }: PartProps) {
  const store = (field: "picture" | "banner") => async (file: File) =>
    onChange({ [field]: (await video.storeImage(file)).hash });
  return (
    <>
      <PictureField
        label="Picture"
        hint="At most 10 MiB. Square pictures look best."
        url={imageUrl(draft.picture, PICTURE_WIDTH)}
        placeholder={account}
        action="Upload the picture"
        onStore={store("picture")}
        onRemove={draft.picture ? () => onChange({ picture: "" }) : null}
      />
      <PictureField
        label="Banner"
        hint="At most 10 MiB. It is shown above your page."
        url={imageUrl(draft.banner, PICTURE_WIDTH)}
        placeholder={`${account}/banner`}
        action="Upload the banner"
        onStore={store("banner")}
        onRemove={draft.banner ? () => onChange({ banner: "" }) : null}
      />
    </>
  );
}

/** The signature with which other gateways can show the profile. */
function SignaturePart({ who }: { readonly who: Me }) {
  const { signature, signed_at } = who.profile;
  const sign = async () => {
    await ensureSignedIn();
    await self.change(await signProfile(who.profile));
    showDone("Your profile is signed.");
  };
  return (
    <div class="form-end">
      <p class="faint">
        {signature && signed_at
          ? `Signed by your wallet on ${timeOf(signed_at)}: other gateways can show this profile, too.`
          : "Other gateways can show this profile, too, once your wallet has signed it."}
      </p>
      <ActionButton class="button-small" busy="Confirm in your wallet" onAction={sign}>
        {signature ? "Sign again" : "Sign the profile"}
      </ActionButton>
    </div>
  );
}

export function Profile({ who }: { readonly who: Me }) {
  const before = draftOf(who.profile);
  const [draft, setDraft] = useState(before);
  const change = changeOf(before, draft);
  const hasChanged = Object.keys(change).length > 0;
  const isRight = handleError(draft.handle) === null && linksError(draft.links) === null;
  const part = { draft, onChange: (next: Partial<ProfileDraft>) => setDraft((old) => ({ ...old, ...next })) };
  const save = async () => {
    await ensureSignedIn();
    const now = await self.change(change);
    setDraft(draftOf(now.profile));
    showDone("Your profile was saved.");
  };
  return (
    <section class="panel" aria-labelledby="profile">
      <div class="panel-head">
        <h2 id="profile">Profile</h2>
        {!who.is_guest && (
          <a class="button button-small" href={personPath(who.profile)}>
            My page
          </a>
        )}
      </div>
      <p class="faint mono me-account">{who.account}</p>
      <Texts {...part} isGuest={who.is_guest} />
      <Pictures {...part} account={who.account} />
      <div class="form-end">
        <ActionButton class="button-main" disabled={!hasChanged || !isRight} busy="Saving" onAction={save}>
          Save the profile
        </ActionButton>
      </div>
      {!who.is_guest && !hasChanged && <SignaturePart who={who} />}
    </section>
  );
}
