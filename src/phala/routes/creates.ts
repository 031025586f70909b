import {
  type CommitRequest,
  type CreateRequest,
  commitParts,
  createParts,
  type InstanceRequest,
  instanceParts,
} from "../requests.ts";
import type { CreateAnswer, Options, Wire } from "../wire.ts";

/** What makes a replica. */
export function createRoutes(wire: Wire) {
  return {
    /** `POST /apps/{app_id}/cvms/{vm_uuid}/replicas` */
    async createReplica(request: CreateRequest, options: Options = {}): Promise<CreateAnswer> {
      const { path, headers, body } = createParts(request);
      return wire.creating(await wire.send("POST", path, options, body, headers));
    },

    /**
     * `POST /cvms/{cvm_id}/commit-replica`; the id is the source's. Answers like a create (API facts,
     * "Commit replica"; the official document leaves the answer open).
     */
    async commitReplica(request: CommitRequest, options: Options = {}): Promise<CreateAnswer> {
      const { path, body } = commitParts(request);
      return wire.creating(await wire.send("POST", path, options, body));
    },

    /** `POST /apps/{app_id}/instances`: a replica by name, both phases (API facts, 12). */
    async createInstance(request: InstanceRequest, options: Options = {}): Promise<CreateAnswer> {
      const { path, headers, body } = instanceParts(request);
      return wire.creating(await wire.send("POST", path, options, body, headers));
    },
  };
}
