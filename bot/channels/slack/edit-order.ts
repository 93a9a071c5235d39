/**
 * Two of us edit one message: a press marks it as taken, and soon after the relay brings the new card. Sent side by
 * side, the mark, which repeats the old card, could arrive last and stand there.
 */
export interface EditOrder {
  /** Runs a card's edit after a mark that is on its way; marks that have not begun by now are dropped. */
  card<T>(message: string, edit: () => Promise<T>): Promise<T>;
  /** Call when a press arrives; `mark` does nothing if a card's edit began since. `done` must be called in the end. */
  press(message: string): { mark(edit: () => Promise<void>): Promise<void>; done(): void };
}

interface Press {
  overtaken: boolean;
  marking: Promise<void>;
}

export function createEditOrder(): EditOrder {
  const presses = new Map<string, Set<Press>>();
  return {
    async card(message, edit) {
      for (const press of presses.get(message) ?? []) {
        press.overtaken = true;
        await press.marking;
      }
      return edit();
    },
    press(message) {
      const press: Press = { overtaken: false, marking: Promise.resolve() };
      const others = presses.get(message) ?? new Set();
      presses.set(message, others.add(press));
      return {
        async mark(edit) {
          if (press.overtaken) return;
          const edited = edit();
          press.marking = edited.catch(() => {});
          await edited;
        },
        done() {
          others.delete(press);
          if (others.size === 0) presses.delete(message);
        },
      };
    },
  };
}
