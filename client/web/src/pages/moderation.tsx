// The page of moderators: reports, appeals, and the record of what was done.

import { useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { RequireRole } from "../components/require-role";
import { Tabs } from "../ui/tabs";
import { Appeals, Audit } from "./moderation-appeals";
import { Reports } from "./moderation-reports";
import "./moderation.css";

const TABS = [
  { value: "reports", text: "Reports" },
  { value: "appeals", text: "Appeals" },
  { value: "record", text: "Record" },
] as const;

function Content() {
  const [tab, setTab] = useState<(typeof TABS)[number]["value"]>("reports");
  return (
    <Tabs label="Parts of moderation" tabs={TABS} value={tab} onChoose={setTab}>
      {tab === "reports" && <Reports />}
      {tab === "appeals" && <Appeals />}
      {tab === "record" && <Audit />}
    </Tabs>
  );
}

export default function Moderation() {
  useTitle("Moderation");
  return (
    <div class="main-narrow">
      <div class="page-head">
        <div>
          <h1>Moderation</h1>
          <p>What viewers report at this gateway, and what becomes of it. Every decision is recorded.</p>
        </div>
      </div>
      <RequireRole needed="moderator">{() => <Content />}</RequireRole>
    </div>
  );
}
