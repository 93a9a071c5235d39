import { describe, expect, it } from 'vitest';
import { errorOf, troubleOf } from '../../../../bot/channels/telegram/trouble.js';
import type { HypercareError } from '../../../../src/domain/errors.js';

const TOKEN = '4200042:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

function refusal(code: number, description: string, parameters?: object): Error {
  return Object.assign(new Error(`${code}: ${description}`), { response: { error_code: code, description, parameters } });
}

function failure(thrown: unknown): HypercareError {
  const trouble = troubleOf(thrown, TOKEN);
  if (trouble.kind === 'wait') throw new Error('a wait is no failure');
  return errorOf(trouble);
}

describe('what Telegram refuses', () => {
  it.each([
    ['a wait in seconds', refusal(429, 'Too Many Requests: retry after 7', { retry_after: 7 }), { kind: 'wait', ms: 7_000 }],
    ['a wait that is not told', refusal(429, 'Too Many Requests'), { kind: 'wait', ms: 5_000 }],
    ['an edit without change', refusal(400, 'Bad Request: message is not modified: specified …'), { kind: 'unchanged' }],
    ['an edit of nothing', refusal(400, 'Bad Request: message to edit not found'), { kind: 'gone' }],
    ['an edit of what may not be edited', refusal(400, "Bad Request: message can't be edited"), { kind: 'gone' }],
    ['a group that moved', refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: -100500 }), { kind: 'migrated', to: -100500 }],
    ['two pollers', refusal(409, 'Conflict: terminated by other getUpdates request'), { kind: 'conflict' }],
    ['a token that is none any more', refusal(401, 'Unauthorized'), { kind: 'token' }],
    ['a token that never was one', refusal(404, 'Not Found'), { kind: 'token' }],
  ])('%s', (_what, thrown, trouble) => expect(troubleOf(thrown, TOKEN)).toEqual(trouble));

  it.each([
    ['the chat is unknown', refusal(400, 'Bad Request: chat not found'), 'telegram.chat', 'permanent'],
    ['the bot was kicked', refusal(403, 'Forbidden: bot was kicked from the group chat'), 'telegram.forbidden', 'permanent'],
    ['the markup is bad', refusal(400, "Bad Request: can't parse entities: x"), 'telegram.refused', 'permanent'],
    ['the token is refused', refusal(401, 'Unauthorized'), 'telegram.token', 'invalid'],
    ['another polls', refusal(409, 'Conflict'), 'telegram.conflict', 'transient'],
    ['a gateway fails', refusal(502, 'Bad Gateway'), 'telegram.unreachable', 'transient'],
    ['the network fails', Object.assign(new Error('connect ECONNREFUSED'), { name: 'FetchError' }), 'telegram.unreachable', 'transient'],
    ['something else was thrown', 'what', 'telegram.unreachable', 'transient'],
  ])('becomes an error with what to do: %s', (_what, thrown, code, errorClass) => {
    const error = failure(thrown);
    expect(error).toMatchObject({ code, errorClass });
    expect(error.mend).toBeTruthy();
  });

  it('never says the token, which the client puts into some of its errors', () => {
    const thrown = new Error(`invalid json response body at https://api.telegram.org/bot${TOKEN}/sendMessage`, { cause: new Error(TOKEN) });
    const error = failure(thrown);
    expect(error.message).toContain('invalid json response body');
    expect(JSON.stringify([error.message, error.mend, error.stack, String(error.cause)])).not.toContain(TOKEN);
  });
});
