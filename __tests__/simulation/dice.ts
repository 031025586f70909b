import { type Random, seededRandom } from "../../simulator/core.ts";

/** Seeded choices. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    // Neighbouring seeds give unlike beginnings only after some mixing.
    this.#random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
    for (let n = 0; n < 3; n++) this.#random();
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.#random() * choices.length)] ?? choices[0];
  }

  /** As many as drawn, small numbers first. */
  several<T>(most: number, draw: () => T): T[] {
    const count = Math.floor(this.#random() ** 2 * (most + 1));
    return Array.from({ length: count }, draw);
  }
}
