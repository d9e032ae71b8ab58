// The entry point: theme first, so that nothing flashes, then router and frame. The wallet is looked for meanwhile.

import { render } from "preact";
import { startAccount } from "./account";
import { App, startPages } from "./app/app";
import { startRouter } from "./app/router";
import { startTheme } from "./app/theme";
import { chain, wallet } from "./chain";
import { showError } from "./components/toasts";
import { gateway } from "./gateway";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/controls.css";
import "./styles/overlays.css";
import "./styles/blocks.css";
import "./styles/tables.css";

chain.setNetwork(async () => {
  const { nodes, genesis_hash } = await gateway.info();
  return { nodes, genesisHash: genesis_hash };
});
startTheme();
startRouter();
startPages();
const root = document.getElementById("app");
if (root) render(<App />, root);
wallet.find().catch(showError);
startAccount().catch(() => undefined);
