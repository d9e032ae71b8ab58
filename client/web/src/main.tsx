// Where the pages begin: theme first, so that nothing flashes; then the frame; the wallet is looked for meanwhile.

import { render } from "preact";
import { App, startPages } from "./app/app";
import { startRouter } from "./app/router";
import { startTheme } from "./app/theme";
import { tellError } from "./app/toasts";
import { wallet } from "./chain";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/controls.css";
import "./styles/overlays.css";
import "./styles/blocks.css";
import "./styles/tables.css";

startTheme();
startRouter();
startPages();
const root = document.getElementById("app");
if (root) render(<App />, root);
wallet.find().catch(tellError);
