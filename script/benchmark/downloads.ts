/** What a run has to fetch before it starts. */
import { execFileSync } from "node:child_process";
import { gunzipSync, gzipSync } from "node:zlib";
import { ROOT, type Subjects } from "./subjects.ts";

export interface Download {
  readonly what: string;
  readonly bytes: number;
  readonly files: number | null;
  readonly source: string;
}

const MEASURED = "measured in this run";
/** Bytes of `git archive HEAD | gzip -6`, taken from fresh clones of these repositories in November 2026. */
const OTHERS: Readonly<Record<string, number>> = {
  "softprops/action-gh-release": 314_948,
  "actions/create-github-app-token": 427_249,
  "google-github-actions/auth": 437_231,
  "google-github-actions/deploy-cloudrun": 491_311,
  "actions/typescript-action": 681_677,
  "aws-actions/amazon-ecs-deploy-task-definition": 688_527,
  "docker/build-push-action": 827_374,
  "aws-actions/configure-aws-credentials": 907_379,
  "astral-sh/setup-uv": 2_320_375,
  "actions/cache": 2_510_312,
};

export function downloads({ cli }: Subjects): readonly Download[] {
  return [
    { what: "this action, archive of the last commit", ...ourArchive(), source: MEASURED },
    ...Object.entries(OTHERS).map(([what, bytes]) => ({
      what,
      bytes,
      files: null,
      source: "noted from a clone of it",
    })),
    { what: "official CLI, installed", bytes: cli.bytes, files: cli.files, source: MEASURED },
  ];
}

/** The archive as the runner fetches it: what `.gitattributes` leaves in, compressed. */
function ourArchive(): { readonly bytes: number; readonly files: number } {
  const options = { cwd: ROOT, maxBuffer: 2 ** 28 };
  const tar = execFileSync("git", ["archive", "--format=tar", "HEAD"], options);
  const packed = gzipSync(tar, { level: 6 });
  return { bytes: packed.length, files: filesIn(gunzipSync(packed)) };
}

/** Number of plain files in a tar archive: headers of type 0, each in a block of 512 bytes. */
function filesIn(tar: Buffer): number {
  let files = 0;
  for (let offset = 0; offset + 512 <= tar.length; ) {
    const field = (start: number, length: number) =>
      tar.toString("latin1", offset + start, offset + start + length).replace(/\0.*$/s, "");
    if (field(0, 100) !== "" && field(156, 1) === "0") files += 1;
    offset += 512 + Math.ceil(Number.parseInt(field(124, 12) || "0", 8) / 512) * 512;
  }
  return files;
}
