// Generates src/gateway/openapi.generated.ts from openapi.json, which is the output of `vilokanam-gateway
// print-openapi`.

import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const SOURCE = new URL("../openapi.json", import.meta.url);
const TARGET = new URL("../src/gateway/openapi.generated.ts", import.meta.url);
const HEADER = "// Generated from openapi.json by `npm run generate:api`. Do not edit.\n\n";

const document = JSON.parse(await readFile(SOURCE, "utf8"));
for (const path of Object.values(document.paths)) {
  // Handlers with the same name have the same id, which the generator refuses. The pages do not use these ids.
  for (const operation of Object.values(path)) delete operation.operationId;
}
await writeFile(TARGET, HEADER + astToString(await openapi(document)));
