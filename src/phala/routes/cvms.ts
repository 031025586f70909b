import { type Attempt, serverTime } from "../../net/fault.ts";
import { isObject, numberAt } from "../../text/json.ts";
import { type Cvm, readCvm } from "../cvm.ts";
import { type PhalaNode, readNodes } from "../nodes.ts";
import { appPath, cvmPath } from "../requests.ts";
import type { Options, Wire } from "../wire.ts";

export interface CvmList {
  readonly cvms: readonly Cvm[];
  /** The server's clock when it answered, ms since the epoch; null where it does not say. */
  readonly serverTime: number | null;
}

/** A page of the workspace's CVMs, and how many pages there are. */
export interface CvmPage {
  readonly cvms: readonly Cvm[];
  readonly pages: number;
}

/** What is there: CVMs, and the nodes that take them. */
export function cvmRoutes(wire: Wire) {
  return {
    /** `GET /cvms/paginated`: one page of the workspace's CVMs, other apps included. @param page from 1 */
    async listWorkspace(page: number, options: Options = {}): Promise<Attempt<CvmPage>> {
      const path = `/cvms/paginated?page=${page}&page_size=100`;
      return wire.reading(await wire.send("GET", path, options), (value) => {
        if (!isObject(value) || !Array.isArray(value.items)) return null;
        const cvms = value.items.map(readCvm).filter((cvm) => cvm !== null);
        return { cvms, pages: numberAt(value, "pages") ?? 1 };
      });
    },

    /** `GET /apps/{app_id}/cvms`: all CVMs of the app, in one answer without pages. */
    async listCvms(appId: string, options: Options = {}): Promise<Attempt<CvmList>> {
      const answer = await wire.send("GET", `${appPath(appId)}/cvms`, options);
      return wire.reading(answer, (value, whole) => {
        if (!Array.isArray(value)) return null;
        const cvms = value.map(readCvm).filter((cvm) => cvm !== null);
        return { cvms, serverTime: serverTime(whole) };
      });
    },

    /** `GET /cvms/{cvm_id}` */
    async getCvm(vmUuid: string, options: Options = {}): Promise<Attempt<Cvm>> {
      return wire.reading(await wire.send("GET", cvmPath(vmUuid), options), readCvm);
    },

    /** `GET /teepods/available`: the nodes that take CVMs. */
    async listNodes(options: Options = {}): Promise<Attempt<readonly PhalaNode[]>> {
      return wire.reading(await wire.send("GET", "/teepods/available", options), readNodes);
    },
  };
}
