// Makes src/gateway/openapi.generated.ts from openapi.json, which is what `vilokanam-gateway print-openapi` prints.

import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const SOURCE = new URL("../openapi.json", import.meta.url);
const TARGET = new URL("../src/gateway/openapi.generated.ts", import.meta.url);
const HEADER = "// Generated from openapi.json by `npm run generate:api`. Do not edit.\n\n";

const document = JSON.parse(await readFile(SOURCE, "utf8"));
for (const path of Object.values(document.paths)) {
  // Handlers of the same name give the same id twice, which no generator takes; nothing here goes by them.
  for (const operation of Object.values(path)) delete operation.operationId;
}
await writeFile(TARGET, HEADER + astToString(await openapi(document)));
