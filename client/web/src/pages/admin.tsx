// The page of administrators: the state of the gateway, who publishes, what is blocked, roles and terms.

import { useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { RequireRole } from "../components/require-role";
import { Tabs } from "../ui/tabs";
import { Blocks } from "./admin-blocks";
import { PeopleAndTerms } from "./admin-people";
import { Publishers } from "./admin-publishers";
import { Status } from "./admin-status";
import "./moderation.css";

const TABS = [
  { value: "status", text: "State" },
  { value: "publishers", text: "On air" },
  { value: "blocks", text: "Blocked" },
  { value: "people", text: "Roles and terms" },
] as const;

function Content() {
  const [tab, setTab] = useState<(typeof TABS)[number]["value"]>("status");
  return (
    <Tabs label="Parts of administration" tabs={TABS} value={tab} onChoose={setTab}>
      {tab === "status" && <Status />}
      {tab === "publishers" && <Publishers />}
      {tab === "blocks" && <Blocks />}
      {tab === "people" && <PeopleAndTerms />}
    </Tabs>
  );
}

export default function Admin() {
  useTitle("Administration");
  return (
    <div class="main-narrow">
      <div class="page-head">
        <div>
          <h1>Administration</h1>
          <p>
            The state of this gateway, and what it serves. Reports are on the page of{" "}
            <a class="link" href="/moderation">
              moderation
            </a>
            .
          </p>
        </div>
      </div>
      <RequireRole needed="admin">{() => <Content />}</RequireRole>
    </div>
  );
}
