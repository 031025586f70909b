import type { FaultKind } from "./faults.ts";

type Form = Extract<FaultKind, { kind: "garbage" }>["form"];

/** Body and content type of a 200 that no client can use. */
export function garbage(form: Form): { readonly body: Buffer; readonly type: string } {
  const type = "application/json";
  switch (form) {
    case "text":
      return { body: Buffer.from("replica created, have a nice day"), type };
    case "html":
      return { body: Buffer.from("<html><body>OK</body></html>"), type: "text/html" };
    case "number":
      return { body: Buffer.from("42"), type };
    case "string":
      return { body: Buffer.from('"created"'), type };
    case "array":
      return { body: Buffer.from("[]"), type };
    case "null":
      return { body: Buffer.from("null"), type };
    case "object":
      return { body: Buffer.from('{"ok":true}'), type };
    case "utf8":
      return { body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), type };
    case "deep":
      return { body: Buffer.from("[".repeat(200_000)), type };
  }
}
