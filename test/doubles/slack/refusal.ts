/** An answer `ok: false`: Slack's word for why, and what goes with it. */
export class Refusal extends Error {
  constructor(
    readonly error: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(error);
  }
}
