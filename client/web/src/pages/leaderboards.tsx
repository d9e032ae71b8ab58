// The leaderboards of all streams.

import { useTitle } from "../app/title";
import { Leaderboard } from "../components/leaderboard";

export default function Leaderboards() {
  useTitle("Leaderboards");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Leaderboards</h1>
          <p>Who has tipped most, and who has watched longest, on all streams of this gateway.</p>
        </div>
        <a class="button" href="/me">
          Choose whether you are listed
        </a>
      </div>
      <section class="panel" aria-label="Places">
        <Leaderboard />
      </section>
    </div>
  );
}
