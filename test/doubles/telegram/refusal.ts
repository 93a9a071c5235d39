/** An answer `ok: false` of the Bot API. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly errorCode: number,
    readonly description: string,
    readonly parameters: Readonly<Record<string, number>> | undefined = undefined,
  ) {
    super(description);
  }
}

export function badRequest(what: string, parameters?: Readonly<Record<string, number>>): Refusal {
  return new Refusal(400, `Bad Request: ${what}`, parameters);
}
