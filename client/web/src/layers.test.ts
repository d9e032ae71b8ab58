import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL(".", import.meta.url));

/** The folders of `src` that each folder may import, besides itself. README.md describes them. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  common: [],
  ticks: ["common"],
  gateway: ["common"],
  chain: ["common", "ticks"],
  account: ["common", "ticks", "gateway", "chain"],
  pay: ["common", "ticks", "gateway", "chain"],
  ui: [],
  player: ["common", "pay", "ui"],
  components: ["common", "gateway", "chain", "account", "ui"],
  pages: ["common", "gateway", "chain", "account", "pay", "ui", "player", "components", "app"],
  app: ["common", "gateway", "chain", "account", "ui", "components", "pages"],
  styles: [],
};

/** Folders with an `index.ts`, which is all that the folders in {@link ABOVE_PAY} may import of them. */
const WITH_INDEX = ["gateway", "chain", "account", "pay"];
const ABOVE_PAY = ["player", "components", "pages", "app"];

/** Source files of the pages, as paths in `src`. Tests and their data may import anything. */
function sourceFiles(): string[] {
  const isSource = (path: string) => /\.tsx?$/.test(path) && !/\.(test|test-data|d)\.tsx?$/.test(path);
  return readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter(isSource);
}

/** The relative specifiers in a file: imports, exports, type imports, dynamic imports, and URLs of workers. */
function specifiers(path: string): string[] {
  const text = readFileSync(join(SRC, path), "utf8");
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (isImport && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push(node.moduleSpecifier.text);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push((node.argument.literal as ts.StringLiteral).text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      found.push((node.arguments[0] as ts.StringLiteral).text);
    } else if (ts.isNewExpression(node) && node.expression.getText() === "URL" && node.arguments?.[0]) {
      if (ts.isStringLiteral(node.arguments[0])) found.push(node.arguments[0].text);
    }
    ts.forEachChild(node, visit);
  };
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind));
  return found.filter((specifier) => specifier.startsWith("."));
}

const files = sourceFiles();

/** The file that a specifier names, as a path in `src`. */
function resolve(from: string, specifier: string): string {
  const path = normalize(join(dirname(from), specifier));
  const candidates = [path, `${path}.ts`, `${path}.tsx`, join(path, "index.ts")];
  return candidates.find((candidate) => files.includes(candidate)) ?? path;
}

const imports = new Map(files.map((path) => [path, specifiers(path).map((specifier) => resolve(path, specifier))]));

/** The folder of a file; empty for `main.tsx`, which may import everything. */
const layerOf = (path: string) => (path.includes("/") ? (path.split("/")[0] ?? "") : "");

function violations(isForbidden: (from: string, to: string) => boolean): string[] {
  return [...imports].flatMap(([from, targets]) =>
    targets.filter((to) => isForbidden(from, to)).map((to) => `${from} imports ${to}`),
  );
}

describe("the layers", () => {
  it("are all folders of src", () => {
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(LAYERS).sort());
  });

  it("are those that README.md describes", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const rows = [...readme.matchAll(/^\| `src\/(\w+)` \|[^|]*\|([^|]*)\|$/gm)];
    const stated = Object.fromEntries(
      rows.map(([, folder = "", allowed = ""]) => [folder, [...allowed.matchAll(/`(\w+)`/g)].map(([, name]) => name)]),
    );
    expect(stated).toEqual(Object.fromEntries(Object.entries(LAYERS).map(([name, allowed]) => [name, [...allowed]])));
  });

  it("import only the layers below them", () => {
    expect(files.length).toBeGreaterThan(100);
    const isForbidden = (from: string, to: string) => {
      const [layer, target] = [layerOf(from), layerOf(to)];
      if (layer === "" || layer === target || to.endsWith(".css")) return false;
      return !LAYERS[layer]?.includes(target);
    };
    expect(violations(isForbidden)).toEqual([]);
  });

  it("above pay import the index of a layer, not its files", () => {
    const isForbidden = (from: string, to: string) => {
      const target = layerOf(to);
      if (layerOf(from) === target || !ABOVE_PAY.includes(layerOf(from)) || !WITH_INDEX.includes(target)) return false;
      return to !== `${target}/index.ts`;
    };
    expect(violations(isForbidden)).toEqual([]);
  });
});

/** Finds a cycle of imports among files, as a list that ends with its first file; null if there is none. */
function findCycle(): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const cycle = visit(target);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of files) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return null;
}

describe("imports between files", () => {
  it("have no cycles", () => {
    expect(findCycle()).toBeNull();
  });

  it("name files that exist", () => {
    const known = new Set(readdirSync(SRC, { recursive: true, encoding: "utf8" }));
    const isMissing = (_: string, to: string) => !known.has(to);
    expect(violations(isMissing)).toEqual([]);
  });
});
