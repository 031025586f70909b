/** Text of others in Markdown, read back by a GFM parser: it is text, and nothing else. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { lexer, type Token, type Tokens } from "marked";
import type { Replica } from "../../src/ledger/replica.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import { readVm } from "../../src/phala/vm.ts";
import type { Saying } from "../../src/report/annotation/annotation.ts";
import { summaryOf } from "../../src/report/summary/create.ts";
import { reasonOf } from "../../src/report/summary/reason.ts";
import { code, markdown, oneLine, safeLink } from "../../src/text/clean.ts";
import { newReplica } from "../support/replicas.ts";
import { DOWN } from "../support/troubles.ts";
import { hold, LIMIT_MS, nasty } from "./support.ts";

/** All tokens below `tokens`, cells of tables included. */
function walk(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    const { header = [], rows = [] } = token as Partial<Tokens.Table>;
    const cells = [...header, ...rows.flat()].flatMap((cell) => walk(cell.tokens));
    const inner = "tokens" in token && token.tokens ? walk(token.tokens) : [];
    return [token, ...inner, ...cells];
  });
}

/** What a summary has to say of a failure. */
const saying = (reason: string): Saying => ({
  title: "A title",
  code: "BOOT",
  failed: { text: `Could not create: ${oneLine(reason)}`, list: [] },
  exists: { text: "", list: ["web"] },
});

const PLAIN = new Set(["paragraph", "text", "space", "escape"]);
const markupIn = (text: string) => walk(lexer(text)).filter(({ type }) => !PLAIN.has(type));

/** What a browser shows of text with character references. */
function shown(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };
  return text
    .replace(/&(?:#(\d+)|(amp|lt|gt));/g, (_all, number?: string, name?: string) =>
      number === undefined ? (named[name ?? ""] ?? "") : String.fromCodePoint(Number(number)),
    )
    .replaceAll("@\u200b", "@");
}

describe("a text in a sentence", () => {
  it(
    "is text alone, and reads as it was",
    () => {
      hold(
        fc.property(nasty, (text) => {
          const sentence = `It says ${markdown(text)}, and ends.`;
          expect(markupIn(sentence)).toEqual([]);
          expect(shown(markdown(text))).toBe(oneLine(text));
          expect(markdown(text)).not.toMatch(/@[\w-]|[<>"'`|]/);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "as code stays between its own two tags",
    () => {
      hold(
        fc.property(nasty, (text) => {
          const markup = markupIn(`Named ${code(text)}.`);
          expect(markup.map(({ raw }) => raw)).toEqual(["<code>", "</code>"]);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "stays in its cell of a table",
    () => {
      hold(
        fc.property(nasty, nasty, (one, two) => {
          const rows = [
            `| ${code(one)} | ${markdown(two)} |`,
            `| ${markdown(two)} | ${code(one)} |`,
          ];
          const [table, ...more] = lexer(["| A | B |", "| --- | --- |", ...rows].join("\n"));
          expect(more).toEqual([]);
          expect((table as Tokens.Table).rows.map((row) => row.length)).toEqual([2, 2]);
          const markup = walk([table as Token]).filter(({ type }) => !PLAIN.has(type));
          expect(markup.map(({ raw }) => raw).slice(1)).toEqual(
            [1, 2].flatMap(() => ["<code>", "</code>"]),
          );
        }),
      );
    },
    LIMIT_MS,
  );
});

const address = fc
  .tuple(fc.constantFrom("https://", "http://", "javascript:", "data:", "//", ""), nasty)
  .map(([scheme, rest]) => `${scheme}h.example/${rest}`);

describe("a link", () => {
  it(
    "is an address of the web, and ends where it should",
    () => {
      hold(
        fc.property(fc.oneof(address, nasty, fc.webUrl()), (text) => {
          const link = safeLink(text);
          if (link === null) return;
          expect(link).toMatch(/^https?:\/\/[^\s()<>"'`|\\]+$/);
          expect(new URL(link).username + new URL(link).password).toBe("");
          const [paragraph] = lexer(`[page](${link}) follows`);
          const found = walk([paragraph as Token]).filter(({ type }) => type === "link");
          expect(found.map((token) => (token as Tokens.Link).text)).toEqual(["page"]);
          expect(markupIn(`<a href="${link}">open</a>`).map(({ type }) => type)).toEqual([
            "html",
            "html",
          ]);
        }),
      );
    },
    LIMIT_MS,
  );
});

describe("the whole summary", () => {
  const uuid = fc.uuid();
  const replica = fc
    .record({
      uuid,
      name: nasty,
      status: nasty,
      node: nasty,
      region: nasty,
      url: address,
      slug: nasty,
      reason: nasty,
      price: fc.oneof(
        nasty,
        fc.double(),
        fc.constantFrom("0.058", "-1", "1e308", "Infinity", "0x10"),
      ),
      failed: fc.boolean(),
    })
    .map((said): { readonly replica: Replica; readonly reason: string } => {
      const vm = readVm({ vm_uuid: said.uuid, name: said.name, status: said.status });
      const cvm = readCvm({
        vm_uuid: said.uuid,
        name: said.name,
        status: said.status,
        node_info: { id: 26, name: said.node, region: said.region },
        endpoints: [{ app: said.url, instance: said.url }],
        resource: { compute_billing_price: said.price },
        workspace: { slug: said.slug },
      });
      const trouble = said.failed ? DOWN : null;
      const times = { sent: 1_000, made: 2_000, running: 60_000 };
      const made = { ...newReplica(null), origin: "created", vm, cvm, trouble, times } as const;
      return { replica: made, reason: said.reason };
    });

  it(
    "has its own headline, table and chart, and no markup of others",
    () => {
      hold(
        fc.property(fc.array(replica, { minLength: 1, maxLength: 3 }), (made) => {
          const failed = made.find(({ replica: { trouble } }) => trouble !== null);
          const verdict = {
            outcome: failed === undefined ? "created" : "partial",
            trouble: failed?.replica.trouble ?? null,
            exitCode: failed === undefined ? 0 : 1,
          } as const;
          const text = summaryOf(
            {
              verdict,
              replicas: made.map(({ replica: one }) => one),
              approval: null,
              isAllowed: null,
              workspaceSlug: made[0]?.replica.cvm?.workspaceSlug ?? null,
              appId: "ab".repeat(20),
              cleanup: "never",
              planned: [],
              sourceVmUuid: null,
              source: null,
              message: "",
              errorOf: () => "",
            },
            failed === undefined ? "" : reasonOf(saying(failed.reason), {}),
          );
          const blocks = lexer(text).filter(({ type }) => type !== "space");
          const kinds = blocks.map(({ type }) => type).filter((type) => type !== "paragraph");
          expect(kinds).toEqual(["heading", "table", "code"]);
          const table = blocks.find(({ type }) => type === "table") as Tokens.Table;
          expect(table.rows.map((row) => row.length)).toEqual(made.map(() => 5));
          const inline = walk(blocks).filter(
            ({ type }) => !PLAIN.has(type) && !["heading", "table", "code"].includes(type),
          );
          for (const { type, raw } of inline) {
            // Our own: bold labels, names as code, links that open a page.
            expect(type === "html" ? raw : type).toMatch(
              /^(?:strong|codespan|<\/?code>|<\/a>|<a href="https?:\/\/[^"<>\s]+">)$/,
            );
          }
          const chart = (blocks.find(({ type }) => type === "code") as Tokens.Code).text.split(
            "\n",
          );
          const sections = chart.filter((line) => line.startsWith("  section "));
          expect(sections).toHaveLength(made.length);
          for (const line of sections) expect(line).toMatch(/^ {2}section [A-Za-z0-9 -]{1,63}$/);
          // What the server calls a price is a sum or no figure at all.
          const costs = blocks.filter(({ raw }) => raw.startsWith("**Cost:**"));
          for (const { raw } of costs)
            expect(raw).toMatch(
              /^\*\*Cost:\*\* \d+(?:\.\d+)?(?:e[+-]?\d+)? USD per hour|^\*\*Cost:\*\* each replica/,
            );
        }),
      );
    },
    LIMIT_MS,
  );
});
