/** The one annotation of a red step: within what GitHub shows, whatever there is to say. */
import { describe, expect, it } from "@jest/globals";
import type { Edges } from "../../src/action/edges.ts";
import { Redactor } from "../../src/action/redactor.ts";
import {
  annotationOf,
  MAX_ANNOTATION,
  NOTHING_SAID,
  type Saying,
} from "../../src/report/annotation/annotation.ts";
import { postAnnotation } from "../../src/report/annotation/post.ts";

const SECRET = ["correct", "horse"].join("-");

function edges(env: Record<string, string> = {}): Pick<Edges, "env" | "runner"> {
  const redactor = new Redactor();
  redactor.addSecret(SECRET);
  const redactPrinted = (text: string) => redactor.redactPrinted(text);
  return { env, runner: { redactPrinted } as Edges["runner"] };
}

const saying = (over: Partial<Saying> = {}): Saying => ({
  title: "A replica did not come up (BOOT)",
  code: "BOOT",
  failed: { text: "It did not come up.", list: [] },
  exists: { text: "Created, and billed.", list: [] },
  ...over,
});
const lines = (count: number, length: number) =>
  Array.from({ length: count }, (_, n) => `line ${n} ${"x".repeat(length)}`);

describe("an annotation", () => {
  it("says what failed, what exists, its code and where to read on, in this order", () => {
    const annotation = annotationOf(saying(), edges());
    expect(annotation.text.split("\n")).toEqual([
      "It did not come up.",
      "Created, and billed.",
      "Error code: BOOT",
      "https://github.com/your-org/cvm-replica-action/blob/v1/docs/operations.md#boot",
    ]);
    expect(annotation).toMatchObject({ title: "A replica did not come up (BOOT)", rest: [] });
    expect(annotation.text.startsWith(`${annotation.message}\nhttps:`)).toBe(true);
  });

  it("has a line for each of a list", () => {
    const { text } = annotationOf(saying({ failed: { text: "Two:", list: ["a", "b"] } }), edges());
    expect(text).toMatch(/^Two:\n- a\n- b\nCreated/);
  });

  it("without a code leads to what is said of cancelled steps", () => {
    const { text } = annotationOf(saying({ code: "", exists: NOTHING_SAID }), edges());
    expect(text).toMatch(/^It did not come up\.\nhttps:\S+#cancelled$/);
  });

  it.each([
    ["many failures", { failed: { text: "60 failed.", list: lines(60, 500) } }],
    ["many replicas", { exists: { text: "60 exist.", list: lines(60, 150) } }],
    [
      "both",
      {
        failed: { text: "60 failed.", list: lines(60, 500) },
        exists: { text: "60 exist.", list: lines(60, 150) },
      },
    ],
    ["an endless text", { failed: { text: "y".repeat(9_000), list: [] } }],
    ["an endless text and a list", { failed: { text: "y".repeat(9_000), list: lines(3, 10) } }],
    ["an endless line", { failed: { text: "One:", list: ["z".repeat(9_000), "w"] } }],
    ["an endless title", { title: "t".repeat(9_000) }],
  ] satisfies [string, Partial<Saying>][])("is bounded: %s", (_name, over) => {
    const full = saying(over);
    const { text, title, rest } = annotationOf(full, edges());
    expect(text.length).toBeLessThanOrEqual(MAX_ANNOTATION);
    expect(title.length).toBeLessThanOrEqual(120);
    expect(text).toMatch(/\nError code: BOOT\nhttps:\S+#boot$/);
    // What is not in it is in the rest, and their number is said.
    for (const { text: said, list } of [full.failed, full.exists]) {
      const missing = [said, ...list].filter((line) => !text.includes(line));
      expect(missing.filter((line) => !rest.includes(line))).toEqual([]);
    }
  });

  it("says how many lines are missing, and cuts between lines", () => {
    const list = lines(60, 500);
    const { text, rest } = annotationOf(saying({ failed: { text: "60:", list } }), edges());
    const shown = text.split("\n").filter((line) => line.startsWith("- line"));
    expect(shown.map((line) => line.slice(2))).toEqual(list.slice(0, shown.length));
    expect(shown.length).toBeGreaterThan(3);
    expect(text).toContain(`\n- … and ${60 - shown.length} more, in the step's log\n`);
    expect(rest).toEqual(list.slice(shown.length));
  });

  it("shows the beginning of a first line that is too long", () => {
    const over = { failed: { text: "One:", list: ["z".repeat(9_000), "w"] } };
    expect(annotationOf(saying(over), edges()).text).toMatch(/^One:\n- z{100,}…\n- … and 1 more/);
  });

  it("holds no secret, not even its beginning where it is cut", () => {
    for (let n = 3_000; n < 4_100; n++) {
      const failed = { text: `${"y".repeat(n)}${SECRET}${"y".repeat(2_000)}`, list: [] };
      const { text, message, rest } = annotationOf(saying({ failed }), edges());
      for (const one of [text, message, ...rest]) expect(one).not.toMatch(/corr/);
    }
  });

  it("is no command to the runner, and is measured as it is printed", () => {
    const failed = { text: `::error::x${"##[".repeat(2_000)}`, list: [] };
    const { text } = annotationOf(saying({ failed }), edges());
    expect(text).not.toMatch(/^::|##\[/);
    expect(text.length).toBeLessThanOrEqual(MAX_ANNOTATION);
  });
});

describe("post's annotation", () => {
  it("is its only problem, with that code", () => {
    const problem = { code: "HTTP-403", text: "web may still exist and be billed." } as const;
    const { text, title } = postAnnotation([problem], edges());
    expect(title).toBe("Something may still be billed (HTTP-403)");
    expect(text).toMatch(/^web may still exist.*\nError code: HTTP-403\nhttps:\S+#http-403$/);
  });

  it("lists several, with the code of the first", () => {
    const problems = [
      { code: "AMBIGUOUS", text: "2 new CVMs.", list: ["a", "b"] },
      { code: "HTTP-403", text: "web may still exist." },
    ] as const;
    const { text } = postAnnotation(problems, edges());
    expect(text).toMatch(
      /^2 things need a look.*\n- 2 new CVMs\. a; b\.\n- web may still exist\.\n/,
    );
    expect(text).toMatch(/\nError code: AMBIGUOUS\n/);
  });
});
