// Content for people with a role at this gateway.

import type { ComponentChildren } from "preact";
import type { Me, Role } from "../gateway";
import { ShieldIcon } from "../ui/icons";
import { Empty } from "../ui/states";
import { RequireSignIn } from "./sign-in";

/** Whether a person has a role. Administrators may do what moderators may. */
export function hasRole(person: Pick<Me, "roles"> | null | undefined, role: Role): boolean {
  return person?.roles.some((one) => one === role || one === "admin") ?? false;
}

interface RequireRoleProps {
  readonly needed: Role;
  readonly children: (me: Me) => ComponentChildren;
}

export function RequireRole({ needed, children }: RequireRoleProps) {
  const who = needed === "admin" ? "administrators" : "moderators";
  return (
    <RequireSignIn why={`This page is for the ${who} of this gateway.`}>
      {(me) =>
        hasRole(me, needed) ? (
          children(me)
        ) : (
          <Empty icon={<ShieldIcon />} title={`This page is for the ${who} of this gateway`}>
            The account with which you have signed in does not have that role.
          </Empty>
        )
      }
    </RequireSignIn>
  );
}
