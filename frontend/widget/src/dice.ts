/** Dice that fall alike wherever they are seeded with the same text: FNV-1a and xorshift, as src/web/island/dice.rs. */
export class Dice {
  #state: number;

  constructor(text: string) {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
    // Xorshift would stay at 0.
    this.#state = hash >>> 0 || 0x9e3779b9;
  }

  /** From 0 to `n` - 1. */
  below(n: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 8) % n;
  }

  /** From -`n` to `n`. */
  around(n: number): number {
    return this.below(2 * n + 1) - n;
  }
}
