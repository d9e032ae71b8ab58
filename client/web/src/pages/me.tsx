// The page about oneself: profile, settings, sign-ins, invitation, decisions of moderators, personal data.

import { useTitle } from "../app/title";
import { RequireSignIn } from "../components/sign-in";
import type { Me } from "../gateway";
import { Notice } from "../ui/states";
import { PersonalData } from "./me-data";
import { Decisions } from "./me-decisions";
import { Profile } from "./me-profile";
import { InvitationPart, Settings } from "./me-settings";
import { SignIns } from "./me-sign-ins";
import "./me.css";

function About({ who }: { readonly who: Me }) {
  return (
    <>
      {who.is_guest && (
        <Notice>
          <p>You are a guest here, as the recipient of a gift. Connect a wallet to have an account of your own.</p>
        </Notice>
      )}
      <Profile who={who} />
      <Settings who={who} />
      {!who.is_guest && !who.can_publish && <InvitationPart />}
      <SignIns />
      <Decisions />
      {!who.is_guest && <PersonalData who={who} />}
    </>
  );
}

export default function MePage() {
  useTitle("Profile and settings");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Profile and settings</h1>
          <p>How others see you at this gateway, where you are signed in, and what the gateway keeps of you.</p>
        </div>
      </div>
      <RequireSignIn why="Your profile belongs to your account. Sign in to see and change it.">
        {(who) => <About key={who.account} who={who} />}
      </RequireSignIn>
    </div>
  );
}
