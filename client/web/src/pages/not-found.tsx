// The page for unknown addresses.

import { useTitle } from "../app/title";
import { SearchIcon } from "../ui/icons";
import { Empty } from "../ui/states";

export default function NotFound() {
  useTitle("Not found");
  return (
    <>
      <h1 class="visually-hidden">Not found</h1>
      <Empty
        icon={<SearchIcon />}
        title="There is no such page"
        action={
          <a class="button button-main" href="/">
            Show streams on air
          </a>
        }
      >
        The address may contain a typing error, or the page has been removed.
      </Empty>
    </>
  );
}
