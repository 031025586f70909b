import { createCipheriv, randomBytes } from "node:crypto";
import { x25519 } from "@noble/curves/ed25519.js";
import type { Simulator } from "../../simulator/index.ts";
import type { EnvVar } from "../../simulator/kms.ts";

/** Seals an env as a client does; the layout is that of the API facts, section 6. */
export function seal(plaintext: string, publicKey: string): string {
  const secret = x25519.utils.randomSecretKey();
  const iv = randomBytes(12);
  const shared = x25519.getSharedSecret(secret, Buffer.from(publicKey, "hex"));
  const cipher = createCipheriv("aes-256-gcm", shared, iv);
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  const parts = [x25519.getPublicKey(secret), iv, sealed, cipher.getAuthTag()];
  return Buffer.concat(parts).toString("hex");
}

/** Variables sealed for the simulator's app. */
export function sealed(sim: Simulator, env: readonly EnvVar[]): string {
  return seal(JSON.stringify({ env }), sim.world.kms.envKey(sim.appId));
}
