import { Refusal } from './refusal.js';

const VALID_MS = 3_000;

/** Chat platforms 1.4: a trigger_id opens one view within 3 s. */
export class Triggers {
  readonly #born = new Map<string, { readonly at: number; used: boolean }>();

  constructor(readonly now: () => number) {}

  make(): string {
    const id = `${this.#born.size + 1}.${Math.floor(this.now())}.trigger`;
    this.#born.set(id, { at: this.now(), used: false });
    return id;
  }

  use(id: string): void {
    const trigger = this.#born.get(id);
    if (trigger === undefined) throw new Refusal('invalid_trigger_id');
    if (trigger.used) throw new Refusal('exchanged_trigger_id');
    if (this.now() - trigger.at > VALID_MS) throw new Refusal('expired_trigger_id');
    trigger.used = true;
  }
}
