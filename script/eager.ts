/**
 * Puts parentheses round the factory of each module in bundled files: V8 then compiles it when the file is
 * loaded. Without them, as the minifier leaves it, the text of each is read twice, which costs a tenth of a
 * step's start.
 *
 *   script/eager.ts FILE...
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { type Node, parse } from "acorn";

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  let out = "";
  let from = 0;
  for (const { start, end } of factoriesIn(parse(text, { ecmaVersion: "latest" }))) {
    out += `${text.slice(from, start)}(${text.slice(start, end)})`;
    from = end;
  }
  writeFileSync(file, out + text.slice(from));
}

/** The values of numbered properties that are functions, in their order: what the bundler calls modules. */
function factoriesIn(tree: unknown): Node[] {
  if (Array.isArray(tree)) return tree.flatMap(factoriesIn);
  if (typeof tree !== "object" || tree === null) return [];
  if (isFactory(tree)) return [tree.value];
  return Object.values(tree).flatMap(factoriesIn);
}

function isFactory(node: object): node is { readonly value: Node } {
  const { type, key, value, method } = node as Record<string, Record<string, unknown> | undefined>;
  return (
    `${type}` === "Property" &&
    typeof key?.value === "number" &&
    !method &&
    /^(Arrow)?FunctionExpression$/.test(`${value?.type}`)
  );
}
