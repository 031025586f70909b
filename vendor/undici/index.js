/**
 * Stands in for undici, by the override in package.json. The @actions packages import it for octokit's
 * requests through a proxy, which this action sends through its own transport; with the real one, three
 * quarters of the bundle would be code that never runs, read and compiled at the start of every step.
 */

/** Made by @actions/http-client where a proxy is set; nothing here ever uses it. */
export class ProxyAgent {}

/** Octokit's default, which the action replaces. */
export async function fetch(input, init = {}) {
  if (init.dispatcher !== undefined) {
    throw new Error("Requests through a proxy go by the action's own transport.");
  }
  return globalThis.fetch(input, init);
}
