import { stripTypeScriptTypes } from "node:module";

/** Jest transformer: blanks the types out, so lines and columns stay those of the source. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
