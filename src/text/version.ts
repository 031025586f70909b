/** The action's name and version, as told to every server. A test keeps it equal to package.json's. */
export const VERSION = "1.0.0";
export const USER_AGENT = `cvm-replica-action/${VERSION}`;
