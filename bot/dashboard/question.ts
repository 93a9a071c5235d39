import { h, type ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { BoardQuestion } from '../../src/cards/board.js';
import type { Button, Card } from '../../src/cards/card.js';
import type { Ask } from './ask.js';
import { CardView } from './card-view.js';
import { Confirm } from './confirm.js';

interface Props {
  readonly question: BoardQuestion;
  readonly ask: Pick<Ask, 'press'>;
  /** What came of it outlives the question, which is gone from the board by then. */
  answered(result: Card): void;
}

type Stage = { readonly is: 'open' } | { readonly is: 'sure'; readonly button: Button & { readonly confirm: NonNullable<Button['confirm']> } } | { readonly is: 'sent' } | { readonly is: 'failed'; readonly why: string };

/** One question with its plan, and Do it or Not now; what disrupts is asked a second time. */
export function Question({ question, ask, answered }: Props): ComponentChild {
  const [stage, turn] = useState<Stage>({ is: 'open' });
  const send = async (token: string): Promise<void> => {
    turn({ is: 'sent' });
    try {
      answered(await ask.press(token));
      turn({ is: 'open' });
    } catch (error) {
      turn({ is: 'failed', why: (error as Error).message });
    }
  };
  const press = ({ confirm, ...button }: Button): void => (confirm === null ? void send(button.token) : turn({ is: 'sure', button: { ...button, confirm } }));
  return h(CardView, { card: question.card }, [
    h('div', { class: 'buttons' }, question.card.buttons.map((button) => h('button', { type: 'button', class: button.style, disabled: stage.is === 'sent', onClick: () => press(button) }, button.label))),
    stage.is === 'sure' && h(Confirm, { button: stage.button, decided: (yes) => (yes ? void send(stage.button.token) : turn({ is: 'open' })) }),
    h('p', { role: 'status' }, stage.is === 'sent' ? 'Sent …' : stage.is === 'failed' ? `That was not done: ${stage.why}` : ''),
  ]);
}
