// People with roles at this gateway, invitations for creators, and the terms at which streams are served.

import { useState } from "preact/hooks";
import { isAddress } from "../chain";
import { PPM, parseVlk, plainVlk, vlkError } from "../common/amounts";
import { nameOf, Person } from "../components/person";
import { showDone } from "../components/toasts";
import { type Loaded, useLoaded } from "../components/use-loaded";
import { admin, type GrantedRole, type Invitation, type PublishingTerms, type RoleView } from "../gateway";
import { ActionButton, Copyable } from "../ui/button";
import { Choice, Field } from "../ui/field";
import { ago, timeOf } from "../ui/format";
import { Loading, Problem, Skeleton } from "../ui/states";
import { ConfirmButton } from "./confirm-button";

const ROLES: readonly { readonly value: GrantedRole; readonly text: string }[] = [
  { value: "moderator", text: "Moderator" },
  { value: "creator", text: "Creator" },
];
const EFFECTS: Readonly<Record<GrantedRole, string>> = {
  moderator: "Moderators decide about reports of the whole gateway.",
  creator: "Creators may publish here where not everybody may.",
};
const PERCENT_PPM = PPM / 100;

function Grant({ onGranted }: { readonly onGranted: () => void }) {
  const [account, setAccount] = useState("");
  const [role, setRole] = useState<GrantedRole>("moderator");
  const isRight = isAddress(account.trim());
  const grant = async () => {
    await admin.grant(account.trim(), role);
    showDone("The role was granted.");
    setAccount("");
    onGranted();
  };
  return (
    <>
      <Choice label="Role" options={ROLES} value={role} onChoose={setRole} />
      <p class="soft">{EFFECTS[role]}</p>
      <Field
        label="Account"
        value={account}
        onInput={setAccount}
        error={account.trim() !== "" && !isRight ? "Enter an account's address." : null}
      />
      <ActionButton disabled={!isRight} onAction={grant}>
        Grant role
      </ActionButton>
    </>
  );
}

function Role({ view, onWithdrawn }: { readonly view: RoleView; readonly onWithdrawn: () => void }) {
  const { person, role, by, at } = view;
  const name = nameOf(person);
  const text = ROLES.find(({ value }) => value === role)?.text ?? role;
  const withdraw = async () => {
    await admin.withdraw(person.account, role);
    showDone("The role was withdrawn.");
    onWithdrawn();
  };
  return (
    <li>
      <Person person={person} />
      <span class="badge badge-accent">{text}</span>
      <span class="faint">
        by <bdi>{nameOf(by)}</bdi>, {ago(at)}
      </span>
      <ConfirmButton
        text="Withdraw"
        label={`Withdraw the role of ${name}`}
        title={`Withdraw the role of ${name}?`}
        onAction={withdraw}
      >
        It ends at once, and can be granted again.
      </ConfirmButton>
    </li>
  );
}

interface PartProps<T> {
  readonly state: Loaded<T>;
  readonly reload: () => void;
}

/** What is shown while a part loads or after that has failed; null once it is there. */
function placeholder<T>({ state, reload }: PartProps<T>, label: string) {
  if (state.kind === "loading") {
    return (
      <Loading label={label}>
        <Skeleton height={120} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  return null;
}

function Roles() {
  const list = useLoaded((signal) => admin.people(signal), []);
  const { state, reload } = list;
  return (
    <section class="panel" aria-labelledby="roles">
      <h2 id="roles">Roles</h2>
      <p class="soft">Administrators are named in the gateway's configuration.</p>
      {placeholder(list, "Loading the roles")}
      {state.kind === "ready" && (
        <>
          {state.value.length === 0 && <p class="soft">Nobody has been given a role.</p>}
          <ul class="admin-list">
            {state.value.map((view) => (
              <Role key={`${view.person.account} ${view.role}`} view={view} onWithdrawn={reload} />
            ))}
          </ul>
        </>
      )}
      <Grant onGranted={reload} />
    </section>
  );
}

function Invitations() {
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  return (
    <section class="panel" aria-labelledby="invitations">
      <h2 id="invitations">Invite a creator</h2>
      <p class="soft">One person becomes a creator with the code. It is shown only once.</p>
      {invitation && (
        <>
          <Copyable label="Code" text={invitation.code} isSecret />
          <p class="faint">Valid until {timeOf(invitation.expires_at)}.</p>
        </>
      )}
      <ActionButton onAction={async () => setInvitation(await admin.invite())}>Make a code</ActionButton>
    </section>
  );
}

/** Millionths of a percentage as it was typed; null if that is not a share. */
export function sharePpm(text: string): number | null {
  if (!/^\d{1,3}([.,]\d{1,4})?$/.test(text.trim())) return null;
  const ppm = Math.round(Number(text.trim().replace(",", ".")) * PERCENT_PPM);
  return ppm <= PPM ? ppm : null;
}

function TermsForm({ terms }: { readonly terms: PublishingTerms }) {
  const [price, setPrice] = useState(plainVlk(BigInt(terms.min_price)));
  const [share, setShare] = useState(String(terms.min_share_ppm / PERCENT_PPM));
  const planck = parseVlk(price);
  const ppm = sharePpm(share);
  const save = async () => {
    if (planck === null || ppm === null) return;
    await admin.setTerms({ min_price: planck.toString(), min_share_ppm: ppm });
    showDone("The terms were saved.");
  };
  return (
    <>
      <Field
        label="Lowest price of a second"
        value={price}
        onInput={setPrice}
        unit="VLK"
        isNumber
        error={vlkError(price, "0.001")}
      />
      <Field
        label="Smallest share of this gateway"
        value={share}
        onInput={setShare}
        unit="%"
        isNumber
        hint="Of what the protocol and the submitter leave."
        error={ppm === null ? "Enter a percentage from 0 to 100, for example 5." : null}
      />
      <ActionButton disabled={planck === null || ppm === null} onAction={save}>
        Save terms
      </ActionButton>
    </>
  );
}

function Terms() {
  const terms = useLoaded((signal) => admin.terms(signal), []);
  return (
    <section class="panel" aria-labelledby="terms">
      <h2 id="terms">Terms for streams</h2>
      <p class="soft">Streams with a lower price, or with a smaller share for this gateway, are not served here.</p>
      {placeholder(terms, "Loading the terms")}
      {terms.state.kind === "ready" && <TermsForm terms={terms.state.value} />}
    </section>
  );
}

export function PeopleAndTerms() {
  return (
    <>
      <Roles />
      <Invitations />
      <Terms />
    </>
  );
}
