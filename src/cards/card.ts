import type { Severity } from '../domain/finding.js';

/** A button asks for one thing by an opaque token of at most 60 bytes; what it means stands in the store. */
export interface Button {
  readonly label: string;
  readonly style: 'primary' | 'danger' | 'plain';
  readonly token: string;
  /** A second confirmation that names app and version; only for what is destructive. */
  readonly confirm: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string } | null;
}

/** What a person sees of an event or of a command's result: plain text, no platform's markup; channels escape it. */
export interface Card {
  /** Which thing it shows; all its versions replace one message. An incident's or launch's id. */
  readonly subject: string;
  /** 'good' is a recovery or a clean state. */
  readonly level: Severity | 'good';
  /** Stands where the level's word would: 'Error', 'Refused'. */
  readonly word?: string;
  /** The first hundred characters carry the meaning: it is what a phone's notification shows. */
  readonly title: string;
  /** Paragraphs of one or more lines. */
  readonly body: readonly string[];
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** At most three. */
  readonly buttons: readonly Button[];
  readonly footer: string | null;
}
