/** A user as users.info shows it: chat platforms 1.7. */
export interface User {
  readonly id: string;
  readonly team_id: string;
  readonly name: string;
  readonly real_name: string;
  readonly deleted: boolean;
  readonly is_bot: boolean;
  readonly is_restricted: boolean;
  readonly is_ultra_restricted: boolean;
  readonly is_stranger: boolean;
  readonly profile: { readonly display_name: string };
  readonly enterprise_user?: { readonly teams: readonly string[] };
}

export interface ChannelRoom {
  readonly id: string;
  readonly name: string;
  is_member: boolean;
  is_archived: boolean;
  is_im: boolean;
  /** Who reads along in a conversation with the bot alone. */
  readonly user?: string;
}

export const TEAM = 'T0HOME001';
export const BOT = { userId: 'U0BOT0001', botId: 'B0BOT0001', appId: 'A0APP0001' } as const;

export class Workspace {
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, ChannelRoom>();
  /** User groups, with the ids of their members. */
  readonly groups = new Map<string, readonly string[]>();

  /** A full member, unless told otherwise. */
  addUser(id: string, name: string, differs: Partial<User> = {}): string {
    this.users.set(id, { id, team_id: TEAM, name: name.toLowerCase(), real_name: name, deleted: false, is_bot: false, is_restricted: false, is_ultra_restricted: false, is_stranger: false, profile: { display_name: name }, ...differs });
    return id;
  }

  addChannel(id: string, differs: Partial<ChannelRoom> = {}): string {
    this.channels.set(id, { id, name: id.toLowerCase(), is_member: true, is_archived: false, is_im: id.startsWith('D'), ...differs });
    return id;
  }

  /** The conversation of a user with the bot alone. */
  directChannel(userId: string): string {
    const id = `D${userId.slice(1)}`;
    return this.channels.has(id) ? id : this.addChannel(id, { user: userId });
  }
}
