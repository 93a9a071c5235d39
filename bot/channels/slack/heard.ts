import type { BlockAction, ButtonAction, SlashCommand, types } from '@slack/bolt';
import type { Utterance } from '../channel.js';
import { words } from './text.js';

/** One thing a person said, whichever of Slack's three ways it came. */
export interface Heard {
  readonly userId: string;
  /** The speaker's workspace as the payload names it, null where it does not. Slack vouches for it; names it does not. */
  readonly teamId: string | null;
  readonly channel: string;
  /** Said in a thread: then the answer belongs there. */
  readonly thread: string | null;
  /** In a conversation with the bot alone, where every word is private already. */
  readonly direct: boolean;
  /** A way to answer where the bot is no member: five times within half an hour. Whoever knows it may use it. */
  readonly responseUrl: string | null;
  readonly said: Utterance['said'];
  readonly nonce: string;
  readonly press: Press | null;
}

/** The message whose button was pressed; null message: it was shown to one person alone, and cannot be edited. */
export interface Press {
  readonly label: string;
  readonly message: { readonly ts: string; readonly text: string; readonly blocks: readonly types.KnownBlock[] } | null;
}

/** A slash command cannot be given in a thread, and comes without any message. */
export function fromCommand(command: SlashCommand): Heard {
  return {
    userId: command.user_id,
    teamId: command.team_id,
    channel: command.channel_id,
    thread: null,
    direct: command.channel_id.startsWith('D'),
    responseUrl: command.response_url,
    said: { words: words(command.text, null) },
    nonce: `command:${command.trigger_id}`,
    press: null,
  };
}

/** A mention in a channel or a message to the bot alone; null for what no person said. */
export function fromEvent(event: types.AppMentionEvent | types.GenericMessageEvent, eventId: string, botUserId: string): Heard | null {
  if (event.user === undefined || event.bot_id !== undefined) return null;
  const direct = event.type === 'message';
  return {
    userId: event.user,
    teamId: ('user_team' in event ? event.user_team : undefined) ?? event.team ?? null,
    channel: event.channel,
    thread: event.thread_ts ?? null,
    direct,
    responseUrl: null,
    said: { words: words(event.text ?? '', botUserId) },
    nonce: `event:${eventId}`,
    press: null,
  };
}

/** Null where the press names no place, as in Slack's home tab. */
export function fromPress(body: BlockAction, action: ButtonAction): Heard | null {
  const container = body.container as { channel_id?: string; message_ts?: string; thread_ts?: string };
  const channel = body.channel?.id ?? container.channel_id;
  const ts = body.message?.ts ?? container.message_ts;
  if (channel === undefined || ts === undefined) return null;
  return {
    userId: body.user.id,
    teamId: body.user.team_id ?? body.team?.id ?? null,
    channel,
    thread: container.thread_ts ?? null,
    direct: channel.startsWith('D'),
    responseUrl: body.response_url,
    said: { pressed: action.value ?? '' },
    nonce: `press:${channel}:${ts}:${action.action_ts}:${body.user.id}`,
    press: {
      label: action.text.text,
      message: body.message === undefined ? null : { ts, text: body.message.text ?? '', blocks: (body.message['blocks'] as types.KnownBlock[] | undefined) ?? [] },
    },
  };
}
