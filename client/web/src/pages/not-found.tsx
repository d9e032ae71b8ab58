// An address that leads nowhere.

import { useTitle } from "../app/title";
import { SearchIcon } from "../ui/icons";
import { Empty } from "../ui/states";

export default function NotFound() {
  useTitle("Not found");
  return (
    <>
      <h1 class="unseen">Not found</h1>
      <Empty
        icon={<SearchIcon />}
        title="There is no such page"
        action={
          <a class="button button-main" href="/">
            See what is on air
          </a>
        }
      >
        The address may have a letter too many, or the page is gone.
      </Empty>
    </>
  );
}
