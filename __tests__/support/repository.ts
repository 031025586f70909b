import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this repository, where `action.yml` and `dist` are. */
export const REPOSITORY = resolve(fileURLToPath(new URL("../../", import.meta.url)));
