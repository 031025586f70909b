import { createHash } from "node:crypto";
import type { Cvm, Revision } from "./types.ts";

/** What has been applied to CVMs, one row an operation (API facts, section 13). */
export class Revisions {
  readonly #rows: Revision[] = [];

  /**
   * Notes what an operation applied to a CVM.
   *
   * @param at epoch ms
   */
  note(cvm: Cvm, operation: string, at: number): Revision {
    // No draw of the world's chance: stories that ask for no revisions stay what they were.
    const id = createHash("sha256").update(`${cvm.vmUuid} ${this.#rows.length}`).digest("hex");
    const row: Revision = {
      id: `rev_${id.slice(0, 10)}`,
      appId: cvm.appId,
      vmUuid: cvm.vmUuid,
      composeHash: cvm.composeHash,
      createdAt: at,
      operation,
      encryptedEnv: cvm.encryptedEnv,
      composeFile: cvm.composeFile,
    };
    this.#rows.push(row);
    return row;
  }

  /** An app's rows, newest first. */
  of(appId: string): Revision[] {
    return this.#rows
      .filter((row) => row.appId === appId)
      .reverse()
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  /** The row of an app with this id. */
  find(appId: string, id: string): Revision | undefined {
    return this.#rows.find((row) => row.appId === appId && row.id === id);
  }

  /** The compose file of a revision. */
  fileOf(appId: string, composeHash: string): string | undefined {
    return this.of(appId).find((row) => row.composeHash === composeHash)?.composeFile;
  }

  /** Whether a compose hash is one of an app's revisions. */
  knows(appId: string, composeHash: string): boolean {
    return this.#rows.some((row) => row.appId === appId && row.composeHash === composeHash);
  }
}
