/** How long files and functions are: the source's types are blanked out in their places, then it is parsed. */
import { stripTypeScriptTypes } from "node:module";
import { type Node, parse } from "acorn";

export interface Measured {
  /** Its own name, else that of what it is given to; empty for one that has none. */
  readonly name: string;
  /** From the first word of the declaration to its last brace, comments and blank lines included. */
  readonly lines: number;
}

/** The lines of a text, its last line end not counted as one more. */
export function linesOf(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

/**
 * Every function of a TypeScript source: declarations, methods, arrows; one inside of another counts for both.
 * @throws SyntaxError where the text is not TypeScript that Node can run
 */
export function functionsOf(source: string): readonly Measured[] {
  const text = stripTypeScriptTypes(source, { mode: "strip" });
  const tree = parse(text, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  const found: Measured[] = [];
  const lineAt = (at: number) => text.slice(0, at).split("\n").length;
  const visit = (value: unknown, outer: string): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, outer);
    if (!isNode(value)) return;
    const name = nameOf(value) ?? outer;
    if (/Function/.test(value.type)) {
      found.push({ name, lines: lineAt(value.end) - lineAt(value.start) + 1 });
    }
    for (const child of Object.values(value)) visit(child, name);
  };
  visit(tree, "");
  return found;
}

function isNode(value: unknown): value is Node & Record<string, unknown> {
  return typeof value === "object" && value !== null && "type" in value;
}

function nameOf(node: Record<string, unknown>): string | null {
  for (const part of [node.id, node.key]) {
    if (isNode(part) && typeof part.name === "string") return part.name;
  }
  return null;
}
