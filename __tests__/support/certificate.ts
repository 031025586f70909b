/** A certificate for tests of https, made anew each time. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A self-signed certificate and its key, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for these names, and for 127.0.0.1 where `loopback` is set. */
export async function certificateFor(
  names: readonly string[],
  { loopback = false, expired = false } = {},
): Promise<Certificate> {
  const day = 86_400_000;
  const notBeforeDate = new Date(Date.now() - (expired ? 30 : 1) * day);
  const made = await generate([{ name: "commonName", value: names[0] ?? "nobody" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + 2 * day),
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...(loopback ? [{ type: 7 as const, ip: "127.0.0.1" }] : []),
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** Does the work with the certificate in a file, for `NODE_EXTRA_CA_CERTS`. */
export async function withFile<T>(text: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    const path = join(folder, "cert.pem");
    writeFileSync(path, text);
    return await work(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
